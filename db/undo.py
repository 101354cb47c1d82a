"""Taking a decision back, and putting another in its place, while nobody has acted on it.

The outcome row is superseded, never deleted. A refusal says who has acted and on what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.case_calls import refuse_if_worked_on, take_back_cases
from db.case_hours import allow_hour_again
from db.chances import tell_late_ones_again
from db.claiming import Taken, claim_columns, hand_over, lock_call, open_call_of
from db.decisions import Effects, repeated
from db.engine import Database
from db.events import append_audit, append_event
from db.finish import Finished, as_finished, call_end, decide
from db.holds import hold_keys, take_holds
from db.operator_states import enter_state, state_of_call
from db.promise_undo import callbacks_to_keep, take_back_promises
from db.queue import give_back
from db.seats import may_work
from db.tables import (
    call,
    call_decision,
    call_leg,
    callback,
    callback_event,
    chance,
    do_not_call,
    draft,
    operator,
    person,
    person_asset,
    person_phone,
    phone,
)
from db.topics import CASES, QUEUE, SEATS
from db.transaction import Unit
from db.transitions import move
from domain.decision import Decision
from domain.errors import RefusedError
from domain.permissions import Actor, require
from domain.rulebook import Rulebook

_INSTANTS = frozenset(
    column.name for column in callback.c if column.name.endswith(("_at", "_until", "not_before"))
)


def undo(database: Database, actor: Actor, decision_uuid: str, uuid: str) -> Taken:
    """Takes a finish back: the call is open again, with a new fence and its draft.

    The operator's next claim is given back when it is untouched.

    Args:
        database: the database.
        actor: who takes it back: the one who decided.
        decision_uuid: the decision to take back.
        uuid: the client's own for this undo; a repeat gives the first result.

    Raises:
        RefusedError: `decision_unknown`, `not_yours`, `undo_already`, `undo_late`,
            `undo_acted_on` (by, what), `undo_call_open` when the next call is under way,
            `undo_person_busy` when somebody else has the customer on the line.
    """

    def work(unit: Unit) -> Taken:
        row = _decision(unit, actor, decision_uuid, "calls.undo")
        fingerprint = hashlib.sha256(f"undo {decision_uuid}".encode()).hexdigest()
        # Asked behind the lock, so that a repeat which overtakes its first request waits for it.
        first = repeated(unit, uuid, fingerprint)
        if first is not None:
            return Taken(first["call_id"], first["callback_id"], first["result"]["fence"])
        if row["superseded_at"] is not None:
            raise RefusedError("undo_already")
        may_work(unit, actor)
        _return_untouched_claim(unit, actor)
        taken = _reopen(unit, database.rulebook, actor, row)
        unit.run(
            call_decision.insert(),
            {
                "uuid": uuid,
                "kind": "undo",
                "call_id": row["call_id"],
                "callback_id": row["callback_id"],
                "operator_id": actor.operator_id,
                "at": unit.now,
                "fence": taken.fence,
                "late": False,
                "flags": [],
                "content_hash": fingerprint,
                "before": {},
                "result": {"fence": taken.fence},
                "supersedes": row["id"],
            },
        )
        append_audit(
            unit, actor, "outcome_undone", "call", row["call_id"], details={"decision": row["id"]}
        )
        return taken

    return database.write(work, settles=True)


def amend(
    database: Database, actor: Actor, decision_uuid: str, decision: Decision, *, since: datetime
) -> Finished:
    """Puts another decision in the place of one of today's own; the original is kept.

    Args:
        database: the database.
        actor: who decided first.
        decision_uuid: the decision to amend.
        decision: the new one, with a uuid of its own.
        since: the start of the operator's day or shift (UTC); earlier decisions stay.

    Raises:
        RefusedError: as for `undo`; `amend_too_old` for a decision before `since`.
    """

    def work(unit: Unit) -> Finished:
        row = _decision(unit, actor, decision_uuid, "calls.amend_own")
        first = repeated(unit, decision.uuid, decision.fingerprint(row["call_id"]))
        if first is not None:
            return as_finished(first)
        if row["superseded_at"] is not None:
            raise RefusedError("undo_already")
        if row["at"] < since:
            raise RefusedError("amend_too_old", at=row["at"])
        before = lock_call(unit, row["call_id"])
        taken_back = _take_back(unit, database.rulebook, actor, row)
        ended_at, talk_ended_at = before["ended_at"], before["talk_ended_at"]
        in_hand = []
        for one in taken_back:
            fence = move(
                unit, one, "claimed", "amending", actor=actor, call_id=row["call_id"], grow=True,
                **claim_columns(unit, actor),
            )  # fmt: skip
            in_hand.append((one["id"], fence))
        unit.run(
            sa.update(call)
            .where(call.c.id == row["call_id"])
            .values(fence=max(fence for _, fence in in_hand))
        )
        again = lock_call(unit, row["call_id"])
        end = call_end(unit, database, actor, again, decision, at=ended_at)
        rows = _locked(unit, [callback_id for callback_id, _ in in_hand])
        made = decide(unit, database, end, rows, kind="amend", supersedes=row["id"])
        unit.run(
            sa.update(call)
            .where(call.c.id == row["call_id"])
            .values(ended_at=ended_at, talk_ended_at=talk_ended_at)
        )
        append_audit(
            unit, actor, "outcome_amended", "call", row["call_id"],
            fields=["outcome", "answers", "note"], details={"decision": row["id"]},
        )  # fmt: skip
        return as_finished(made)

    return database.write(work, settles=True)


def _decision(unit: Unit, actor: Actor, uuid: str, use_case: str) -> sa.RowMapping:
    """A decision of the actor's own, locked; it may be superseded by now."""
    require(actor, use_case)
    row = (
        unit.run(
            sa.select(call_decision)
            .where(call_decision.c.uuid == uuid, call_decision.c.kind != "undo")
            .with_for_update()
        )
        .mappings()
        .first()
    )
    if row is None:
        raise RefusedError("decision_unknown", uuid=uuid)
    if row["operator_id"] != actor.operator_id:
        raise RefusedError("not_yours", call=row["call_id"])
    if row["late"]:
        raise RefusedError("undo_late")
    return row


def _reopen(unit: Unit, rulebook: Rulebook, actor: Actor, row: sa.RowMapping) -> Taken:
    before = lock_call(unit, row["call_id"])
    rows = _take_back(unit, rulebook, actor, row)
    call_id = row["call_id"]
    keys = hold_keys(rows[0]["person_id"], rows[0]["phone_id"])
    if not take_holds(unit, call_id, keys):
        raise RefusedError("undo_person_busy")
    fence = 0
    for one in rows:
        fence = max(fence, hand_over(unit, one, actor, call_id, "undone"))
    unit.run(
        sa.update(call)
        .where(call.c.id == call_id)
        .values(
            phase="open",
            ended_at=None,
            fence=fence,
            seat_id=actor.seat_id,
            # Whoever decided takes it back, also where a lead had decided in another's place.
            operator_id=actor.operator_id,
        )
    )
    if actor.seat_id is not None:
        enter_state(unit, actor.seat_id, state_of_call(before))
    unit.move(QUEUE, SEATS)
    return Taken(call_id, rows[0]["id"], fence, resumed=True)


def _take_back(
    unit: Unit, rulebook: Rulebook, actor: Actor, row: sa.RowMapping
) -> list[sa.RowMapping]:
    """Takes back all that a decision did and returns its callbacks, restored and locked."""
    effects = Effects.from_dict(row["before"])
    ids = [int(one) for one in effects.callbacks]
    moved = [int(one) for one in effects.cancelled if one not in effects.callbacks]
    # Locked before the question is asked, so that nobody acts between answer and undoing.
    locked = {
        one["id"]: one for one in _locked(unit, sorted({*ids, *moved, *effects.made_callbacks}))
    }
    _refuse_if_acted_on(unit, locked, effects.last_event)
    refuse_if_worked_on(unit, effects, row["id"])
    kept = callbacks_to_keep(unit, effects)
    for made in effects.made_callbacks:
        if made not in kept:
            move(unit, locked[made], "cancelled", "undone", actor=actor, call_id=row["call_id"])
    for callback_id in ids:
        _restore(unit, callback_id, effects.callbacks[str(callback_id)])
    for callback_id in moved:
        columns, present = effects.cancelled[str(callback_id)], locked[callback_id]
        _restore(unit, callback_id, columns, state=True)
        append_event(
            unit, callback_id, "undone", (present["state"], columns["state"]), actor=actor,
            call_id=row["call_id"], fence=present["fence"],
        )  # fmt: skip
    _restore_facts(unit, effects)
    take_back_promises(unit, actor, effects, row)
    allow_hour_again(unit, rulebook, actor, effects)
    take_back_cases(unit, rulebook, actor, effects, row["id"])
    unit.run(
        sa.update(call_decision)
        .where(call_decision.c.id == row["id"])
        .values(superseded_at=unit.now)
    )
    unit.move(QUEUE, CASES)
    return _locked(unit, ids)


def _restore_facts(unit: Unit, effects: Effects) -> None:
    def change(table: sa.Table, ids: list[int], **values: Any) -> None:
        if ids:
            unit.run(sa.update(table).where(table.c.id.in_(ids)).values(**values))

    change(chance, effects.chances, state="withdrawn")
    tell_late_ones_again(unit, effects.chances)
    change(
        do_not_call, effects.stops, lifted_at=sa.func.coalesce(do_not_call.c.lifted_at, unit.now)
    )
    change(person_phone, effects.links, until=None, problem=None)
    change(person_phone, effects.new_links, until=unit.now)
    change(person_asset, effects.asset_links, until=None)
    if effects.closed_person is not None:
        change(person, [effects.closed_person], closed_at=None, closed_because=None)
    for name, status in effects.phones.items():
        change(phone, [int(name)], status=status, status_at=unit.now)


def _restore(unit: Unit, callback_id: int, columns: dict[str, Any], *, state: bool = False) -> None:
    values = {
        name: datetime.fromisoformat(value) if name in _INSTANTS and value is not None else value
        for name, value in columns.items()
        if state or name != "state"
    }
    unit.run(
        sa.update(callback)
        .where(callback.c.id == callback_id)
        .values(**values, updated_at=unit.now)
    )


def _refuse_if_acted_on(unit: Unit, callbacks: Collection[int], since: int) -> None:
    """Refuses when a person has done something with one of the callbacks since an event.

    Raises:
        RefusedError: `undo_acted_on` (by, what).
    """
    found = unit.run(
        sa.select(callback_event.c.kind, operator.c.name)
        .join(operator, operator.c.id == callback_event.c.operator_id)
        .where(
            callback_event.c.callback_id.in_(callbacks),
            callback_event.c.id > since,
            callback_event.c.kind != "late_outcome",
        )
        .order_by(callback_event.c.id.desc())
        .limit(1)
    ).first()
    if found is not None:
        raise RefusedError("undo_acted_on", by=found.name, what=found.kind)


def _return_untouched_claim(unit: Unit, actor: Actor) -> None:
    current = open_call_of(unit, actor.operator_id)
    if current is None:
        return
    touched = (
        current["direction"] == "in"
        or current["dialled_at"] is not None
        or unit.run(
            sa.select(call_leg.c.id).where(call_leg.c.call_id == current["id"]).limit(1)
        ).first()
        is not None
        or bool(unit.run(sa.select(draft.c.body).where(draft.c.call_id == current["id"])).scalar())
    )
    if touched:
        raise RefusedError("undo_call_open", call=current["id"])
    give_back(unit, actor, current, "returned")


def _locked(unit: Unit, ids: list[int]) -> list[sa.RowMapping]:
    found = {
        row["id"]: row
        for row in unit.run(
            sa.select(callback).where(callback.c.id.in_(ids)).with_for_update()
        ).mappings()
    }
    return [found[one] for one in ids]
