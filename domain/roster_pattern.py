"""Working hours of a week as people write them, and the shifts that come of them.

`mon-fri 09:00-18:00; sat 10:00-14:00` or `周一至周五 9:00-12:00 13:00-18:00；周六 休`.
Hours that end before they begin go on into the next day.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.errors import InputError
from domain.public_days import PublicDays
from domain.roster import Shift, instant_of, minutes_on
from domain.wall_clock import DAY_MINUTES, Window
from domain.week import Windows

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CHINESE: Final = "一二三四五六日"
_FREE: Final = frozenset({"off", "free", "none", "-", "休", "休息"})
_EVERY: Final = frozenset({"daily", "every", "每天", "天天"})
_HOURS: Final = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?\s*-\s*([0-9]{1,2})(?::([0-9]{2}))?")
_DAYS: Final = re.compile(r"\s*([^0-9\s,;-]+(?:\s*[-,]\s*[^0-9\s,;-]+)*)\s*(.*)", re.DOTALL)
_WORK_DAYS: Final = 5
_LONGEST: Final = 16 * 60

Hours = tuple[Windows, ...]
"""Hours of the seven days, Monday first: minutes of the shop's clock since the day's midnight,
beyond it where they go on into the next day."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """The working hours of a week.

    Attributes:
        hours: of the seven days, Monday first.
        on_holidays: whether public holidays are worked like other days.
    """

    hours: Hours
    on_holidays: bool = False

    def on(self, day: date, country: str, calendar: PublicDays) -> Windows:
        """The hours of a date: none on a public holiday; of a workday on a made-up weekend day.

        Args:
            day: the date.
            country: whose public holidays count; empty where nobody knows: then none do.
            calendar: who knows them.
        """
        own = self.hours[day.weekday()]
        if self.on_holidays or not country:
            return own
        public = calendar.on(country, day)
        if public.holiday is not None and not public.working:
            return ()
        if public.made_up and not own:
            worked = [hours for hours in self.hours[:_WORK_DAYS] if hours]
            return worked[-1] if worked else ()
        return own


def read_pattern(text: str, *, on_holidays: bool = False) -> Pattern:
    """A week's hours as somebody typed them.

    Raises:
        InputError: `pattern_bad` (text) with the part that can't be read.
    """
    plain = unicodedata.normalize("NFKC", text).replace("–", "-").replace("—", "-").strip()
    days: list[Windows] = [()] * 7
    named: set[int] = set()
    for part in filter(None, (one.strip() for one in re.split(r"[;\n]", plain))):
        match = _DAYS.fullmatch(part)
        which = _days(match[1]) if match else None
        if match is None or which is None or named & set(which):
            raise InputError("pattern_bad", text=part[:60])
        hours = read_hours(match[2])
        for place in which:
            days[place] = hours
        named |= set(which)
    if not named:
        raise InputError("pattern_bad", text=text.strip()[:60])
    _refuse_overrun(days, text)
    return Pattern(tuple(days), on_holidays)


def read_hours(text: str) -> Windows:
    """Hours of one day: `09:00-12:00 13:00-18:00`, `22:00-06:00` into the next day, or `off`.

    Raises:
        InputError: `day_hours_bad` (text).
    """
    plain = unicodedata.normalize("NFKC", text).replace("–", "-").replace("—", "-").strip().lower()
    plain = plain.replace("至", "-").replace("到", "-")
    if plain in _FREE:
        return ()
    found: list[Window] = []
    rest = _HOURS.sub(" ", plain)
    if rest.strip(" ,、"):
        raise InputError("day_hours_bad", text=text.strip()[:60])
    for match in _HOURS.finditer(plain):
        hour, minute, end_hour, end_minute = (int(part or 0) for part in match.groups())
        start, end = hour * 60 + minute, end_hour * 60 + end_minute
        if minute > 59 or end_minute > 59 or start >= DAY_MINUTES or end > DAY_MINUTES:
            raise InputError("day_hours_bad", text=text.strip()[:60])
        if end <= start:
            end += DAY_MINUTES
        if end - start > _LONGEST or (found and start < found[-1][1]):
            raise InputError("day_hours_bad", text=text.strip()[:60])
        found.append((start, end))
    if not found:
        raise InputError("day_hours_bad", text=text.strip()[:60])
    return tuple(found)


def write_hours(windows: Windows) -> str:
    """Hours of a day as `read_hours` reads them; `off` for a free day."""
    if not windows:
        return "off"
    clock = "{:02d}:{:02d}".format
    return " ".join(
        f"{clock(*divmod(start, 60))}-{clock(*divmod(_within_day(end), 60))}"
        for start, end in windows
    )


def write_pattern(hours: Hours) -> str:
    """A week's hours as `read_pattern` reads them, days that are alike together."""
    parts, place = [], 0
    while place < len(hours):
        last = place
        while last + 1 < len(hours) and hours[last + 1] == hours[place]:
            last += 1
        days = WEEKDAYS[place] if last == place else f"{WEEKDAYS[place]}-{WEEKDAYS[last]}"
        if hours[place]:
            parts.append(f"{days} {write_hours(hours[place])}")
        place = last + 1
    return "; ".join(parts) or "mon-sun off"


def shifts_on(operator_id: int, day: date, windows: Windows, zone: str) -> list[Shift]:
    """The shifts of a person's day: each as long as the shop's clock says.

    What a change of the clock leaves nothing of is left out.
    """
    made = [
        Shift(operator_id, instant_of(day, start, zone), instant_of(day, end, zone))
        for start, end in windows
    ]
    return [one for one in made if one.starts_at < one.ends_at]


def hours_on(day: date, shifts: list[Shift], zone: str) -> Windows:
    """The hours that shifts of a day take on the shop's clock; `shifts_on` makes them again."""
    return tuple(
        (minutes_on(day, one.starts_at, zone), minutes_on(day, one.ends_at, zone))
        for one in sorted(shifts)
    )


def days_of(
    pattern: Pattern, first: date, last: date, country: str, calendar: PublicDays
) -> Mapping[date, Windows]:
    """The hours of each date of a span of days, both ends included."""
    return {day: pattern.on(day, country, calendar) for day in each_day(first, last)}


def each_day(first: date, last: date) -> Iterator[date]:
    """The dates of a span, both ends included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _within_day(minutes: int) -> int:
    return minutes if minutes <= DAY_MINUTES else minutes - DAY_MINUTES


def _days(text: str) -> tuple[int, ...] | None:
    """The places of the days that are named; none where one is not understood."""
    found: list[int] = []
    if text.strip().lower() in _EVERY:
        return tuple(range(7))
    plain = text.lower().replace("至", "-").replace("到", "-").replace("、", ",")
    for part in plain.split(","):
        ends = [_day(end.strip()) for end in part.split("-")]
        if len(ends) > 2 or None in ends:
            return None
        first, last = ends[0], ends[-1]
        if first is None or last is None or first > last:
            return None
        found += range(first, last + 1)
    return tuple(found) if len(set(found)) == len(found) else None


def _day(text: str) -> int | None:
    for prefix in ("星期", "礼拜", "周"):
        if text.startswith(prefix):
            name = text.removeprefix(prefix).replace("天", "日")
            return _CHINESE.index(name) if name and name in _CHINESE else None
    if text in _CHINESE and len(text) == 1:
        return _CHINESE.index(text)
    short = text[:3]
    long = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    if short in WEEKDAYS and long[WEEKDAYS.index(short)].startswith(text):
        return WEEKDAYS.index(short)
    return None


def _refuse_overrun(days: list[Windows], text: str) -> None:
    """Refuses a night that runs into the hours of the next day."""
    for place, windows in enumerate(days):
        after = days[(place + 1) % 7]
        if windows and after and windows[-1][1] - DAY_MINUTES > after[0][0]:
            raise InputError("pattern_bad", text=text.strip()[:60])
