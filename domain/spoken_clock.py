"""Days and clocks as sentences of the catalogues, the same in echo, read-back and reasons."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from domain.said import Said

# From the hour on which each part of the day begins, as both languages name it.
_PARTS: Final = (
    (18, "evening"),
    (13, "afternoon"),
    (12, "noon"),
    (5, "morning"),
    (1, "small_hours"),
    (0, "midnight"),
)
_NEAR_DAYS: Final = {
    -2: "before_yesterday",
    -1: "yesterday",
    0: "today",
    1: "tomorrow",
    2: "after_tomorrow",
}


def clock_said(local: datetime) -> Said:
    """A time of day: 下午3:05 / 3:05 pm."""
    part = next(part for hour, part in _PARTS if local.hour >= hour)
    return Said(
        f"when.clock.{part}", {"hour": (local.hour - 1) % 12 + 1, "minute": f"{local.minute:02d}"}
    )


def weekday_said(local: datetime) -> Said:
    """A weekday: 周二 / Tue."""
    return Said(f"when.weekday.{local.isoweekday()}")


def day_said(local: datetime, now: datetime | None = None) -> Said:
    """A day, with its distance when it is near: 明天（11月24日 周二） / tomorrow, Tue 24 Nov.

    Args:
        local: a moment of that day on the customer's clock.
        now: the present on the same clock; without it the year is told.
    """
    month = Said(f"when.month.{local.month}")
    date: dict[str, object] = {"month": month, "day": local.day, "weekday": weekday_said(local)}
    if now is None or (now.year != local.year and abs((local - now).days) > 60):
        return Said("when.day.with_year", {**date, "year": local.year})
    near = _NEAR_DAYS.get((local.date() - now.date()).days)
    if near is None:
        return Said("when.day.plain", date)
    return Said("when.day.near", {**date, "near": Said(f"when.near.{near}")})


def moment_said(theirs: datetime, mine: datetime | None, now: datetime | None = None) -> Said:
    """A moment on the customer's clock, and on ours where it differs.

    Args:
        theirs: the moment in the customer's zone.
        mine: the same moment in the operator's zone; none when nobody knows it.
        now: the present in the customer's zone.
    """
    params: dict[str, object] = {"day": day_said(theirs, now), "clock": clock_said(theirs)}
    if mine is None or mine.utcoffset() == theirs.utcoffset():
        return Said("when.moment.theirs", params)
    both = {**params, "my_weekday": weekday_said(mine), "my_clock": clock_said(mine)}
    return Said("when.moment.both", both)
