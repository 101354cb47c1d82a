"""What we owe on screen: list, story, rates, other owners; and what is said first in a call."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.case_opening import NewCase
from db.cases import open_case
from db.finish import finish
from db.housekeeping import keep_house
from db.occasions import note_occasion
from db.promise_making import make_promise
from db.queue import claim
from db.tables import promise
from domain.care.facts import OccasionKind
from domain.decision import Decision, GivenPromise
from screens.call import CallScreen
from screens.customer import CustomerScreen
from screens.promises import PromisesScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

HOUR = timedelta(hours=1)


def make(desk: Desk, name: str, text: str, hours: float | None, **more: Any) -> int:
    numbers = more.pop("numbers", ())
    person = more.pop("person", None) or desk.person(name, *numbers)
    due = None if hours is None else desk.clock.now + hours * HOUR
    kind = more.pop("kind", "deed")
    given = GivenPromise(text, due, None if due else "if it rattles again", kind)
    return make_promise(desk.database, desk.actor, person, given, **more)


async def open_promises(stage: Stage) -> PromisesScreen:
    await stage.press("h")
    screen = stage.app.screen
    assert isinstance(screen, PromisesScreen), stage.text
    await look(stage)
    return screen


async def look(stage: Stage) -> None:
    """Lets the mark rest until the marked promise is told."""
    await stage.pilot.pause(0.2)
    await stage.settle()


@pytest.mark.parametrize(
    ("size", "language"), [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]
)
async def test_what_is_owed_is_listed_with_what_is_left_on_both_clocks(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    make(desk, "Grace", "send the invoice", 1, numbers=("+12125550123",))
    make(desk, "Ada", "look at the brakes", 3)
    make(desk, "Mary", "a new seal", None)
    desk.clock.advance(hours=2)
    keep_house(desk.database, every=0)
    async with staged(desk, size=size, language=language) as stage:
        await open_promises(stage)
        if language == "en":
            assert stage.shows("Promises we owe", "1 h 0 min late", "Grace", "in 1 h 0 min", "Ada")
            assert stage.shows("11:00 (theirs 22:00)", "the time is over: broken")
            assert stage.shows("conditional", "a new seal")
        else:
            assert stage.shows("未兑现的承诺", "已晚1小时0分", "Grace", "还有1小时0分", "Ada")
            assert stage.shows("11:00（客户处 22:00）", "过了时间：失约", "有条件")
        await stage.press("v")
        assert stage.shows("Grace")
        assert not stage.shows("Ada")
        await stage.press("w")
        told = "0 of only n = 1" if language == "en" else "0 / n = 1，样本少"
        assert stage.shows(told, "Ann")


async def test_the_filter_stays_and_enter_opens_the_customer(desk: Desk) -> None:
    desk.operator("bea")
    make(desk, "Grace", "send the invoice", 1, owner="bea")
    make(desk, "Ada", "look at the brakes", 3)
    async with staged(desk, size=WIDE) as stage:
        await open_promises(stage)
        await stage.press("m", "v", "v")
        assert stage.shows("Open promises · mine", "Ada")
        assert not stage.shows("Grace")
        await stage.press("b")
        await open_promises(stage)
        assert stage.shows("Open promises · mine", "Ada")
        await stage.press("enter")
        assert isinstance(stage.app.screen, CustomerScreen)
        await stage.press("2")
        assert stage.shows("look at the brakes · 13:00 · in 3 h 0 min · Ann")


async def test_a_lead_gives_a_promise_away_and_an_operator_does_not(desk: Desk) -> None:
    bea = desk.operator("bea")
    one = make(desk, "Ada", "look at the brakes", 3)
    async with staged(desk, size=WIDE) as stage:
        await open_promises(stage)
        await stage.press("o")
        assert stage.shows("Who keeps the promise to Ada?", "1 Bea (bea)")
        await stage.press("1")
        await look(stage)
        assert stage.shows("is now with bea", "Ann → Bea")
    rows = desk.rows(sa.select(promise.c.owner_id).where(promise.c.id == one))
    assert rows[0]["owner_id"] == bea.operator_id
    async with staged(desk, desk.seat("bea").actor, size=WIDE) as stage:
        await open_promises(stage)
        await stage.press("o")
        assert stage.shows("A lead gives promises to others.")


@pytest.mark.parametrize(
    ("size", "language"), [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]
)
async def test_a_broken_promise_says_what_to_say_first_before_anybody_dials(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    make(desk, "Grace Hopper", "the price of the brakes", 1, kind="call")
    desk.clock.advance(hours=2)
    async with staged(desk, size=size, language=language) as stage:
        await stage.press("n")
        assert isinstance(stage.app.screen, CallScreen)
        if language == "en":
            assert stage.shows("before anything else: I owe", "We said we'd ring you at 11 am")
            assert stage.shows("the price of the brakes")
        else:
            assert stage.shows("我先跟您道个歉", "说好今天上午11点给您回电话的", "先说")
        if size == WIDE:
            assert stage.shows("1 h 0 min late" if language == "en" else "已晚1小时0分")


async def test_what_was_said_about_a_promise_settles_it(desk: Desk) -> None:
    person = desk.person("Grace")
    one = make(desk, "", "look at the brakes", 5, person=person)
    desk.callback(person)
    async with staged(desk, size=WIDE) as stage:
        await stage.press("n", "equals_sign")
        assert stage.shows("look at the brakes: what was said?")
        await stage.press("1")
        await stage.types("new pads")
        await stage.press("enter")
        assert stage.shows("new pads")
        await stage.press("equals_sign")
        assert stage.shows("We owe this customer nothing.")
        desk.clock.advance(seconds=5)
        await stage.press("f", "1", "enter")
    (row,) = desk.rows(sa.select(promise).where(promise.c.id == one))
    assert row["state"] == "kept"


async def test_no_broken_promise_no_apology(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    first = desk.callback(desk.person("Grace"))
    taken = claim(desk.database, ann, first)
    due = desk.clock.now + HOUR
    decision = Decision(uuid.uuid4().hex, "callback-at", next_at=due)
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    desk.clock.advance(hours=1, minutes=2)
    async with staged(desk, ann, size=WIDE) as stage:
        await stage.press("n")
        assert stage.shows("a call · 11:00")
        assert not stage.shows("apology")


async def test_a_deed_is_done_by_a_fact_and_not_by_a_tick(desk: Desk) -> None:
    person = desk.person("Ada")
    one = make(desk, "", "look at the brakes", 3, person=person)
    make(desk, "Bob", "ring back", 5, kind="call")
    async with staged(desk, size=WIDE) as stage:
        await open_promises(stage)
        await stage.press("d")
        assert stage.shows("Nothing has happened since that shows it")
        desk.clock.advance(hours=1)
        day = (desk.clock.now + 24 * HOUR).date()
        note_occasion(desk.database, desk.actor, person, OccasionKind.APPOINTMENT, day)
        await stage.press("d")
        assert stage.shows("by what was it done?"), stage.text
        assert stage.shows("appointment 1 · 2026-11-24"), stage.text
        await stage.press("1")
        await look(stage)
        assert stage.shows(f"Promise {one} is kept: it was done in time.")
        await stage.press("d")
        assert stage.shows("A call was promised: only ringing keeps it.")
    rows = desk.rows(sa.select(promise.c.state).where(promise.c.id == one))
    assert rows[0]["state"] == "kept"


@pytest.mark.parametrize(("size", "language"), [(NARROW, "en"), (WIDE, "zh")])
async def test_the_desk_counts_down_to_the_next_promise(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    async with staged(desk, size=size, language=language) as stage:
        assert not stage.shows("h promises" if language == "en" else "h 承诺")
        make(desk, "Ada", "look at the brakes", 1)
        await stage.press("r")
        stage.app.topics_moved(frozenset({"cases"}))
        await stage.pilot.pause(0.4)
        await stage.settle()
        if language == "en":
            assert stage.shows("h promises: next in 1 h 0 min: Ada, look at the brakes")
        else:
            assert stage.shows("h 承诺：下一个还有1小时0分：Ada")
        desk.clock.advance(minutes=50)
        soon = "in 10 min" if language == "en" else "还有10分钟"
        for _ in range(600):
            if stage.shows(soon):
                break
            await stage.pilot.pause(0.05)
        assert stage.shows(soon)
        desk.clock.advance(minutes=30)
        stage.app.topics_moved(frozenset({"cases"}))
        await stage.pilot.pause(0.4)
        await stage.settle()
        if language == "en":
            assert stage.shows("broken 1 · kept today 0 of 1 · next 20 min late")
        else:
            assert stage.shows("失约1 · 今天兑现 0/1 · 下一个已晚20分钟")


async def test_a_promise_is_made_from_a_case(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    person = desk.person("Ada", zone="Europe/London")
    about = open_case(desk.database, ann, NewCase(person, "the brakes squeal"))
    async with staged(desk, ann, size=WIDE) as stage:
        stage.app.show_case(about)
        await stage.settle()
        await stage.press("comma")
        await stage.types("find out why")
        await stage.press("enter")
        await stage.types("tomorrow 3pm")
        await stage.press("enter")
        assert stage.shows("is in the ledger", "find out why")
    (row,) = desk.rows(sa.select(promise))
    assert (row["kind"], row["complaint_id"]) == ("deed", about)
    assert row["due_at"].isoformat() == "2026-11-24T15:00:00+00:00"


@pytest.mark.parametrize(("size", "language"), [(NARROW, "en"), (NARROW, "zh")])
async def test_a_promise_is_made_in_the_finish_modal(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    desk.callback(desk.person("Ada"))
    async with staged(desk, size=size, language=language) as stage:
        await stage.press("n", "f", "ctrl+p")
        await stage.types("send the invoice")
        await stage.press("enter")
        await stage.types("+2h")
        await stage.press("enter")
        assert stage.shows("promise (1)" if language == "en" else "承诺（1）")
        await stage.press("1", "enter")
    (row,) = desk.rows(sa.select(promise))
    assert (row["text"], row["due_at"]) == ("send the invoice", desk.clock.now + 2 * HOUR)
