"""How many calls the operators can make on a day, by what they made and who is there."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from db.states import OPEN_STATES, in_state
from db.tables import call, callback, leave, operator, shift
from db.transaction import Unit

_BACK: Final = timedelta(days=14)
_LEAST_DAYS: Final = 5
"""Days of work, over all operators, below which a median would say nothing."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the operators can do.

    Attributes:
        per_operator: calls that an operator makes on a day: told, or the median of the last two
            weeks; none where too little was called to tell.
        measured_days: the operators' days that the median was taken from; 0 where it was told.
        present: operators who are there, by day.
        load: open callbacks that fall due, by day.
    """

    per_operator: int | None
    measured_days: int
    present: Mapping[date, int]
    load: Mapping[date, int]

    def on(self, day: date) -> int | None:
        """How many calls can be made on a day; none where nobody knows."""
        if self.per_operator is None or day not in self.present:
            return None
        return self.per_operator * self.present[day]


def capacity(
    unit: Unit, zone: str, today: date, until: date, per_operator: int | None = None
) -> Capacity:
    """What the operators can do on each day from today on.

    Where shifts are entered for a day, those on shift are there; else every active operator.
    Whoever is on leave is not.

    Args:
        unit: the transaction.
        zone: the shop's clock (IANA name).
        today: the first day.
        until: the last day.
        per_operator: calls of an operator on a day, where somebody knows better.
    """
    shop = ZoneInfo(zone)
    days = [today + timedelta(days=number) for number in range((until - today).days + 1)]
    measured = 0
    if per_operator is None:
        per_operator, measured = _median(unit, shop)
    return Capacity(
        per_operator, measured, _present(unit, shop, days), _load(unit, shop, today, until)
    )


def _median(unit: Unit, shop: ZoneInfo) -> tuple[int | None, int]:
    made: Counter[tuple[int, date]] = Counter()
    for operator_id, started_at in unit.run(
        sa.select(call.c.operator_id, call.c.started_at).where(
            call.c.started_at >= unit.now - _BACK, call.c.direction == "out"
        )
    ):
        made[operator_id, started_at.astimezone(shop).date()] += 1
    # Today is not over.
    today = unit.now.astimezone(shop).date()
    counts = [n for (_, day), n in made.items() if day != today]
    if len(counts) < _LEAST_DAYS:
        return None, len(counts)
    return max(1, round(statistics.median(counts))), len(counts)


def _present(unit: Unit, shop: ZoneInfo, days: list[date]) -> Mapping[date, int]:
    active = set(unit.run(sa.select(operator.c.id).where(operator.c.active)).scalars())
    rostered: dict[date, set[int]] = defaultdict(set)
    for row in unit.run(
        sa.select(shift.c.operator_id, shift.c.starts_at).where(
            shift.c.starts_at >= unit.now - timedelta(days=1)
        )
    ):
        rostered[row.starts_at.astimezone(shop).date()].add(row.operator_id)
    away: dict[date, set[int]] = defaultdict(set)
    for row in unit.run(
        sa.select(leave.c.operator_id, leave.c.first_day, leave.c.last_day).where(
            leave.c.last_day >= days[0], leave.c.first_day <= days[-1]
        )
    ):
        for day in days:
            if row.first_day <= day <= row.last_day:
                away[day].add(row.operator_id)
    return {day: len((rostered.get(day) or active) & active - away[day]) for day in days}


def _load(unit: Unit, shop: ZoneInfo, today: date, until: date) -> Mapping[date, int]:
    """Open callbacks by day; what is overdue waits today."""
    ready_at = callback.c.ready_at
    tonight = datetime.combine(today + timedelta(days=1), time(), shop)
    end = datetime.combine(until + timedelta(days=1), time(), shop)
    waiting = sa.select(sa.func.count()).where(in_state(*OPEN_STATES), ready_at < tonight)
    found = Counter({today: int(unit.run(waiting).scalar_one())})
    for instant in unit.run(
        sa.select(ready_at).where(in_state(*OPEN_STATES), ready_at >= tonight, ready_at < end)
    ).scalars():
        found[instant.astimezone(shop).date()] += 1
    return dict(found)
