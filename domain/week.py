"""Hours of the seven days as people and rows write them."""

from __future__ import annotations

import re
from typing import Final, cast

from domain.wall_clock import DAY_MINUTES, Window

Windows = tuple[Window, ...]
Week = tuple[Windows, Windows, Windows, Windows, Windows, Windows, Windows]
"""Windows of the seven days, Monday first; minutes of the customer's own clock."""

WHOLE_DAY: Final[Windows] = ((0, DAY_MINUTES),)
ANYTIME: Final[Week] = (WHOLE_DAY,) * 7
"""Hours that never refuse."""

_WINDOW: Final = re.compile(r"([0-9]{2}):?([0-9]{2})-([0-9]{2}):?([0-9]{2})")
_SATURDAY: Final = 5


def read_windows(text: str) -> Windows | None:
    """Windows as a row writes them: `09:00-12:00 14:00-20:00`, `none`; empty says nothing.

    Raises:
        ValueError: no windows, not in order, overlapping or beyond 24:00.
    """
    if not text:
        return None
    if text == "none":
        return ()
    windows: list[Window] = []
    for part in text.split():
        match = _WINDOW.fullmatch(part)
        if match is None:
            raise ValueError(part)
        hour, minute, end_hour, end_minute = map(int, match.groups())
        start, end = hour * 60 + minute, end_hour * 60 + end_minute
        earlier = windows[-1][1] if windows else 0
        if minute > 59 or end_minute > 59 or not earlier <= start < end <= DAY_MINUTES:
            raise ValueError(part)
        windows.append((start, end))
    return tuple(windows)


def write_windows(windows: Windows | None) -> str:
    """Windows as `read_windows` reads them."""
    if windows is None:
        return ""
    if not windows:
        return "none"
    clock = "{:02d}:{:02d}".format
    return " ".join(
        f"{clock(*divmod(start, 60))}-{clock(*divmod(end, 60))}" for start, end in windows
    )


def read_week(text: str) -> Week:
    """A week as `write_week` writes it or a person types it, its days split by semicolons.

    Seven days are Monday to Sunday; three are Monday to Friday, Saturday and Sunday; one stands
    for every day.

    Raises:
        ValueError: another number of days, or one that says nothing.
    """
    days = [read_windows(part.strip()) for part in text.split(";")]
    said = [day for day in days if day is not None]
    if len(said) != len(days) or len(days) not in {1, 3, 7}:
        raise ValueError(text)
    if len(said) == 7:
        return cast("Week", tuple(said))
    return (*(said[0],) * 5, said[len(said) // 2], said[-1])


def write_week(week: Week) -> str:
    """A week as one line, as short as it can be and the same for equal weeks.

    It can be a key of stored windows; `read_week` reads it back.
    """
    days = list(week)
    if len(set(days)) == 1:
        days = days[:1]
    elif len(set(days[:_SATURDAY])) == 1:
        days = days[_SATURDAY - 1 :]
    return ";".join(write_windows(day) for day in days)


def outside_of(week: Week) -> Week:
    """The hours of a week that another leaves free."""
    days = []
    for windows in week:
        edges = [0, *(edge for window in windows for edge in window), DAY_MINUTES]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        days.append(tuple((start, end) for start, end in pairs if start < end))
    return cast("Week", tuple(days))


def key_length(week: Week) -> int:
    """How much room a week takes as a part of a key (`week_key`)."""
    return len(week_key(week))


def week_key(week: Week) -> str:
    """A week as short as `read_week` can read it."""
    return write_week(week).replace(":", "")
