"""Which emptiness it is when nobody can be called: all done, or only later, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from db.queue_counts import LIMIT, MINE, POOL, count, shown
from db.states import in_state
from db.tables import callback
from db.transaction import Unit
from domain.said import Said

_AT: Final = callback.c.due_at.type
_FIRST_OPENING: Final = (
    sa.text(
        "SELECT min(w.opens_at) AS opens FROM calling_window w WHERE w.opens_at > :now"
        f" AND (EXISTS (SELECT 1 FROM callback h WHERE h.window_id = w.id AND {POOL})"
        f" OR EXISTS (SELECT 1 FROM callback h WHERE h.window_id = w.id AND {MINE}))"
    )
    .bindparams(sa.bindparam("now", type_=_AT))
    .columns(opens=_AT)
)


@dataclass(frozen=True, slots=True)
class EmptyQueue:
    """Why there is no next customer.

    Attributes:
        reasons: each kind of waiting with its number and when it ends, the soonest first; counting
            stops at 1,000 and says `1000+`.
        next_at: the soonest instant at which somebody can be called (UTC); none when none is known.
    """

    reasons: tuple[Said, ...]
    next_at: datetime | None


def why_empty(unit: Unit, operator_id: int) -> EmptyQueue:
    """Says why the queue gives this operator nothing now."""
    n = count(
        unit,
        operator_id,
        LIMIT,
        "pool_closed",
        "mine_closed",
        "scheduled",
        "others",
        "claimed",
        "check",
        "pool_paused",
    )
    opens: datetime | None = unit.run(
        _FIRST_OPENING, {"now": unit.now, "operator": operator_id}
    ).scalar()
    ready: datetime | None = unit.run(
        sa.select(callback.c.ready_at)
        .where(in_state("scheduled"))
        .order_by(callback.c.ready_at)
        .limit(1)
    ).scalar()
    reasons = []
    closed = shown(n["pool_closed"] + n["mine_closed"])
    if closed:
        reasons.append(
            Said("queue.empty.closed", {"n": closed, "at": opens})
            if opens is not None
            else Said("queue.empty.never_opens", {"n": closed})
        )
    if ready is not None:
        scheduled = shown(n["scheduled"])
        reasons.append(Said("queue.empty.scheduled", {"n": scheduled, "at": ready}))
    for key, name in (
        ("others", "others"),
        ("claimed", "claimed"),
        ("check", "check"),
        ("paused", "pool_paused"),
    ):
        if n[name]:
            reasons.append(Said(f"queue.empty.{key}", {"n": shown(n[name])}))
    if not reasons:
        reasons.append(Said("queue.empty.all_done"))
    instants = [at for at in (opens, ready) if at is not None]
    return EmptyQueue(tuple(reasons), min(instants) if instants else None)
