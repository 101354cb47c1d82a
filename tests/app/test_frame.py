from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from app.cli import COMMANDS
from app.cli.frame import INSTANT, SPAN, Answer, Frame, desk_command, desk_group, option
from app.cli.program import callback_desk
from app.cli.spoken import SpokenGroup
from content.translations import LANGUAGES
from domain.errors import InputError

ROOT = Path(__file__).parents[2]


def _program() -> SpokenGroup:
    group = desk_group("queue")

    @desk_command("claim", "database", "login", "now", group=group)
    @click.argument("text")
    @option("--count", type=int, help="cli.option.lang")
    def claim(frame: Frame, text: str, count: int | None) -> Answer:
        if text == "refuse":
            raise InputError("settings_missing", path="/x\x1b[2J\u202e")
        if text == "break":
            raise ValueError("[/]\x1b[31m")
        if text == "wordless":
            raise InputError("no_words_for_this")
        if text == "ask":
            frame.confirm("cli.help.program")
        if text == "stop":
            raise KeyboardInterrupt
        now = frame.now.isoformat() if frame.now else None
        data = {"text": text, "count": count, "login": frame.login, "now": now}
        return Answer(data, [f"{text}\x1b[2J", frame.database()], exit_code=text == "faults")

    return group


PROGRAM = _program()


def run(*words: str) -> Result:
    return CliRunner().invoke(PROGRAM, ["claim", *words])


def test_an_answer_for_people_and_for_programs() -> None:
    plain = run("王", "--database", "/d.db")
    assert (plain.exit_code, plain.stdout) == (0, "王[2J\nsqlite:////d.db\n")
    spoken = run("王", "--as", "li.na", "--count", "3", "--json")
    assert spoken.exit_code == 0
    assert spoken.stdout.endswith("\n")
    assert json.loads(spoken.stdout) == {"text": "王", "count": 3, "login": "li.na", "now": None}


def test_faults_found_are_an_answer_with_exit_code_one() -> None:
    result = run("faults", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["text"] == "faults"


def test_a_refusal_is_told_on_stderr_and_with_json_on_stdout_too() -> None:
    plain = run("refuse")
    assert (plain.exit_code, plain.stdout) == (1, "")
    assert "does not exist" in plain.stderr
    assert "\x1b" not in plain.stderr
    assert "\u202e" not in plain.stderr
    spoken = run("refuse", "--json", "--lang", "zh")
    assert spoken.exit_code == 1
    (line,) = spoken.stdout.splitlines()
    error = json.loads(line)["error"]
    assert set(error) == {"code", "title", "todo"}
    assert error["code"] == "settings_missing"
    assert "不存在" in error["title"]
    assert "不存在" in spoken.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "TEXT is missing"),
        (("a", "b"), "Wrong usage"),
        (("a", "--cuont", "1"), "no option --cuont"),
        (("a", "--count", "x"), "--count does not fit"),
        (("a", "--now", "yesterday"), "is no instant"),
        (("a", "--now", "2026-05-04T09:30:00"), "lacks its offset"),
    ],
)
def test_wrong_usage_is_exit_code_two(words: tuple[str, ...], said: str) -> None:
    plain = run(*words)
    assert (plain.exit_code, plain.stdout) == (2, "")
    assert said in plain.stderr
    assert "--help" in plain.stderr
    spoken = run(*words, "--json")
    assert spoken.exit_code == 2
    assert json.loads(spoken.stdout)["error"]["code"] == "usage"


def test_an_instant_is_turned_to_utc() -> None:
    at = INSTANT.convert("2026-05-04T09:30:00+08:00", None, None)
    assert at == datetime(2026, 5, 4, 1, 30, tzinfo=UTC)
    assert at.tzinfo is UTC
    answer = run("a", "--now", "2026-05-04T09:30:00+08:00", "--json")
    assert json.loads(answer.stdout)["now"] == "2026-05-04T01:30:00+00:00"


def test_what_nobody_foresaw_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run("break", "--json")
    assert plain.exit_code == 1
    assert "Traceback" not in plain.stderr
    assert "doctor" in plain.stderr
    assert json.loads(plain.stdout)["error"]["code"] == "unexpected"
    assert "Traceback" in run("break", "--debug").stderr
    monkeypatch.setenv("CALLBACK_DESK_DEBUG", "1")
    debugged = run("break").stderr
    assert "Traceback" in debugged
    assert "\x1b" not in debugged


def test_an_error_without_words_is_told_all_the_same() -> None:
    result = run("wordless", "--json")
    assert result.exit_code == 1
    assert "no_words_for_this" in json.loads(result.stdout)["error"]["title"]


def test_a_length_of_time_is_read_and_nonsense_refused() -> None:
    assert SPAN.convert("15m", None, None) == timedelta(minutes=15)
    for text in ("15", "m", "0m", "25h", "-5m", "1d", "１m"):
        with pytest.raises(click.BadParameter):
            SPAN.convert(text, None, None)


def test_nobody_is_asked_without_a_terminal() -> None:
    result = run("ask", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "nobody_to_ask"


def test_an_interruption_ends_quietly() -> None:
    result = run("stop")
    assert result.exit_code == 130
    assert result.stderr.strip() == ""


def test_words_after_a_double_dash_are_no_options() -> None:
    result = run("--", "--json")
    assert result.exit_code == 0
    assert result.stdout.startswith("--json")


def test_options_of_the_program_reach_its_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback_desk, "_lazy", {"queue": f"{__name__}:PROGRAM"})
    words = ["--as", "ann", "--database", "/a.db", "queue", "claim", "x", "--json"]
    result = CliRunner().invoke(callback_desk, words)
    assert json.loads(result.stdout)["login"] == "ann"
    result = CliRunner().invoke(callback_desk, [*words, "--as", "bob"])
    assert json.loads(result.stdout)["login"] == "bob"


def every_command() -> list[tuple[str, ...]]:
    """The words of each command of the program, groups too."""

    def below(group: click.Group, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name in group.list_commands(click.Context(group)):
            found = group.get_command(click.Context(group), name)
            yield (*words, name)
            if isinstance(found, click.Group):
                yield from below(found, (*words, name))

    return list(below(callback_desk, ()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_its_help_page(language: str) -> None:
    commands = every_command()
    assert ("queue", "deal-out") in commands
    for words in commands:
        page = CliRunner(env={"LC_ALL": f"{language}.UTF-8"}).invoke(
            callback_desk, [*words, "--help"], prog_name="callback-desk"
        )
        assert page.exit_code == 0, words
        assert "--help" in page.stdout, (words, page.stdout, page.stderr)


def test_the_help_page_speaks_both_languages_and_imports_no_command() -> None:
    english = CliRunner().invoke(callback_desk, ["--help"])
    chinese = CliRunner().invoke(callback_desk, ["--lang", "zh", "--help"])
    assert english.exit_code == chinese.exit_code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in english.stdout
        assert f"\n  {name} " in chinese.stdout
    assert "Usage:" in english.stdout
    assert "用法：" in chinese.stdout
    assert "Options" not in chinese.stdout


def test_the_settings_give_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('language = "zh"', encoding="utf-8")
    monkeypatch.setenv("CALLBACK_DESK_SETTINGS", str(path))
    assert "用法" in CliRunner().invoke(callback_desk, ["--help"]).stdout
    path.write_text('language = "xx"', encoding="utf-8")
    broken = run("a", "--json")
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["error"]["code"] == "settings_unfit"


def test_the_desk_is_not_opened_into_a_pipe() -> None:
    result = CliRunner().invoke(callback_desk, ["--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "desk_without_terminal"


def test_a_closed_pipe_ends_quietly() -> None:
    code = "from app.__main__ import main; main()"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_terminal_without_chinese_letters_ends_no_command() -> None:
    code = "from app.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--lang", "zh", "--help"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )
    assert done.returncode == 0, done.stderr
    assert b"\\u7528" in done.stdout
