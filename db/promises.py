"""The ledger of promises: made in a call, kept or broken by what happens, never by a tick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.tables import call, promise
from db.topics import CASES
from db.transaction import Unit
from domain.promise import TOLERANCE


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
            promise.c.state == "open",
            promise.c.due_at.is_not(None),
            promise.c.due_at < unit.now - TOLERANCE,
        )
        .values(state="broken")
    ).rowcount
    if moved:
        unit.move(CASES)
    return moved


def settle_called(unit: Unit, callback_id: int, call_id: int) -> int:
    """Settles promised calls that a callback serves: we rang, in time or late.

    The instant that counts is when the number was first dialled or the call began, which the
    caller's transaction reads as the call's start. Returns how many were settled.
    """
    started = unit.run(
        sa.select(sa.func.coalesce(call.c.dialled_at, call.c.started_at)).where(
            call.c.id == call_id
        )
    ).scalar_one()
    settled = 0
    for state, condition in (
        ("kept", promise.c.due_at >= started - TOLERANCE),
        ("late", promise.c.due_at < started - TOLERANCE),
    ):
        settled += unit.run(
            sa.update(promise)
            .where(
                promise.c.callback_id == callback_id,
                promise.c.kind == "call",
                promise.c.state.in_(("open", "broken")),
                condition,
            )
            .values(state=state, settled_at=unit.now, settled_call_id=call_id)
        ).rowcount
    if settled:
        unit.move(CASES)
    return settled
