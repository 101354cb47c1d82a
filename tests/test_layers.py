"""Who may import whom: the contracts, and the same proved by running the program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from importlinter import cli

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "content", "db", "domain", "intake", "screens", "telephony", "widgets")
# A rule takes no clock, file, network, process or chance: what it needs is a parameter.
OUTSIDE = {
    "asyncio", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random",
    "secrets", "select", "shutil", "signal", "socket", "sqlite3", "subprocess", "sys", "tempfile",
    "threading", "time", "urllib",
}  # fmt: skip


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def test_the_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.lint_imports(no_cache=True) == cli.EXIT_STATUS_SUCCESS


def test_rules_use_two_libraries_and_nothing_outside(graph: grimp.ImportGraph) -> None:
    imported = {
        name.partition(".")[0]
        for module in graph.modules
        if module.partition(".")[0] == "domain"
        for name in graph.find_modules_directly_imported_by(module)
    }
    libraries = imported - set(sys.stdlib_module_names) - {"domain"}
    assert libraries <= {"pendulum", "phonenumbers"}
    assert imported & OUTSIDE == set()


def test_widgets_know_only_words_and_rules(graph: grimp.ImportGraph) -> None:
    ours = {
        name
        for module in graph.modules
        if module.partition(".")[0] == "widgets"
        for name in graph.find_modules_directly_imported_by(module)
        if name.partition(".")[0] in PACKAGES
    }
    foreign = {
        name
        for name in ours
        if name != "content.translations" and name.partition(".")[0] not in {"domain", "widgets"}
    }
    assert foreign == set()


def _loaded_by(statement: str) -> set[str]:
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def _modules_of(package: str) -> str:
    paths = sorted((ROOT / package).rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    importable = [name.removesuffix(".__init__") for name in names if "migrations" not in name]
    return "import " + ", ".join(importable)


@pytest.mark.parametrize("package", ["domain", "db", "content", "intake", "telephony"])
def test_no_screen_library_comes_with(package: str) -> None:
    assert "textual" not in _loaded_by(_modules_of(package))


def test_the_program_starts_without_anything_slow() -> None:
    loaded = _loaded_by("import app.__main__, app.cli.program")
    assert loaded & {"textual", "sqlalchemy", "pendulum", "phonenumbers", "jinja2"} == set()


def test_the_desk_starts_without_the_slow_modules() -> None:
    slow = {"sqlalchemy", "psycopg", "phonenumbers.geocoder", "pypinyin", "openpyxl"}
    assert _loaded_by("import app.desk_app") & slow == set()
