"""What a scrap of a spoken time can mean; the lexer finds them, `wish` puts them together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

Half = Literal["am", "pm"]
Edge = Literal["start", "middle", "end", "weekend"]


class Part(Enum):
    """Parts of a day, as people name them, with the hours that they last.

    The value is first hour, hour from which it is over, and the minute of the day that stands for
    it when no clock is named.
    """

    SMALL_HOURS = (0, 6, 5 * 60)
    EARLY = (5, 10, 8 * 60)
    MORNING = (5, 12, 10 * 60)
    NOON = (11, 14, 12 * 60)
    AFTERNOON = (12, 18, 15 * 60)
    DUSK = (16, 20, 18 * 60)
    EVENING = (17, 24, 19 * 60)


@dataclass(frozen=True, slots=True)
class Shift:
    """A day so many days from today."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday, Monday 0; `week` counts from this one, none means the next such day.

    English `next Friday` is doubtful: some mean the coming one.
    """

    day: int
    week: int | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """A week counted from this one, or an edge of it."""

    week: int
    edge: Edge = "start"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar, in whatever parts were named; pieces of one day are laid together.

    Attributes:
        year: the year; none where it was not named.
        year_shift: years from this one, instead of `year`.
        month: 1 to 12.
        month_shift: months from this one, instead of `month`.
        day: 1 to 31.
        edge: start, middle or end of the month, instead of `day`.
        written: the whole date was written in figures, so that its clock counts 24 hours.
    """

    year: int | None = None
    year_shift: int | None = None
    month: int | None = None
    month_shift: int | None = None
    day: int | None = None
    edge: Edge | None = None
    written: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """A date in two or three figures whose order depends on the country."""

    numbers: tuple[int, ...]
    dotted: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dotted:
    """`10.30`: a clock, or a day of a month when a clock stands beside it."""

    first: int
    second: int
    two_digits: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as it was said.

    Attributes:
        hour: 0 to 24.
        minute: 0 to 59.
        second: 0 to 59.
        half: am or pm where that was said.
        written: counts 24 hours for certain, as `08:30` and `15:30` do.
        formal: has the form of files, `3:30` or 3时30分, so that beside a whole date in figures it
            counts 24 hours too.
    """

    hour: int
    minute: int = 0
    second: int = 0
    half: Half | None = None
    written: bool = False
    formal: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A bare number: an hour, or a clock or year of three or four figures."""

    value: int
    digits: str


@dataclass(frozen=True, slots=True)
class InPart:
    """A part of the day; `minute` stands for it when no clock is named."""

    part: Part
    minute: int


@dataclass(frozen=True, slots=True)
class HalfDay:
    """A lone am or pm."""

    half: Half


@dataclass(frozen=True, slots=True)
class Offset:
    """A stretch of time from now."""

    minutes: int = 0
    days: int = 0
    months: int = 0
    workdays: int = 0
    within: bool = False


@dataclass(frozen=True, slots=True)
class Nudge:
    """So many days after the day that is named beside it."""

    days: int


@dataclass(frozen=True, slots=True)
class Place:
    """Whose clock: `mine`, `theirs`, a zone by name or letters, or minutes east of UTC."""

    zone: str | int


@dataclass(frozen=True, slots=True)
class Bound:
    """After, before, by or about the time beside it."""

    kind: Literal["after", "before", "by", "about"]


@dataclass(frozen=True, slots=True)
class To:
    """Between the two ends of a span of time.

    Elsewhere a dash or `and` says nothing, and a word such as `until` means by.
    """

    word: bool


@dataclass(frozen=True, slots=True)
class Soon:
    """As soon as possible."""


@dataclass(frozen=True, slots=True)
class SameTime:
    """The time of day that it is now."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A word that carries no time, such as 请 or `call`."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """It has the form of a time, and there is no such time: 25:00."""


Piece = (
    Shift
    | Weekday
    | Week
    | Day
    | Figures
    | Dotted
    | Clock
    | Number
    | InPart
    | HalfDay
    | Offset
    | Nudge
    | Place
    | Bound
    | To
    | Soon
    | SameTime
    | Nothing
    | Unfit
)
