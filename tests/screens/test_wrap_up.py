"""Wrap-up on the call screen: countdown, more time, default outcome; and a call that is taken."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.lead_claims import steal
from db.tables import call_decision, draft, operator_state, seat
from domain.decision import BY_DEFAULT
from screens.call import CallScreen
from screens.desk import DeskScreen
from screens.today import TodayScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged
from tests.screens.test_own_seat import heard, lead_of


async def talked(stage: Stage) -> None:
    """Takes the next customer, rings, talks and hangs up."""
    await stage.press("n", "d", "enter", "h")


async def tick(stage: Stage) -> None:
    stage.app.screen.wrap_up_tick()
    for watch in stage.app.screen.query("#call-watch"):
        watch.tick()
    await stage.settle()


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize(
    ("language", "left", "over"),
    [
        ("en", "wrap-up: 01:00 left", "! wrap-up over +00:05"),
        ("zh", "整理还剩 01:00", "! 整理超时 +00:05"),
    ],
)
async def test_wrap_up_counts_down_and_then_up(
    desk: Desk, size: tuple[int, int], language: Language, left: str, over: str
) -> None:
    desk.callback()
    async with staged(desk, size=size, language=language) as stage:
        await talked(stage)
        assert stage.shows(left)
        desk.clock.advance(seconds=65)
        await tick(stage)
        assert stage.shows(over)
        assert desk.rows(sa.select(call_decision)) == []


async def test_states_follow_the_keys(desk: Desk) -> None:
    desk.callback()
    async with staged(desk) as stage:
        await talked(stage)
        rows = desk.rows(sa.select(operator_state).order_by(operator_state.c.id))
        states = [row["state"] for row in rows]
        assert states == ["ready", "dialling", "talking", "wrap_up"]


async def test_wrap_up_is_extended_as_often_as_the_rules_allow(desk: Desk) -> None:
    desk.callback()
    async with staged(desk, size=WIDE) as stage:
        await talked(stage)
        desk.clock.advance(seconds=30)
        await stage.press("greater_than_sign")
        await tick(stage)
        assert stage.shows("wrap-up: 01:30 left")
        (row,) = desk.rows(sa.select(seat.c.state_ends_at).where(seat.c.state == "wrap_up"))
        assert row["state_ends_at"] == stage.app.screen.wrap_up_ends
        await stage.press("ctrl+v", "greater_than_sign")
        assert stage.shows("can't be extended any further")


async def test_before_hanging_up_there_is_nothing_to_extend(desk: Desk) -> None:
    desk.callback()
    async with staged(desk) as stage:
        await stage.press("n", "greater_than_sign")
        assert stage.shows("Wrap-up has not begun")


async def at_the_end_of_a_greeting(stage: Stage) -> None:
    """Goes through a birthday call up to the step that offers the outcome, and hangs up."""
    await stage.press("n", "d", "enter")
    screen = stage.app.screen
    for _ in range(8):
        if "completed" in {choice.link.detail for choice in screen.draft.walk.choices}:
            break
        screen.follow(1)
        await stage.settle()
    await stage.press("h")


async def test_a_greeting_is_saved_by_default_after_a_last_warning_and_can_be_undone(
    desk: Desk,
) -> None:
    desk.callback(campaign="birthday")
    async with staged(desk, size=WIDE) as stage:
        await at_the_end_of_a_greeting(stage)
        assert not stage.app.screen.needs_a_person
        rules = desk.database.rulebook.day.wrap_up("birthday")
        desk.clock.advance(seconds=rules.seconds + 2)
        await tick(stage)
        assert stage.shows(f"In {rules.warning - 2} s", "is saved by itself")
        assert desk.rows(sa.select(call_decision)) == []
        desk.clock.advance(seconds=rules.warning)
        await tick(stage)
        (row,) = desk.rows(sa.select(call_decision))
        assert (row["outcome"], row["flags"]) == ("completed", [BY_DEFAULT])
        assert isinstance(stage.app.screen, DeskScreen)
        assert stage.shows("Saved by itself")
        await stage.press("u")
        assert isinstance(stage.app.screen, CallScreen)


async def test_any_key_stops_the_default(desk: Desk) -> None:
    desk.callback(campaign="birthday")
    async with staged(desk) as stage:
        await at_the_end_of_a_greeting(stage)
        rules = desk.database.rulebook.day.wrap_up("birthday")
        desk.clock.advance(seconds=rules.seconds + 1)
        await tick(stage)
        await stage.press("down")
        desk.clock.advance(minutes=5)
        await tick(stage)
        assert desk.rows(sa.select(call_decision)) == []


@pytest.mark.parametrize("what", ["not_rung", "half_way", "red", "promise", "typing"])
async def test_nothing_is_saved_by_itself_where_a_person_is_needed(desk: Desk, what: str) -> None:
    desk.callback(campaign="birthday")
    async with staged(desk) as stage:
        match what:
            case "not_rung":
                await stage.press("n", "h")
            case "half_way":
                await stage.press("n", "d", "enter", "h")
            case "red":
                await at_the_end_of_a_greeting(stage)
                await stage.press("m", "3")
            case "promise":
                await at_the_end_of_a_greeting(stage)
                await stage.press("g")
                await stage.types("a leaflet")
                await stage.press("enter", "tab", "enter")
            case "typing":
                await at_the_end_of_a_greeting(stage)
                await stage.press("n")
        desk.clock.advance(minutes=5)
        await tick(stage) if isinstance(stage.app.screen, CallScreen) else None
        assert desk.rows(sa.select(call_decision)) == []


async def test_a_correction_takes_the_mark_away(desk: Desk) -> None:
    desk.callback(campaign="birthday")
    async with staged(desk, size=WIDE) as stage:
        await at_the_end_of_a_greeting(stage)
        rules = desk.database.rulebook.day.wrap_up("birthday")
        desk.clock.advance(seconds=rules.seconds + rules.warning + 1)
        await tick(stage)
        await stage.press("d")
        assert isinstance(stage.app.screen, TodayScreen)
        await stage.press("enter", "enter", "6", "enter")
        rows = desk.rows(sa.select(call_decision).order_by(call_decision.c.id))
        assert [row["flags"] for row in rows] == [[BY_DEFAULT], []]


async def test_a_stolen_call_turns_read_only_says_who_and_why_and_keeps_what_is_typed(
    desk: Desk,
) -> None:
    made = desk.callback()
    lead, actor = lead_of(desk), desk.seat("ann").actor
    async with staged(desk, actor, size=WIDE) as stage:
        await stage.press("n", "n")
        await stage.types("half a sen")
        steal(desk.database, lead, made, str(uuid.uuid4()), "He is my neighbour")
        await heard(stage)
        assert stage.shows("IN OTHER HANDS", "Lena", "He is my neighbour")
        await stage.types("tence")
        await stage.press("escape")
        await stage.press("r")
        assert isinstance(stage.app.screen, CallScreen)
        await stage.press("escape")
        assert isinstance(stage.app.screen, DeskScreen)
        (kept,) = desk.rows(sa.select(draft.c.body))
        assert kept["body"]["note"] == "half a sentence"


async def test_a_call_of_ones_own_is_not_left_with_escape(desk: Desk) -> None:
    desk.callback()
    async with staged(desk) as stage:
        await stage.press("n", "escape")
        assert isinstance(stage.app.screen, CallScreen)
        assert stage.shows("This call is yours")


async def test_after_a_red_call_two_quiet_minutes_are_proposed(desk: Desk) -> None:
    desk.callback()
    async with staged(desk, size=WIDE) as stage:
        await talked(stage)
        await stage.press("m", "3", "f", "6", "enter")
        if not isinstance(stage.app.screen, DeskScreen):
            await stage.press("3")  # why an unhappy customer is left without a case
            await stage.types("calm again")
            await stage.press("enter")
        assert isinstance(stage.app.screen, DeskScreen)
        assert stage.shows("p 4: Two quiet minutes after a red call")
