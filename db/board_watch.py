"""Single callbacks that a lead must hear of: promised calls that are late, and old checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from db.states import in_state
from db.tables import callback, callback_event, calling_window, operator
from db.transaction import Unit
from domain.bands import PROMISED

AT_MOST: Final = 50
"""Callbacks of an alarm that are named; nobody works through more at once."""


@dataclass(frozen=True, slots=True)
class Late:
    """A callback and since when it waits: its promised time, or when its seat vanished (UTC)."""

    callback_id: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """What asks for a person, the longest waiting first; each list is cut at `AT_MOST`."""

    promises: tuple[Late, ...]
    checks: tuple[Late, ...]


def read_watch(unit: Unit, promise_after: timedelta, check_after: timedelta) -> Watch:
    """What waits longer than it may.

    Args:
        unit: the transaction.
        promise_after: after the promised time, untouched by anybody.
        check_after: after the seat vanished.
    """
    late = {"late": unit.now - promise_after}
    promises = [*unit.run(_POOL, late), *unit.run(_OWN, late)]
    checks = unit.run(_CHECKS, {"late": unit.now - check_after})
    return Watch(
        tuple(sorted((Late(*row) for row in promises), key=_since))[:AT_MOST],
        tuple(sorted((Late(*row) for row in checks), key=_since))[:AT_MOST],
    )


def _since(one: Late) -> datetime:
    return one.since


def _promised(whose: sa.ColumnElement[bool]) -> sa.Select[int, datetime]:
    return sa.select(callback.c.id, callback.c.due_at).where(
        in_state("due"),
        whose,
        callback.c.band == PROMISED,
        callback.c.promised,
        callback.c.due_at <= sa.bindparam("late"),
    )


_POOL: Final = (
    _promised(callback.c.assigned_to.is_(None))
    .where(callback.c.window_id.in_(sa.select(calling_window.c.id)))
    .order_by(callback.c.due_at)
    .limit(AT_MOST)
)
_OWN: Final = (
    _promised(callback.c.assigned_to.is_not(None))
    .where(callback.c.assigned_to.in_(sa.select(operator.c.id)))
    .order_by(callback.c.due_at)
    .limit(AT_MOST)
)
_SINCE: Final = (
    sa.select(sa.func.max(callback_event.c.at))
    .where(callback_event.c.callback_id == callback.c.id, callback_event.c.to_state == "check")
    .correlate(callback)
    .scalar_subquery()
)
_CHECKS: Final = (
    sa.select(callback.c.id, sa.func.coalesce(_SINCE, callback.c.updated_at))
    .where(
        in_state("check"), sa.func.coalesce(_SINCE, callback.c.updated_at) <= sa.bindparam("late")
    )
    .order_by(callback.c.band, callback.c.due_at)
    .limit(AT_MOST)
)
