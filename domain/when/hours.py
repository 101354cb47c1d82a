"""Which hour of the day was meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.when.pieces import Clock, InPart, Part

PLAUSIBLE: Final = (8 * 60, 20 * 60)
"""Minutes of the day, both ends included, in which a bare hour is looked for first."""

DAY_DEFAULT: Final = 10 * 60
"""The minute that stands for a day named without any time."""

_DAY: Final = 24 * 60
_HALF: Final = 12 * 60


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a time of day.

    Attributes:
        minute: minutes since the midnight with which the named day begins; from 1440 on the time
            lies on the day after it.
        second: 0 to 59.
    """

    minute: int
    second: int = 0

    @property
    def plausible(self) -> bool:
        """Whether somebody might want to be called then."""
        return PLAUSIBLE[0] <= self.minute <= PLAUSIBLE[1]


def readings(clock: Clock, part: InPart | None) -> tuple[Reading, ...]:
    """Every way to read a clock, as written first; empty where the part of the day forbids all.

    Args:
        clock: the time as it was said.
        part: the part of the day beside it, such as 下午.
    """
    if clock.half is not None:
        hour = clock.hour % 12 + (12 if clock.half == "pm" else 0)
        hours: tuple[int, ...] = (clock.hour if clock.hour > 12 else hour,)
        if part is not None and not _in_part(hours[0], part.part):
            return ()
    elif part is not None:
        hours = _hours_in(clock, part.part)
    elif clock.written or clock.hour > 12:
        hours = (clock.hour,)
    else:
        hours = (clock.hour, (clock.hour + 12) % 24)
    return tuple(Reading(hour * 60 + clock.minute, clock.second) for hour in hours)


def _hours_in(clock: Clock, part: Part) -> tuple[int, ...]:
    """The hour of a clock in a part of the day; 24 and more lie after midnight."""
    hour = clock.hour
    match part:
        case Part.SMALL_HOURS:
            hours = {12: 0}.get(hour, hour if hour <= 6 else None)
        case Part.EARLY | Part.MORNING:
            hours = hour if hour <= 12 else None
        case Part.NOON:
            hours = hour if 10 <= hour <= 14 else hour + 12 if 1 <= hour <= 3 else None
        case Part.AFTERNOON:
            hours = hour if hour >= 12 else hour + 12 if hour else None
        case Part.DUSK:
            hours = hour + 12 if 3 <= hour <= 9 else hour if 15 <= hour <= 21 else None
        case Part.EVENING:
            hours = _evening(hour)
    return () if hours is None else (hours,)


def _evening(hour: int) -> int | None:
    if hour == 12 or hour <= 4:
        # 晚上12点 is the midnight that ends the evening, 夜里1点 an hour after it.
        return 24 + hour % 12
    if hour < 12:
        return hour + 12
    return hour if hour >= 17 else None


def _in_part(hour: int, part: Part) -> bool:
    """Whether an hour told with am or pm may bear the name of a part as well."""
    first, over, _ = part.value
    return first <= hour <= over or (part is Part.EVENING and hour <= 4)
