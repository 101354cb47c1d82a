"""Calendar days as files spell them, with what is no day sorted out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

DayProblem = Literal["empty", "placeholder", "impossible", "not_a_day"]

_PATTERNS: Final = (
    re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_MIDNIGHT: Final = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0+)?)?$")
_PLACEHOLDERS: Final = {(1900, 1, 1), (1899, 12, 30), (1900, 1, 0)}
_LUNAR_MONTH_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a calendar.

    Attributes:
        year: four digits.
        month: 1 to 12.
        day: 1 to 31; up to 30 in the lunar calendar.
        lunar: whether it is a day of the Chinese lunar calendar.
    """

    year: int
    month: int
    day: int
    lunar: bool = False

    @property
    def iso(self) -> str:
        """`YYYY-MM-DD` in its own calendar."""
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    @property
    def solar(self) -> date | None:
        """The date, where the day is one of the solar calendar."""
        return None if self.lunar else date(self.year, self.month, self.day)

    @property
    def lunar_only(self) -> bool:
        """Whether only the lunar calendar has such a day, as the 30th of its second month."""
        return self.lunar and not _is_date(self.year, self.month, self.day)


def read_day(cell: str | date, *, lunar: bool = False) -> Day | DayProblem:
    """The day in a cell.

    Args:
        cell: 2026/3/5, 2026-03-05, 2026年3月5日 or 20260305, each with or without 0:00:00, or a
            date of a spreadsheet.
        lunar: whether the file says that it is a day of the lunar calendar. No lunar month has a
            31st: such a day is read as one of the solar calendar.

    Returns:
        The day, or `empty`, `placeholder` (1900-01-01, what a system writes for unknown),
        `impossible` (no calendar has it) or `not_a_day`.
    """
    if isinstance(cell, date):
        parts: tuple[int, ...] = (cell.year, cell.month, cell.day)
    else:
        text = unicodedata.normalize("NFKC", cell).strip()
        if not text:
            return "empty"
        text = _MIDNIGHT.sub("", text)
        found = next((m for p in _PATTERNS if (m := p.fullmatch(text))), None)
        if found is None:
            return "not_a_day"
        parts = tuple(int(part) for part in found.groups())
    if parts in _PLACEHOLDERS:
        return "placeholder"
    year, month, day = parts
    if lunar and 1 <= month <= 12 and 1 <= day <= _LUNAR_MONTH_DAYS:
        return Day(year, month, day, lunar=True)
    return Day(year, month, day) if _is_date(year, month, day) else "impossible"


def only_day(cell: str | datetime | date) -> bool:
    """Whether a cell says a day without a time."""
    if isinstance(cell, datetime):
        return False
    return isinstance(cell, date) or isinstance(read_day(cell), Day)


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
