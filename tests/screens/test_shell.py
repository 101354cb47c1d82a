from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from textual import events
from textual.message import Message
from textual.pilot import Pilot

from content.translations import LANGUAGES
from domain.errors import InputError, RefusedError, StorageError
from screens.desk import DeskScreen
from screens.error_dialog import ErrorDialog
from screens.frame import FramedScreen
from screens.help import HelpScreen
from screens.palette import CommandPalette
from screens.second_seat import SecondSeat
from screens.shell import Shell
from screens.work import database_work
from tests.databases import Desk
from tests.screens.staged import Stage, Staged, staged

ROOT = Path(__file__).parents[2]
SLOW = ("sqlalchemy", "psycopg", "phonenumbers", "pypinyin", "jinja2", "pendulum", "openpyxl")


def test_the_desk_is_drawn_without_the_slow_modules() -> None:
    code = (
        "import json, sys; import app.desk_app; "
        f"print(json.dumps([name for name in {SLOW!r} if name in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert json.loads(done.stdout) == []


def test_keys_that_make_no_sense_stop_the_desk_before_it_opens() -> None:
    with pytest.raises(InputError) as caught:
        Shell("en", keys={"desk.next": "hyper+n"}, keys_from="/etc/desk.toml")
    assert caught.value.params["path"] == "/etc/desk.toml"


async def test_remapped_keys_work_and_are_shown(desk: Desk) -> None:
    app = Staged("en", keys={"app.help": "ctrl+j", "desk.lead": "f11", "desk.view": "z"}, hold=0)
    async with app.run_test(size=(120, 30)) as pilot:
        stage = Stage(app, pilot)
        await stage.settle()
        await stage.press("question_mark")
        assert isinstance(app.screen, DeskScreen)
        await stage.press("ctrl+j")
        assert isinstance(app.screen, HelpScreen)


async def test_help_lists_every_key_of_the_screen_in_both_languages(desk: Desk) -> None:
    async with staged(desk, size=(140, 90)) as stage:
        await stage.press("question_mark")
        assert stage.shows("next customer", "undo", "Whose digits")
        stage.app.speak("zh")
        await stage.settle()
        assert stage.shows("下一位", "撤销", "数字归谁")
        await stage.press("escape")
        assert isinstance(stage.app.screen, DeskScreen)


async def test_the_palette_finds_commands_in_either_language_and_says_why_not(desk: Desk) -> None:
    async with staged(desk, size=(120, 30)) as stage:
        await stage.press("colon")
        assert isinstance(stage.app.screen, CommandPalette)
        for letter in "撤销":
            stage.app.post_message(events.Key(letter, letter))
        await stage.settle()
        assert stage.shows("There is no outcome to take back")
        await stage.press("enter")
        assert isinstance(stage.app.screen, DeskScreen)
        assert stage.shows("There is no outcome to take back")
        await stage.press("ctrl+p")
        await stage.types("language")
        await stage.press("enter")
        assert stage.app.language == "zh"


async def test_a_disabled_key_says_why(desk: Desk) -> None:
    async with staged(desk) as stage:
        await stage.press("t")
        assert stage.shows("Nobody is marked in the list.")


async def test_typed_text_on_a_screen_without_a_note_fires_nothing(desk: Desk) -> None:
    desk.callback()
    async with staged(desk) as stage:
        stage.app.post_message(events.Paste("n你好"))
        await stage.settle()
        assert isinstance(stage.app.screen, DeskScreen)
        assert stage.shows("looks like typed text")


class Done(Message):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Failing(FramedScreen[None]):
    """A screen whose work fails or answers as it is told."""

    SCOPE = "desk"

    answers: list[int] = []  # noqa: RUF012

    @database_work("test.fail")
    def fail(self, error: BaseException) -> Message | None:
        raise error

    @database_work("test.quiet", quiet=True)
    def fail_quietly(self, error: BaseException) -> Message | None:
        raise error

    @database_work("test.answer")
    def ask(self, number: int) -> Message | None:
        return Done(number)

    def on_done(self, event: Done) -> None:
        self.answers.append(event.number)


class Failed(Staged):
    MODES = {"desk": Failing}  # noqa: RUF012


def failing(app: Failed) -> Failing:
    screen = app.screen
    assert isinstance(screen, Failing)
    return screen


async def at_rest(app: Failed, pilot: Pilot[int]) -> None:
    await Stage(app, pilot).settle()


async def test_every_failure_of_a_worker_is_told_in_words() -> None:
    app = Failed("en", hold=0)
    async with app.run_test() as pilot:
        screen = failing(app)
        screen.fail(RefusedError("keys_fixed", path="a.toml", action="call.digit"))
        await at_rest(app, pilot)
        assert isinstance(app.screen, ErrorDialog)
        await pilot.press("enter")
        screen.fail(ZeroDivisionError("[/] oops"))
        await at_rest(app, pilot)
        assert isinstance(app.screen, ErrorDialog)


async def test_a_database_that_stays_away_is_told_once_and_shown_in_the_head_line() -> None:
    app = Failed("en", hold=0)
    async with app.run_test() as pilot:
        screen = failing(app)
        for _ in range(3):
            screen.fail_quietly(StorageError("database_missing", database="x.db"))
        await at_rest(app, pilot)
        assert sum(isinstance(shown, ErrorDialog) for shown in app.screen_stack) == 1
        assert app.trouble == "database_missing"
        screen.ask(1)
        await at_rest(app, pilot)
        assert app.trouble is None


async def test_a_stale_answer_is_dropped() -> None:
    app = Failed("en", hold=0)
    Failing.answers = []
    async with app.run_test() as pilot:
        screen = failing(app)
        for number in range(20):
            screen.ask(number)
        await at_rest(app, pilot)
        assert Failing.answers[-1] == 19
        assert Failing.answers == sorted(Failing.answers)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_another_seat_is_asked_about(desk: Desk, language: str) -> None:
    async with staged(desk) as stage:
        stage.app.speak("zh" if language == "zh" else "en")
        answers: list[object] = []
        refusal = RefusedError("second_seat", host="front-desk", since=desk.clock.now, seat=1)
        stage.app.push_screen(SecondSeat(refusal), answers.append)
        await stage.settle()
        assert stage.shows("front-desk", "10:00")
        await stage.press("t")
        assert answers == ["take_over"]


async def test_the_three_themes_follow_each_other(desk: Desk) -> None:
    async with staged(desk) as stage:
        seen = []
        for _ in range(3):
            await stage.press("ctrl+t")
            seen.append(stage.app.theme)
        assert sorted(seen) == ["desk-contrast", "desk-dark", "desk-light"]


async def test_without_colours_the_marked_row_and_the_mode_are_seen_by_their_signs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    desk.callback(desk.person("王芳"), campaign="delivery-3day")
    async with staged(desk) as stage:
        assert stage.shows("[keys]", "▸")
        await stage.press("n", "1", "1")
        assert stage.shows("▸ Script")
        await stage.press("f")
        await stage.press("2")
        assert stage.shows("▸2 Partly completed")
