"""What reaches an operator at their seat: pauses with codes, messages, the end of the seat."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.losing import lose_seat
from db.operator_states import enter_state
from db.seat_messages import send_message, tell_operator
from db.seat_news import seat_news
from db.tables import seat, seat_message
from domain.permissions import Actor
from screens.call import CallScreen
from screens.seat_ended import SeatEnded
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged


async def heard(stage: Stage) -> None:
    """The own seat's topic moves, as the feed tells it."""
    stage.app.topics_moved(frozenset({f"seat:{stage.app.seat.actor.seat_id}"}))
    await stage.settle()


def seat_of(desk: Desk, actor: Actor):
    return desk.rows(sa.select(seat).where(seat.c.id == actor.seat_id))[0]


def lead_of(desk: Desk) -> Actor:
    return desk.operator("lena", "lead")


async def test_p_asks_why_and_pauses_at_once_with_a_limit_in_sight(desk: Desk) -> None:
    desk.callback()
    async with staged(desk, size=WIDE) as stage:
        await stage.press("p")
        assert stage.shows("Pause: why?", "Begins at once", "2 Lunch")
        await stage.press("2")
        actor = stage.app.seat.actor
        assert seat_of(desk, actor)["pause_code"] == "lunch"
        limit = desk.database.rulebook.day.pause("lunch").minutes
        assert stage.shows(f"[paused: Lunch {limit}:00 left]")
        desk.clock.advance(minutes=limit + 3)
        stage.app.own._tick()
        await stage.settle()
        assert stage.shows("[pause over: Lunch +03:00]", "Your pause is over (Lunch).")
        await stage.press("n")
        assert isinstance(stage.app.screen, CallScreen)
        assert seat_of(desk, actor)["state"] == "ready"
        assert not stage.shows("Your pause is over")


async def test_p_again_goes_on(desk: Desk) -> None:
    async with staged(desk) as stage:
        await stage.press("p", "1", "p")
        assert stage.shows("Going on")
        assert seat_of(desk, stage.app.seat.actor)["state"] == "ready"
        assert not stage.app.pausing


@pytest.mark.parametrize(("language", "sign"), [("en", "[then Short break]"), ("zh", "[之后小休]")])
async def test_in_a_call_the_pause_comes_after_it(
    desk: Desk, language: Language, sign: str
) -> None:
    desk.callback()
    desk.callback()
    async with staged(desk, language=language) as stage:
        await stage.press("n", "p", "1")
        assert sign in stage.lines[0]
        await stage.press("f", "1", "enter")
        await heard(stage)
        row = seat_of(desk, stage.app.seat.actor)
        assert (row["state"], row["pause_code"]) == ("paused", "short-break")
        assert not isinstance(stage.app.screen, CallScreen)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_message_stays_over_the_call_until_it_is_read_and_takes_no_typed_text(
    desk: Desk, size: tuple[int, int]
) -> None:
    desk.callback()
    lead = lead_of(desk)
    actor = desk.seat("ann").actor
    async with staged(desk, actor, size=size) as stage:
        await stage.press("n", "n")
        await stage.types("abc")
        send_message(desk.database, lead, actor.operator_id, "Please ring [/] me.")
        send_message(desk.database, lead, actor.operator_id, "Second one.")
        await heard(stage)
        assert stage.shows("Lena: Please ring [/] me.", "1 more")
        await stage.types("def")
        assert stage.app.screen.draft.note == "abcdef"
        await stage.press("ctrl+underscore")
        assert stage.shows("Lena: Second one.")
        assert not stage.shows("Please ring")
        await stage.press("escape", "apostrophe")
        assert not stage.shows("Second one.")
        unread = sa.select(seat_message.c.id).where(seat_message.c.read_at.is_(None))
        assert desk.rows(unread) == []
        await stage.press("ampersand")
        assert stage.shows("The last messages", "Second one.", "Please ring [/] me.")


async def test_a_message_that_was_read_does_not_come_back_with_a_reading_from_before(
    desk: Desk,
) -> None:
    lead, actor = lead_of(desk), desk.seat("ann").actor
    async with staged(desk, actor) as stage:
        send_message(desk.database, lead, actor.operator_id, "Please ring me.")
        await heard(stage)
        before = seat_news(desk.database, actor)
        await stage.press("apostrophe")
        assert not stage.shows("Please ring")
        stage.app.own._came(actor.seat_id, before)
        await stage.settle()
        assert not stage.shows("Please ring")
        send_message(desk.database, lead, actor.operator_id, "And then me.")
        await heard(stage)
        assert stage.shows("And then me.")


async def test_a_deed_is_told_with_customer_and_reason(desk: Desk) -> None:
    person = desk.person("王芳")
    made = desk.callback(person)
    lead, actor = lead_of(desk), desk.seat("ann").actor
    async with staged(desk, actor, size=WIDE) as stage:
        desk.database.write(
            lambda unit: tell_operator(
                unit, lead, actor.operator_id, "notice.a_newer_deed", {"callback": made}
            )
        )
        await heard(stage)
        assert stage.shows("Lena changed something in your work (notice.a_newer_deed)")


async def test_a_leads_pause_says_who(desk: Desk) -> None:
    desk.callback()
    lead, actor = lead_of(desk), desk.seat("ann").actor
    async with staged(desk, actor, size=WIDE) as stage:
        ends_at = desk.clock.now + timedelta(minutes=30)
        desk.database.write(
            lambda unit: enter_state(
                unit, actor.seat_id, "paused", pause_code="meeting", ends_at=ends_at,
                forced_by=lead.operator_id,
            )
        )  # fmt: skip
        await heard(stage)
        assert stage.shows("Lena has paused you until 10:30: Meeting.")
        await stage.press("n")
        assert stage.shows("has paused you until")
        assert not isinstance(stage.app.screen, CallScreen)


async def test_a_seat_that_a_lead_ends_keeps_the_draft_and_says_who(desk: Desk) -> None:
    made = desk.callback()
    lead, actor = lead_of(desk), desk.seat("ann").actor
    async with staged(desk, actor) as stage:
        await stage.press("n", "n")
        await stage.types("half a sent")
        call_id = stage.app.screen.call.call_id
        desk.database.write(lambda unit: lose_seat(unit, actor.seat_id, "dismissed", lead))
        await heard(stage)
        assert isinstance(stage.app.screen, SeatEnded)
        assert stage.shows("Lena logged you out.")
        body = desk.rows(sa.text("SELECT body FROM draft").columns(sa.column("body", sa.JSON)))
        assert body[0]["body"]["note"] == "half a sent"
        state = desk.rows(sa.text(f"SELECT state FROM callback WHERE id = {made}"))[0]["state"]
        assert state == "check"
        assert call_id
        await stage.press("enter")
        assert stage.app.return_value == 0
