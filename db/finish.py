"""Ending a call: outcome, answers, promises, next callback and event in one transaction.

A repeat of the same decision gives the first result. An outcome that comes after the right to
finish has gone elsewhere is stored as late: what concerns the person takes effect, the state and
the next time of the callback do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from db.caps import hold_back
from db.case_calls import follow_cases
from db.claiming import callbacks_of, lock_call
from db.decisions import (
    CallEnd,
    Effects,
    columns_before,
    complete_decision,
    insert_decision,
    repeated,
)
from db.engine import Database
from db.events import append_event
from db.facts import keep_consequences, keep_facts
from db.first_try import note_first_try, tried_at
from db.holds import linger
from db.next_owner import next_owner_as_plain, tell_next_owner
from db.operator_states import after_call, hold_seat
from db.promise_keeping import keep_agreed_call
from db.promise_settling import settle_by_call, settle_lost_calls
from db.settling import Ending, settle
from db.tables import (
    call,
    call_decision,
    call_leg,
    callback,
    callback_event,
    person,
    person_phone,
)
from db.topics import CASES, QUEUE, SEATS
from db.transaction import Unit
from db.transitions import move, ready_again
from db.whose_call import had_in_hand, tell_its_seat
from domain.decision import BY_DEFAULT, Decision
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require
from domain.said import Said, said_as_plain, said_from_plain


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a call and its callback; instants in UTC.

    Attributes:
        uuid: the decision's.
        call_id: the call.
        callback_id: the callback.
        state: the state of the callback now.
        next_at: when the customer is rung again; none when it is over.
        next_callback_id: the callback of that next call; the same one for a retry.
        made_callbacks: all callbacks that came of it.
        late: whether the right to finish had gone elsewhere.
        why: the sentence that explains the next step; none when late.
        notice: whether a text that announces the next call is worth sending.
    """

    uuid: str
    call_id: int
    callback_id: int
    state: str
    next_at: datetime | None
    next_callback_id: int | None
    made_callbacks: tuple[int, ...]
    late: bool
    why: Said | None
    notice: bool


def finish(
    database: Database, actor: Actor, call_id: int, fence: int, decision: Decision
) -> Finished:
    """Ends a call with its outcome.

    Args:
        database: the database.
        actor: who decides.
        call_id: the call.
        fence: the right to finish that came with the call.
        decision: what was decided.

    Raises:
        RefusedError: `call_unknown`, `not_yours`, `decision_reused`, `call_over` when the call
            has its outcome already, `number_not_theirs`, `agreed_call_stopped`.
        InputError: the outcome is unknown, lacks its time or note, or takes no time.
        StorageError: nothing was saved.
    """

    def work(unit: Unit) -> Finished:
        require(actor, "calls.finish")
        hold_seat(unit, actor.seat_id)
        row = lock_call(unit, call_id)
        # Asked behind the lock, so that a repeat which overtakes its first request waits for it.
        first = repeated(unit, decision.uuid, decision.fingerprint(call_id))
        if first is not None:
            return as_finished(first)
        mine = row["operator_id"] == actor.operator_id
        if not mine and not had_in_hand(unit, actor, call_id):
            raise RefusedError("not_yours", call=call_id)
        tell_its_seat(unit, actor, row)
        end = call_end(unit, database, actor, row, decision, caller=actor.operator_id)
        rows = callbacks_of(unit, call_id)
        in_hand = [
            row
            for row in rows
            if row["call_id"] == call_id and row["state"] in ("claimed", "check")
        ]
        if mine and in_hand and end.call["fence"] == fence:
            done = decide(unit, database, end, in_hand)
            if row["phase"] == "open" and row["seat_id"] == actor.seat_id:
                after_call(unit, actor.seat_id, database.rulebook.day)
            return as_finished(done)
        if end.call["fence"] == fence and _has_outcome(unit, call_id):
            raise RefusedError("call_over", call=call_id)
        return as_finished(_late(unit, replace(end, late=True), rows, fence))

    return database.write(work, settles=True)


def call_end(
    unit: Unit,
    database: Database,
    actor: Actor,
    row: sa.RowMapping,
    decision: Decision,
    *,
    caller: int | None = None,
    at: datetime | None = None,
) -> CallEnd:
    """The end of a call to be carried out, with its outcome known.

    Args:
        unit: the transaction.
        database: whose rules are in force.
        actor: who decides.
        row: the call, locked.
        decision: what was decided.
        caller: who spoke with the customer; the call's own operator unless given.
        at: when the call ended; now unless given.

    Raises:
        RefusedError: `number_not_theirs` when the decision speaks of a stranger's number;
            `person_erased` once nothing may be kept of the customer.
        InputError: an outcome is unknown or lacks its note.
    """
    outcomes = database.rulebook.outcomes
    outcome = outcomes.ending(decision.outcome)
    for one in (outcome, *(outcomes.ending(given.outcome) for given in decision.settled)):
        if one.needs_note and not (decision.note or "").strip():
            raise InputError("outcome_needs_note", outcome=one.code)
    for flag in decision.flags:
        if flag != BY_DEFAULT:
            outcomes.flag(flag)
    erased = sa.select(person.c.id).where(
        person.c.id == row["person_id"], person.c.closed_because == "erased"
    )
    if unit.run(erased).first() is not None:
        raise RefusedError("person_erased", person=row["person_id"])
    if decision.phone_id is not None and not _knows(unit, row["person_id"], decision.phone_id):
        raise RefusedError("number_not_theirs", call=row["id"])
    who = row["operator_id"] if caller is None else caller
    return CallEnd(database.rulebook, actor, who, row, decision, outcome, at or unit.now)


def decide(
    unit: Unit,
    database: Database,
    end: CallEnd,
    rows: Sequence[sa.RowMapping],
    *,
    kind: str = "finish",
    supersedes: int | None = None,
) -> sa.RowMapping:
    """Carries out a decision on callbacks in hand and returns the decision's row.

    Raises:
        RefusedError: `agreed_call_stopped`.
        InputError: `callback_not_in_call`, or an outcome lacks its time or takes none.
    """
    main, others = rows[0], rows[1:]
    endings_of = _named(end, others)
    effects = Effects(callbacks={str(row["id"]): columns_before(row) for row in rows})
    decision_id = insert_decision(
        unit, end, main["id"], kind=kind, fence=end.call["fence"], late=False
    )
    for row in others:
        # They wait again before the facts are kept, so that a stop or a bad number reaches them.
        if row["id"] not in endings_of:
            move(unit, row, ready_again(unit, row), "not_settled", actor=end.actor)
    opened = keep_facts(unit, end, decision_id, main, effects)
    settled = [(main, end, end.decision.next_at)]
    settled += [(row, *endings_of[row["id"]]) for row in others if row["id"] in endings_of]
    for row, own_end, _ in settled[1:]:
        keep_consequences(unit, own_end, row, effects)
    endings = [settle(unit, own_end, row, asked, effects) for row, own_end, asked in settled]
    ending = endings[0]
    for one in endings:
        if one.follow_up is not None and one.next_at is not None:
            keep_agreed_call(unit, end, decision_id, one.follow_up, one.next_at, effects)
            tell_next_owner(unit, end, one.follow_up, one.next_at)
    for (row, own_end, _), one in zip(settled, endings, strict=True):
        if own_end.outcome.rang:
            settle_by_call(
                unit, end, decision_id, row, own_end.outcome,
                follow_up=one.follow_up, about_it=row is main, effects=effects,
            )  # fmt: skip
    if end.outcome.rang:
        settle_lost_calls(unit, end, decision_id, effects)
    about = [(row, own_end) for row, own_end, _ in settled]
    follow_cases(unit, end, decision_id, about, effects, opened=opened)
    # Before the holds are written: a claim locks a callback first, and its holds afterwards.
    hold_back(unit, end.rulebook, [main["person_id"]], effects=effects)
    _end_call(unit, end, database.timing.hold)
    effects.last_event = _last_event(unit, effects)
    unit.move(QUEUE, SEATS, CASES)
    return complete_decision(
        unit,
        decision_id,
        effects,
        _result(main["id"], ending, effects) | next_owner_as_plain(end.decision),
        next_callback_id=ending.follow_up,
        supersedes=supersedes,
    )


def as_finished(row: sa.RowMapping) -> Finished:
    """The stored result of a decision."""
    result = row["result"]
    at = result["next_at"]
    return Finished(
        uuid=row["uuid"],
        call_id=row["call_id"],
        callback_id=row["callback_id"],
        state=result["state"],
        next_at=None if at is None else datetime.fromisoformat(at),
        next_callback_id=result["next_callback_id"],
        made_callbacks=tuple(result["made_callbacks"]),
        late=row["late"],
        why=None if result["why"] is None else said_from_plain(result["why"]),
        notice=result["notice"],
    )


def _named(
    end: CallEnd, others: Sequence[sa.RowMapping]
) -> dict[int, tuple[CallEnd, datetime | None]]:
    """The further callbacks that a decision names, each with its own ending and asked time.

    Raises:
        InputError: `callback_not_in_call`.
    """
    unknown = {one.callback_id for one in end.decision.settled} - {row["id"] for row in others}
    if unknown:
        raise InputError("callback_not_in_call", callback=min(unknown))
    return {
        one.callback_id: (
            replace(end, outcome=end.rulebook.outcomes.ending(one.outcome)),
            one.next_at,
        )
        for one in end.decision.settled
    }


def _late(unit: Unit, end: CallEnd, rows: Sequence[sa.RowMapping], fence: int) -> sa.RowMapping:
    row, endings_of = rows[0], _named(end, rows[1:])
    effects = Effects()
    decision_id = insert_decision(unit, end, row["id"], kind="finish", fence=fence, late=True)
    opened = keep_facts(unit, end, decision_id, row, effects)
    if end.outcome.rang:
        note_first_try(unit, end.call["id"], tried_at(end.call))
        settle_by_call(
            unit, end, decision_id, row, end.outcome, follow_up=None, about_it=True, effects=effects
        )
        settle_lost_calls(unit, end, decision_id, effects)
    for one in rows[1:]:
        if one["id"] in endings_of:
            keep_consequences(unit, endings_of[one["id"]][0], one, effects)
    follow_cases(unit, end, decision_id, [(row, end)], effects, opened=opened)
    hold_back(unit, end.rulebook, [row["person_id"]])
    # A stop that came of it may have cancelled the callback itself.
    state: str = unit.run(
        sa.select(callback.c.state).where(callback.c.id == row["id"])
    ).scalar_one()
    append_event(
        unit,
        row["id"],
        "late_outcome",
        (state, state),
        actor=end.actor,
        call_id=end.call["id"],
        fence=fence,
        data={"outcome": end.outcome.code},
    )
    unit.move(QUEUE, CASES)
    result = {
        "state": state,
        "next_at": None,
        "next_callback_id": None,
        "made_callbacks": effects.made_callbacks,
        "why": None,
        "notice": False,
    }
    return complete_decision(unit, decision_id, effects, result)


def _end_call(unit: Unit, end: CallEnd, hold: float) -> None:
    unit.run(
        sa.update(call)
        .where(call.c.id == end.call["id"])
        .values(
            phase="ended",
            ended_at=unit.now,
            talk_ended_at=end.call["talk_ended_at"] or unit.now,
        )
    )
    unit.run(
        sa.update(call_leg)
        .where(call_leg.c.call_id == end.call["id"], call_leg.c.ended_at.is_(None))
        .values(ended_at=unit.now)
    )
    linger(unit, end.call["id"], unit.now + timedelta(seconds=hold))


def _result(callback_id: int, ending: Ending, effects: Effects) -> dict[str, Any]:
    return {
        "state": ending.state,
        "next_at": None if ending.next_at is None else ending.next_at.isoformat(),
        "next_callback_id": (
            ending.follow_up
            if ending.follow_up is not None
            else callback_id
            if ending.next_at is not None
            else None
        ),
        "made_callbacks": effects.made_callbacks,
        "why": said_as_plain(ending.step.why),
        "notice": ending.step.notice,
    }


def _last_event(unit: Unit, effects: Effects) -> int:
    """The newest event of all callbacks that a decision has touched; they are locked by it."""
    touched = {*map(int, effects.callbacks), *map(int, effects.cancelled), *effects.made_callbacks}
    found: int = unit.run(
        sa.select(sa.func.max(callback_event.c.id)).where(callback_event.c.callback_id.in_(touched))
    ).scalar_one()
    return found


def _has_outcome(unit: Unit, call_id: int) -> bool:
    return (
        unit.run(
            sa.select(call_decision.c.id)
            .where(
                call_decision.c.call_id == call_id,
                call_decision.c.superseded_at.is_(None),
                call_decision.c.kind != "undo",
                sa.not_(call_decision.c.late),
            )
            .limit(1)
        ).first()
        is not None
    )


def _knows(unit: Unit, person_id: int, phone_id: int) -> bool:
    return (
        unit.run(
            sa.select(person_phone.c.id)
            .where(person_phone.c.person_id == person_id, person_phone.c.phone_id == phone_id)
            .limit(1)
        ).first()
        is not None
    )
