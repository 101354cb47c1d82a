"""What operators did on a day: calls, time at their seats, promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.promises import state_at
from db.tables import call, call_decision, operator, operator_state, promise
from db.transaction import Unit
from db.types import Instant
from domain.board import Worked
from domain.promise import PromiseState

HOUR: Final = sa.literal_column("3600000", sa.BigInteger)
"""In milliseconds, by which SQL divides whole numbers without a rest."""
_HANDLING: Final = ("dialling", "talking", "wrap_up")
_DAY: Final = timedelta(days=1)
_SETTLED: Final = (PromiseState.KEPT.value, PromiseState.LATE.value, PromiseState.BROKEN.value)


@dataclass(frozen=True, slots=True)
class Done:
    """What was done on a day.

    Attributes:
        by_operator: what each operator did.
        last_seen: when an operator's last finished stretch at a seat ended (UTC).
        calls: calls by the hour in which they ended, counted from the day's begin.
    """

    by_operator: Mapping[int, Worked]
    last_seen: Mapping[int, datetime]
    calls: Mapping[int, int]


def worked_on(unit: Unit, begin: datetime, end: datetime) -> Done:
    """What was done on a day so far.

    Args:
        unit: the transaction.
        begin: the begin of the day (UTC).
        end: its end, excluded.
    """
    worked: dict[int, Worked] = {}
    calls: dict[int, int] = {}
    seen: dict[int, datetime] = {}

    def add(operator_id: int, one: Worked) -> None:
        worked[operator_id] = worked.get(operator_id, Worked()) + one

    for operator_id, hour, n, talked in unit.run(_calls(unit, begin)):
        add(operator_id, Worked(calls=int(n), talked=int(talked) / 1000))
        calls[int(hour)] = calls.get(int(hour), 0) + int(n)
    for operator_id, logged, handled, last in unit.run(_stretches(unit, begin)):
        add(operator_id, Worked(logged=int(logged) / 1000, handling=int(handled) / 1000))
        if last is not None:
            seen[operator_id] = last
    for owner_id, state, n in unit.run(_promises(unit, begin, end)):
        if state in _SETTLED:
            kept = int(n) if state == PromiseState.KEPT.value else 0
            add(owner_id, Worked(kept=kept, settled=int(n)))
    return Done(worked, seen, calls)


def milliseconds(
    unit: Unit, since: sa.ColumnElement[Any], until: sa.ColumnElement[Any]
) -> sa.ColumnElement[int]:
    """SQL for the whole milliseconds between two instants."""
    if unit.embedded:
        days = sa.func.julianday(until, type_=sa.Float) - sa.func.julianday(since, type_=sa.Float)
        return sa.cast(sa.func.round(days * 86_400_000.0), sa.BigInteger)
    seconds = sa.extract("epoch", until - since)
    return sa.cast(sa.func.round(seconds * 1000), sa.BigInteger)


def _calls(unit: Unit, begin: datetime) -> sa.Select[Any, Any, Any, Any]:
    in_force = (
        sa.select(call_decision.c.id)
        .where(
            call_decision.c.call_id == call.c.id,
            call_decision.c.superseded_at.is_(None),
            call_decision.c.kind != "undo",
        )
        .exists()
    )
    dialled = sa.func.coalesce(call.c.dialled_at, call.c.started_at)
    hour = milliseconds(unit, sa.literal(begin, Instant), call.c.ended_at) // HOUR
    return (
        sa.select(
            call.c.operator_id,
            hour.label("hour"),
            sa.func.count(),
            sa.func.sum(milliseconds(unit, dialled, call.c.ended_at)),
        )
        .where(
            # Named so that the index over operator and begin serves.
            call.c.operator_id.in_(sa.select(operator.c.id)),
            call.c.started_at >= begin,
            call.c.ended_at <= unit.now,
            in_force,
        )
        .group_by(call.c.operator_id, sa.text("hour"))
    )


def _stretches(unit: Unit, begin: datetime) -> sa.Select[Any, Any, Any, Any]:
    line = operator_state.c
    since = sa.case((line.since < begin, sa.literal(begin, Instant)), else_=line.since)
    until = sa.func.coalesce(line.until, sa.literal(unit.now, Instant))
    spent = milliseconds(unit, since, until)
    handled = sa.case((line.state.in_(_HANDLING), spent), else_=0)
    return (
        sa.select(
            line.operator_id,
            sa.func.sum(spent),
            sa.func.sum(handled),
            sa.func.max(line.until, type_=Instant),
        )
        .where(
            # A stretch that began before yesterday counts only where it still lasts.
            sa.or_(
                sa.and_(line.since >= begin - _DAY, line.since <= unit.now),
                line.until.is_(None),
            ),
            sa.or_(line.until.is_(None), line.until > begin),
        )
        .group_by(line.operator_id)
    )


def _promises(unit: Unit, begin: datetime, end: datetime) -> sa.Select[Any, Any, Any]:
    return (
        sa.select(promise.c.owner_id, state_at(unit.now).label("standing"), sa.func.count())
        .where(
            # Both named so that the index over owner, state and time serves.
            promise.c.owner_id.in_(sa.select(operator.c.id)),
            promise.c.state.in_([one.value for one in PromiseState]),
            promise.c.due_at >= begin,
            promise.c.due_at < end,
        )
        .group_by(promise.c.owner_id, sa.text("standing"))
    )
