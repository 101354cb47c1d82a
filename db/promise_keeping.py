"""What a decision says about promises: those made in its call, and what was said of earlier ones.

A call is told of by the outcome in force and by late ones. The same promise in two of them is kept
once: its row stays, or passes to the outcome in force, which has the last word about its time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.callbacks import NewCallback, create_callback
from db.decisions import CallEnd, Effects, columns_before
from db.promise_events import Source, append_promise_event
from db.promises import OWED, rung_at, settle_one
from db.stops import number_without_stop
from db.tables import call_decision, callback, campaign, promise, promise_event
from db.topics import CASES
from db.transaction import Unit
from db.transitions import move
from domain.decision import GivenPromise
from domain.errors import InputError, RefusedError
from domain.promise import Evidence, EvidenceKind, PromiseEvent, PromiseState


def keep_promises(
    unit: Unit,
    end: CallEnd,
    decision_id: int,
    row: sa.RowMapping,
    effects: Effects,
    *,
    complaint_id: int | None,
) -> None:
    """Writes the promises of a decision, each with the callback that serves it.

    Raises:
        InputError: `promise_past`, unless it came late: then it was said all the same.
    """
    for given in end.decision.promises:
        same = _told_before(unit, end, decision_id, given)
        if same is not None and _stays(unit, end, decision_id, same, given, effects):
            continue
        if given.due_at is not None and given.due_at <= end.at and not end.late:
            raise InputError("promise_past", at=given.due_at)
        made = None
        if given.due_at is not None:
            made = _promised_call(unit, end, row, given, given.due_at, complaint_id)
        if made is not None:
            effects.made_callbacks.append(made)
        _insert(unit, end, decision_id, given, made, effects, complaint_id)


def keep_agreed_call(
    unit: Unit, end: CallEnd, decision_id: int, callback_id: int, due_at: datetime, effects: Effects
) -> None:
    """Enters the agreed call in the ledger of promises; its callback is already made.

    It has no words of its own: what was promised is the call.
    """
    case_id = unit.run(
        sa.select(callback.c.complaint_id).where(callback.c.id == callback_id)
    ).scalar()
    given = end.decision.next_owner
    _insert(
        unit, end, decision_id, GivenPromise("", due_at), callback_id, effects, case_id,
        None if given is None else given.operator_id,
    )  # fmt: skip


def keep_words(unit: Unit, end: CallEnd, decision_id: int, effects: Effects) -> None:
    """Writes what was said in the call about earlier promises, and settles them by it.

    A deed is settled by the call in which the customer is told; the customer's word lets us off.
    About one that is settled already the words are kept, and nothing changes.

    Raises:
        InputError: `promise_nobody_told` where the call reached nobody; `promise_without_words`.
        RefusedError: `promise_unknown` for one of somebody else.
    """
    source = Source.of(end, decision_id)
    for one in end.decision.owed:
        if not end.outcome.contacted:
            raise InputError("promise_nobody_told", outcome=end.outcome.name)
        text = one.text.strip()
        if not text:
            raise InputError("promise_without_words")
        row = lock_promise(unit, one.promise_id)
        if row["person_id"] != end.call["person_id"]:
            raise RefusedError("promise_unknown", promise=one.promise_id)
        append_promise_event(unit, row["id"], PromiseEvent(one.what), source, text=text)
        if row["state"] not in OWED:
            continue
        if one.what == "told":
            evidence = Evidence(EvidenceKind.CALL, end.call["id"])
            settle_one(unit, row, rung_at(end.call), evidence, source, effects=effects)
        else:
            _let_off(unit, end, row, effects, source)
        _drop_callback(unit, end, row, effects)


def lock_promise(unit: Unit, promise_id: int) -> sa.RowMapping:
    """The row of a promise, locked for this transaction.

    Raises:
        RefusedError: `promise_unknown`.
    """
    found = (
        unit.run(sa.select(promise).where(promise.c.id == promise_id).with_for_update())
        .mappings()
        .first()
    )
    if found is None:
        raise RefusedError("promise_unknown", promise=promise_id)
    return found


def shared_with_late(unit: Unit, promises: Sequence[int]) -> dict[int, int]:
    """Which promises a late outcome has told too, each with that late decision."""
    if not promises:
        return {}
    rows = unit.run(
        sa.select(promise_event.c.promise_id, promise_event.c.decision_id)
        .join(call_decision, call_decision.c.id == promise_event.c.decision_id)
        .where(
            promise_event.c.promise_id.in_(promises),
            promise_event.c.kind == PromiseEvent.TOLD_AGAIN.value,
            call_decision.c.late.is_(True),
            call_decision.c.superseded_at.is_(None),
        )
        .order_by(promise_event.c.id)
    )
    return {row.promise_id: row.decision_id for row in rows}


def _told_before(
    unit: Unit, end: CallEnd, decision_id: int, given: GivenPromise
) -> sa.RowMapping | None:
    """The same promise in another outcome of the call, locked; none where this is the first."""
    if not given.text:
        return None
    return (
        unit.run(
            sa.select(promise)
            .join(call_decision, call_decision.c.id == promise.c.decision_id)
            .where(
                promise.c.call_id == end.call["id"],
                promise.c.decision_id != decision_id,
                promise.c.kind == given.kind,
                promise.c.text == given.text,
                promise.c.state != PromiseState.WITHDRAWN.value,
                call_decision.c.superseded_at.is_(None),
            )
            .order_by(promise.c.id.desc())
            .limit(1)
            .with_for_update(of=promise)
        )
        .mappings()
        .first()
    )


def _stays(
    unit: Unit,
    end: CallEnd,
    decision_id: int,
    same: sa.RowMapping,
    given: GivenPromise,
    effects: Effects,
) -> bool:
    """Whether the row of the same promise stays; one with another time gives way.

    A late outcome leaves what stands. The outcome in force takes the row over; where it tells
    another time, the earlier row is withdrawn with its callback, unless somebody has acted on it.
    """
    source = Source.of(end, decision_id)
    if end.late or same["state"] not in OWED:
        append_promise_event(unit, same["id"], PromiseEvent.TOLD_AGAIN, source)
        return True
    if same["due_at"] == given.due_at:
        effects.taken_promises[str(same["id"])] = same["decision_id"]
        unit.run(
            sa.update(promise).where(promise.c.id == same["id"]).values(decision_id=decision_id)
        )
        append_promise_event(unit, same["id"], PromiseEvent.TAKEN_OVER, source)
        return True
    _let_off(unit, end, same, effects, source)
    _drop_callback(unit, end, same, effects)
    return False


def _let_off(
    unit: Unit, end: CallEnd, row: sa.RowMapping, effects: Effects, source: Source
) -> None:
    effects.settled_promises.setdefault(str(row["id"]), row["state"])
    unit.run(
        sa.update(promise)
        .where(promise.c.id == row["id"])
        .values(
            state=PromiseState.WITHDRAWN.value,
            settled_at=unit.now,
            settled_call_id=end.call["id"],
        )
    )
    append_promise_event(unit, row["id"], PromiseEvent.WITHDRAWN, source)
    unit.move(CASES)


def _drop_callback(unit: Unit, end: CallEnd, row: sa.RowMapping, effects: Effects) -> None:
    """Cancels the waiting callback of a promise that is settled, unless it serves another too."""
    if row["callback_id"] is None:
        return
    waiting = (
        unit.run(
            sa.select(callback)
            .where(callback.c.id == row["callback_id"], callback.c.state.in_(("scheduled", "due")))
            .with_for_update()
        )
        .mappings()
        .first()
    )
    others = (
        sa.select(promise.c.id)
        .where(promise.c.callback_id == row["callback_id"], promise.c.state.in_(OWED))
        .limit(1)
    )
    if waiting is None or unit.run(others).first() is not None:
        return
    effects.cancelled.setdefault(str(waiting["id"]), columns_before(waiting))
    move(
        unit, waiting, "cancelled", "promise_settled", actor=end.actor, call_id=end.call["id"],
        data={"promise": row["id"]},
    )  # fmt: skip


def _promised_call(
    unit: Unit,
    end: CallEnd,
    row: sa.RowMapping,
    given: GivenPromise,
    due_at: datetime,
    complaint_id: int | None,
) -> int | None:
    """The callback that serves a promise; none where nobody may or can be rung.

    Then the promise stands in the ledger alone.
    """
    code, purpose = unit.run(
        sa.select(campaign.c.code, campaign.c.purpose).where(campaign.c.id == row["campaign_id"])
    ).one()
    number = number_without_stop(unit, row["person_id"], purpose, max(due_at, unit.now))
    if number is None:
        return None
    new = NewCallback(
        person_id=row["person_id"],
        campaign=code,
        due_at=due_at,
        phone_id=number,
        promised=True,
        named_by_customer=True,
        note=given.text,
        owner_id=end.caller,
        asset_id=row["asset_id"],
        complaint_id=complaint_id,
        origin_id=row["id"],
        origin_call_id=end.call["id"],
        source="promise",
    )
    return create_callback(unit, end.rulebook, new, end.actor)


def _insert(
    unit: Unit,
    end: CallEnd,
    decision_id: int,
    given: GivenPromise,
    callback_id: int | None,
    effects: Effects,
    complaint_id: int | None,
    owner_id: int | None = None,
) -> None:
    values: dict[str, Any] = {
        "person_id": end.call["person_id"],
        "call_id": end.call["id"],
        "decision_id": decision_id,
        "callback_id": callback_id,
        "complaint_id": complaint_id,
        "kind": given.kind,
        "text": given.text,
        "condition": given.condition,
        "due_at": given.due_at,
        "owner_id": owner_id or end.caller,
        "made_at": end.at,
        "state": PromiseState.OPEN.value,
    }
    made = int(unit.run(promise.insert().returning(promise.c.id), values).scalar_one())
    effects.promises.append(made)
    source = Source.of(end, decision_id)
    append_promise_event(unit, made, PromiseEvent.MADE, source, at=end.at)
