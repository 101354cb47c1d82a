"""Instants as a person reads them: on one's own clock, with the day only where it is another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from content.translations import Language, translate
from domain.said import Said


def clock_text(language: Language, at: datetime, zone: str, now: datetime) -> str:
    """An instant on the clock of a zone: `14:30`, `tomorrow 09:00`, `Mon 23 Nov 09:00`.

    Args:
        language: the language to speak.
        at: the instant, aware.
        zone: IANA name.
        now: the present instant, aware; decides which day is today.
    """
    here = ZoneInfo(zone)
    local, today = at.astimezone(here), now.astimezone(here).date()
    clock = local.strftime("%H:%M")
    days = (local.date() - today).days
    if days == 0:
        return clock
    if days in (-1, 1):
        key = "ui.time.tomorrow" if days == 1 else "ui.time.yesterday"
        return translate(language, key, clock=clock)
    return translate(language, "ui.time.day", day=day_text(language, local, now), clock=clock)


def day_text(language: Language, local: datetime, now: datetime) -> str:
    """The day of a local time, with its weekday, and the year where it is another."""
    weekday = translate(language, f"ui.weekday.{local.isoweekday()}")
    key = "ui.time.date" if local.year == now.astimezone(local.tzinfo).year else "ui.time.date_year"
    month = translate(language, f"ui.month.{local.month}")
    return translate(language, key, weekday=weekday, day=local.day, month=month, year=local.year)


def short_day(at: datetime, zone: str, now: datetime) -> str:
    """A day of the past in as few cells as possible: `11-20`, `2025-11-20`."""
    local = at.astimezone(ZoneInfo(zone))
    same_year = local.year == now.astimezone(ZoneInfo(zone)).year
    return local.strftime("%m-%d" if same_year else "%Y-%m-%d")


def localised(
    language: Language, params: Mapping[str, object], zone: str, now: datetime
) -> dict[str, object]:
    """Parameters of a sentence with every instant, nested ones too, on the clock of a zone."""
    return {name: _localised(language, value, zone, now) for name, value in params.items()}


def _localised(language: Language, value: object, zone: str, now: datetime) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return clock_text(language, value, zone, now)
    if isinstance(value, Said):
        return Said(value.key, localised(language, value.params, zone, now))
    return value
