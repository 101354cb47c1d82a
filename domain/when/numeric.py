"""Dates and clocks in figures, which belong to no language."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from domain.when.pattern import Meaning, Pattern, pattern
from domain.when.pieces import (
    Clock,
    Day,
    Dotted,
    Figures,
    Half,
    HalfDay,
    Nothing,
    Number,
    Piece,
    Place,
    To,
)

HALF: Final = r"(?P<half>[ap]\.?\s?m\b\.?|[ap](?![a-z]))"
"""am or pm behind a clock."""

_TIME: Final = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?"
_COMPACT: Final = r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
_NO_CLOCK: Final = r"(?!\s*(?:点|时|:\d|[ap]\.?m\b|h\b))"


@cache
def patterns() -> tuple[Pattern, ...]:
    """The forms in figures."""
    return tuple(
        pattern(regex, build)
        for regex, build in (
            # A sign after a bare hour and minute is a span's dash: 14:30-16:00.
            (rf"(\d{{4}})[-/](\d\d?)[-/](\d\d?)(?:t|\s+){_TIME}\s?(z|\+\d\d:?\d\d)(?![\d:])", _iso),
            (rf"(\d{{4}})-(\d\d?)-(\d\d?)t{_TIME}\s?(-\d\d:?\d\d)(?![\d:])", _iso),
            (
                r"(\d{4})[-/](\d\d?)[-/](\d\d?)\s+(\d\d?):(\d\d):(\d\d)(-\d\d:?\d\d)(?![\d:])",
                _iso,
            ),
            (rf"{_COMPACT}t?(\d\d)(\d\d)(\d\d)?(z|[+-]\d\d:?\d\d)?(?!\d)", _iso),
            (r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)", _year_first),
            (rf"{_COMPACT}(?!\d)", lambda m: _day(m[1], m[2], m[3])),
            (r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?![\d:])", _three),
            (rf"(\d{{1,2}})/(\d{{1,2}})(?![\d/]){_NO_CLOCK}", _two),
            (rf"(\d{{1,2}})-(\d{{1,2}})(?![\d:./-]){_NO_CLOCK}", _dashed),
            (
                r"(\d{1,2})\.(\d{1,2})\.(?!\d)",
                lambda m: Figures((int(m[1]), int(m[2])), dotted=True),
            ),
            (r"(\d{1,2})\.(\d{1,2})(?!\d)", _dotted),
            (rf"{_TIME}(?:\s*{HALF})?(?![\d:])", _clock),
            (rf"(\d{{1,2}})\.(\d{{2}})()\s*{HALF}", _clock),
            (rf"(\d{{1,2}})(\d{{2}})()\s*{HALF}", _clock),
            (rf"(\d{{1,2}})()()\s*{HALF}", _clock),
            (r"\+\d\d:?\d\d(?![\d:])", lambda m: Place(minutes_east(m[0]))),
            (r"\d{1,4}(?!\d)", lambda m: Number(int(m[0]), m[0])),
            (r"(?<=\d)t(?=\d)|@", Nothing()),
            (r"-+>?|~+", To(word=False)),
            (r"(am|a\.m\.?|pm|p\.m\.?)(?![a-z])", lambda m: HalfDay(half_of(m[1]))),
        )
    )


def half_of(text: str) -> Half:
    """The half of the day of `p.m.`, `pm` or `p`."""
    return "am" if text.startswith("a") else "pm"


def clock(
    hour: str, minute: str = "", second: str = "", half: str = "", *, formal: bool = False
) -> Clock:
    """A clock from its figures; `formal` as in `Clock`.

    Raises:
        ValueError: there is no such time.
    """
    value = Clock(
        hour=int(hour),
        minute=int(minute or 0),
        second=int(second or 0),
        half=half_of(half) if half else None,
        written=not half
        and (int(hour) >= 13 or int(hour) == 0 or bool(second) or hour.startswith("0")),
        formal=formal,
    )
    if value.hour > 24 or value.minute > 59 or value.second > 59:
        raise ValueError(hour)
    if value.hour == 24 and (value.minute or value.second):
        raise ValueError(hour)
    if value.half == "am" and value.hour > 12:
        raise ValueError(hour)
    return value


def _clock(match: re.Match[str]) -> Meaning:
    hour, minute, second = match[1], match[2], match[3]
    return clock(hour, minute or "", second or "", match["half"] or "", formal=True)


def _day(year: str, month: str, day: str) -> Day:
    return Day(year=int(year), month=int(month), day=int(day), written=True)


def _iso(match: re.Match[str]) -> tuple[Piece, ...]:
    year, month, day, hour, minute, second, offset = match.groups()
    time = clock(hour, minute, second or "")
    pieces: tuple[Piece, ...] = (
        _day(year, month, day),
        Clock(time.hour, time.minute, time.second, written=True),
    )
    return (*pieces, Place(minutes_east(offset))) if offset else pieces


def minutes_east(offset: str) -> int:
    """The minutes of `z`, `+08:00`, `-0330` or `+8`.

    Raises:
        ValueError: no place keeps such a clock.
    """
    if offset == "z":
        return 0
    digits = offset[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:
        raise ValueError(offset)
    return (hours * 60 + minutes) * (-1 if offset[0] == "-" else 1)


def _year_first(match: re.Match[str]) -> Meaning:
    return _day(match[1], match[3], match[4])


def _three(match: re.Match[str]) -> Meaning:
    return Figures((int(match[1]), int(match[3]), int(match[4])), dotted=match[2] == ".")


def _two(match: re.Match[str]) -> Meaning:
    return Figures((int(match[1]), int(match[2])))


def _dashed(match: re.Match[str]) -> Meaning:
    return Figures((int(match[1]), int(match[2])), dashed=True)


def _dotted(match: re.Match[str]) -> Meaning:
    return Dotted(int(match[1]), int(match[2]), two_digits=len(match[2]) == 2)
