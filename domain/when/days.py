"""Which day of the calendar was meant."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.said import Said
from domain.when.model import DateOrder
from domain.when.pieces import Day, Edge, Figures, Offset, Week, Weekday
from domain.when.wish import ContradictionError, Wish

_EDGE_WEEKDAYS: Final[dict[Edge, int]] = {"start": 0, "middle": 2, "end": 4, "weekend": 5}
_MIDDLE: Final = 15
_FARTHEST: Final = 40_000
_FRIDAY: Final = 4


class NoSuchDayError(Exception):
    """The calendar has no such day: 30 February."""


class TooFarError(Exception):
    """The day lies further away than anybody plans."""


@dataclass(frozen=True, slots=True)
class Found:
    """A day that was named.

    Attributes:
        day: the date.
        next_day: the date that counts instead when its time of day is over; none where the day
            was named for certain.
        assumed: codes of what had to be assumed about it.
    """

    day: date
    next_day: date | None = None
    assumed: tuple[str, ...] = ()


def day_of(wish: Wish, today: date, *, order: DateOrder | None, allow_past: bool) -> Found | None:
    """The day that a wish names; none when it names none.

    Args:
        wish: what was asked for.
        today: the date on the clock on which the wish is read.
        order: how the country writes dates in figures.
        allow_past: days before today may be meant.

    Raises:
        NoSuchDayError, TooFarError: the calendar has no such day, or nobody plans so far.
        ContradictionError: a weekday or second name of the day says something else.
    """
    try:
        found = _named(wish, today, order=order, allow_past=allow_past)
        if found is None or wish.nudge is None:
            return found
        step = timedelta(days=_near(wish.nudge.days))
        return Found(found.day + step, assumed=found.assumed)
    except OverflowError as error:
        raise TooFarError from error


def _named(wish: Wish, today: date, *, order: DateOrder | None, allow_past: bool) -> Found | None:
    names: list[Found] = []
    if wish.figures is not None:
        year = wish.day.year if wish.day else None
        names.append(_of_figures(wish.figures, year, today, order))
    elif wish.day is not None:
        names.append(_of_calendar(wish.day, today, allow_past=allow_past))
    if wish.shift is not None:
        names.append(Found(today + timedelta(days=wish.shift.days)))
    if wish.offset is not None and _moves_day(wish.offset):
        return _of_offset(wish.offset, wish, names, today)
    if not names:
        return _of_week(wish, today, allow_past=allow_past)
    first = names[0]
    for other in names[1:]:
        if other.day != first.day:
            raise ContradictionError(first.day.isoformat(), other.day.isoformat())
    if wish.weekday is not None and wish.weekday.day != first.day.weekday():
        weekday = Said(f"when.weekday.{wish.weekday.day + 1}")
        raise ContradictionError(first.day.isoformat(), weekday)
    return first


def _of_offset(offset: Offset, wish: Wish, names: list[Found], today: date) -> Found:
    """A stretch of days from now; with whole weeks a weekday or a near day may stand beside it."""
    weeks = 0 if offset.months or offset.workdays or offset.days % 7 else offset.days // 7
    if weeks and wish.shift is not None and len(names) == 1 and wish.weekday is None:
        return Found(_moved(names[0].day, offset))
    if weeks and wish.weekday is not None and not names:
        return _of_weekday(Weekday(wish.weekday.day, weeks), today, past=True)
    if names or wish.weekday is not None or wish.week is not None:
        raise ContradictionError(Said("when.word.a_day"), Said("when.word.from_now"))
    return Found(_moved(today, offset))


def _of_week(wish: Wish, today: date, *, allow_past: bool) -> Found | None:
    if wish.weekday is not None:
        week = wish.week.week if wish.week is not None else wish.weekday.week
        named = Weekday(wish.weekday.day, week, wish.weekday.doubtful)
        return _of_weekday(named, today, past=allow_past)
    if wish.week is None:
        return None
    if wish.same_time is not None:
        return Found(today + timedelta(weeks=wish.week.week))
    return _of_edge(wish.week, today, past=allow_past)


def _of_weekday(named: Weekday, today: date, *, past: bool) -> Found:
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=named.day)
    if named.week is None:
        if day == today:
            return Found(today, next_day=today + timedelta(weeks=1))
        if day < today:
            return Found(day + timedelta(weeks=1), assumed=("next_week",))
        return Found(day)
    day += timedelta(weeks=named.week)
    if named.week == 0 and day < today and not past:
        return Found(day + timedelta(weeks=1), assumed=("next_week",))
    if named.doubtful and (day - today).days > 7:
        return Found(day, assumed=("week_after",))
    return Found(day)


def _of_edge(named: Week, today: date, *, past: bool) -> Found:
    if named.edge == "weekend" and named.week == 0 and today.weekday() > _FRIDAY:
        return Found(today)
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(weeks=named.week, days=_EDGE_WEEKDAYS[named.edge])
    if named.week == 0 and day < today and not past:
        return Found(day + timedelta(weeks=1), assumed=("next_week",))
    return Found(day)


def _of_figures(figures: Figures, year: int | None, today: date, order: DateOrder | None) -> Found:
    readings = list(_readings(figures, year, today, order))
    if not readings:
        raise NoSuchDayError
    ambiguous = len(set(readings)) > 1 and order is None
    turned = order is not None and not _fits(figures, order)
    return Found(readings[0], assumed=("date_order",) if ambiguous or turned else ())


def _fits(figures: Figures, order: DateOrder) -> bool:
    first, second = figures.numbers[0], figures.numbers[1]
    if order == "ymd":
        return len(figures.numbers) == 2 and first <= 12
    return (first if order == "mdy" else second) <= 12


def _readings(
    figures: Figures, year: int | None, today: date, order: DateOrder | None
) -> Iterator[date]:
    """The days that figures can mean, the likeliest first."""
    numbers = figures.numbers
    usual: tuple[DateOrder, ...] = ("dmy", "mdy") if figures.dotted else ("mdy", "dmy")
    orders = (order, *usual) if order is not None else usual
    for each in orders:
        first, second = numbers[0], numbers[1]
        named = numbers[2] if len(numbers) > 2 else year
        month, day = (second, first) if each == "dmy" else (first, second)
        if each == "ymd" and len(numbers) > 2 and numbers[2] < 100:
            named, month, day = numbers
        if named is not None and named < 100:
            named += 2000
        if (found := _on(named, month, day, today)) is not None:
            yield found
    if order is None and len(numbers) > 2 and numbers[2] <= 31:
        found = _on(2000 + numbers[0], numbers[1], numbers[2], today)
        if found is not None:
            yield found


def _on(year: int | None, month: int, day: int, today: date) -> date | None:
    """The day of a month; without a year the one nearest to today."""
    if year is not None:
        return _valid(year, month, day)
    near = (_valid(today.year + years, month, day) for years in range(-4, 5))
    return min((each for each in near if each), key=_distance(today), default=None)


def _distance(today: date) -> Callable[[date], tuple[int, bool]]:
    return lambda day: (abs((day - today).days), day < today)


def _valid(year: int, month: int, day: int) -> date | None:
    if not (1900 <= year <= 9000 and 1 <= month <= 12):
        return None
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def _of_calendar(named: Day, today: date, *, allow_past: bool) -> Found:
    year = named.year if named.year_shift is None else today.year + named.year_shift
    if named.month_shift is not None:
        first = _months_later(today.replace(day=1), named.month_shift)
        return Found(_within_month(first, named.day, named.edge))
    if named.month is None:
        return _in_some_month(named, today, allow_past=allow_past)
    if named.day is not None:
        found = _on(year, named.month, named.day, today)
        if found is None:
            raise NoSuchDayError
        return Found(found)
    years = (year,) if year is not None else tuple(today.year + more for more in (-1, 0, 1))
    if not all(1900 <= each <= 9000 for each in years):
        raise NoSuchDayError
    firsts = (date(each, named.month, 1) for each in years)
    days = (_within_month(first, None, named.edge) for first in firsts)
    return Found(min(days, key=_distance(today)))


def _within_month(first: date, day: int | None, edge: Edge | None) -> date:
    last = calendar.monthrange(first.year, first.month)[1]
    if day is None:
        day = {"middle": _MIDDLE, "end": last}.get(edge or "start", 1)
    if day > last:
        raise NoSuchDayError
    return first.replace(day=day)


def _in_some_month(named: Day, today: date, *, allow_past: bool) -> Found:
    """A day of whichever month it comes next in, or is nearest in when past days may be meant."""
    days = []
    for months in range(-1, 13):
        first = _months_later(today.replace(day=1), months)
        if named.day is None or named.day <= calendar.monthrange(first.year, first.month)[1]:
            days.append(_within_month(first, named.day, named.edge))
    if allow_past:
        return Found(min(days, key=_distance(today)))
    coming = next(day for day in days if day >= today)
    rolled = coming.month != today.month and named.day is not None
    return Found(coming, assumed=("next_month",) if rolled else ())


def _moves_day(offset: Offset) -> bool:
    return bool(offset.days or offset.months or offset.workdays)


def _moved(today: date, offset: Offset) -> date:
    day = _months_later(today, _near(offset.months)) + timedelta(days=_near(offset.days))
    step = -1 if offset.workdays < 0 else 1
    for _ in range(abs(_near(offset.workdays))):
        day += timedelta(days=step)
        while day.weekday() > _FRIDAY:
            day += timedelta(days=step)
    return day


def _months_later(day: date, months: int) -> date:
    """The same day of another month, or that month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 < year < 9000:
        raise TooFarError
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _near(amount: int) -> int:
    if abs(amount) > _FARTHEST:
        raise TooFarError
    return amount
