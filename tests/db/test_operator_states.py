"""An operator's states: written along the way of a call, each stretch of time a row."""

from __future__ import annotations

import itertools
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.checks import resume
from db.dialling import dial
from db.finish import finish
from db.inbound import inbound
from db.losing import lose_seat
from db.operator_states import enter_state
from db.parking import park, unpark
from db.pauses import ask_pause, go_on
from db.queue import claim_next, release
from db.seats import close_seat
from db.tables import callback, operator_state, seat
from db.talking import begin_talk, hang_up, limit_wrap_up
from db.undo import undo
from domain.decision import Decision
from domain.errors import InputError, RefusedError
from domain.permissions import Actor
from tests.databases import Desk


def done(outcome: str = "completed") -> Decision:
    return Decision(str(uuid.uuid4()), outcome)


def stretches(desk: Desk, actor: Actor) -> list[tuple[str, str | None, bool]]:
    """State, pause and whether it has ended, of every stretch of a seat."""
    rows = desk.rows(
        sa.select(operator_state)
        .where(operator_state.c.seat_id == actor.seat_id)
        .order_by(operator_state.c.id)
    )
    return [(row["state"], row["pause_code"], row["until"] is not None) for row in rows]


def seat_of(desk: Desk, actor: Actor):
    return desk.rows(sa.select(seat).where(seat.c.id == actor.seat_id))[0]


def dialled(desk: Desk, actor: Actor):
    taken = claim_next(desk.database, actor).taken
    phone = desk.rows(sa.select(callback).where(callback.c.id == taken.callback_id))[0]["phone_id"]
    dial(desk.database, actor, taken.call_id, phone)
    return taken


def force(desk: Desk, actor: Actor, code: str = "meeting", minutes: int | None = 30) -> int:
    lead = desk.operator("lena", "lead")
    ends_at = None if minutes is None else desk.clock.now + timedelta(minutes=minutes)
    desk.database.write(
        lambda unit: enter_state(
            unit, actor.seat_id, "paused", pause_code=code, ends_at=ends_at,
            forced_by=lead.operator_id,
        )
    )  # fmt: skip
    return lead.operator_id


def test_the_way_of_a_call_is_written_stretch_by_stretch(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    taken = dialled(desk, actor)
    desk.clock.advance(seconds=8)
    begin_talk(desk.database, actor, taken.call_id)
    desk.clock.advance(seconds=90)
    hang_up(desk.database, actor, taken.call_id, timedelta(seconds=60))
    assert seat_of(desk, actor)["state_ends_at"] == desk.clock.now + timedelta(seconds=60)
    desk.clock.advance(seconds=20)
    finish(desk.database, actor, taken.call_id, taken.fence, done())
    assert stretches(desk, actor) == [
        ("ready", None, True),
        ("dialling", None, True),
        ("talking", None, True),
        ("wrap_up", None, True),
        ("ready", None, False),
    ]
    rows = desk.rows(sa.select(operator_state).order_by(operator_state.c.id))
    for before, after in itertools.pairwise(rows):
        assert before["until"] == after["since"]


def test_a_claim_alone_writes_no_state(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    claim_next(desk.database, actor)
    release(desk.database, actor)
    assert stretches(desk, actor) == [("ready", None, False)]


def test_a_pause_at_the_desk_begins_at_once_with_its_limit_and_a_claim_ends_it(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    asked = ask_pause(desk.database, actor, "lunch")
    limit = desk.database.rulebook.day.pause("lunch").minutes
    assert asked.at_once
    assert asked.ends_at == desk.clock.now + timedelta(minutes=limit)
    desk.clock.advance(minutes=10)
    assert claim_next(desk.database, actor).taken is not None
    assert stretches(desk, actor) == [
        ("ready", None, True), ("paused", "lunch", True), ("ready", None, False),
    ]  # fmt: skip


def test_a_pause_asked_for_in_a_call_begins_with_its_end(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    taken = dialled(desk, actor)
    assert not ask_pause(desk.database, actor, "toilet").at_once
    assert seat_of(desk, actor)["next_pause"] == "toilet"
    desk.clock.advance(minutes=3)
    finish(desk.database, actor, taken.call_id, taken.fence, done())
    row = seat_of(desk, actor)
    assert (row["state"], row["pause_code"], row["next_pause"]) == ("paused", "toilet", None)
    assert row["state_ends_at"] > desk.clock.now
    assert go_on(desk.database, actor)
    assert not go_on(desk.database, actor)


def test_a_pause_asked_for_can_be_taken_back(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    claim_next(desk.database, actor)
    ask_pause(desk.database, actor, "lunch")
    assert go_on(desk.database, actor)
    release(desk.database, actor)
    assert seat_of(desk, actor)["state"] == "ready"


@pytest.mark.parametrize("way", ["release", "park"])
def test_every_end_of_a_call_begins_the_pause(desk: Desk, way: str):
    desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    ask_pause(desk.database, actor, "lunch")
    if way == "park":
        park(desk.database, actor, taken.call_id)
    else:
        release(desk.database, actor)
    assert seat_of(desk, actor)["state"] == "paused"


def test_an_unknown_pause_is_refused(desk: Desk):
    with pytest.raises(InputError) as caught:
        ask_pause(desk.database, desk.seat("ann").actor, "nap")
    assert caught.value.code == "pause_unknown"


def test_a_leads_pause_is_no_operators_to_end_before_its_time(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    lead = force(desk, actor)
    for attempt in (
        lambda: claim_next(desk.database, actor),
        lambda: go_on(desk.database, actor),
        lambda: ask_pause(desk.database, actor, "lunch"),
    ):
        with pytest.raises(RefusedError) as caught:
            attempt()
        assert caught.value.code == "pause_forced_until"
    assert seat_of(desk, actor)["forced_by"] == lead
    desk.clock.advance(minutes=31)
    assert claim_next(desk.database, actor).taken is not None


def test_a_leads_pause_waits_for_the_end_of_the_call(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    taken = dialled(desk, actor)
    lead = force(desk, actor)
    assert seat_of(desk, actor)["state"] == "dialling"
    hang_up(desk.database, actor, taken.call_id)
    finish(desk.database, actor, taken.call_id, taken.fence, done())
    row = seat_of(desk, actor)
    assert (row["state"], row["pause_code"], row["forced_by"]) == ("paused", "meeting", lead)


def test_a_customer_who_rings_is_served_in_a_leads_pause_which_goes_on_after(desk: Desk):
    person = desk.person()
    actor = desk.seat("ann").actor
    lead = force(desk, actor)
    taken = inbound(desk.database, actor, person)
    assert seat_of(desk, actor)["state"] == "talking"
    finish(desk.database, actor, taken.call_id, taken.fence, done())
    row = seat_of(desk, actor)
    assert (row["state"], row["forced_by"]) == ("paused", lead)


def test_a_restart_is_no_way_out_of_a_leads_pause_but_ends_ones_own(desk: Desk):
    actor = desk.seat("ann").actor
    ask_pause(desk.database, actor, "lunch")
    close_seat(desk.database, actor)
    again = desk.seat("ann").actor
    assert seat_of(desk, again)["state"] == "ready"
    force(desk, again)
    close_seat(desk.database, again)
    assert all(until for *_, until in stretches(desk, again))
    third = desk.seat("ann").actor
    row = seat_of(desk, third)
    assert (row["state"], row["pause_code"]) == ("paused", "meeting")


def test_a_lost_seat_ends_its_stretch_and_a_resumed_call_goes_on_as_it_was(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    taken = dialled(desk, actor)
    hang_up(desk.database, actor, taken.call_id)
    desk.database.write(lambda unit: lose_seat(unit, actor.seat_id, "lost"))
    assert all(until for *_, until in stretches(desk, actor))
    again = desk.seat("ann").actor
    resume(desk.database, again, taken.callback_id)
    assert stretches(desk, again) == [("ready", None, True), ("wrap_up", None, False)]


def test_parked_and_taken_up_again_wrap_up_goes_on(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    taken = dialled(desk, actor)
    hang_up(desk.database, actor, taken.call_id)
    park(desk.database, actor, taken.call_id)
    assert seat_of(desk, actor)["state"] == "ready"
    unpark(desk.database, actor, taken.call_id)
    assert seat_of(desk, actor)["state"] == "wrap_up"


def test_an_undone_outcome_is_in_wrap_up_again(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    taken = dialled(desk, actor)
    ended = finish(desk.database, actor, taken.call_id, taken.fence, done())
    undo(desk.database, actor, ended.uuid, uuid.uuid4().hex)
    assert seat_of(desk, actor)["state"] == "wrap_up"


def test_wrap_up_is_given_more_time_from_its_limit_or_from_now(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    taken = dialled(desk, actor)
    more = timedelta(seconds=30)
    assert limit_wrap_up(desk.database, actor, taken.call_id, more) is None
    hang_up(desk.database, actor, taken.call_id, timedelta(seconds=60))
    began = desk.clock.now
    assert limit_wrap_up(desk.database, actor, taken.call_id, more) == began + timedelta(seconds=90)
    desk.clock.advance(minutes=5)
    after = limit_wrap_up(desk.database, actor, taken.call_id, more)
    assert after == desk.clock.now + more
    assert [state for state, *_ in stretches(desk, actor)] == ["ready", "dialling", "wrap_up"]
