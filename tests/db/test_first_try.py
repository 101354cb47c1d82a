"""When a callback was first tried: written by the dial or the outcome, taken back with it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from db.calls import show_call
from db.dialling import dial
from db.finish import finish
from db.inbound import inbound
from db.queue import claim, claim_next
from db.seats import close_seat
from db.undo import amend, undo
from domain.decision import Decision, Settled
from tests.databases import Desk


def new(outcome: str, **fields) -> Decision:
    return Decision(str(uuid.uuid4()), outcome, **fields)


def tried(desk: Desk, callback_id: int):
    return desk.row(callback_id)["first_tried_at"]


def test_the_first_dial_counts_and_the_second_changes_nothing(desk: Desk):
    made = desk.callback(desk.person("王芳", "+8613800138000", "+8613900139000"))
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    assert tried(desk, made) is None
    desk.clock.advance(seconds=20)
    first = desk.clock.now
    numbers = show_call(desk.database, actor, taken.call_id).card.phones
    dial(desk.database, actor, taken.call_id, numbers[0].phone_id)
    desk.clock.advance(seconds=40)
    dial(desk.database, actor, taken.call_id, numbers[1].phone_id)
    done = finish(desk.database, actor, taken.call_id, taken.fence, new("no-answer"))
    assert tried(desk, made) == first
    # The number was dialled, whatever becomes of the outcome.
    undo(desk.database, actor, done.uuid, str(uuid.uuid4()))
    assert tried(desk, made) == first


def test_an_outcome_without_a_dial_counts_from_the_calls_begin_and_undo_takes_it_back(desk: Desk):
    made = desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    began = desk.clock.now
    desk.clock.advance(minutes=2)
    done = finish(desk.database, actor, taken.call_id, taken.fence, new("no-answer"))
    assert tried(desk, made) == began
    again = undo(desk.database, actor, done.uuid, str(uuid.uuid4()))
    assert tried(desk, made) is None
    finish(desk.database, actor, again.call_id, again.fence, new("busy"))
    assert tried(desk, made) == began


def test_trouble_on_our_own_side_is_no_try_and_an_amendment_tells_it_anew(desk: Desk):
    made = desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    began = desk.clock.now
    done = finish(
        desk.database, actor, taken.call_id, taken.fence, new("technical-trouble", note="no line")
    )
    assert tried(desk, made) is None
    amend(desk.database, actor, done.uuid, new("no-answer"), since=began - timedelta(hours=1))
    assert tried(desk, made) == began


def test_the_retry_keeps_the_first_time(desk: Desk):
    made = desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    began = desk.clock.now
    finish(desk.database, actor, taken.call_id, taken.fence, new("no-answer"))
    desk.clock.now = desk.row(made)["due_at"] + timedelta(minutes=1)
    taken = claim(desk.database, actor, made)
    finish(desk.database, actor, taken.call_id, taken.fence, new("completed"))
    assert tried(desk, made) == began


def test_of_several_callbacks_in_a_call_those_settled_count(desk: Desk):
    who = desk.person()
    one, two, three = (desk.callback(who, source_key=str(place)) for place in range(3))
    actor = desk.seat("ann").actor
    call = inbound(desk.database, actor, who)
    opened = show_call(desk.database, actor, call.call_id)
    main = opened.callbacks[0].id
    other, left = (made for made in (one, two, three) if made != main)
    finish(
        desk.database,
        actor,
        call.call_id,
        call.fence,
        new("completed", settled=(Settled(other, "completed"),)),
    )
    assert tried(desk, main) == tried(desk, other) == opened.started_at
    assert tried(desk, left) is None


@pytest.mark.parametrize("outcome", ["no-answer", "completed"])
def test_a_late_outcome_tells_that_it_was_tried(desk: Desk, outcome: str):
    made = desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    began = desk.clock.now
    close_seat(desk.database, actor)
    actor = desk.seat("ann").actor
    desk.clock.advance(minutes=5)
    finish(desk.database, actor, taken.call_id, taken.fence - 1, new(outcome))
    assert tried(desk, made) == began
