"""The days and hours that a timer counts, one after another, each with the reason.

Times are whole seconds since 1970 in UTC (`domain.wall_clock`); ends are exclusive.

A day counts when it ends while the timer runs: a pause from the 3rd to the 5th, whatever the hours,
skips two days, and one that begins and ends on the same day skips none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Final

from domain.bilingual import Bilingual
from domain.errors import InputError
from domain.public_days import PublicDay, PublicDays
from domain.said import Said
from domain.wall_clock import DAY_MINUTES, Span, day_in, spans_of_day, to_instant
from domain.week import WHOLE_DAY, Windows

REPAIR_BLOCK: Final = 24 * 3600
# Nothing is looked for longer than this beyond the days that a limit takes without any holiday.
_PATIENCE: Final = 1500
_WORKED: Final = PublicDay(working=True)


class Why(StrEnum):
    """Why a day is counted or skipped."""

    COUNTED = "counted"
    MADE_UP = "made_up"
    SAME_DAY = "same_day"
    START = "start"
    REST = "rest"
    HOLIDAY = "holiday"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A day between the start of a timer and its end.

    Attributes:
        day: the local date; of a stretch of 24 hours under repair the date on which it is full.
        counts: whether it takes something off the limit.
        why: the reason.
        holiday: the public holiday's name, where the calendar is asked and there is one.
        ends: UTC instant from which the day is behind; the timer's own end on the last day.
        time: how much of the timer's time ran in it; nothing for a day that is skipped.
        doubt: what the calendar does not know for certain about it; none where it does.
    """

    day: date
    counts: bool
    why: Why
    holiday: Bilingual | None
    ends: datetime
    time: timedelta
    doubt: Said | None = None

    @property
    def said(self) -> Said:
        """The reason in words."""
        if self.why is Why.HOLIDAY and self.holiday is not None:
            return Said("deadline.why.holiday", {"holiday": self.holiday})
        return Said(f"deadline.why.{self.why.value}")


@dataclass(frozen=True, slots=True)
class Counting:
    """How the days of one timer are counted.

    Attributes:
        zone: IANA zone of the clock by which days end.
        place: whose holidays and working days decide.
        days: who knows them; none when every day is like any other.
        pauses: half-open stretches in which the timer stands, in order, not overlapping.
        hours: the windows in which time runs, whole days unless given.
        ends_at_close: whether a day is over when the last window closes, not at midnight.
        start_counts: whether the day of the start is the first one counted.
    """

    zone: str
    place: str
    days: PublicDays | None
    pauses: tuple[Span, ...] = ()
    hours: Windows = WHOLE_DAY
    ends_at_close: bool = False
    start_counts: bool = False

    def public(self, day: date) -> PublicDay:
        """What the calendar says about a day."""
        return _WORKED if self.days is None else self.days.on(self.place, day)

    def running(self, opens: int, closes: int) -> list[Span]:
        """The parts of a stretch in which the timer does not stand."""
        parts, since = [], opens
        for stops, goes_on in self.pauses:
            if goes_on <= since:
                continue
            if stops >= closes:
                break
            if stops > since:
                parts.append((since, stops))
            since = goes_on
        if since < closes:
            parts.append((since, closes))
        return parts

    def stands_at(self, second: int) -> bool:
        """Whether a pause holds a second."""
        return any(stops <= second < goes_on for stops, goes_on in self.pauses)

    def bounds(self, day: date) -> Span | None:
        """Where a local day begins, and where it is over; none for one that the clock skips."""
        whole = spans_of_day(self.zone, day, [(0, DAY_MINUTES)])
        if not whole:
            return None
        opens, closes = min(whole)[0], max(whole)[1]
        if self.ends_at_close:
            worked = spans_of_day(self.zone, day, self.hours)
            closes = max(worked)[1] if worked else closes
        return opens, closes

    def local_days(self, start: int, needed: int) -> Iterator[tuple[date, Span]]:
        """The local days from that of an instant on, each with its bounds.

        Raises:
            InputError: `deadline_never` when nothing comes to an end within years.
        """
        first = day_in(self.zone, start)
        for place in count():
            if place > 3 * needed + _PATIENCE:
                raise InputError("deadline_never")
            day = first + timedelta(days=place)
            bounds = self.bounds(day)
            if bounds is not None:
                yield day, bounds


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted.

    Attributes:
        days: every day from the start to the end.
        spans: the stretches in which the timer's time ran, in order.
        end: the second at which the last of it is over, exclusive.
    """

    days: tuple[CountedDay, ...]
    spans: tuple[Span, ...]
    end: int

    def after(self, tenths: int) -> int:
        """The second at which so many tenths of the counted time are over."""
        total = sum(closes - opens for opens, closes in self.spans)
        left = -(-total * tenths // 10)
        for opens, closes in self.spans:
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        return self.end


def count_days(counting: Counting, start: int, needed: int) -> Counted:
    """Counts days until there are enough; without any needed, the first that fits is the last.

    Args:
        counting: how.
        start: the second at which the timer starts.
        needed: how many days.

    Raises:
        InputError: `deadline_never`.
    """
    found: list[CountedDay] = []
    spans: list[Span] = []
    left = needed
    for day, (opens, closes) in counting.local_days(start, needed):
        public = counting.public(day)
        why = _why(counting, public, start, needed, (opens, closes))
        fits = why in {Why.COUNTED, Why.MADE_UP, Why.SAME_DAY}
        parts = counting.running(max(opens, start), closes) if fits else []
        spans += parts
        found.append(
            CountedDay(
                day=day,
                counts=fits and needed > 0,
                why=why,
                holiday=public.holiday,
                ends=to_instant(closes),
                time=_length(parts),
                doubt=public.doubt,
            )
        )
        left -= fits
        if fits and left <= 0:
            return Counted(tuple(found), tuple(spans), closes)
    raise InputError("deadline_never")


def count_time(counting: Counting, start: int, seconds: int) -> Counted:
    """Counts running time in the counting's hours until there is enough.

    Args:
        counting: how.
        start: the second at which the timer starts.
        seconds: how much time is needed.

    Raises:
        InputError: `deadline_never`.
    """
    found: list[CountedDay] = []
    spans: list[Span] = []
    left, end = seconds, start
    for day, (_, closes) in counting.local_days(start, seconds // 3600):
        public = counting.public(day)
        windows = spans_of_day(counting.zone, day, counting.hours) if public.working else []
        inside = [(max(opens, start), shuts) for opens, shuts in windows if shuts > start]
        parts = [part for span in inside for part in counting.running(*span)]
        taken = _take(parts, left)
        left -= sum(shuts - opens for opens, shuts in taken)
        spans += taken
        end = taken[-1][1] if taken else end
        over = left == 0
        found.append(
            CountedDay(
                day=day,
                counts=bool(taken),
                why=_why_time(public, bool(taken), bool(inside)),
                holiday=public.holiday,
                ends=to_instant(end if over else closes),
                time=_length(taken),
                doubt=public.doubt,
            )
        )
        if over:
            return Counted(tuple(found), tuple(spans), end)
    raise InputError("deadline_never")


def count_repair(counting: Counting, start: int, days: int) -> Counted:
    """Counts full stretches of 24 running hours; see `repair_days`.

    Raises:
        InputError: `deadline_never`.
    """
    whole = count_time(counting, start, days * REPAIR_BLOCK)
    found = []
    since = start
    for number in range(1, days + 1):
        until = _second(whole.spans, number * REPAIR_BLOCK)
        found.append(
            CountedDay(
                day=day_in(counting.zone, until),
                counts=True,
                why=Why.COUNTED,
                holiday=None,
                ends=to_instant(until),
                time=timedelta(seconds=REPAIR_BLOCK),
            )
        )
        since = until
    return Counted(tuple(found), whole.spans, since)


def repair_days(taken: timedelta) -> int:
    """How many days of repair a time is: 120 h are 5, 121 h are 6, and less than 24 h is none.

    Each started 24 hours count as a day once a full one has passed (SAMR Order 43 of 2022).
    """
    full, rest = divmod(taken, timedelta(seconds=REPAIR_BLOCK))
    return full + 1 if full and rest else full


def _why(counting: Counting, public: PublicDay, start: int, needed: int, bounds: Span) -> Why:
    opens, closes = bounds
    is_start = opens <= start
    if is_start and needed and not counting.start_counts:
        return Why.START
    if not public.working:
        return Why.REST if public.holiday is None else Why.HOLIDAY
    if closes <= start:
        return Why.CLOSED
    if counting.stands_at(closes - 1):
        return Why.PAUSED
    if not needed:
        return Why.SAME_DAY
    return Why.MADE_UP if public.made_up else Why.COUNTED


def _why_time(public: PublicDay, taken: bool, inside: bool) -> Why:
    if taken:
        return Why.MADE_UP if public.made_up else Why.COUNTED
    if not public.working:
        return Why.REST if public.holiday is None else Why.HOLIDAY
    return Why.PAUSED if inside else Why.CLOSED


def _take(parts: Sequence[Span], seconds: int) -> list[Span]:
    """The first parts that hold so many seconds."""
    taken = []
    for opens, closes in parts:
        if seconds <= 0:
            break
        shuts = min(closes, opens + seconds)
        taken.append((opens, shuts))
        seconds -= shuts - opens
    return taken


def _second(spans: Sequence[Span], seconds: int) -> int:
    """Where so many seconds of the spans are over."""
    return _take(spans, seconds)[-1][1]


def _length(parts: Sequence[Span]) -> timedelta:
    return timedelta(seconds=sum(closes - opens for opens, closes in parts))
