"""Expectations in a call: an offer against an earlier one; what was expected and received."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.finish import finish
from db.queue import claim_next
from db.seats import close_seat
from db.tables import complaint, gap_rating, wish
from domain.decision import Decision, GivenComplaint, GivenWish
from screens.call import CallScreen
from screens.contradicts import Contradicts
from screens.gap import GapDialog
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

DELIVERY = "delivery-3day"


def told_before(desk: Desk, person: int) -> int:
    """A case with one wish, whose offer the customer accepted in an earlier call; that call."""
    desk.operator("tom")
    actor = desk.seat("tom").actor
    desk.callback(person, campaign=DELIVERY)
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    told = GivenWish("Money back", "accepted", offer="A free service")
    decision = Decision(
        uuid=uuid.uuid4().hex,
        outcome="completed",
        wishes=(told,),
        complaint=GivenComplaint("complaint", "The brakes squeal"),
    )
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    desk.clock.advance(hours=24)
    return taken.call_id


async def open_call(stage: Stage) -> CallScreen:
    await stage.press("n")
    screen = stage.app.screen
    assert isinstance(screen, CallScreen), stage.text
    return screen


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_an_offer_against_an_earlier_one_is_made_only_after_its_call_was_named(
    desk: Desk, language: Language, size: tuple[int, int]
) -> None:
    person = desk.person("Ann Lee")
    earlier = told_before(desk, person)
    desk.callback(person, campaign=DELIVERY)
    async with staged(desk, language=language, size=size) as stage:
        screen = await open_call(stage)
        await stage.press("e", "1", "enter", "2")
        await stage.types("ten per cent off")
        await stage.press("enter")
        assert isinstance(stage.app.screen, Contradicts), stage.text
        assert stage.shows(f"{earlier}", "Tom")
        await stage.press("2")
        assert screen.draft.talk.wishes[0].offer == "A free service"

        await stage.press("enter", "2")
        await stage.types("ten per cent off")
        await stage.press("enter", "1")
        assert screen.draft.talk.wishes[0].offer == "ten per cent off"


async def test_the_same_offer_again_is_no_contradiction(desk: Desk) -> None:
    person = desk.person("Ann Lee")
    told_before(desk, person)
    desk.callback(person, campaign=DELIVERY)
    async with staged(desk, size=WIDE) as stage:
        screen = await open_call(stage)
        assert stage.shows("A free service")
        await stage.press("e", "1", "enter", "2")
        await stage.types("a free service.")
        await stage.press("enter")
        assert stage.app.screen is screen


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_expected_and_received_are_rated_before_and_after_the_talk(
    desk: Desk, language: Language, size: tuple[int, int]
) -> None:
    person = desk.person("Ann Lee")
    told_before(desk, person)
    desk.callback(person, campaign=DELIVERY)
    async with staged(desk, language=language, size=size) as stage:
        stage.app.pausing = True
        screen = await open_call(stage)
        await stage.press("%")
        assert isinstance(stage.app.screen, GapDialog), stage.text
        assert stage.shows("▸")
        # The offer of the earlier call was accepted, so the talk is over; `m` asks for before it.
        await stage.press("m", "9", "4", "0", "8", "-", "-", "enter")
        assert [(one.moment, one.factor, one.gap) for one in screen.draft.gaps] == [
            ("before", "speed-received", -5),
            ("before", "manner-received", -2),
        ]
        await stage.press("%", "9", "9", "enter", "f", "1", "enter")
    (case,) = desk.rows(sa.select(complaint.c.id))
    columns = (gap_rating.c.moment, gap_rating.c.factor, gap_rating.c.expected)
    rows = desk.rows(
        sa.select(*columns, gap_rating.c.received, gap_rating.c.complaint_id).order_by(
            gap_rating.c.id
        )
    )
    told = [(row["moment"], row["factor"], row["expected"], row["received"]) for row in rows]
    assert told == [
        ("before", "speed-received", 9, 4),
        ("before", "manner-received", 10, 8),
        ("after", "speed-received", 9, 9),
    ]
    assert {row["complaint_id"] for row in rows} == {case["id"]}


async def test_the_kind_of_need_is_kept_with_the_wish(desk: Desk) -> None:
    person = desk.person("Ann Lee")
    told_before(desk, person)
    desk.callback(person, campaign=DELIVERY)
    async with staged(desk, size=WIDE) as stage:
        stage.app.pausing = True
        await open_call(stage)
        await stage.press("e", "1", "enter", "8", "1", "tab", "f", "1", "enter")
    needs = desk.rows(sa.select(wish.c.need).order_by(wish.c.id))
    assert [row["need"] for row in needs] == [None, "basic"]


async def test_a_wish_without_a_case_is_gone_on_with_while_it_waits(desk: Desk) -> None:
    person = desk.person("Ann Lee")
    actor = desk.seat(desk.actor.login).actor
    desk.callback(person, campaign=DELIVERY)
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    heard = (
        GivenWish("A spare key", "shelved", answer_by=desk.clock.now + timedelta(days=2)),
        GivenWish("Floor mats", "accepted", offer="Floor mats"),
    )
    decision = Decision(uuid=uuid.uuid4().hex, outcome="completed", wishes=heard)
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    close_seat(desk.database, actor)
    desk.clock.advance(hours=24)
    desk.callback(person, campaign=DELIVERY)
    async with staged(desk, size=WIDE) as stage:
        screen = await open_call(stage)
        assert [one.text for one in screen.draft.talk.wishes] == ["A spare key"]
        assert screen.draft.decision("u", "completed").wishes == ()
