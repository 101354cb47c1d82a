"""The figures of the shop's day: service level, speed, abandonment, and what operators did.

They cost more than the live ones and are asked less often: a pass over what fell due today, over
today's calls and over today's stretches of states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from db.board_worked import HOUR, milliseconds, worked_on
from db.engine import Database
from db.shop import shop_in
from db.tables import callback, calling_window, queue_sample
from db.transaction import Unit
from db.types import Instant
from domain.board import Fallen, Worked
from domain.calling_hours import windows_between
from domain.calling_rules import Rules
from domain.history import OVER
from domain.own_day import day_begins, day_ends
from domain.permissions import Actor, require

AT_MOST: Final = 100_000
"""Callbacks that fell due today and are looked at, the latest first."""
Interval = tuple[datetime, datetime]


@dataclass(slots=True)
class DayHours:
    """The calling hours of today's windows, computed once while day and rules stay the same."""

    _key: tuple[object, ...] = ()
    _hours: dict[int, tuple[Interval, ...]] = field(default_factory=dict)

    def of(
        self, rules: Rules, release: str, row: sa.RowMapping, begin: datetime, end: datetime
    ) -> tuple[Interval, ...]:
        """When a window is open on a day."""
        if self._key != (release, begin):
            self._key, self._hours = (release, begin), {}
        if row["id"] not in self._hours:
            self._hours[row["id"]] = windows_between(
                rules,
                zones=tuple(filter(None, row["zones"].split(","))),
                places=tuple(filter(None, row["places"].split(","))),
                purpose=row["purpose"],
                preferred=row["preferred"],
                since=begin,
                until=end,
            )
        return self._hours[row["id"]]


@dataclass(frozen=True, slots=True)
class DayBoard:
    """The figures of the day up to an instant; instants in UTC.

    Attributes:
        at: the instant.
        begin: when the shop's day began.
        zone: the shop's clock.
        fallen: what fell due in callable time, by band and hour of the day, counted from `begin`.
        partly: whether more fell due than were looked at: these are the latest.
        worked: what each operator did.
        last_seen: when an operator last left a seat.
        calls: calls by the hour in which they ended.
        samples: the queue's figures through the day, in order of time.
    """

    at: datetime
    begin: datetime
    zone: str
    fallen: Mapping[tuple[int, int], Fallen]
    partly: bool
    worked: Mapping[int, Worked]
    last_seen: Mapping[int, datetime]
    calls: Mapping[int, int]
    samples: tuple[tuple[datetime, Mapping[str, int]], ...]

    @property
    def service(self) -> Fallen:
        """Of all bands and hours."""
        return sum(self.fallen.values(), Fallen())

    @property
    def by_band(self) -> Mapping[int, Fallen]:
        """Of all hours, by band."""
        return _gathered(self.fallen, 0)

    @property
    def by_hour(self) -> Mapping[int, Fallen]:
        """Of all bands, by hour."""
        return _gathered(self.fallen, 1)

    @property
    def all_worked(self) -> Worked:
        """What all operators did."""
        return sum(self.worked.values(), Worked())


def day_board(
    database: Database, actor: Actor, hours: DayHours | None = None, limit: int = AT_MOST
) -> DayBoard:
    """The figures of the shop's day.

    Args:
        database: the database.
        actor: a lead.
        hours: what was computed for an earlier answer.
        limit: how many callbacks that fell due today are looked at.

    Raises:
        RefusedError: `not_allowed`.
        StorageError: the database can't be reached or read.
    """

    def work(unit: Unit) -> DayBoard:
        require(actor, "board.read")
        zone = shop_in(unit, database).zone
        begin, end = day_begins(unit.now, zone), day_ends(unit.now, zone)
        fallen, partly = _fallen(unit, database, hours or DayHours(), (begin, end), limit)
        done = worked_on(unit, begin, end)
        samples = unit.run(
            sa.select(queue_sample.c.at, queue_sample.c.figures)
            .where(queue_sample.c.at >= begin, queue_sample.c.at <= unit.now)
            .order_by(queue_sample.c.at)
        )
        return DayBoard(
            unit.now, begin, zone, fallen, partly, done.by_operator, done.last_seen, done.calls,
            tuple((row.at, row.figures) for row in samples),
        )  # fmt: skip

    return database.read(work)


def _fallen(
    unit: Unit, database: Database, hours: DayHours, day: Interval, limit: int
) -> tuple[dict[tuple[int, int], Fallen], bool]:
    begin, end = day
    today = (
        sa.select(
            callback.c.band,
            callback.c.window_id,
            callback.c.state,
            callback.c.first_due_at,
            callback.c.first_tried_at,
            callback.c.updated_at,
        )
        .where(callback.c.first_due_at >= begin, callback.c.first_due_at <= unit.now)
        .order_by(callback.c.first_due_at.desc())
        .limit(limit)
        .subquery("h")
    )
    seen = unit.run(sa.select(today.c.window_id, sa.func.count()).group_by(today.c.window_id)).all()
    partly = sum(row[1] for row in seen) >= limit
    rows = unit.run(
        sa.select(calling_window).where(calling_window.c.id.in_([row[0] for row in seen]))
    ).mappings()
    rulebook = database.rulebook
    intervals = [
        (row["id"], *span)
        for row in rows
        for span in hours.of(rulebook.calling, rulebook.calling_release, row, begin, end)
    ]
    if not intervals:
        return {}, partly
    callable_ = (
        sa.values(
            sa.column("window_id", sa.BigInteger),
            sa.column("opens", Instant),
            sa.column("closes", Instant),
            name="callable_time",
        )
        .data(intervals)
        .cte("callable_time")
    )
    band, due, tried = today.c.band, today.c.first_due_at, today.c.first_tried_at
    limits = dict(enumerate(rulebook.board.service))
    over = sa.case(*((band == place, due <= unit.now - one) for place, one in limits.items()))
    minutes = sa.case(
        *((band == place, int(one.total_seconds() * 1000)) for place, one in limits.items())
    )
    waited = milliseconds(unit, due, tried)
    in_time = sa.and_(over, tried.is_not(None), waited <= minutes)
    untouched = sa.and_(today.c.state.in_(OVER), tried.is_(None))
    gone = sa.and_(untouched, today.c.state != "done", today.c.updated_at > due)
    hour = milliseconds(unit, sa.literal(begin, Instant), due) // HOUR
    found = unit.run(
        sa.select(
            band,
            hour.label("hour"),
            sa.func.count(),
            _count(over),
            _count(in_time),
            _count(tried.is_not(None)),
            sa.func.coalesce(sa.func.sum(sa.case((waited > 0, waited), else_=0)), 0),
            _count(gone),
        )
        .select_from(today)
        .join(
            callable_,
            sa.and_(
                callable_.c.window_id == today.c.window_id,
                callable_.c.opens <= due,
                callable_.c.closes > due,
            ),
        )
        .where(sa.not_(sa.and_(untouched, today.c.updated_at <= due)))
        .group_by(band, sa.text("hour"))
    )
    fallen = {}
    for band_, at, *counts, waits, ended in found:
        due_, decided, timely, touched = map(int, counts)
        fallen[band_, int(at)] = Fallen(
            due_, decided, timely, touched, waited=int(waits) / 1000, abandoned=int(ended)
        )
    return fallen, partly


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _gathered(fallen: Mapping[tuple[int, int], Fallen], part: int) -> dict[int, Fallen]:
    found: dict[int, Fallen] = {}
    for key, one in fallen.items():
        found[key[part]] = found.get(key[part], Fallen()) + one
    return found
