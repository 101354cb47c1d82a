"""Hours, days and deal-outs of the roster, in words."""

from __future__ import annotations

from datetime import date
from typing import Final

from content.translations import Language, translate
from domain.week import Windows

_DAY_MINUTES: Final = 24 * 60


def short_hours(windows: Windows) -> str:
    """Hours of a day for a narrow column: `9-18`, `9:30-12 13-18`; a dot for a free day."""
    if not windows:
        return "·"
    return " ".join(f"{_clock(start)}-{_clock(end)}" for start, end in windows)


def span_of(windows: Windows) -> str:
    """Hours of a day for a column that holds one span only: `9~18` with a break."""
    if len(windows) < 2:
        return short_hours(windows)
    return f"{_clock(windows[0][0])}~{_clock(windows[-1][1])}"


def day_text(language: Language, day: date) -> str:
    """A day with its weekday: `Mon 23`, `周一 23`."""
    return f"{translate(language, f'roster.day.{day.isoweekday()}')} {day.day}"


def days_text(language: Language, first: date, last: date) -> str:
    """The days of a leave: one, or the first and the last."""
    if first == last:
        return f"{first:%m-%d} {translate(language, f'roster.day.{first.isoweekday()}')}"
    return f"{first:%m-%d} – {last:%m-%d}"


def minutes_of(windows: Windows) -> int:
    """How many minutes hours take on the clock."""
    return sum(end - start for start, end in windows)


def hours_total(minutes: int) -> str:
    """Minutes as hours: `40`, `7:30`."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d}" if rest else str(hours)


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes if minutes <= _DAY_MINUTES else minutes - _DAY_MINUTES, 60)
    return f"{hour}:{minute:02d}" if minute else str(hour)
