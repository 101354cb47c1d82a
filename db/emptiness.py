"""Which emptiness it is when nobody can be called: all done, or only later, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.tables import callback, calling_window, campaign
from db.transaction import Unit
from domain.said import Said


@dataclass(frozen=True, slots=True)
class EmptyQueue:
    """Why there is no next customer.

    Attributes:
        reasons: each kind of waiting with its number and when it ends, the soonest first.
        next_at: the soonest instant at which somebody can be called (UTC); none when none is known.
    """

    reasons: tuple[Said, ...]
    next_at: datetime | None


def why_empty(unit: Unit, operator_id: int) -> EmptyQueue:
    """Says why the queue gives this operator nothing now."""
    now, c, w = unit.now, callback.c, calling_window.c
    closed, opens = unit.run(
        sa.select(sa.func.count(), sa.func.min(w.opens_at))
        .select_from(callback)
        .join(calling_window, w.id == c.window_id)
        .where(
            c.state == "due",
            sa.or_(w.opens_at.is_(None), w.opens_at > now, w.closes_at <= now),
            sa.or_(c.assigned_to.is_(None), c.assigned_to == operator_id),
        )
    ).one()
    scheduled, ready = unit.run(
        sa.select(sa.func.count(), sa.func.min(c.ready_at))
        .select_from(callback)
        .where(c.state == "scheduled")
    ).one()
    others = _count(
        unit, c.state == "due", c.assigned_to.is_not(None), c.assigned_to != operator_id
    )
    claimed = _count(unit, c.state == "claimed")
    check = _count(unit, c.state == "check")
    paused = int(
        unit.run(
            sa.select(sa.func.count())
            .select_from(callback)
            .join(campaign, campaign.c.id == c.campaign_id)
            .where(c.state == "due", campaign.c.paused_at.is_not(None))
        ).scalar_one()
    )
    reasons = []
    if closed:
        reasons.append(
            Said("queue.empty.closed", {"n": closed, "at": opens})
            if opens is not None
            else Said("queue.empty.never_opens", {"n": closed})
        )
    if scheduled:
        reasons.append(Said("queue.empty.scheduled", {"n": scheduled, "at": ready}))
    for key, n in (("others", others), ("claimed", claimed), ("check", check), ("paused", paused)):
        if n:
            reasons.append(Said(f"queue.empty.{key}", {"n": n}))
    if not reasons:
        reasons.append(Said("queue.empty.all_done"))
    instants = [at for at in (opens, ready) if at is not None]
    return EmptyQueue(tuple(reasons), min(instants) if instants else None)


def _count(unit: Unit, *conditions: sa.ColumnElement[bool]) -> int:
    return int(
        unit.run(sa.select(sa.func.count()).select_from(callback).where(*conditions)).scalar_one()
    )
