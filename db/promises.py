"""The ledger of promises: made in a call, kept or broken by what happens, never by a tick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from db.tables import call, promise
from db.topics import CASES
from db.transaction import Unit
from domain.promise import TOLERANCE

if TYPE_CHECKING:
    from db.decisions import Effects


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise as it is shown; `due_at` in UTC, or a condition instead."""

    id: int
    kind: str
    text: str
    condition: str | None
    due_at: datetime | None
    state: str
    owner_id: int | None
    made_at: datetime


def open_promises(unit: Unit, person_id: int) -> tuple[PromiseLine, ...]:
    """What is owed to a person now, the soonest first: open, and broken but not made good."""
    rows = unit.run(
        sa.select(promise)
        .where(promise.c.person_id == person_id, promise.c.state.in_(("open", "broken")))
        .order_by(promise.c.due_at.is_(None), promise.c.due_at, promise.c.id)
    ).mappings()
    return tuple(
        PromiseLine(
            id=row["id"],
            kind=row["kind"],
            text=row["text"],
            condition=row["condition"],
            due_at=row["due_at"],
            state=row["state"],
            owner_id=row["owner_id"],
            made_at=row["made_at"],
        )
        for row in rows
    )


def settle_overdue(unit: Unit) -> int:
    """Marks open promises as broken whose time and tolerance are over; returns how many."""
    moved = unit.run(
        sa.update(promise)
        .where(
            # Spelt out, so that SQLite sees the index over open promises.
            promise.c.state == sa.literal_column("'open'"),
            promise.c.due_at.is_not(None),
            promise.c.due_at < unit.now - TOLERANCE,
        )
        .values(state="broken")
    ).rowcount
    if moved:
        unit.move(CASES)
    return moved


def settle_called(unit: Unit, callback_id: int, call_id: int, effects: Effects) -> int:
    """Settles promised calls that a callback serves: we rang, in time or late; returns how many.

    What counts is the instant at which the first number was dialled, else the call's start.
    """
    started = unit.run(
        sa.select(sa.func.coalesce(call.c.dialled_at, call.c.started_at)).where(
            call.c.id == call_id
        )
    ).scalar_one()
    owed = unit.run(
        sa.select(promise.c.id, promise.c.due_at, promise.c.state)
        .where(
            promise.c.callback_id == callback_id,
            promise.c.kind == "call",
            promise.c.state.in_(("open", "broken")),
            promise.c.due_at.is_not(None),
        )
        .with_for_update()
    ).all()
    for row in owed:
        effects.settled_promises[str(row.id)] = row.state
        unit.run(
            sa.update(promise)
            .where(promise.c.id == row.id)
            .values(
                state="kept" if started <= row.due_at + TOLERANCE else "late",
                settled_at=unit.now,
                settled_call_id=call_id,
            )
        )
    if owed:
        unit.move(CASES)
    return len(owed)
