"""The history checker: silent about what really happens, and not blind to any broken row."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from content.translations import LANGUAGES, say
from db.calls import show_call
from db.checks import resolve_called, resume
from db.dialling import dial
from db.drafts import save_draft
from db.finish import finish
from db.history import check_history
from db.inbound import inbound
from db.parking import park
from db.queue import claim_next, release
from db.reopening import reopen
from db.seats import close_seat
from db.tables import (
    call,
    call_callback,
    call_decision,
    call_hold,
    call_leg,
    callback,
    callback_event,
    calling_window,
    draft,
    operator,
    person,
    seat,
)
from db.transaction import Unit
from db.undo import amend, undo
from domain.decision import Decision
from domain.errors import RefusedError
from tests.databases import Desk


def new(outcome: str = "completed", **fields: Any) -> Decision:
    return Decision(str(uuid.uuid4()), outcome, **fields)


@dataclass(frozen=True)
class Told:
    """Callbacks and calls of a morning at the desk."""

    done: int
    done_call: int
    open: int
    open_call: int
    check: int
    check_call: int
    waiting: int
    amended: int


def morning(desk: Desk) -> Told:
    """One callback done after an undo, one amended, one open, one in check, one waiting."""
    for login in ("bo", "cy"):
        desk.operator(login)
    ann, bo, cy = (desk.seat(login).actor for login in ("ann", "bo", "cy"))
    database = desk.database
    for _ in range(5):
        desk.callback()
    first = claim_next(database, ann).taken
    number = show_call(database, ann, first.call_id).phone_id
    dial(database, ann, first.call_id, number)
    said = new()
    finish(database, ann, first.call_id, first.fence, said)
    again = undo(database, ann, said.uuid, str(uuid.uuid4()))
    save_draft(database, ann, first.call_id, {"note": "x"}, 1)
    finish(database, ann, first.call_id, again.fence, new())
    second = claim_next(database, ann).taken
    asked = new("no-answer")
    finish(database, ann, second.call_id, second.fence, asked)
    amend(database, ann, asked.uuid, new("busy"), since=desk.clock.now)
    third = claim_next(database, bo).taken
    number = show_call(database, bo, third.call_id).phone_id
    dial(database, bo, third.call_id, number)
    fourth = claim_next(database, cy).taken
    close_seat(database, cy)
    fifth = claim_next(database, ann).taken
    release(database, ann)
    return Told(
        done=first.callback_id,
        done_call=first.call_id,
        open=third.callback_id,
        open_call=third.call_id,
        check=fourth.callback_id,
        check_call=fourth.call_id,
        waiting=fifth.callback_id,
        amended=second.callback_id,
    )


def codes(desk: Desk) -> set[str]:
    return {fault.code for fault in check_history(desk.database)}


def test_a_morning_has_no_faults(desk: Desk) -> None:
    morning(desk)
    assert check_history(desk.database) == ()


def test_rescued_calls_have_no_faults(desk: Desk) -> None:
    told = morning(desk)
    cy = desk.seat("cy").actor
    resume(desk.database, cy, told.check)
    park(desk.database, cy, told.check_call)
    inbound(desk.database, cy, desk.row(told.waiting)["person_id"])
    close_seat(desk.database, cy)
    assert check_history(desk.database) == ()
    resolve_called(desk.database, desk.actor, told.check, new("hard-refusal"))
    reopen(desk.database, desk.actor, told.done)
    assert check_history(desk.database) == ()


def test_a_late_refusal_that_stops_its_own_callback_is_told_as_it_is(desk: Desk) -> None:
    desk.operator("bo")
    bo = desk.seat("bo").actor
    made = desk.callback()
    taken = claim_next(desk.database, bo).taken
    close_seat(desk.database, bo)
    resolve_called(desk.database, desk.actor, made, new("busy"))
    late = finish(desk.database, bo, taken.call_id, taken.fence, new("hard-refusal", note="…"))
    assert late.late
    assert late.state == desk.row(made)["state"] == "cancelled"
    assert check_history(desk.database) == ()


def change(desk: Desk, table: sa.Table, row: int, **values: Any) -> None:
    desk.database.write(
        lambda unit: unit.run(sa.update(table).where(table.c.id == row).values(**values))
    )


def last_event(desk: Desk, callback_id: int, **where: Any) -> int:
    query = sa.select(sa.func.max(callback_event.c.id).label("id")).where(
        callback_event.c.callback_id == callback_id,
        *(callback_event.c[name] == value for name, value in where.items()),
    )
    return int(desk.rows(query)[0]["id"])


def of(desk: Desk, table: sa.Table, **where: Any) -> int:
    query = sa.select(table.c.id).where(*(table.c[k] == v for k, v in where.items()))
    return int(desk.rows(query.order_by(table.c.id))[0]["id"])


def run(desk: Desk, statement: Any) -> None:
    desk.database.write(lambda unit: unit.run(statement))


def _no_history(desk: Desk, told: Told) -> None:
    run(desk, sa.delete(callback_event).where(callback_event.c.callback_id == told.waiting))


def _gap(desk: Desk, told: Told) -> None:
    run(
        desk,
        sa.delete(callback_event).where(
            callback_event.c.callback_id == told.waiting, callback_event.c.kind == "claimed"
        ),
    )


def _step(desk: Desk, told: Told) -> None:
    change(
        desk, callback_event, last_event(desk, told.waiting), kind="undone", to_state="exhausted"
    )
    change(desk, callback_event, last_event(desk, told.waiting), from_state="due")
    change(desk, callback, told.waiting, state="exhausted")


def _shrink(desk: Desk, told: Told) -> None:
    change(desk, callback_event, last_event(desk, told.done), fence=0)


def _stay(desk: Desk, told: Told) -> None:
    change(desk, callback_event, last_event(desk, told.open), fence=0)


def _overlap(desk: Desk, told: Told) -> None:
    event = last_event(desk, told.done, kind="undone")
    change(desk, callback_event, event, from_state="claimed", call_id=told.open_call)
    change(desk, callback_event, last_event(desk, told.done, kind="finished"), to_state="claimed")


def _state(desk: Desk, told: Told) -> None:
    change(desk, callback, told.done, state="exhausted")


def _fence(desk: Desk, told: Told) -> None:
    change(desk, callback, told.waiting, fence=9)


def _other_call(desk: Desk, told: Told) -> None:
    change(desk, callback, told.check, call_id=told.done_call)


def _person_twice(desk: Desk, told: Told) -> None:
    change(desk, callback, told.check, person_id=desk.row(told.open)["person_id"])


def _number_twice(desk: Desk, told: Told) -> None:
    leg = desk.rows(sa.select(call_leg).where(call_leg.c.call_id == told.open_call))[0]
    row = {name: leg[name] for name in ("phone_id", "started_at")}
    run(desk, call_leg.insert().values(call_id=told.check_call, **row))


def _call_over(desk: Desk, told: Told) -> None:
    change(desk, call, told.check_call, phase="ended", ended_at=desk.clock.now)


def _another(desk: Desk, told: Told) -> None:
    change(desk, callback, told.open, claimed_by=desk.actor.operator_id)


def _seat_closed(desk: Desk, told: Told) -> None:
    change(desk, seat, desk.row(told.open)["claimed_seat"], closed_at=desk.clock.now)


def _no_link(desk: Desk, told: Told) -> None:
    run(desk, sa.delete(call_callback).where(call_callback.c.call_id == told.open_call))


def _left(desk: Desk, told: Told) -> None:
    change(desk, callback, told.waiting, claimed_by=desk.actor.operator_id)


def _no_window(desk: Desk, told: Told) -> None:
    change(desk, calling_window, desk.row(told.waiting)["window_id"], opens_at=None)


def _no_number(desk: Desk, told: Told) -> None:
    change(desk, callback, told.waiting, phone_id=None)


def _person_gone(desk: Desk, told: Told) -> None:
    change(desk, person, desk.row(told.waiting)["person_id"], closed_at=desk.clock.now)


def _owner_gone(desk: Desk, told: Told) -> None:
    bo = of(desk, operator, login="bo")
    change(desk, operator, bo, active=False)
    change(desk, callback, told.waiting, assigned_to=bo, grace_until=None)


def _nobody(desk: Desk, told: Told) -> None:
    for login in ("bo", "cy"):
        change(desk, operator, of(desk, operator, login=login), active=False)
    change(desk, callback, told.waiting, avoid_operator_id=desk.actor.operator_id)


def _ready(desk: Desk, told: Told) -> None:
    at = desk.row(told.amended)["ready_at"].replace(year=2031)
    change(desk, callback, told.amended, ready_at=at)


def _phase(desk: Desk, told: Told) -> None:
    change(desk, call, told.done_call, ended_at=None)


def _idle(desk: Desk, told: Told) -> None:
    change(desk, call, told.done_call, phase="parked", ended_at=None)


def _no_seat(desk: Desk, told: Told) -> None:
    change(desk, call, told.check_call, phase="open")


def _call_fence(desk: Desk, told: Told) -> None:
    change(desk, call, told.open_call, fence=7)


def _no_hold(desk: Desk, told: Told) -> None:
    run(desk, sa.delete(call_hold).where(call_hold.c.call_id == told.open_call))


def _hold_left(desk: Desk, told: Told) -> None:
    run(
        desk,
        sa.update(call_hold).where(call_hold.c.call_id == told.done_call).values(until=None),
    )


def _stranger(desk: Desk, told: Told) -> None:
    row = of(desk, draft, call_id=told.done_call)
    change(desk, draft, row, operator_id=of(desk, operator, login="bo"))


def _open_end(desk: Desk, told: Told) -> None:
    row = of(desk, call_decision, kind="undo")
    change(desk, call_decision, row, supersedes=None)


def _chain(desk: Desk, told: Told) -> None:
    row = of(desk, call_decision, callback_id=told.amended, kind="finish")
    change(desk, call_decision, row, superseded_at=None)


def _superseded_twice(desk: Desk, told: Told) -> None:
    row = of(desk, call_decision, callback_id=told.amended, kind="finish")
    change(desk, call_decision, of(desk, call_decision, kind="undo"), supersedes=row)


def _in_force_twice(desk: Desk, told: Told) -> None:
    row = of(desk, call_decision, callback_id=told.done, kind="finish")
    change(desk, call_decision, row, superseded_at=None)


def _lost(desk: Desk, told: Told) -> None:
    run(
        desk,
        sa.delete(callback_event).where(
            callback_event.c.callback_id == told.amended, callback_event.c.kind == "rescheduled"
        ),
    )


def _unexplained(desk: Desk, told: Told) -> None:
    run(desk, sa.delete(call_decision).where(call_decision.c.call_id == told.done_call))


def _outcome(desk: Desk, told: Told) -> None:
    row = of(desk, call_decision, callback_id=told.amended, kind="amend")
    change(desk, call_decision, row, outcome="voicemail")


BROKEN: dict[str, Callable[[Desk, Told], None]] = {
    "event_missing": _no_history,
    "event_gap": _gap,
    "event_step": _step,
    "fence_shrank": _shrink,
    "fence_stayed": _stay,
    "claims_overlap": _overlap,
    "state_differs": _state,
    "fence_differs": _fence,
    "call_differs": _other_call,
    "person_twice": _person_twice,
    "number_twice": _number_twice,
    "hand_without_call": _call_over,
    "hand_of_another": _another,
    "claim_without_seat": _seat_closed,
    "link_missing": _no_link,
    "hand_left": _left,
    "window_missing": _no_window,
    "number_missing": _no_number,
    "person_gone": _person_gone,
    "owner_gone": _owner_gone,
    "nobody_left": _nobody,
    "ready_differs": _ready,
    "phase_differs": _phase,
    "call_idle": _idle,
    "call_without_seat": _no_seat,
    "call_fence": _call_fence,
    "hold_missing": _no_hold,
    "hold_left": _hold_left,
    "draft_stranger": _stranger,
    "decision_open_end": _open_end,
    "decision_chain": _chain,
    "superseded_twice": _superseded_twice,
    "outcome_twice": _in_force_twice,
    "outcome_lost": _lost,
    "outcome_unexplained": _unexplained,
    "outcome_differs": _outcome,
}


class UndoneError(Exception):
    """Takes a corruption back: the transaction that made it fails."""


def test_every_broken_row_is_found_and_said(desk: Desk) -> None:
    told = morning(desk)
    missed = []
    database = desk.database
    for code, corrupt in BROKEN.items():
        found: list[Any] = []

        def broken(unit: Unit, corrupt=corrupt, found=found) -> None:
            def within(work: Callable[[Unit], Any], **_: Any) -> Any:
                return work(unit)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(database, "write", within)
                patch.setattr(database, "read", within)
                corrupt(desk, told)
                found += check_history(database)
            raise UndoneError

        with pytest.raises(UndoneError):
            database.write(broken)
        if code not in {fault.code for fault in found}:
            missed.append((code, found))
        for fault in found:
            for language in LANGUAGES:
                assert "{" not in say(language, fault.said)
    assert missed == []
    assert check_history(database) == ()


def test_enough_is_enough(desk: Desk) -> None:
    told = morning(desk)
    change(desk, callback, told.done, state="exhausted", fence=9)
    assert len(check_history(desk.database)) > 1
    assert len(check_history(desk.database, limit=1)) == 1


def test_a_refused_step_leaves_no_trace(desk: Desk) -> None:
    told = morning(desk)
    with pytest.raises(RefusedError):
        resolve_called(desk.database, desk.actor, told.waiting, new())
    assert check_history(desk.database) == ()
