"""`case deadline`: when a step is due, told to people and to programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.program import callback_desk
from content.case_timers import FILE

GOLDEN = ("car warranty (CN)", "answer the buyer", "--from", "2026-09-28T10:00:00+08:00")


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('my_zone = "Asia/Shanghai"\nregion = "CN"\n', encoding="utf-8")
    monkeypatch.setenv("CALLBACK_DESK_SETTINGS", str(path))


def run(*words: str) -> Result:
    return CliRunner().invoke(callback_desk, ["case", "deadline", *words])


def answer(*words: str, code: int = 0) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == code, result.output
    (line,) = result.stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_the_days_counted_and_skipped() -> None:
    found = answer(*GOLDEN, "--lang", "en")
    assert (found["due"], found["due_utc"]) == ("2026-10-16T23:59:59+08:00", "2026-10-16T15:59:59Z")
    assert (found["regime"], found["step"], found["calendar"]) == (
        "car-warranty-cn",
        "answer-buyer",
        "CN",
    )
    assert found["calendar_known"] is True
    days = {one["day"]: one for one in found["counted"]}
    assert sum(one["counted"] for one in days.values()) == 10
    assert days["2026-10-01"]["reason"] == "public holiday (National Day), not counted"
    assert days["2026-10-10"]["why"] == "made_up"
    assert days["2026-10-11"]["why"] == "rest"


def test_people_read_it_in_both_languages() -> None:
    english, chinese = run(*GOLDEN, "--lang", "en"), run(*GOLDEN, "--lang", "zh")
    head = "car warranty (CN): answer the buyer. 10 working days, from receipt of the request"
    assert english.stdout.splitlines()[:3] == [
        f"{head}; owed by us.",
        "Due Fri 2026-10-16 23:59:59 (Asia/Shanghai); warns from 2026-10-14 00:00.",
        "-  2026-09-28  Mon  the day it began is not counted",
    ]
    assert "-  2026-10-01  周四  放假（国庆节），不算" in chinese.stdout.splitlines()
    assert "+  2026-10-10  周六  调休上班，算一天" in chinese.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "due", "zone", "calendar"),
    [
        (("house", "update-customer"), "2026-10-26T23:59:59+08:00", "Asia/Shanghai", "CN"),
        (
            ("house", "update-customer", "--calendar", "de"),
            "2026-10-26T23:59:59+01:00",
            "Europe/Berlin",
            "DE",
        ),
        (
            ("house", "update-customer", "--calendar", "GB", "--zone", "Asia/Tokyo"),
            "2026-10-26T23:59:59+09:00",
            "Asia/Tokyo",
            "GB-ENG",
        ),
        (
            ("financial services (GB)", "summary resolution", "--calendar", "GB"),
            "2026-10-27T17:00:00+00:00",
            "Europe/London",
            "GB-ENG",
        ),
        (("grumble", "answer"), "2026-10-23T18:00:00+08:00", "Asia/Shanghai", None),
        (
            (
                "grumble",
                "answer",
                "--pause",
                "2026-10-22T18:00:00+02:00..2026-10-22T20:00:00+02:00",
            ),
            "2026-10-23T20:00:00+08:00",
            "Asia/Shanghai",
            None,
        ),
        (
            ("regulator-notice-cn", "answer", "--typed", "2026-11-01"),
            "2026-11-01T23:59:59+08:00",
            "Asia/Shanghai",
            "CN",
        ),
    ],
)
def test_whose_days_and_clock(
    words: tuple[str, ...], due: str, zone: str, calendar: str | None
) -> None:
    found = answer(*words, "--from", "2026-10-22T12:00:00+02:00")
    assert (found["due"], found["zone"], found["calendar"]) == (due, zone, calendar)


def test_what_the_calendar_does_not_know_is_said() -> None:
    words = ("house", "update-customer", "--calendar", "CN", "--from", "2026-12-30T10:00:00+08:00")
    found = answer(*words, "--lang", "en")
    assert found["calendar_known"] is False
    (doubt,) = found["doubts"]
    assert "2027" in doubt
    assert doubt in run(*words, "--lang", "en").stdout


def test_the_unknown_is_told_with_what_is_known() -> None:
    start = ("--from", "2026-12-30T10:00:00+08:00")
    error = answer("house", "dance", *start, code=1)["error"]
    assert error["code"] == "timer_step_unknown"
    assert "acknowledge, update-customer" in error["todo"]
    error = answer("nobody", "dance", *start, code=1)["error"]
    assert error["code"] == "timer_regime_unknown"
    assert "financial-services-gb" in error["todo"]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--from", "2026-12-30T10:00:00"),
        ("--from", "2026-12-30T10:00:00Z", "--pause", "yesterday"),
        ("--from", "2026-12-30T10:00:00Z", "--typed", "friday"),
    ],
)
def test_wrong_usage(words: tuple[str, ...]) -> None:
    assert run("house", "acknowledge", *words).exit_code == 2


def test_a_database_s_own_timers_hold(tmp_path: Path) -> None:
    database = ("--database", str(tmp_path / "desk.db"))
    runner = CliRunner()
    made = runner.invoke(callback_desk, ["init", "--practice", *database, "--as", "ann"])
    assert made.exit_code == 0, made.output
    own = tmp_path / "case_timers.csv"
    text = FILE.read_text(encoding="utf-8").replace("answer-buyer,10,", "answer-buyer,5,")
    own.write_text(text, encoding="utf-8")
    put = runner.invoke(
        callback_desk, ["rules", "import", str(own), *database, "--as", "ann", "--note", "faster"]
    )
    assert put.exit_code == 0, put.output
    assert answer(*GOLDEN, *database)["due"] == "2026-10-10T23:59:59+08:00"
