"""The course of the day, as the trend's pane draws it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from domain.board import Fallen, by_quarter
from screens.board_words import NOTHING, Say
from widgets.trend_pane import Course, CourseGroup

if TYPE_CHECKING:
    from db.board_day import DayBoard

_SAMPLED: Final = ("due", "overdue", "claimed")
_A_QUARTER: Final = 4
_HOUR_SIGNS: Final = 4
_ALL: Final = 100.0


def courses(say: Say, day: DayBoard) -> tuple[CourseGroup, ...]:
    """Due, overdue and claimed by the quarter hour; calls and service level by the hour.

    The day begins with the first hour of which anything is known.
    """
    until = int((day.at - day.begin) / timedelta(hours=1))
    sampled = [int((at - day.begin) / timedelta(hours=1)) for at, _ in day.samples]
    first = min([*sampled, *day.calls, *day.by_hour], default=until + 1)
    if first > until:
        return ()
    quarters = []
    for code in _SAMPLED:
        values = by_quarter(day.samples, day.begin, day.at, code)[first * _A_QUARTER :]
        last = next((one for one in reversed(values) if one is not None), None)
        words = NOTHING if last is None else str(last)
        quarters.append(Course(say(f"board.figure.{code}"), values, words))
    hours = range(first, until + 1)
    calls = tuple(day.calls.get(hour, 0) for hour in hours)
    levels = tuple(day.by_hour.get(hour, Fallen()).service_level.value for hour in hours)
    now = levels[-1] if levels else None
    hourly = (
        Course(say("board.figure.calls"), calls, str(calls[-1]), each=_HOUR_SIGNS),
        Course(
            say("board.figure.service_level"),
            levels,
            NOTHING if now is None else say("board.percent", n=f"{now:.0f}"),
            top=_ALL,
            each=_HOUR_SIGNS,
        ),
    )
    scale = tuple(
        ((hour - first) * _HOUR_SIGNS, _clock(day.begin + timedelta(hours=hour), day.zone))
        for hour in hours
    )
    return (
        CourseGroup(say("board.trend.quarters"), tuple(quarters), scale),
        CourseGroup(say("board.trend.hours"), hourly, scale),
    )


def _clock(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%H")
