from __future__ import annotations

from datetime import timedelta

import pytest

from db import queue
from screens.call import CallScreen
from screens.desk import DeskScreen
from screens.feed import TopicsMoved
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged


def desk_screen(stage: Stage) -> DeskScreen:
    screen = stage.app.screen
    assert isinstance(screen, DeskScreen)
    return screen


@pytest.mark.parametrize("size", [NARROW, WIDE, (60, 20)])
async def test_the_queue_the_reason_and_the_customer_are_on_screen(
    desk: Desk, size: tuple[int, int]
) -> None:
    desk.callback(desk.person("王芳"), promised=True)
    desk.callback(desk.person("李明"))
    async with staged(desk, size=size) as stage:
        assert stage.shows("王芳", "李明", "to ring 2")
        assert desk_screen(stage).marked is not None
        if size != (60, 20):
            assert stage.shows("Why here")
        await stage.press("w")
        assert stage.shows("Customer")


async def test_an_empty_queue_says_which_emptiness_it_is(desk: Desk) -> None:
    async with staged(desk) as stage:
        assert stage.shows("All done")
        desk.callback(due_at=desk.clock.now + timedelta(hours=5))
        await stage.press("n")
        assert stage.shows("Nobody to ring now", "15:00"), stage.text


async def test_outside_calling_hours_is_not_all_done(desk: Desk) -> None:
    desk.clock.advance(hours=14)
    desk.callback()
    async with staged(desk) as stage:
        await stage.press("n")
        assert isinstance(stage.app.screen, DeskScreen)
        assert stage.shows("Nobody to ring now"), stage.text
        assert not stage.shows("Nobody to ring now: all done")


async def test_a_chosen_callback_is_taken_out_of_order(desk: Desk) -> None:
    desk.callback(desk.person("王芳"), promised=True)
    desk.callback(desk.person("李明"))
    async with staged(desk) as stage:
        await stage.press("down", "t")
        assert isinstance(stage.app.screen, CallScreen)
        assert stage.shows("李明")


async def test_a_callback_taken_elsewhere_is_refused_in_words(desk: Desk) -> None:
    callback_id = desk.callback(desk.person("王芳"))
    desk.operator("bob")
    bob = desk.seat("bob").actor
    async with staged(desk) as stage:
        queue.claim(desk.database, bob, callback_id)
        await stage.press("t")
        assert type(stage.app.screen).__name__ == "ErrorDialog"
        await stage.press("enter")
        desk_screen(stage)
        stage.app.screen.post_message(TopicsMoved(frozenset({"queue"})))
        await stage.settle()
        assert stage.shows("»")


async def test_the_list_follows_what_others_do_and_keeps_the_mark(desk: Desk) -> None:
    for name in ("甲", "乙", "丙"):
        desk.callback(desk.person(name))
    async with staged(desk) as stage:
        await stage.press("down", "down")
        marked = desk_screen(stage).marked
        assert marked is not None
        assert marked.name == "丙"
        desk.callback(desk.person("丁"), promised=True)
        stage.app.screen.post_message(TopicsMoved(frozenset({"queue"})))
        await stage.settle()
        after = desk_screen(stage).marked
        assert after is not None
        assert after.id == marked.id
        assert stage.shows("丁")


async def test_views_change_and_are_named(desk: Desk) -> None:
    desk.callback(desk.person("王芳"))
    async with staged(desk) as stage:
        assert stage.shows("▸ Queue")
        await stage.press("v")
        assert stage.shows("▸ Mine", "Nothing of yours is waiting")
        await stage.press("v")
        assert stage.shows("Anybody's", "王芳")


async def test_a_seat_that_may_only_look_takes_nobody(desk: Desk) -> None:
    callback_id = desk.callback()
    async with staged(desk, looking=True) as stage:
        await stage.press("n")
        assert stage.shows("This seat may only look")
        assert desk.row(callback_id)["state"] == "due"


async def test_after_a_call_the_next_customer_comes_unless_paused(desk: Desk) -> None:
    desk.callback(desk.person("王芳"), promised=True)
    desk.callback(desk.person("李明"))
    async with staged(desk) as stage:
        stage.app.wrap_up_pause = 0
        await stage.press("n", "p", "1", "f", "1", "enter")
        assert isinstance(stage.app.screen, DeskScreen)
        assert stage.shows("王芳: closed")
        await stage.press("p", "n")
        assert stage.shows("李明")


async def test_the_next_customer_comes_by_itself(desk: Desk) -> None:
    desk.callback(desk.person("王芳"), promised=True)
    desk.callback(desk.person("李明"))
    async with staged(desk) as stage:
        stage.app.wrap_up_pause = 0
        await stage.press("n", "f", "1", "enter")
        await stage.settle()
        assert isinstance(stage.app.screen, CallScreen)
        assert stage.shows("李明")


async def test_an_outcome_is_taken_back_from_the_desk(desk: Desk) -> None:
    callback_id = desk.callback(desk.person("王芳"))
    async with staged(desk) as stage:
        await stage.press("u")
        assert stage.shows("There is no outcome to take back")
        await stage.press("n", "p", "1", "f", "1", "enter")
        assert desk.row(callback_id)["state"] == "done"
        await stage.press("u")
        assert isinstance(stage.app.screen, CallScreen)
        assert desk.row(callback_id)["state"] == "claimed"


async def test_a_hostile_name_is_harmless_in_list_and_preview(desk: Desk) -> None:
    desk.callback(desk.person("[/]\x1b[31m[@click=app.quit]王\u202e"))
    async with staged(desk, size=WIDE) as stage:
        assert stage.shows("[/]")
        assert "\x1b" not in stage.text
        await stage.pilot.click("#desk-who", offset=(4, 1))
        assert stage.app.is_running
