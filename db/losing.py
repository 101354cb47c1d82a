"""Ending a seat, and what becomes of the calls in its hands: a person must look at each."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from db.operator_states import end_state
from db.states import in_phase, in_state
from db.tables import call, callback, seat
from db.topics import QUEUE, SEATS, seat_topic
from db.transaction import Unit
from db.transitions import move
from domain.permissions import Actor


def lose_seat(unit: Unit, seat_id: int, ended: str, actor: Actor | None = None) -> int:
    """Closes a seat and moves what it has claimed to `check`; returns how many callbacks moved.

    The fence stays: whoever sat there may still finish, and that resolves the check.

    Args:
        unit: the transaction.
        seat_id: the seat.
        ended: `closed` by its own operator, `lost` by silence, `taken` by another seat, `revoked`
            with its key, `dismissed` by a lead.
        actor: who ended it; none for the desk itself.
    """
    sitter = unit.run(
        sa.update(seat)
        .where(seat.c.id == seat_id, seat.c.closed_at.is_(None))
        .values(closed_at=unit.now, ended=ended, ended_by=actor.operator_id if actor else None)
        .returning(seat.c.operator_id)
    ).scalar()
    if sitter is None:
        return 0
    end_state(unit, seat_id)
    # Calls before callbacks, as everywhere: a finish on its way is waited for, not blocked.
    unit.run(
        sa.select(call.c.id)
        .where(call.c.operator_id == sitter, sa.or_(in_phase("open"), in_phase("parked")))
        .order_by(call.c.id)
        .with_for_update()
    )
    rows = (
        unit.run(
            sa.select(callback)
            .where(
                # What one operator has in hand is a handful, and an index knows it.
                callback.c.claimed_by == sitter,
                callback.c.claimed_seat == seat_id,
                in_state("claimed"),
            )
            .order_by(callback.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )
    for row in rows:
        move(
            unit,
            row,
            "check",
            f"seat_{ended}",
            actor=actor,
            call_id=row["call_id"],
            data={"seat": seat_id},
        )
    unit.run(
        sa.update(call)
        .where(call.c.operator_id == sitter, call.c.seat_id == seat_id, in_phase("open"))
        .values(phase="parked")
    )
    unit.move(SEATS, seat_topic(seat_id))
    if rows:
        unit.move(QUEUE)
    return len(rows)


def steady_since(now: datetime, beat_at: datetime, since: datetime, lease: float) -> datetime:
    """Since when a seat that beats now beats without a gap (UTC).

    A gap is half a lease: after an outage of that length the other seats, which beat up to a beat
    before it and may need a moment after it, still count as alive.
    """
    gap = now - beat_at
    broken = gap >= timedelta(seconds=lease / 2) or gap < timedelta(0)
    return now if broken else since


def is_steady(unit: Unit, seat_id: int, lease: float) -> bool:
    """Whether a seat's own beats have come without a gap for a lease, up to this minute."""
    row = unit.run(
        sa.select(seat.c.beat_at, seat.c.steady_since, seat.c.closed_at).where(seat.c.id == seat_id)
    ).first()
    if row is None or row.closed_at is not None:
        return False
    since = steady_since(unit.now, row.beat_at, row.steady_since, lease)
    return unit.now - since >= timedelta(seconds=lease)


def lose_silent_seats(unit: Unit, lease: float, limit: int = 20) -> int:
    """Closes seats whose heart stopped a lease ago and returns how many.

    Only a seat whose own beats have been steady for a whole lease may call this: else an outage
    of the database or a laptop's sleep would turn every call of the house into a `check`.
    """
    silent = unit.now - timedelta(seconds=lease)
    return _lose_where(unit, sa.and_(seat.c.kind != "headless", seat.c.beat_at <= silent), limit)


def lose_expired_headless(unit: Unit, limit: int = 20) -> int:
    """Closes headless seats whose time is over and returns how many; they have no heart."""
    over = sa.and_(seat.c.kind == "headless", seat.c.expires_at <= unit.now)
    return _lose_where(unit, over, limit)


def _lose_where(unit: Unit, condition: sa.ColumnElement[bool], limit: int) -> int:
    lost = (
        unit.run(
            sa.select(seat.c.id)
            .where(seat.c.closed_at.is_(None), condition)
            .order_by(seat.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        .scalars()
        .all()
    )
    for seat_id in lost:
        lose_seat(unit, seat_id, "lost")
    return len(lost)
