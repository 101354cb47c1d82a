"""Reading the shop's own days from the file of care plans: owners' days, seasons, surveys."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta
from typing import Final

from domain.bands import Tier
from domain.care.shop_days import (
    Audience,
    Blackout,
    OwnersDay,
    Season,
    SurveyCalendar,
    SurveyCalendars,
)
from domain.entry import Entry
from domain.said import Said

MONTH_DAY: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
MONTH_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LEAP_DAY: Final = (2, 29)


def owners_day_of(record: Entry) -> OwnersDay:
    """An owners' day.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    code = _named(record)
    found = OwnersDay(code, record.both("name"), _day(record, "on"), _audience(record))
    record.close()
    return found


def season_of(record: Entry) -> Season:
    """A season of service.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    code = _named(record)
    first, last = _month_day(record, "from"), _month_day(record, "until")
    found = Season(code, record.both("name"), first, last, _audience(record))
    record.close()
    return found


def survey_calendars_of(records: tuple[Entry, ...]) -> SurveyCalendars:
    """The survey calendars of makers.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    return SurveyCalendars(tuple(_survey_calendar(record) for record in records))


def tiers_of(record: Entry, field: str) -> frozenset[Tier]:
    """A list of tiers; an absent field is an empty one.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    names = record.texts(field)
    for name in names:
        if name not in tuple(Tier):
            words = {"field": field, "known": ", ".join(Tier)}
            raise record.bad(Said("rules.bad.choice", words))
    return frozenset(map(Tier, names))


def _survey_calendar(record: Entry) -> SurveyCalendar:
    code = _named(record)
    name, models = record.both("name"), _models(record)
    found = []
    for one in record.entries("blackouts"):
        first, last = _day(one, "from"), _day(one, "until")
        one.close()
        if last < first:
            raise one.bad(Said("care.bad.blackout_order"))
        found.append(Blackout(first, last))
    record.close()
    if not found:
        raise record.bad(Said("rules.bad.missing_field", {"field": "blackouts"}))
    found.sort(key=lambda one: one.first)
    for earlier, later in itertools.pairwise(found):
        if later.first <= earlier.last + timedelta(days=1):
            raise record.bad(Said("care.bad.blackout_order"))
    return SurveyCalendar(code, name, models, tuple(found))


def _named(record: Entry) -> str:
    code = record.text("code")
    record.where = f"{record.where} ({code})"
    return code


def _audience(record: Entry) -> Audience:
    return Audience(_models(record), tiers_of(record, "tiers"), _months(record))


def _models(record: Entry) -> tuple[str, ...]:
    return tuple(model.casefold() for model in record.texts("models"))


def _months(record: Entry) -> tuple[int, int] | None:
    if not record.has("age_months"):
        return None
    match record.value("age_months"):
        case [int(youngest), int(oldest)] if 0 <= youngest <= oldest:
            return youngest, oldest
    raise record.bad(Said("care.bad.age_months"))


def _day(record: Entry, field: str) -> date:
    value = record.value(field)
    if type(value) is date:
        return value
    raise record.bad(Said("care.bad.day", {"field": field}))


def _month_day(record: Entry, field: str) -> tuple[int, int]:
    match = MONTH_DAY.fullmatch(record.text(field))
    found = (int(match[1]), int(match[2])) if match else (0, 0)
    if not match or found == _LEAP_DAY or found[1] > MONTH_DAYS[found[0] - 1]:
        raise record.bad(Said("care.bad.month_day", {"field": field}))
    return found
