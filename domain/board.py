"""The figures of the live board: each knows what it divides by what, so that it can be explained.

A figure without anything to divide by has no value: nothing is ever shown as zero that is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self

_PERCENT: Final = 100.0
_HOUR: Final = 3600.0


class Measure(StrEnum):
    """What a figure is told in."""

    COUNT = "count"
    PERCENT = "percent"
    SECONDS = "seconds"
    PER_HOUR = "per_hour"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it comes from.

    Attributes:
        code: names it in formulas, rules and words.
        measure: what it is told in.
        numerator: what is counted or added up; durations in seconds.
        denominator: by what it is divided; none for a plain count.
        more: whether counting stopped at a limit, so that it is at least this much.
    """

    code: str
    measure: Measure
    numerator: float
    denominator: float | None = None
    more: bool = False

    @property
    def value(self) -> float | None:
        """What it says: a count, a percentage, seconds, or per hour; none without any data."""
        if self.denominator is None:
            return self.numerator
        if self.denominator <= 0:
            return None
        share = self.numerator / self.denominator
        if self.measure is Measure.PERCENT:
            return share * _PERCENT
        return share * _HOUR if self.measure is Measure.PER_HOUR else share


@dataclass(frozen=True, slots=True)
class Waiting:
    """What there is of a band, a kind of callback, or in all.

    Attributes:
        open: due and within calling hours, in nobody's hands.
        closed: due, but outside calling hours.
        overdue: of both, those that fell due longer ago than the rules allow.
        claimed: in somebody's hands, the talk not over yet.
        wrap_up: in somebody's hands, the talk over.
        check: whose seat vanished: a person says whether they were rung.
    """

    open: int = 0
    closed: int = 0
    overdue: int = 0
    claimed: int = 0
    wrap_up: int = 0
    check: int = 0

    @property
    def due(self) -> int:
        """All whose time has come and that nobody has in hand."""
        return self.open + self.closed

    def __add__(self, other: Self) -> Waiting:
        """Both together."""
        return Waiting(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(Waiting))
        )

    def figures(self, limit: int | None = None) -> tuple[Figure, ...]:
        """The counts as figures.

        Args:
            limit: where counting stopped; none when it went to the end.
        """
        counts = {
            "due": self.due,
            "overdue": self.overdue,
            "claimed": self.claimed,
            "wrap_up": self.wrap_up,
            "check": self.check,
            "closed": self.closed,
        }
        return tuple(
            Figure(code, Measure.COUNT, n, more=limit is not None and n >= limit)
            for code, n in counts.items()
        )


@dataclass(frozen=True, slots=True)
class Fallen:
    """What fell due in callable time, of a band, of an hour, or of the whole day.

    Attributes:
        due: how many.
        decided: of these, whose minutes for a first attempt are over.
        in_time: of the decided, those first tried within their minutes.
        tried: how many of all were tried.
        waited: seconds from due to the first attempt, added up over the tried.
        abandoned: how many ended without an attempt after they had fallen due.
    """

    due: int = 0
    decided: int = 0
    in_time: int = 0
    tried: int = 0
    waited: float = 0.0
    abandoned: int = 0

    def __add__(self, other: Self) -> Fallen:
        """Both together."""
        return Fallen(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(Fallen))
        )

    @property
    def service_level(self) -> Figure:
        """First attempt within the band's minutes ÷ all whose minutes are over."""
        return Figure("service_level", Measure.PERCENT, self.in_time, self.decided)

    @property
    def speed(self) -> Figure:
        """Mean time from due to the first attempt, of those tried."""
        return Figure("speed", Measure.SECONDS, self.waited, self.tried)

    @property
    def abandonment(self) -> Figure:
        """Ended without an attempt ÷ all that fell due."""
        return Figure("abandonment", Measure.PERCENT, self.abandoned, self.due)


@dataclass(frozen=True, slots=True)
class Worked:
    """What an operator, or all of them, did today; durations in seconds.

    Attributes:
        calls: calls begun today that ended with an outcome in force.
        talked: from dialling to the end of wrap-up, added up over these calls.
        handling: time dialling, talking and in wrap-up.
        logged: time at a seat, pauses included.
        kept: promises due today that were kept.
        settled: promises due today that were kept, late or broken.
    """

    calls: int = 0
    talked: float = 0.0
    handling: float = 0.0
    logged: float = 0.0
    kept: int = 0
    settled: int = 0

    def __add__(self, other: Self) -> Worked:
        """Both together."""
        return Worked(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(Worked))
        )

    def figures(self) -> tuple[Figure, ...]:
        """Calls, calls per hour, mean handle time, occupancy, promises kept."""
        return (
            Figure("calls", Measure.COUNT, self.calls),
            Figure("per_hour", Measure.PER_HOUR, self.calls, self.logged),
            Figure("handle_time", Measure.SECONDS, self.talked, self.calls),
            Figure("occupancy", Measure.PERCENT, self.handling, self.logged),
            Figure("promises_kept", Measure.PERCENT, self.kept, self.settled),
        )


def quarter_hours(begin: datetime, end: datetime) -> tuple[datetime, ...]:
    """The instants at which a quarter of an hour begins, from a day's begin to an instant."""
    step = timedelta(minutes=15)
    count = max(0, int((end - begin) / step)) + 1
    return tuple(begin + place * step for place in range(count))


def by_quarter(
    samples: Iterable[tuple[datetime, Mapping[str, int]]], begin: datetime, end: datetime, code: str
) -> tuple[int | None, ...]:
    """The last sample of each quarter of an hour of a day; none where nobody took one.

    Args:
        samples: instants with figures by code, in order of time.
        begin: the begin of the day.
        end: the present.
        code: the figure.
    """
    found: list[int | None] = [None] * len(quarter_hours(begin, end))
    for at, figures in samples:
        place = int((at - begin) / timedelta(minutes=15))
        if 0 <= place < len(found) and code in figures:
            found[place] = figures[code]
    return tuple(found)
