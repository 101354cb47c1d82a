"""The commands `when` and `hours`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from app.cli.program import callback_desk

NOW = "2026-11-23T09:00:00+08:00"


@pytest.fixture(autouse=True)
def _own_settings(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    path.write_text('my_zone = "Asia/Shanghai"\nregion = "CN"\n', encoding="utf-8")
    monkeypatch.setenv("CALLBACK_DESK_SETTINGS", str(path))


def run(*words: str) -> Result:
    return CliRunner().invoke(callback_desk, list(words))


def test_a_due_time_in_both_languages() -> None:
    words = ("when", "明天下午三点", "--zone", "Asia/Shanghai", "--now", NOW, "--json")
    chinese, english = run(*words, "--lang", "zh"), run(*words, "--lang", "en")
    assert chinese.exit_code == english.exit_code == 0
    answer = json.loads(chinese.stdout)
    assert answer["at"] == "2026-11-24T15:00:00+08:00"
    assert answer["utc"] == "2026-11-24T07:00:00Z"
    assert answer["understood"] == "明天（11月24日 周二）下午3:00，客户时间"
    understood = json.loads(english.stdout)["understood"]
    assert understood == "tomorrow, Tue 24 Nov, 3:00 pm their time"


def test_both_clocks_and_what_was_assumed() -> None:
    result = run("when", "fri after 5", "--zone", "America/Chicago", "--now", NOW, "--lang", "en")
    assert result.stdout.splitlines() == [
        "Fri 27 Nov, 5:00 pm their time (Sat 7:00 am here), not earlier",
        "This week’s is over: taken as next week’s, Fri 27 Nov.",
        "“5” is taken as 5:00 pm.",
        "2026-11-27T17:00:00-06:00",
    ]


def test_my_own_time() -> None:
    words = ("when", "fri 5pm my time", "--zone", "America/Chicago", "--now", NOW, "--json")
    assert json.loads(run(*words).stdout)["utc"] == "2026-11-27T09:00:00Z"
    london = json.loads(run(*words, "--my-zone", "Europe/London").stdout)
    assert london["utc"] == "2026-11-27T17:00:00Z"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("明天见鬼", "when_unreadable"),
        ("昨天3点", "when_past"),
        ("周三 周四", "when_contradiction"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refused_time_is_told_in_words(text: str, code: str, language: str) -> None:
    words = ("when", text, "--zone", "Asia/Shanghai", "--now", NOW, "--json", "--lang", language)
    result = run(*words)
    assert result.exit_code == 1
    error = json.loads(result.stdout)["error"]
    assert error["code"] == code
    assert error["title"]
    assert error["todo"]


def test_wrong_usage() -> None:
    assert run("when", "3pm").exit_code == 2
    assert run("hours", "+8613800138000", "--purpose", "fun").exit_code == 2
    assert run("hours", "+8613800138000", "--at", "2026-11-23T09:00").exit_code == 2


@pytest.mark.parametrize(
    ("clock", "allowed", "next_open", "closes"),
    [
        ("08:59:59", False, "2026-11-23T09:00:00+08:00", "2026-11-23T12:00:00+08:00"),
        ("09:00:00", True, None, "2026-11-23T12:00:00+08:00"),
        ("20:00:00", False, "2026-11-24T09:00:00+08:00", "2026-11-24T12:00:00+08:00"),
    ],
)
def test_whether_a_number_may_be_called(
    clock: str, allowed: bool, next_open: str | None, closes: str
) -> None:
    result = run("hours", "138 0013 8000", "--at", f"2026-11-23T{clock}+08:00", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["allowed"] is allowed
    assert (answer["next_open"], answer["closes"]) == (next_open, closes)
    assert (answer["rule"]["place"], answer["rule"]["purpose"]) == ("CN", "service")
    assert answer["rule"]["source"]
    assert answer["number"] == "+8613800138000"


def asked(*words: str) -> dict[str, object]:
    result = run("hours", *words, "--json", "--lang", "en")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert isinstance(answer, dict)
    return answer


def test_purpose_and_place_choose_the_rule() -> None:
    words = ("(415) 555-0103", "--region", "us", "--at", "2026-11-24T04:30:00Z")
    sales, service = asked(*words, "--purpose", "sales"), asked(*words)
    assert (sales["allowed"], sales["rule"]["place"]) == (True, "US")  # type: ignore[index]
    assert (service["allowed"], service["rule"]["place"]) == (False, "*")  # type: ignore[index]
    assert sales["places"] == ["US-CA", "US"]


def test_a_holiday_is_named() -> None:
    words = ("+14155550103", "--at", "2026-11-26T12:00:00-08:00")
    answer = asked(*words)
    assert (answer["allowed"], answer["holiday"]) == (False, "Thanksgiving Day")
    assert answer["next_open"] == "2026-11-27T09:00:00-08:00"
    assert answer["closes"] == "2026-11-27T20:00:00-08:00"
    told = run("hours", *words, "--lang", "en").stdout
    assert "a public holiday there (Thanksgiving Day)" in told
    assert "from 2026-11-27T09:00:00-08:00 until 2026-11-27T20:00:00-08:00" in told
    words = ("13800138000", "--purpose", "survey", "--at", "2026-10-01T10:00:00+08:00")
    chinese = run("hours", *words, "--lang", "zh").stdout
    assert "国庆节" in chinese


def test_a_campaign_brings_its_purpose_and_its_hours() -> None:
    at = ("--at", "2026-11-23T19:30:00+08:00")
    answer = asked("13800138000", *at, "--campaign", "生日关怀")
    assert (answer["allowed"], answer["campaign"], answer["purpose"]) == (
        False, "birthday", "service",
    )  # fmt: skip
    assert answer["next_open"] == "2026-11-24T10:00:00+08:00"
    assert answer["rule"]["place"] == "campaign"  # type: ignore[index]
    assert asked("13800138000", *at)["allowed"]
    assert asked("13800138000", *at, "--campaign", "win-back")["purpose"] == "sales"
    unknown = run("hours", "13800138000", "--campaign", "fun", "--json")
    assert json.loads(unknown.stdout)["error"]["code"] == "campaign_unknown"


def test_a_number_that_nobody_may_ring_is_told_so() -> None:
    answer = asked("+18005550199", "--purpose", "sales", "--at", "2026-11-23T10:00:00-05:00")
    assert (answer["allowed"], answer["next_open"], answer["closes"]) == (False, None, None)
    assert "no moment that every rule allows" in answer["reasons"][-1]  # type: ignore[index]


def test_an_estimated_year_and_a_rule_with_its_own_dates() -> None:
    answer = asked("13800138000", "--purpose", "survey", "--at", "2027-01-01T10:00:00+08:00")
    assert (answer["allowed"], answer["holiday"]) == (False, "New Year's Day")
    assert any("2027 in CN are estimated" in one for one in answer["reasons"])  # type: ignore[attr-defined]
    pennsylvania = asked("+12155550123", "--purpose", "sales", "--at", "2026-11-23T19:30:00-05:00")
    assert pennsylvania["rule"]["since"] == "2026-10-18"  # type: ignore[index]
    mississippi = asked("+16015550123", "--purpose", "sales", "--at", "2026-07-14T08:30:00-05:00")
    assert mississippi["rule"]["clock"] == "Etc/GMT+6"  # type: ignore[index]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("number", ["+8613800138000", "+18005550199", "+80012345678"])
def test_every_verdict_has_words(number: str, language: str) -> None:
    for at in ("2026-11-23T10:00:00+08:00", "2026-11-23T03:00:00+08:00"):
        result = run("hours", number, "--at", at, "--lang", language)
        assert result.exit_code == 0
        assert len(result.stdout.splitlines()) >= 3


def test_a_number_that_is_none() -> None:
    result = run("hours", "13800", "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (
        1,
        "number_unreadable",
    )


def test_neither_needs_a_screen_or_a_database() -> None:
    script = (
        "import sys, app.cli.when, app.cli.hours;"
        "sys.exit(bool({'sqlalchemy', 'textual', 'psycopg'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
