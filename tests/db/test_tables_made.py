"""Tables are made area by area; who asks for the metadata has them all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import db.tables as tables

ROOT = Path(__file__).parents[2]


def made_by(statement: str) -> set[str]:
    """The names of the tables that a fresh process has after a statement."""
    told = "import json, db.tables.base\nprint(json.dumps([*db.tables.base.metadata.tables]))"
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\n{told}"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return set(json.loads(done.stdout))


def test_whoever_asks_for_the_metadata_has_every_table() -> None:
    named = {getattr(tables, name).name for name in tables.__all__ if name != "metadata"}
    assert made_by("from db.tables import metadata") == named


def test_who_asks_for_one_table_has_no_other_area_made() -> None:
    assert made_by("import db.tables") == set()
    made = made_by("from db.tables import operator")
    assert {"operator", "seat"} <= made
    assert made.isdisjoint({"person", "callback", "complaint"})


def test_every_module_of_tables_belongs_to_an_area() -> None:
    modules = {path.stem for path in Path(tables.__file__).parent.glob("*.py")}
    assert modules - {"__init__", "base"} == set(tables._AREAS)
