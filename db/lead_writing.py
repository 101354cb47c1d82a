"""What a lead's deed writes into one callback; the callback is locked and may have it done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.callbacks import grace_end
from db.claiming import callbacks_of
from db.holds import drop_holds
from db.lead_standing import Stood
from db.promise_events import Source, append_promise_event
from db.promises import OWED
from db.tables import call, callback, callback_event, promise
from db.topics import CASES, SEATS
from db.transaction import Unit
from db.transitions import move, ready_again
from domain.lead import EVENT, Deed, DeedKind
from domain.permissions import Actor
from domain.promise import PromiseEvent

MOVED: Final = (
    "state", "band", "due_at", "not_before", "ready_at", "owner_id", "assigned_to", "grace_until",
    "next_for",
)  # fmt: skip
"""Columns of a callback that a deed may change."""
INSTANTS: Final = frozenset({"due_at", "not_before", "ready_at", "grace_until"})
_POOL: Final = {"assigned_to": None, "grace_until": None, "next_for": None}


def write_deed(
    unit: Unit, actor: Actor, deed: Deed, one: Stood, to: int | None, action_id: int
) -> Iterator[sa.RowMapping]:
    """Does a deed to a callback and names the rows before of all that it moved.

    They are more than one where a call that is given back had several callbacks in hand.
    """
    row, kind = one.row, EVENT[deed.kind]
    data: dict[str, Any] = {"action": action_id}
    if row["state"] == "claimed":
        yield from _free_call(unit, actor, row["call_id"], kind, data)
        return
    yield row
    match deed.kind:
        case DeedKind.REASSIGN | DeedKind.NEXT_FOR | DeedKind.RELEASE:
            _give(unit, actor, deed, row, to, data)
        case DeedKind.BAND:
            data |= {"from": row["band"], "to": deed.band}
            move(unit, row, row["state"], kind, actor=actor, data=data, band=deed.band)
        case DeedKind.RESCHEDULE:
            at = max(deed.at or unit.now, unit.now)
            values: dict[str, Any] = {"due_at": at, "ready_at": at, "not_before": None}
            if row["assigned_to"] is not None:
                values["grace_until"] = grace_end(at, unit.now, row["grace_minutes"])
            state = "due" if at <= unit.now else "scheduled"
            move(unit, row, state, kind, actor=actor, data=data, **values)
        case DeedKind.CANCEL:
            move(unit, row, "cancelled", kind, actor=actor, data=data, next_for=None)


def _give(
    unit: Unit, actor: Actor, deed: Deed, row: sa.RowMapping, to: int | None, data: dict[str, Any]
) -> None:
    values: dict[str, Any] = dict(_POOL)
    if to is not None:
        grace = grace_end(row["ready_at"], unit.now, row["grace_minutes"])
        values = {"assigned_to": to, "grace_until": grace, "next_for": None}
        if deed.kind is DeedKind.NEXT_FOR:
            values["next_for"] = to
        else:
            values["owner_id"] = to
            hand_promise_over(unit, actor, row["id"], to)
    data |= {"from": row["assigned_to"], "to": to}
    move(unit, row, row["state"], EVENT[deed.kind], actor=actor, data=data, **values)


def _free_call(
    unit: Unit, actor: Actor, call_id: int, kind: str, data: dict[str, Any]
) -> Iterator[sa.RowMapping]:
    """Ends a call that rang nobody: its callbacks are anybody's again, its holds are dropped."""
    for row in callbacks_of(unit, call_id):
        if row["call_id"] == call_id and row["state"] in ("claimed", "check"):
            yield row
            told = {**data, "from": row["claimed_by"]}
            move(
                unit, row, ready_again(unit, row), kind, actor=actor, call_id=call_id, grow=True,
                data=told, **_POOL,
            )  # fmt: skip
    unit.run(
        sa.update(call)
        .where(call.c.id == call_id)
        .values(phase="ended", ended_at=unit.now, fence=call.c.fence + 1)
    )
    drop_holds(unit, call_id)
    unit.move(SEATS)


def hand_promise_over(
    unit: Unit, actor: Actor | None, callback_id: int, to: int | None
) -> dict[int, int | None]:
    """Gives what is owed by a callback to another operator; returns the owners before, by promise.

    The callback is locked by then: the end of a call locks them in this order too.
    """
    rows = unit.run(
        sa.select(promise.c.id, promise.c.owner_id)
        .where(promise.c.callback_id == callback_id, promise.c.state.in_(OWED))
        .order_by(promise.c.id)
        .with_for_update()
    ).all()
    before = {row.id: row.owner_id for row in rows if row.owner_id != to}
    for promise_id, owner_id in before.items():
        unit.run(sa.update(promise).where(promise.c.id == promise_id).values(owner_id=to))
        append_promise_event(
            unit, promise_id, PromiseEvent.OWNER, Source(actor.operator_id if actor else None),
            data={"from": owner_id, "to": to},
        )  # fmt: skip
        unit.move(CASES)
    return before


def owners_of(unit: Unit, ids: Sequence[int]) -> dict[int, dict[str, int | None]]:
    """Who owes what callbacks serve: by callback, the owner by the promise's number."""
    found: dict[int, dict[str, int | None]] = {}
    for row in unit.run(
        sa.select(promise.c.callback_id, promise.c.id, promise.c.owner_id).where(
            promise.c.callback_id.in_(ids), promise.c.state.in_(OWED)
        )
    ):
        found.setdefault(row.callback_id, {})[str(row.id)] = row.owner_id
    return found


def plain(row: Any) -> dict[str, Any]:
    """What a deed may change of a callback, as JSON can hold it; instants as ISO text."""
    return {
        name: value.isoformat() if isinstance(value := row[name], datetime) else value
        for name in MOVED
    }


def rows_now(unit: Unit, ids: Sequence[int]) -> dict[int, sa.RowMapping]:
    """Callbacks as they are now, by id."""
    rows = unit.run(sa.select(callback).where(callback.c.id.in_(ids))).mappings()
    return {row["id"]: row for row in rows}


def last_events(unit: Unit, ids: Sequence[int]) -> dict[int, int]:
    """The newest event of each of some callbacks."""
    rows = unit.run(
        sa.select(callback_event.c.callback_id, sa.func.max(callback_event.c.id))
        .where(callback_event.c.callback_id.in_(ids))
        .group_by(callback_event.c.callback_id)
    )
    return {one: last for one, last in rows}  # noqa: C416 - a row is no pair to dict()
