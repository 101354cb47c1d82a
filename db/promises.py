"""How promises stand: made in a call or about a case, settled by what happens, never by a tick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from db.promise_events import THE_DESK, Source, append_promise_event, evidence_data
from db.tables import call, callback, operator, person, phone, promise, promise_event
from db.topics import CASES
from db.transaction import Unit
from domain.promise import (
    TOLERANCE,
    Evidence,
    PromiseEvent,
    PromiseKind,
    PromiseState,
    settled_as,
)

if TYPE_CHECKING:
    from db.decisions import Effects

OWED = (PromiseState.OPEN.value, PromiseState.BROKEN.value)
"""States of promises that we still have to make good."""


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise as it is shown; `due_at` in UTC, or a condition instead.

    `zone` is the customer's own, else that of the number to be rung; none where nobody knows.
    """

    id: int
    kind: str
    text: str
    condition: str | None
    due_at: datetime | None
    state: str
    owner_id: int | None
    made_at: datetime
    zone: str | None
    owner: str | None


def ringing() -> sa.ColumnElement[bool]:
    """Whether the customer has been dialled in a call that serves the promise and is not over.

    What was dialled in time does not turn broken while one speaks; the end of the call settles it.
    """
    served, held = callback.alias("served"), call.alias("held")
    return sa.and_(
        promise.c.kind == PromiseKind.CALL.value,
        sa.exists(
            sa.select(1)
            .select_from(served)
            .join(held, held.c.id == served.c.call_id)
            .where(
                served.c.id == promise.c.callback_id,
                served.c.state.in_(("claimed", "check")),
                held.c.dialled_at.is_not(None),
            )
        ),
    )


def overdue(now: datetime) -> sa.ColumnElement[bool]:
    """Whether an open promise is broken at an instant, be it marked so or not."""
    return sa.and_(
        # Spelt out, so that SQLite sees the index over open promises.
        promise.c.state == sa.literal_column("'open'"),
        promise.c.due_at.is_not(None),
        promise.c.due_at < now - TOLERANCE,
        ~ringing(),
    )


def state_at(now: datetime) -> sa.ColumnElement[str]:
    """The state of a promise at an instant, though housekeeping may lag."""
    return sa.case((overdue(now), PromiseState.BROKEN.value), else_=promise.c.state)


def open_promises(unit: Unit, person_id: int) -> tuple[PromiseLine, ...]:
    """What is owed to a person now, the soonest first: open, and broken but not made good."""
    rows = unit.run(
        sa.select(
            promise,
            state_at(unit.now).label("standing"),
            person.c.zone,
            phone.c.zones,
            operator.c.name.label("owner"),
        )
        .join(person, person.c.id == promise.c.person_id)
        .outerjoin(callback, callback.c.id == promise.c.callback_id)
        .outerjoin(phone, phone.c.id == callback.c.phone_id)
        .outerjoin(operator, operator.c.id == promise.c.owner_id)
        .where(promise.c.person_id == person_id, promise.c.state.in_(OWED))
        .order_by(promise.c.due_at.is_(None), promise.c.due_at, promise.c.id)
    ).mappings()
    return tuple(
        PromiseLine(
            id=row["id"],
            kind=row["kind"],
            text=row["text"],
            condition=row["condition"],
            due_at=row["due_at"],
            state=row["standing"],
            owner_id=row["owner_id"],
            made_at=row["made_at"],
            zone=row["zone"] or (row["zones"][0] if row["zones"] else None),
            owner=row["owner"],
        )
        for row in rows
    )


def settle_overdue(unit: Unit) -> int:
    """Marks open promises as broken whose time and tolerance are over; returns how many."""
    moved = unit.run(
        sa.update(promise)
        .where(overdue(unit.now))
        .values(state=PromiseState.BROKEN.value)
        .returning(promise.c.id, promise.c.due_at)
    ).all()
    if moved:
        unit.run(
            promise_event.insert(),
            [
                {
                    "promise_id": row.id,
                    "at": row.due_at + TOLERANCE,
                    "kind": PromiseEvent.BROKEN.value,
                    "operator_id": THE_DESK.operator_id,
                    "data": {},
                }
                for row in moved
            ],
        )
        unit.move(CASES)
    return len(moved)


def settle_one(
    unit: Unit,
    row: sa.RowMapping,
    at: datetime,
    evidence: Evidence,
    source: Source,
    *,
    effects: Effects | None = None,
    text: str | None = None,
) -> PromiseState:
    """Settles a promise by the fact that fulfils it: kept, or late.

    Args:
        unit: the transaction.
        row: the promise, locked; open or broken.
        at: when the fact came about (UTC).
        evidence: the fact.
        source: whose act brought it.
        effects: takes the state before, for an undo.
        text: what was said about it.
    """
    state = settled_as(row["due_at"], at)
    if effects is not None:
        effects.settled_promises.setdefault(str(row["id"]), row["state"])
    unit.run(
        sa.update(promise)
        .where(promise.c.id == row["id"])
        .values(state=state.value, settled_at=at, settled_call_id=source.call_id)
    )
    append_promise_event(
        unit, row["id"], PromiseEvent(state.value), source,
        at=at, text=text, data=evidence_data(evidence),
    )  # fmt: skip
    unit.move(CASES)
    return state


def owes_deed(unit: Unit, callback_id: int) -> bool:
    """Whether a deed is still owed that a callback serves: ringing alone does not make it good."""
    return (
        unit.run(
            sa.select(promise.c.id)
            .where(
                promise.c.callback_id == callback_id,
                promise.c.kind != PromiseKind.CALL.value,
                promise.c.state.in_(OWED),
            )
            .limit(1)
        ).first()
        is not None
    )


def promise_of(unit: Unit, row: sa.RowMapping) -> PromiseState | None:
    """How the promise stands that a callback serves; none where its time was promised to nobody.

    One whose time was promised without a row of its own, by a file for one, counts as open.
    """
    if not row["promised"]:
        return None
    states = set(
        unit.run(
            sa.select(state_at(unit.now)).where(
                promise.c.callback_id == row["id"], promise.c.state.in_(OWED)
            )
        ).scalars()
    )
    broken = PromiseState.BROKEN in states
    return PromiseState.BROKEN if broken else PromiseState.OPEN


def rung_at(call_row: sa.RowMapping) -> datetime:
    """The instant that counts for a promised call: the first dialling, else the call's start."""
    found: datetime = call_row["dialled_at"] or call_row["started_at"]
    return found
