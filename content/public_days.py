"""Public holidays and working days of the world, from two packages that are imported when asked.

China's days come from `chinesecalendar`, which knows the announced holidays and the weekend days
worked in exchange; where it knows no year, and for all other places, they come from `holidays`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from domain.bilingual import Bilingual
from domain.public_days import PublicDay
from domain.said import Said

if TYPE_CHECKING:
    from holidays import HolidayBase

_CHINA: Final = "CN"
_ANY_PART: Final = "*"
_ESTIMATED: Final = "(estimated)"
_LANGUAGES: Final = {"zh": ("zh_CN",), "en": ("en_US", "en_GB", "en")}


class WorldDays:
    """The calendar of every place that the two packages know; nothing is loaded until it asks."""

    def on(self, place: str, day: date) -> PublicDay:
        """A date of a place; see `domain.public_days.PublicDays`."""
        announced = _announced_in_china(day) if place == _CHINA else None
        return announced or _year(place, day.year)[day]


@lru_cache(maxsize=4096)
def _announced_in_china(day: date) -> PublicDay | None:
    """A day as China's government announced it; none where the year is not known."""
    # 5 ms, and only a rule that looks at holidays pays them.
    import chinese_calendar  # noqa: PLC0415

    try:
        free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    if name is None:
        return PublicDay(working=not free)
    holiday = chinese_calendar.Holiday(name)
    if free:
        return PublicDay(working=False, holiday=Bilingual(holiday.chinese, holiday.value))
    return PublicDay(working=True, made_up=True)


@cache
def _year(place: str, year: int) -> Mapping[date, PublicDay]:
    """All days of a year in a place, by `holidays`."""
    # 0.3 s and 20 MB with its first country: `chinesecalendar` and rules without holidays go first.
    from holidays import country_holidays  # noqa: PLC0415
    from holidays.utils import list_localized_countries, list_supported_countries  # noqa: PLC0415

    country, _, part = place.partition("-")
    parts = list_supported_countries(include_aliases=False).get(country)
    if parts is None or (part and part != _ANY_PART and part not in parts):
        unknown = Said("hours.calendar_missing", {"place": place})
        return {day: PublicDay(working=day.weekday() < 5, doubt=unknown) for day in _days(year)}
    subdivisions = [None, *parts] if part == _ANY_PART else [part or None]
    spoken = list_localized_countries(include_aliases=False).get(country, ())
    tongues = {
        ours: next((one for one in theirs if one in spoken), None)
        for ours, theirs in _LANGUAGES.items()
    }
    tables = [
        {
            ours: country_holidays(country, subdiv=one, years=year, language=theirs)
            for ours, theirs in tongues.items()
        }
        for one in subdivisions
    ]
    found = {}
    for day in _days(year):
        fitting = next((table for table in tables if day in table["en"]), None)
        found[day] = _day(day, fitting or tables[0], place)
    return found


def _day(day: date, table: Mapping[str, HolidayBase], place: str) -> PublicDay:
    english = table["en"]
    name: str | None = english.get(day)
    working = english.is_working_day(day)
    # What China announces for a year is known to the other package, or not known yet at all.
    certain = place != _CHINA and english.start_year <= day.year <= english.end_year
    doubt = None
    if not certain or (name is not None and _ESTIMATED in name):
        doubt = Said("hours.calendar_beyond", {"place": place, "year": day.year})
    if name is None:
        made_up = working and day.weekday() in english.weekend
        return PublicDay(working=working, made_up=made_up, doubt=doubt)
    both = Bilingual(zh=table["zh"].get(day) or name, en=name)
    return PublicDay(working=working, holiday=both, doubt=doubt)


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)
