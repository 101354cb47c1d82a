"""Ending a call: outcome, answers, promises, next callback and event in one transaction.

A repeat of the same decision gives the first result. An outcome that comes after the right to
finish has gone elsewhere is stored as late: what concerns the person takes effect, the state and
the next time of the callback do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from db.claiming import callbacks_of
from db.decisions import (
    CallEnd,
    Effects,
    complete_decision,
    insert_decision,
    plain_columns,
    repeated,
)
from db.engine import Database
from db.events import append_event
from db.facts import keep_agreed_call, keep_facts
from db.holds import linger
from db.promises import settle_called
from db.settling import Ending, settle
from db.tables import call, call_leg, callback_event
from db.topics import CASES, QUEUE, SEATS
from db.transaction import Unit
from db.transitions import move, ready_again
from domain.decision import Decision
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
        RefusedError: `call_unknown`, `not_yours`, `decision_reused`, `call_over`.
        InputError: the outcome is unknown, or lacks its time or note.
        StorageError: nothing was saved.
    """

    def work(unit: Unit) -> Finished:
        require(actor, "calls.finish")
        first = repeated(unit, decision.uuid, decision.fingerprint(call_id))
        if first is not None:
            return as_finished(first)
        end = call_end(unit, database, actor, call_id, decision)
        rows = callbacks_of(unit, call_id)
        mine = end.call["operator_id"] == actor.operator_id
        if not mine and not _was_theirs(unit, actor, call_id):
            raise RefusedError("not_yours", call=call_id)
        in_hand = [
            row
            for row in rows
            if row["call_id"] == call_id and row["state"] in ("claimed", "check")
        ]
        if mine and in_hand and end.call["fence"] == fence:
            return as_finished(decide(unit, database, end, in_hand))
        if end.call["fence"] == fence and end.call["phase"] == "ended":
            raise RefusedError("call_over", call=call_id)
        return as_finished(_late(unit, end, rows[0], fence))

    return database.write(work)


def call_end(
    unit: Unit, database: Database, actor: Actor, call_id: int, decision: Decision
) -> CallEnd:
    """The end of a call to be carried out, its call locked and its outcome known.

    Raises:
        RefusedError: `call_unknown`.
        InputError: the outcome is unknown or lacks its note.
    """
    row = unit.run(sa.select(call).where(call.c.id == call_id).with_for_update()).mappings().first()
    if row is None:
        raise RefusedError("call_unknown", call=call_id)
    outcome = database.rulebook.outcomes.ending(decision.outcome)
    if outcome.needs_note and not (decision.note or "").strip():
        raise InputError("outcome_needs_note", outcome=decision.outcome)
    for flag in decision.flags:
        database.rulebook.outcomes.flag(flag)
    return CallEnd(database.rulebook, actor, row, decision, outcome)


def decide(
    unit: Unit,
    database: Database,
    end: CallEnd,
    rows: Sequence[sa.RowMapping],
    *,
    kind: str = "finish",
    supersedes: int | None = None,
) -> sa.RowMapping:
    """Carries out a decision on callbacks in hand and returns the decision's row."""
    main, others = rows[0], rows[1:]
    named = {one.callback_id: one for one in end.decision.settled}
    unknown = set(named) - {row["id"] for row in others}
    if unknown:
        raise InputError("callback_not_in_call", callback=min(unknown))
    effects = Effects()
    decision_id = insert_decision(
        unit, end, main["id"], kind=kind, fence=end.call["fence"], late=False
    )
    keep_facts(unit, end, decision_id, main, effects)
    ending = settle(unit, end, main, end.outcome, end.decision.next_at, effects)
    for row in others:
        effects.callbacks[str(row["id"])] = plain_columns(row)
        given = named.get(row["id"])
        if given is None:
            move(unit, row, ready_again(unit, row), "not_settled", actor=end.actor)
        else:
            outcome = end.rulebook.outcomes.ending(given.outcome)
            settle(unit, end, row, outcome, given.next_at, effects)
    if ending.follow_up is not None and ending.next_at is not None:
        keep_agreed_call(unit, end, decision_id, ending.follow_up, ending.next_at, effects)
    for row in rows:
        settle_called(unit, row["id"], end.call["id"], effects)
    _end_call(unit, end, database.timing.hold)
    unit.move(QUEUE, SEATS, CASES)
    return complete_decision(
        unit,
        decision_id,
        effects,
        _result(main["id"], ending, effects),
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


def _late(unit: Unit, end: CallEnd, row: sa.RowMapping, fence: int) -> sa.RowMapping:
    effects = Effects()
    decision_id = insert_decision(unit, end, row["id"], kind="finish", fence=fence, late=True)
    keep_facts(unit, end, decision_id, row, effects)
    settle_called(unit, row["id"], end.call["id"], effects)
    append_event(
        unit,
        row["id"],
        "late_outcome",
        (row["state"], row["state"]),
        actor=end.actor,
        call_id=end.call["id"],
        fence=fence,
        data={"outcome": end.outcome.code},
    )
    unit.move(QUEUE, CASES)
    result = {
        "state": row["state"],
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


def _was_theirs(unit: Unit, actor: Actor, call_id: int) -> bool:
    return (
        unit.run(
            sa.select(callback_event.c.id)
            .where(
                callback_event.c.call_id == call_id,
                callback_event.c.operator_id == actor.operator_id,
                callback_event.c.to_state == "claimed",
            )
            .limit(1)
        ).first()
        is not None
    )
