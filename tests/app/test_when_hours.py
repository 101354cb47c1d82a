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


def test_purpose_and_place_choose_the_rule() -> None:
    words = ("hours", "(415) 555-0103", "--region", "us", "--at", "2026-11-24T04:30:00Z", "--json")
    sales = json.loads(run(*words, "--purpose", "sales").stdout)
    service = json.loads(run(*words).stdout)
    assert (sales["allowed"], sales["rule"]["place"]) == (True, "US")
    assert (service["allowed"], service["rule"]["place"]) == (False, "*")


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
