"""Undo and amendment: what came since stands, what the call was stays the call's, once each."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.calls import show_call
from db.checks import resolve_called
from db.decision_record import decision_in_force
from db.dialling import dial
from db.finish import finish
from db.inbound import inbound
from db.queue import claim, claim_next, release
from db.seats import close_seat
from db.tables import (
    call,
    call_decision,
    callback,
    callback_event,
    contact,
    person_phone,
    phone,
    promise,
)
from db.undo import amend, undo
from domain.decision import Decision, GivenPromise, GivenScore, NewNumber, Settled
from domain.errors import RefusedError
from tests.databases import Desk


def new(outcome: str = "completed", **fields) -> Decision:
    return Decision(str(uuid.uuid4()), outcome, **fields)


def take_back(desk: Desk, actor, decision: Decision):
    return undo(desk.database, actor, decision.uuid, str(uuid.uuid4()))


def two_numbers_one_wrong(desk: Desk):
    """Two callbacks of a person; the first call finds the number wrong, which moves the other."""
    who = desk.person("王芳", "+8613800000001", "+8613800000002")
    first, other = desk.callback(who), desk.callback(who, campaign="birthday")
    ann = desk.seat("ann").actor
    taken = claim(desk.database, ann, first)
    decision = new("wrong-number")
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    return ann, decision, first, other


@pytest.mark.parametrize("how", ["undo", "amend"])
def test_a_callback_that_was_moved_and_then_worked_by_a_colleague_stays_theirs(
    desk: Desk, how: str
):
    desk.operator("bo")
    ann, decision, _, other = two_numbers_one_wrong(desk)
    desk.clock.advance(minutes=10)
    bo = desk.seat("bo").actor
    theirs = claim(desk.database, bo, other)
    finish(desk.database, bo, theirs.call_id, theirs.fence, new())
    change = {
        "undo": lambda: take_back(desk, ann, decision),
        "amend": lambda: amend(
            desk.database, ann, decision.uuid, new(), since=desk.clock.now.replace(hour=0)
        ),
    }[how]
    with pytest.raises(RefusedError) as error:
        change()
    assert (error.value.code, error.value.params["by"]) == ("undo_acted_on", "Bo")
    assert desk.row(other)["state"] == "done"


def test_an_undo_moves_callbacks_back_to_the_number_that_was_right_after_all(desk: Desk):
    ann, decision, first, other = two_numbers_one_wrong(desk)
    moved = desk.row(other)["phone_id"]
    take_back(desk, ann, decision)
    assert desk.row(first)["phone_id"] == desk.row(other)["phone_id"] != moved
    assert desk.row(other)["state"] == "due"


def test_an_undo_leaves_alone_what_an_import_wrote_since(desk: Desk):
    made = desk.callback(note="alt")
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    decision = new("no-answer")
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    desk.database.write(lambda unit: unit.run(sa.update(callback).values(note="neu")))
    take_back(desk, ann, decision)
    assert desk.row(made)["note"] == "neu"


def test_a_lead_who_takes_back_what_they_said_of_anothers_call_has_it_in_hand(desk: Desk):
    desk.operator("bo")
    lead = desk.operator("cy", role="lead")
    made = desk.callback()
    bo = desk.seat("bo").actor
    claim_next(desk.database, bo)
    close_seat(desk.database, bo)
    seated = desk.seat(lead.login).actor
    decision = new()
    resolve_called(desk.database, seated, made, decision)
    bo = desk.seat("bo").actor
    desk.callback()
    claim_next(desk.database, bo)
    back = take_back(desk, seated, decision)
    assert not show_call(desk.database, seated, back.call_id).read_only
    assert not finish(desk.database, seated, back.call_id, back.fence, new()).late


def test_one_call_is_one_contact_however_often_its_outcome_changes(desk: Desk):
    desk.callback()
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    decision = new("no-answer")
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    back = take_back(desk, ann, decision)
    decision = new("busy")
    finish(desk.database, ann, back.call_id, back.fence, decision)
    amend(desk.database, ann, decision.uuid, new(), since=desk.clock.now - timedelta(hours=1))
    (row,) = desk.rows(sa.select(contact))
    assert row["details"] == {"outcome": "completed"}


def test_an_amendment_counts_from_the_call_and_not_from_its_own_minute(desk: Desk):
    made = desk.callback()
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    ended = desk.clock.now
    soon = ended + timedelta(minutes=30)
    decision = new(promises=(GivenPromise("寄发票", soon),))
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    desk.clock.advance(hours=2)
    fixed = new("no-answer", promises=(GivenPromise("寄发票", soon),))
    done = amend(desk.database, ann, decision.uuid, fixed, since=ended)
    assert done.next_at == ended + timedelta(hours=3)
    assert desk.row(made)["tries"]["attempts"] == 1
    assert [row["state"] for row in desk.rows(sa.select(promise).order_by(promise.c.id))] == [
        "withdrawn", "open",
    ]  # fmt: skip


def test_an_amendment_of_a_call_with_several_callbacks_settles_each_anew(desk: Desk):
    who = desk.person()
    first = desk.callback(who)
    second = desk.callback(who, campaign="birthday")
    third = desk.callback(who, campaign="win-back", due_at=desk.clock.now + timedelta(days=3))
    ann = desk.seat("ann").actor
    taken = inbound(desk.database, ann, who)
    decision = new(settled=(Settled(second, "completed"), Settled(third, "completed")))
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    at = desk.clock.now + timedelta(days=1)
    fixed = new(settled=(Settled(second, "callback-at", at),), scores=(GivenScore("csat", 5, 1),))
    done = amend(
        desk.database, ann, decision.uuid, fixed, since=desk.clock.now - timedelta(hours=1)
    )
    assert done.callback_id == first
    assert [desk.row(one)["state"] for one in (first, second, third)] == [
        "done", "done", "scheduled",
    ]  # fmt: skip
    assert {desk.row(one)["call_id"] for one in (first, second, third)} == {None}
    assert [row["due_at"] for row in desk.rows(
        sa.select(callback.c.due_at).where(callback.c.origin_id == second)
    )] == [at]  # fmt: skip
    back = take_back(desk, ann, fixed)
    assert {desk.row(one)["state"] for one in (first, second, third)} == {"claimed"}
    assert {desk.row(one)["call_id"] for one in (first, second, third)} == {taken.call_id}
    assert finish(desk.database, ann, back.call_id, back.fence, new()).state == "done"


def test_undo_after_a_ring_in_gives_back_all_that_it_took(desk: Desk):
    who = desk.person()
    waiting = desk.callback(who, due_at=desk.clock.now + timedelta(days=2))
    outgoing = desk.callback()
    ann = desk.seat("ann").actor
    assert claim_next(desk.database, ann).taken.callback_id == outgoing
    taken = inbound(desk.database, ann, who)
    before = desk.row(waiting)["due_at"]
    decision = new("hard-refusal", note="别再打")
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    back = take_back(desk, ann, decision)
    shown = show_call(desk.database, ann, back.call_id)
    assert (shown.direction, shown.phase, shown.callbacks[0].state) == ("in", "open", "claimed")
    finish(desk.database, ann, back.call_id, back.fence, new("not-now"))
    assert desk.row(waiting)["due_at"] != before
    assert desk.row(outgoing)["state"] == "claimed"


def test_an_outcome_after_the_call_was_given_back_is_kept_as_late(desk: Desk):
    made = desk.callback()
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    release(desk.database, ann)
    done = finish(desk.database, ann, taken.call_id, taken.fence, new("busy"))
    assert done.late
    assert desk.row(made)["state"] == "due"


def test_a_number_that_the_customer_names_and_we_have_is_linked_once(desk: Desk):
    who = desk.person("王芳", "+8613800000001", "+8613800000002")
    made = desk.callback(who)
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    number = NewNumber("+8613800000002", "", "CN", "mobile", ("Asia/Shanghai",))
    decision = new("number-changed", new_number=number)
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    back = take_back(desk, ann, decision)
    lines = show_call(desk.database, ann, back.call_id).card.phones
    assert sorted(line.e164 for line in lines) == ["+8613800000001", "+8613800000002"]
    assert desk.row(made)["state"] == "claimed"


@pytest.mark.parametrize("what", ["finish", "undo", "resolve"])
def test_a_repeat_that_overtakes_its_first_request_gets_the_same_result(desk: Desk, what: str):
    made = desk.callback()
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    decision, own = new("no-answer"), str(uuid.uuid4())
    if what == "undo":
        finish(desk.database, ann, taken.call_id, taken.fence, decision)
    elif what == "resolve":
        close_seat(desk.database, ann)
    ask = {
        "finish": lambda: finish(desk.database, ann, taken.call_id, taken.fence, decision),
        "undo": lambda: undo(desk.database, ann, decision.uuid, own).fence,
        "resolve": lambda: resolve_called(desk.database, ann, made, decision),
    }[what]
    together = threading.Barrier(3)
    results = []

    def request() -> None:
        together.wait()
        results.append(ask())

    threads = [threading.Thread(target=request) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 3
    assert all(result == results[0] for result in results)
    assert len(desk.rows(sa.select(call_decision))) == (2 if what == "undo" else 1)


def test_undo_is_in_the_audit_with_ids_only(desk: Desk):
    from db.tables import audit  # noqa: PLC0415

    desk.callback(desk.person("王芳", "+8613800000001"))
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    decision = new("deceased", note="家人告知")
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    take_back(desk, ann, decision)
    actions = {row["action"] for row in desk.rows(sa.select(audit))}
    assert {"person_closed", "outcome_undone"} <= actions
    written = str(desk.rows(sa.select(audit))) + str(desk.rows(sa.select(callback_event)))
    assert not any(word in written for word in ("王芳", "家人", "13800000001"))
    assert "王芳" not in str(desk.rows(sa.select(call_decision.c.before)))
    assert desk.rows(sa.select(call.c.phase))[0]["phase"] == "open"
    dial(desk.database, ann, taken.call_id, show_call(desk.database, ann, taken.call_id).phone_id)


def another_note(desk: Desk, first: Decision):
    """A call that ends so, and whose note is put right afterwards; who did it."""
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    finish(desk.database, ann, taken.call_id, taken.fence, first)
    known = decision_in_force(desk.database, ann, taken.call_id)
    better = replace(known, uuid=str(uuid.uuid4()), note="better")
    amend(desk.database, ann, first.uuid, better, since=desk.clock.now.replace(hour=0))
    return taken


def test_a_number_that_was_given_outlives_another_note(desk: Desk):
    who = desk.person("王芳", "+8613800000001")
    desk.callback(who)
    given = NewNumber("+8613900000002", "", "CN", "mobile", ("Asia/Shanghai",))
    another_note(desk, new("number-changed", new_number=given))
    links = desk.rows(
        sa.select(phone.c.e164)
        .join(person_phone, person_phone.c.phone_id == phone.c.id)
        .where(person_phone.c.person_id == who, person_phone.c.until.is_(None))
    )
    assert [row["e164"] for row in links] == [given.e164]


def test_a_colleague_who_was_named_outlives_another_note(desk: Desk):
    bo = desk.operator("bo")
    desk.callback()
    taken = another_note(desk, new("referred", note="her car", colleague="bo"))
    assert desk.row(taken.callback_id)["assigned_to"] == bo.operator_id
