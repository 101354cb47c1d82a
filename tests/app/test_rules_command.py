"""Rules on the command line: listed, exported, checked, tried, put in force, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from app.cli.program import callback_desk
from content.rule_files import FILES
from content.rulebook import load_shipped
from db import operators
from db.engine import open_database
from tests.command_line import Run, plain
from tests.databases import Clock, Desk

NOW = "2026-11-23T10:30:00+08:00"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a practice database with three callbacks that wait, as ann, an admin."""
    file = str(tmp_path / "desk.db")
    # What is done at no time of its own is done before all times that are named, whenever it runs.
    monkeypatch.setattr("db.engine._SQLITE_NOW", sa.text("SELECT '2026-11-22T02:00:00.000'"))

    def invoke(*words: str, login: str = "ann") -> Result:
        return CliRunner().invoke(callback_desk, [*words, "--database", file, "--as", login])

    made = invoke("init", "--practice", "--name", "Ann")
    assert made.exit_code == 0, made.output
    database = open_database(file, rulebook=load_shipped())
    clock = Clock()
    database.set_clock(clock)
    desk = Desk(database, clock, operators.actor_of(database, "ann"))
    for _ in range(3):
        desk.callback()
    database.close()
    return invoke


@pytest.fixture
def folder(tmp_path: Path, run: Run) -> Path:
    target = tmp_path / "house"
    exported = plain(run("rules", "export", str(target), "--json"))
    assert {Path(one).name for one in exported["files"]} == set(FILES.values())
    return target / "rules"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_change_is_tried_then_put_in_force_then_taken_back(folder: Path, run: Run) -> None:
    file = folder / "calling_hours.csv"
    change(file, "*,any,09:00-20:00,", "*,any,14:00-20:00,")
    tried = plain(run("rules", "preview", str(file), "--now", NOW, "--json"))
    assert tried["before"] == {"now": 3, "today": 0, "later": 0, "never": 0}
    assert tried["after"] == {"now": 0, "today": 3, "later": 0, "never": 0}
    assert [one["zones"] for one in tried["windows"]] == [["Asia/Shanghai"]]
    told = run("rules", "preview", str(file), "--now", NOW).stdout
    assert "3 → 0" in told
    assert plain(run("rules", "diff", str(file), "--json"))["files"][0]["added"] == 1
    made = plain(run("rules", "import", str(folder.parent), "--note", "later", "--json"))
    assert made["release"]["changed"] == 1
    listed = {one["name"]: one for one in plain(run("rules", "list", "--json"))["files"]}
    assert [name for name, one in listed.items() if one["edited"]] == ["calling_hours"]
    again = plain(run("rules", "preview", str(file), "--now", NOW, "--json"))
    assert again["before"] == again["after"] == tried["after"]
    first = plain(run("playbook", "releases", "--json"))["releases"][-1]["name"]
    plain(run("playbook", "rollback", first, "--json"))
    back = plain(run("rules", "preview", str(file), "--now", NOW, "--json"))
    assert (back["before"], back["after"]) == (tried["before"], tried["after"])


def test_a_fault_is_told_with_its_line_and_nothing_is_published(folder: Path, run: Run) -> None:
    file = folder / "campaigns.toml"
    change(file, 'playbook = "general"', 'playbook = "nowhere"')
    for words in (["check"], ["preview", "--now", NOW], ["import"]):
        found = plain(run("rules", *words, str(file), "--json"), 1)["findings"]
        assert {one["file"] for one in found} == {str(file)}
        assert all(one["line"] > 1 and "nowhere" in one["sentence"] for one in found)
    assert not any(one["edited"] for one in plain(run("rules", "list", "--json"))["files"])
    sound = plain(run("rules", "check", "--json"))
    assert sound == {"files": len(FILES), "findings": []}


def test_the_scripts_are_exported_without_the_rules(tmp_path: Path, run: Run) -> None:
    exported = plain(run("playbook", "export", str(tmp_path / "scripts"), "--json"))["files"]
    assert len(exported) > 20
    assert not any(one.startswith("rules/") for one in exported)


def test_hours_are_answered_by_the_rules_in_force(folder: Path, run: Run, tmp_path: Path) -> None:
    number = ["hours", "+8613812345678", "--purpose", "survey", "--at", NOW, "--json"]

    def allowed() -> bool:
        file = str(tmp_path / "desk.db")
        found = plain(CliRunner().invoke(callback_desk, [*number, "--database", file]))
        return bool(found["allowed"])

    assert allowed()
    change(folder / "calling_hours.csv", "*,any,09:00-20:00,", "*,any,14:00-20:00,")
    plain(run("rules", "import", str(folder / "calling_hours.csv"), "--json"))
    assert not allowed()
