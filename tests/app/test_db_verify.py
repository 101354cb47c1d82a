"""`callback-desk db verify`: a clean desk, and one with a broken row."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa
from click.testing import CliRunner

from app.checkup import database_findings
from app.cli.program import callback_desk
from db.engine import open_database
from db.tables import callback


def verify(url: str, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(callback_desk, ["db", "verify", "--database", url, *options])
    return result.exit_code, result.stdout


def checked_up(url: str) -> str:
    return next(each.state for each in database_findings(url) if each.check == "history")


def test_faults_are_told_and_end_with_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'p.db'}"
    runner = CliRunner()
    made = runner.invoke(callback_desk, ["demo", "--database", url, "--as", "li.na"])
    assert made.exit_code == 0, made.output
    assert verify(url, "--lang", "en")[0] == 0
    assert checked_up(url) == "ok"
    code, text = verify(url, "--json")
    told = json.loads(text)
    assert (code, told["ok"], told["faults"]) == (0, True, [])
    database = open_database(url)
    database.write(
        lambda unit: unit.run(sa.update(callback).where(callback.c.id == 1).values(fence=77))
    )
    database.close()
    code, text = verify(url, "--json")
    told = json.loads(text)
    assert (code, told["ok"], told["whole"]) == (1, False, True)
    assert [fault["code"] for fault in told["faults"]] == ["fence_differs"]
    code, text = verify(url, "--lang", "zh")
    assert code == 1
    assert "77" in text
    assert checked_up(url) == "fail"
