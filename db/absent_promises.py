"""Promises of those who are away: their deputy answers for them meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.events import append_audit
from db.promise_events import Source, append_promise_events
from db.promises import OWED
from db.tables import promise
from db.topics import CASES
from db.transaction import Unit
from domain.permissions import Actor
from domain.promise import PromiseEvent


def deputise_promises(
    unit: Unit, who: int, deputy: int, ends: datetime, leave_id: int, limit: int
) -> list[int]:
    """Gives what somebody owes before the end of a leave (UTC) to the deputy; their numbers."""
    ids = list(
        unit.run(
            sa.select(promise.c.id)
            .where(promise.c.owner_id == who, promise.c.state.in_(OWED), promise.c.due_at < ends)
            .order_by(promise.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).scalars()
    )
    _pass_on(unit, None, ids, {"from": who, "to": deputy, "leave": leave_id})
    return ids


def promises_back(
    unit: Unit, actor: Actor, given: Iterable[tuple[int, int]], to: int, leave_id: int
) -> Counter[int]:
    """Gives promises back that are still owed and still the deputy's; how many came from whom."""
    deputies = dict(given)
    rows = unit.run(
        sa.select(promise.c.id, promise.c.owner_id)
        .where(promise.c.id.in_(sorted(deputies)), promise.c.state.in_(OWED))
        .order_by(promise.c.id)
        .with_for_update()
    ).all()
    back = Counter[int]()
    for row in rows:
        if row.owner_id == deputies[row.id]:
            _pass_on(unit, actor, [row.id], {"from": row.owner_id, "to": to, "leave": leave_id})
            back[row.owner_id] += 1
    return back


def _pass_on(unit: Unit, actor: Actor | None, ids: list[int], details: dict[str, Any]) -> None:
    if not ids:
        return
    unit.run(sa.update(promise).where(promise.c.id.in_(ids)).values(owner_id=details["to"]))
    source = Source(actor.operator_id if actor else None)
    append_promise_events(unit, ids, PromiseEvent.OWNER, source, data=details)
    for one in ids:
        append_audit(
            unit, actor, "promise_owner", "promise", one, fields=["owner"], details=details
        )
    unit.move(CASES)
