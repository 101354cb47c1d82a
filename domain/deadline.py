"""When a timer runs out: by elapsed hours, by days of a calendar, or by a date that was typed.

- **Hours** are elapsed time, so that a day of 23 or 25 hours changes nothing.
- **Days, weeks, months** end with the local day: the deadline is its last second, 23:59:59 on the
  clock of the timer's zone (or the close of business, where the timer says so). The day of the
  start is not counted unless the timer says so (PRC Civil Code art. 201; FCA DISP 1.5.1R). A month
  ends on the day of the same number, else on the month's last day (art. 202). A last day that is a
  holiday is not moved to the next working day, as art. 203 would allow: too early is never late.
- **Working days** are the calendar's: without weekends and public holidays, with make-up days.
- **Days of repair** are full stretches of 24 hours; the limit is kept until they are over.
- **A typed date**, read from a notice or slip, always wins, and no pause moves it.
- A **pause** takes hours off by the second; days by `domain.deadline_days`.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from domain.case_timer import DayEnd, Timer, Unit
from domain.deadline_days import (
    Counted,
    CountedDay,
    Counting,
    count_days,
    count_repair,
    count_time,
)
from domain.errors import InputError
from domain.public_days import PublicDays
from domain.said import Said
from domain.wall_clock import Span, day_in, joined, to_instant, to_seconds
from domain.week import WHOLE_DAY
from domain.zones import checked_zone

WARN_TENTHS: Final = 7
"""A timer warns when so many tenths of its counted time are over."""

_HOUR: Final = 3600
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a timer stands; the caller keeps the reason that each has.

    Attributes:
        since: aware instant.
        until: aware instant, exclusive.
    """

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class TimerClock:
    """By whose clock and calendar a timer runs that names none of its own.

    Attributes:
        zone: IANA zone of the shop or the customer.
        place: country whose holidays and working days decide, such as `CN`; `GB` alone is
            England's and Wales's, because bank holidays are a matter of the parts.
        days: who knows holidays and working days.
    """

    zone: str
    place: str
    days: PublicDays


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a timer runs out, and what was counted on the way.

    Attributes:
        starts_at: UTC instant, to the second.
        due_at: UTC instant, the last one that is in time.
        local: the same on the clock of the zone.
        zone: IANA zone by which days end.
        place: whose calendar was asked; empty when the unit asks none.
        warn_at: UTC instant at which 70 % of the counted time are over.
        counted: every day from the start on, counted or skipped, with the reason; empty for a
            typed date.
        doubts: what the calendar does not know for certain about these days.
        typed: whether a typed date decided.
    """

    starts_at: datetime
    due_at: datetime
    local: datetime
    zone: str
    place: str
    warn_at: datetime
    counted: tuple[CountedDay, ...]
    doubts: tuple[Said, ...] = ()
    typed: bool = False

    @property
    def calendar_known(self) -> bool:
        """Whether the calendar knew every day for certain."""
        return not self.doubts

    def used_at(self, now: datetime) -> int:
        """How many of the counted days are over at an instant."""
        return sum(one.counts and one.ends <= now for one in self.counted)


class Due(Protocol):
    """What has a deadline and a warning before it: a `Deadline`, or one that was stored."""

    @property
    def due_at(self) -> datetime:
        """UTC instant, the last one that is in time."""

    @property
    def warn_at(self) -> datetime:
        """UTC instant of the warning."""


class Phase(StrEnum):
    """How a timer stands."""

    RUNNING = "running"
    WARNED = "warned"
    OVERDUE = "overdue"
    PAUSED = "paused"
    MET = "met"


@dataclass(frozen=True, slots=True)
class TimerState:
    """How a timer stands at an instant.

    Attributes:
        phase: the state; a timer that was overdue when it was paused stays overdue.
        left: time on the clock until the deadline, below zero behind it; of a paused timer what
            was left when it was paused, of one that was met what was left then.
        late: whether the deadline was or is missed.
    """

    phase: Phase
    left: timedelta
    late: bool


def deadline_of(
    timer: Timer,
    start: datetime,
    clock: TimerClock,
    *,
    pauses: Sequence[Pause] = (),
    typed: date | datetime | None = None,
) -> Deadline:
    """When a timer runs out.

    Args:
        timer: the limit; its own zone and calendar win over the clock's.
        start: aware instant of the event that starts it.
        clock: the shop's or the customer's clock and calendar.
        pauses: stretches that have ended; the deadline of a timer that is paused now is the one
            without the open pause (`state_of` knows it).
        typed: a date, whose last second is meant, or an aware instant, from a notice or slip.

    Raises:
        InputError: `zone_unknown`; `pause_backwards` for a pause that ends before it begins;
            `deadline_never` where nothing ends within years.
        ValueError: a naive instant.
    """
    zone = checked_zone(timer.zone or clock.zone)
    asks = timer.unit.asks_calendar
    counting = Counting(
        zone=zone,
        place=working_place(timer.calendar or clock.place) if asks else "",
        days=clock.days if asks else None,
        pauses=_stretches(pauses),
        hours=timer.hours or WHOLE_DAY,
        ends_at_close=timer.day_end is DayEnd.CLOSE,
        start_counts=timer.start_counts,
    )
    try:
        began = _seconds(start)
        if typed is not None:
            return _typed(counting, began, typed)
        return _deadline(counting, began, _count(timer, counting, began), timer)
    except OverflowError as error:  # beyond the year 9999
        raise InputError("deadline_never") from error


def state_of(
    deadline: Due,
    now: datetime,
    *,
    met_at: datetime | None = None,
    paused_since: datetime | None = None,
) -> TimerState:
    """How a timer stands.

    Args:
        deadline: as `deadline_of` has it with the pauses that have ended, or as it was stored.
        now: aware instant.
        met_at: when the step was done; none while it is owed.
        paused_since: when the pause began that goes on; none while the timer runs.
    """
    at = met_at or paused_since or now
    late = to_seconds(at) > to_seconds(deadline.due_at)
    left = deadline.due_at - at
    if met_at is not None:
        return TimerState(Phase.MET, left, late)
    if late:
        return TimerState(Phase.OVERDUE, deadline.due_at - now, late)
    if paused_since is not None:
        return TimerState(Phase.PAUSED, left, late)
    warned = now >= deadline.warn_at
    return TimerState(Phase.WARNED if warned else Phase.RUNNING, left, late)


def working_place(place: str) -> str:
    """Whose working days are meant by a country.

    The United Kingdom has no bank holidays as a whole; those of England and Wales are taken unless
    a part is named.
    """
    return "GB-ENG" if place == "GB" else place


def _count(timer: Timer, counting: Counting, began: int) -> Counted:
    match timer.unit:
        case Unit.HOUR | Unit.WORKING_HOUR:
            return count_time(_by_hours(timer, counting), began, timer.limit * _HOUR)
        case Unit.REPAIR_DAY:
            return count_repair(_by_hours(timer, counting), began, timer.limit)
        case Unit.WEEK:
            return count_days(counting, began, timer.limit * _WEEK)
        case Unit.MONTH:
            return count_days(counting, began, _days_of_months(timer, counting, began))
        case Unit.DAY | Unit.WORKING_DAY | Unit.BUSINESS_DAY | Unit.TYPED_DATE:
            return count_days(counting, began, timer.limit)


def _by_hours(timer: Timer, counting: Counting) -> Counting:
    """The same counting where time runs in the windows, not to a day's end."""
    hours = counting.hours if timer.unit is Unit.WORKING_HOUR else WHOLE_DAY
    return Counting(counting.zone, counting.place, counting.days, counting.pauses, hours)


def _days_of_months(timer: Timer, counting: Counting, began: int) -> int:
    first = day_in(counting.zone, began)
    years, month = divmod(first.month - 1 + timer.limit, 12)
    year = first.year + years
    if year > date.max.year:
        raise OverflowError
    last = calendar.monthrange(year, month + 1)[1]
    until = date(year, month + 1, min(first.day, last))
    return (until - first).days


def _deadline(counting: Counting, began: int, counted: Counted, timer: Timer) -> Deadline:
    by_clock = timer.unit in {Unit.HOUR, Unit.WORKING_HOUR, Unit.REPAIR_DAY}
    exact = by_clock or counting.ends_at_close
    due = counted.end if exact else counted.end - 1
    doubts = [one.doubt for one in counted.days if one.doubt is not None]
    return _made(
        counting,
        (began, due, min(counted.after(WARN_TENTHS), due)),
        counted=counted.days,
        doubts=tuple(_distinct(doubts)),
    )


def _typed(counting: Counting, began: int, typed: date | datetime) -> Deadline:
    if isinstance(typed, datetime):
        due = _seconds(typed)
    else:
        bounds = Counting(counting.zone, "", None).bounds(typed)
        if bounds is None:
            raise InputError("deadline_never")
        due = bounds[1] - 1
    warn = min(began + max(0, due - began) * WARN_TENTHS // 10, due)
    return _made(counting, (began, due, warn), typed=True)


def _made(
    counting: Counting,
    at: tuple[int, int, int],
    *,
    counted: tuple[CountedDay, ...] = (),
    doubts: tuple[Said, ...] = (),
    typed: bool = False,
) -> Deadline:
    starts_at, due_at, warn_at = map(to_instant, at)
    return Deadline(
        starts_at=starts_at,
        due_at=due_at,
        local=due_at.astimezone(ZoneInfo(counting.zone)),
        zone=counting.zone,
        place=counting.place,
        warn_at=warn_at,
        counted=counted,
        doubts=doubts,
        typed=typed,
    )


def _stretches(pauses: Sequence[Pause]) -> tuple[Span, ...]:
    spans = []
    for pause in pauses:
        since, until = _seconds(pause.since), _seconds(pause.until)
        if until < since:
            raise InputError("pause_backwards", since=pause.since, until=pause.until)
        if since < until:
            spans.append((since, until))
    return tuple(joined(spans))


def _distinct(doubts: Sequence[Said]) -> list[Said]:
    return [one for place, one in enumerate(doubts) if one not in doubts[:place]]


def _seconds(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("a naive instant could be anybody's clock")
    return to_seconds(at.astimezone(UTC))
