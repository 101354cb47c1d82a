"""Waits behind caps that hold no more: a callback has its own time again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.caps import held_of
from db.stops import stop_on
from db.tables import callback, callback_event
from db.topics import QUEUE
from db.transaction import Unit
from db.transitions import move
from domain.caps import Held
from domain.rulebook import Rulebook

OWN_TIME: Final = "own"
"""In the event of a retry that was planned behind a cap: when it would be without (seconds)."""


def own_time(at: datetime) -> int:
    """An instant as an event keeps it."""
    return int(at.timestamp())


def shorten_waits(
    unit: Unit, rulebook: Rulebook, persons: Collection[int], only: Collection[int]
) -> None:
    """Makes waits as short as the caps in force, and stops, allow.

    Args:
        unit: the transaction.
        rulebook: the caps in force.
        persons: whose callbacks.
        only: these callbacks alone.
    """
    for row, held in held_of(unit, rulebook, persons, only=only, untried=True):
        _shorten(unit, row, held)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a callback waits: when it falls due, what holds it until when, and what comes of it.

    Instants in UTC.
    """

    due_at: datetime
    not_before: datetime | None
    ready_at: datetime


def shortest_wait(unit: Unit, row: sa.RowMapping, held: Sequence[Held]) -> Wait | None:
    """The wait that caps and stops leave to a callback; none where it waits no shorter than now.

    Args:
        unit: the transaction.
        row: its columns, with `purpose` of its campaign.
        held: the caps that hold it, the one that lasts longest first.
    """
    if row["state"] != "scheduled":
        return None
    until = held[0].until if held else None
    due_at = row["due_at"]
    planned = _planned(unit, row["id"])
    if planned is not None and planned < due_at:
        due_at = planned if until is None else min(due_at, max(planned, until))
    not_before = row["not_before"]
    if not_before is not None:
        stopped = stop_on(unit, row["person_id"], row["phone_id"], row["purpose"])
        asked = [one for one in (until, stopped.until if stopped else None) if one is not None]
        not_before = min(not_before, max(asked)) if asked else None
    ready_at = due_at if not_before is None else max(due_at, not_before)
    return Wait(due_at, not_before, ready_at) if ready_at < row["ready_at"] else None


def _shorten(unit: Unit, row: sa.RowMapping, held: Sequence[Held]) -> None:
    wait = shortest_wait(unit, row, held)
    if wait is None:
        return
    values: dict[str, Any] = {
        "due_at": wait.due_at,
        "not_before": wait.not_before,
        "ready_at": wait.ready_at,
    }
    if row["assigned_to"] is not None and row["grace_until"] is not None:
        begins = max(wait.ready_at, unit.now)
        values["grace_until"] = begins + timedelta(minutes=row["grace_minutes"])
    if wait.ready_at <= unit.now:
        move(unit, row, "due", "uncapped", **values)
        return
    unit.run(
        sa.update(callback).where(callback.c.id == row["id"]).values(updated_at=unit.now, **values)
    )
    unit.move(QUEUE)


def _planned(unit: Unit, callback_id: int) -> datetime | None:
    """The time that a retry would have without the cap behind which it was planned."""
    last = (
        sa.select(callback_event.c.data)
        .where(
            callback_event.c.callback_id == callback_id,
            callback_event.c.kind.in_(("rescheduled", "cap_set_aside", "reopened", "replanned")),
        )
        .order_by(callback_event.c.id.desc())
        .limit(1)
    )
    data = unit.run(last).scalar()
    seconds = data.get(OWN_TIME) if data else None
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
