"""Which emptiness it is when nobody can be called: all done, or only later, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from db.queue_counts import LIMIT, MINE, POOL, count, shown
from db.states import in_state
from db.tables import call_hold, callback
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
        next_at: the soonest instant at which it is worth asking again (UTC): a window opens, a time
            comes, a colleague's turn is over, or somebody may be rung again; none when none is
            known.
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
        "pool_open",
        "mine_open",
        "pool_paused",
        "mine_paused",
        "pool_off",
        "mine_off",
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
    paused = n["pool_paused"] + n["mine_paused"]
    # Due and within their hours, yet not to be had: the person is held, or it is another's turn.
    held = n["pool_open"] + n["mine_open"] - paused
    for key, many in (
        ("others", n["others"]),
        ("claimed", n["claimed"]),
        ("check", n["check"]),
        ("off", n["pool_off"] + n["mine_off"]),
        ("paused", paused),
        ("held", held),
    ):
        if many > 0:
            reasons.append(Said(f"queue.empty.{key}", {"n": shown(many)}))
    if not reasons:
        reasons.append(Said("queue.empty.all_done"))
    free = _first_free(unit) if held > 0 else None
    shared = _first_shared(unit, operator_id) if n["others"] else None
    instants = [at for at in (opens, ready, free, shared) if at is not None]
    return EmptyQueue(tuple(reasons), min(instants) if instants else None)


def _first_free(unit: Unit) -> datetime | None:
    """When the first person or number that was rung just now may be rung again."""
    at: datetime | None = unit.run(
        sa.select(sa.func.min(call_hold.c.until)).where(call_hold.c.until > unit.now)
    ).scalar()
    return at


def _first_shared(unit: Unit, operator_id: int) -> datetime | None:
    """When the first callback that is a colleague's alone becomes everybody's."""
    at: datetime | None = unit.run(
        sa.select(callback.c.grace_until)
        .where(
            callback.c.grace_until.is_not(None),
            # Both, so that the index over all that waits is seen to hold those that are due.
            in_state("scheduled", "due"),
            in_state("due"),
            callback.c.assigned_to.is_not(None),
            callback.c.assigned_to != operator_id,
        )
        .order_by(callback.c.grace_until)
        .limit(1)
    ).scalar()
    return at
