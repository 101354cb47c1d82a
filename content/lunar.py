"""The Chinese calendar, by borax; its tables are loaded when the first day is asked for."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100
_QINGMING: Final = "清明"


class BoraxCalendar:
    """The lunar calendar of 1900 to 2100; beyond them it knows no day."""

    def day(self, year: int, month: int, day: int) -> date | None:
        """The date of a day of a plain lunar month; none where the month has no such day."""
        return _day(year, month, day)

    def qingming(self, year: int) -> date | None:
        """The date of Qingming, a solar term."""
        return _qingming(year)


@cache
def _day(year: int, month: int, day: int) -> date | None:
    # Seats that plan nothing never load the tables.
    from borax.calendars.lunardate import InvalidLunarDateError, LunarDate  # noqa: PLC0415

    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        found = LunarDate(year, month, day).to_solar_date()
    except InvalidLunarDateError:
        return None
    return date(found.year, found.month, found.day)


@cache
def _qingming(year: int) -> date | None:
    from borax.calendars.lunardate import TermUtils  # noqa: PLC0415

    if not _FIRST_YEAR < year <= _LAST_YEAR:
        return None
    found = TermUtils.nth_term_day(year, term_name=_QINGMING)
    return date(found.year, found.month, found.day)
