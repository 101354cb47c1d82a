from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.checkup import Finding, clock, database_findings, sqlite, terminal
from app.cli.program import callback_desk
from app.settings import Settings


def _states(findings: list[Finding]) -> dict[str, str]:
    return {finding.check: finding.state for finding in findings}


def test_no_database_yet_is_worth_a_look(tmp_path: Path) -> None:
    found = list(database_findings(str(tmp_path / "new" / "desk.db")))
    assert _states(found) == {"place": "ok", "database": "warn"}
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_file_that_is_no_database_has_failed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(content)
    assert _states(list(database_findings(str(path))))["database"] == "fail"


def test_a_nonsense_address_has_failed() -> None:
    assert _states(list(database_findings("mysql://host/desk"))) == {"database": "fail"}


def test_a_faulty_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.checkup.sqlite_version", lambda: (3, 40, 1))
    assert sqlite().state == "warn"
    monkeypatch.setattr("app.checkup.sqlite_version", lambda: (3, 51, 3))
    assert sqlite().state == "ok"


def test_the_terminal_is_judged_by_letters_colours_and_room() -> None:
    good = list(terminal({"TERM": "xterm-256color"}, (80, 24), "utf-8"))
    assert _states(good) == {"letters": "ok", "colours": "ok", "room": "ok"}
    assert good[1].said.params["count"] == "256"
    poor = list(terminal({"NO_COLOR": "1"}, (79, 24), "ISO-8859-1"))
    assert _states(poor) == {"letters": "warn", "colours": "ok", "room": "warn"}
    rich = list(terminal({"TERM": "xterm", "COLORTERM": "truecolor"}, (200, 50), "UTF8"))
    assert rich[1].said.params["count"] == "16777216"


def test_a_machine_without_zone_is_told() -> None:
    assert clock(Settings(my_zone="Asia/Shanghai")).state == "ok"
    assert clock(Settings(my_zone="UTC")).state == "warn"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_doctor_says_every_finding_in_words(tmp_path: Path, language: str) -> None:
    words = ["doctor", "--database", str(tmp_path / "x.db"), "--lang", language]
    plain = CliRunner().invoke(callback_desk, words)
    assert plain.exit_code == 0, plain.output
    spoken = CliRunner().invoke(callback_desk, [*words, "--json"])
    answer = json.loads(spoken.stdout)
    assert answer["ok"] is True
    assert all(check["said"] in plain.stdout for check in answer["checks"])


def test_doctor_fails_on_a_broken_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("colour = 1", encoding="utf-8")
    monkeypatch.setenv("CALLBACK_DESK_SETTINGS", str(path))
    result = CliRunner().invoke(callback_desk, ["doctor", "--json"])
    assert result.exit_code == 1
    (check,) = json.loads(result.stdout)["checks"]
    assert (check["check"], check["state"]) == ("settings", "fail")
    assert "colour" in check["said"]
