from __future__ import annotations

import pytest

from content.translations import Language
from db import calls, dialling, drafts, queue
from db.seats import close_seat
from domain.permissions import Actor
from screens.checks import ChecksScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

HOSTILE = "[/]\x1b[31m[@click=app.quit]王\u202e"


def leave_in_check(desk: Desk, login: str = "ann", name: str = "王芳", *, rung: bool = True) -> int:
    """A callback whose seat went away in the middle of the call."""
    callback_id = desk.callback(desk.person(name))
    actor: Actor = desk.seat(login, other="take_over").actor
    taken = queue.claim(desk.database, actor, callback_id)
    if rung:
        call = calls.show_call(desk.database, actor, taken.call_id)
        assert call.phone_id is not None
        dialling.dial(desk.database, actor, taken.call_id, call.phone_id)
    drafts.save_draft(desk.database, actor, taken.call_id, {}, 1)
    close_seat(desk.database, actor)
    assert desk.row(callback_id)["state"] == "check"
    return callback_id


async def open_checks(stage: Stage) -> None:
    await stage.press("k")
    assert isinstance(stage.app.screen, ChecksScreen)


async def test_an_empty_list_says_so(desk: Desk) -> None:
    async with staged(desk) as stage:
        await open_checks(stage)
        assert stage.shows("Nothing to check.")
        await stage.press("f")
        assert stage.shows("Nothing is marked in the list.")
        await stage.press("escape")
        assert not isinstance(stage.app.screen, ChecksScreen)


async def test_ones_own_call_is_taken_up_again(desk: Desk) -> None:
    callback_id = leave_in_check(desk)
    async with staged(desk) as stage:
        await open_checks(stage)
        assert stage.shows("王芳", "rung")
        await stage.press("enter")
        assert type(stage.app.screen).__name__ == "CallScreen"
        assert desk.row(callback_id)["state"] == "claimed"


async def test_a_customer_who_was_not_called_waits_again(desk: Desk) -> None:
    callback_id = leave_in_check(desk, rung=False)
    async with staged(desk) as stage:
        await open_checks(stage)
        await stage.press("n")
        assert desk.row(callback_id)["state"] == "due"
        assert stage.shows("王芳 waits for a call again.", "Nothing to check.")


async def test_where_a_number_was_rung_one_is_asked_twice(desk: Desk) -> None:
    callback_id = leave_in_check(desk)
    async with staged(desk) as stage:
        await open_checks(stage)
        await stage.press("n")
        assert stage.shows("Was 王芳 really not called?")
        await stage.press("n")
        assert desk.row(callback_id)["state"] == "check"
        await stage.press("f9", "y")
        assert desk.row(callback_id)["state"] == "due"


async def test_how_it_ended_is_told_by_the_finish_dialog(desk: Desk) -> None:
    callback_id = leave_in_check(desk)
    async with staged(desk) as stage:
        await open_checks(stage)
        await stage.press("f")
        await stage.press(desk.database.rulebook.outcomes["completed"].key, "enter")
        assert desk.row(callback_id)["state"] == "done"
        assert stage.shows("王芳: written down.")


async def test_anothers_call_cannot_be_resumed(desk: Desk) -> None:
    desk.operator("bob")
    leave_in_check(desk, "bob")
    async with staged(desk) as stage:
        await open_checks(stage)
        await stage.press("t")
        assert stage.shows("This was Bob's call")
        assert isinstance(stage.app.screen, ChecksScreen)


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_hostile_name_is_only_drawn(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    leave_in_check(desk, name=HOSTILE)
    async with staged(desk, language=language, size=size) as stage:
        await open_checks(stage)
        assert stage.shows("[/][31m[@")
        assert "\x1b" not in stage.text
        assert "\u202e" not in stage.text


async def test_the_language_changes_while_the_list_stands(desk: Desk) -> None:
    leave_in_check(desk)
    async with staged(desk) as stage:
        await open_checks(stage)
        await stage.press("ctrl+l")
        assert stage.shows("待核实", "已拨号", "继续通话")
