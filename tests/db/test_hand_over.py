"""A shift from its begin to the sheet that it leaves: work handed over in one deed."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.checks import resume
from db.duty import begin_duty, my_shift, read_sheet, sheets_left
from db.finish import finish
from db.hand_over import end_shift, open_work
from db.inbound import inbound
from db.parking import park
from db.pauses import ask_pause, go_on
from db.queue import claim_next
from db.seat_messages import unread
from db.tables import callback, complaint, duty, promise
from domain.decision import Decision, GivenComplaint, GivenPromise
from domain.errors import InputError, RefusedError
from domain.hand_over import Goes, WorkKind
from domain.permissions import Actor
from tests.databases import Desk


def decision(outcome: str = "completed", **fields) -> Decision:
    return Decision(str(uuid.uuid4()), outcome, **fields)


def own(desk: Desk, actor: Actor, **fields) -> int:
    """A callback that only this operator is offered."""
    made = desk.callback(**fields)
    desk.database.write(
        lambda unit: unit.run(
            sa.update(callback)
            .where(callback.c.id == made)
            .values(owner_id=actor.operator_id, assigned_to=actor.operator_id)
        )
    )
    return made


def whose(desk: Desk, callback_id: int):
    (row,) = desk.rows(sa.select(callback).where(callback.c.id == callback_id))
    return row["assigned_to"]


def new() -> str:
    return str(uuid.uuid4())


def test_a_shift_begins_once_and_tells_what_it_brought(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    assert begin_duty(desk.database, actor)
    assert not begin_duty(desk.database, actor)
    desk.clock.advance(minutes=10)
    ask_pause(desk.database, actor, "lunch")
    desk.clock.advance(minutes=30)
    go_on(desk.database, actor)
    taken = claim_next(desk.database, actor).taken
    finish(desk.database, actor, taken.call_id, taken.fence, decision())
    desk.clock.advance(minutes=5)
    shift = my_shift(desk.database, actor)
    assert shift.logged == timedelta(minutes=45)
    assert [(one.code, one.time, one.times) for one in shift.paused] == [
        ("lunch", timedelta(minutes=30), 1)
    ]
    assert (shift.calls, shift.contacts) == (1, 1)


def test_what_is_due_before_tomorrow_ends_is_listed_and_the_rest_is_not(desk: Desk):
    actor = desk.seat("ann").actor
    soon = own(desk, actor)
    own(desk, actor, due_at=desk.clock.now + timedelta(days=4))
    desk.callback()
    work = open_work(desk.database, actor)
    assert [(one.kind, one.id, one.goes) for one in work.pieces] == [
        (WorkKind.CALLBACK, soon, Goes.POOL)
    ]


def test_work_goes_where_it_was_said_and_the_new_owners_are_told(desk: Desk):
    bob, eve = desk.operator("bob"), desk.operator("eve")
    actor = desk.seat("ann").actor
    kept, given, pooled = (own(desk, actor) for _ in range(3))
    pieces = {one.id: one for one in open_work(desk.database, actor).pieces}
    ways = (
        pieces[kept].going(Goes.KEEP),
        pieces[given].going(Goes.TO, bob.operator_id),
        pieces[pooled].going(Goes.POOL),
    )
    ident = new()
    ended = end_shift(desk.database, actor, ways, "Wang rings back at ten.", ident)
    assert (ended.moved, ended.left) == (2, ())
    assert end_shift(desk.database, actor, ways, "", ident) == ended
    assert [whose(desk, one) for one in (kept, given, pooled)] == [
        actor.operator_id, bob.operator_id, None,
    ]  # fmt: skip
    assert [one.params["n"] for one in unread(desk.database, bob)] == [1]
    assert unread(desk.database, eve) == ()
    (row,) = desk.rows(sa.select(duty))
    assert row["ended_at"] == desk.clock.now
    (sheet,) = sheets_left(desk.database, bob)
    assert sheet.note == "Wang rings back at ten."
    assert [(one.id, one.name, one.to) for one in sheet.lines] == [(given, "王芳", "Bob")]
    (others,) = sheets_left(desk.database, eve)
    assert others.lines == ()
    assert len(read_sheet(desk.database, actor).lines) == 3


def test_a_promise_goes_with_its_callback(desk: Desk):
    bob = desk.operator("bob")
    desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    owed = GivenPromise("寄发票", desk.clock.now + timedelta(hours=3))
    finish(desk.database, actor, taken.call_id, taken.fence, decision(promises=(owed,)))
    pieces = open_work(desk.database, actor).pieces
    assert pieces
    assert all(one.promised for one in pieces)
    ways = [one.going(Goes.TO, bob.operator_id) for one in pieces]
    assert end_shift(desk.database, actor, ways, "", new()).left == ()
    assert {row["owner_id"] for row in desk.rows(sa.select(promise))} == {bob.operator_id}
    assert open_work(desk.database, actor).pieces == ()


def test_a_call_put_aside_goes_to_a_colleague_who_says_how_it_ended(desk: Desk):
    bob = desk.operator("bob")
    made = desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    park(desk.database, actor, taken.call_id)
    (piece,) = open_work(desk.database, actor).pieces
    assert (piece.kind, piece.goes) == (WorkKind.CALL, Goes.KEEP)
    end_shift(desk.database, actor, [piece.going(Goes.TO, bob.operator_id)], "", new())
    (row,) = desk.rows(sa.select(callback).where(callback.c.id == made))
    assert (row["state"], row["claimed_by"]) == ("check", bob.operator_id)
    seat = desk.seat("bob").actor
    resumed = resume(desk.database, seat, made)
    finish(desk.database, seat, resumed.call_id, resumed.fence, decision())
    (row,) = desk.rows(sa.select(callback).where(callback.c.id == made))
    assert row["state"] == "done"


def test_a_case_goes_with_its_calls_and_what_is_owed_about_it(desk: Desk):
    bob = desk.operator("bob")
    desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    said = GivenComplaint("complaint", "等太久", department="售后")
    owed = GivenPromise("回电", desk.clock.now + timedelta(hours=2))
    finish(
        desk.database, actor, taken.call_id, taken.fence,
        decision(complaint=said, promises=(owed,), recovery="case"),
    )  # fmt: skip
    pieces = open_work(desk.database, actor).pieces
    assert WorkKind.CASE in {one.kind for one in pieces}
    ways = [one.going(Goes.TO, bob.operator_id) for one in pieces]
    assert end_shift(desk.database, actor, ways, "", new()).left == ()
    assert {row["owner_id"] for row in desk.rows(sa.select(complaint))} == {bob.operator_id}
    assert {row["owner_id"] for row in desk.rows(sa.select(promise))} == {bob.operator_id}
    assert open_work(desk.database, actor).pieces == ()


def test_a_piece_that_moved_meanwhile_stays_and_is_named(desk: Desk):
    bob = desk.operator("bob")
    actor = desk.seat("ann").actor
    first, second = own(desk, actor), own(desk, actor)
    pieces = open_work(desk.database, actor).pieces
    claimed = claim_next(desk.database, actor).taken.callback_id
    park(desk.database, actor, claim_next(desk.database, actor).taken.call_id)
    ways = [one.going(Goes.TO, bob.operator_id) for one in pieces]
    ended = end_shift(desk.database, actor, ways, "", new())
    assert ended.left == (f"callback:{claimed}",)
    other = first if claimed == second else second
    assert whose(desk, other) == bob.operator_id
    assert whose(desk, claimed) == actor.operator_id


def test_nobody_leaves_in_the_middle_of_a_call(desk: Desk):
    person = desk.person()
    actor = desk.seat("ann").actor
    inbound(desk.database, actor, person)
    with pytest.raises(RefusedError) as caught:
        end_shift(desk.database, actor, (), "", new())
    assert caught.value.code == "hand_over_call_open"


def test_work_goes_to_nobody_who_is_not_there_and_not_to_oneself(desk: Desk):
    actor = desk.seat("ann").actor
    own(desk, actor)
    (piece,) = open_work(desk.database, actor).pieces
    for to in (actor.operator_id, 4711):
        with pytest.raises(InputError) as caught:
            end_shift(desk.database, actor, [piece.going(Goes.TO, to)], "", new())
        assert caught.value.code == "hand_over_colleague"


@pytest.mark.parametrize("kind", [WorkKind.PROMISE, WorkKind.CASE, WorkKind.CALL])
def test_what_needs_somebody_never_goes_to_the_pool(desk: Desk, kind: WorkKind):
    actor = desk.seat("ann").actor
    own(desk, actor)
    (piece,) = open_work(desk.database, actor).pieces
    other = type(piece)(kind, piece.id, piece.name, piece.due_at)
    with pytest.raises(InputError):
        other.going(Goes.POOL)
