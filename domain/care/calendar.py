"""Days of the year that come back: birthdays and festivals, of the sun and of the moon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Protocol

from domain.care.facts import Birthday
from domain.care.plan import Festival, on_day


class LunarCalendar(Protocol):
    """The Chinese calendar, as far as planning needs it."""

    def day(self, year: int, month: int, day: int) -> date | None:
        """The date of a day of a plain lunar month, never of a leap month.

        None where that month has no such day, or the year lies beyond what the calendar knows.
        """

    def qingming(self, year: int) -> date | None:
        """The date of Qingming; none beyond what the calendar knows."""


def birthdays(
    born: Birthday, since: date, until: date, calendar: LunarCalendar
) -> Iterator[tuple[int, date]]:
    """The birthdays from one date to another, each with the year of the calendar it is kept in.

    Somebody born on 29 February is greeted on the 28th in other years. A lunar birthday is kept in
    the plain month, as the leap month comes only every few years, and one on the 30th on the 29th
    where the month is short.
    """
    for year in range(since.year - 1, until.year + 2):
        if born.lunar:
            day = calendar.day(year, born.month, born.day)
            if day is None and born.day == 30:
                day = calendar.day(year, born.month, 29)
        else:
            day = on_day(year, born.month, born.day)
        if day is not None and since <= day <= until:
            yield year, day


def festival_days(
    festival: Festival, since: date, until: date, calendar: LunarCalendar
) -> Iterator[tuple[int, date]]:
    """The days of a festival from one date to another, each with the year of its calendar."""
    for year in range(since.year - 1, until.year + 2):
        if festival.lunar:
            day = calendar.day(year, festival.month, festival.day)
        else:
            day = on_day(year, festival.month, festival.day)
        if day is not None and since <= day <= until:
            yield year, day


def past_qingming(day: date, calendar: LunarCalendar) -> date:
    """The day itself, or the next one where it is Qingming: the dead are remembered that day."""
    return day + timedelta(days=1) if day == calendar.qingming(day.year) else day
