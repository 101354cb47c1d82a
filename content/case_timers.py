"""The shipped timers of cases: a table of limits, read and checked row by row.

`docs/deadlines.md` explains the columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from content.toml_file import FOLDER, read_text
from domain.bilingual import Bilingual
from domain.calling_rules import Confidence, as_confidence
from domain.case_timer import Binding, DayEnd, Duty, Event, Timer, Timers, Unit
from domain.errors import InputError
from domain.week import Windows, read_windows
from domain.zones import is_zone

FILE: Final = FOLDER / "case_timers.csv"
COLUMNS: Final = (
    "regime",
    "step",
    "limit",
    "unit",
    "from",
    "who",
    "start_day",
    "day_end",
    "hours",
    "calendar",
    "zone",
    "weights",
    "levels",
    "countries",
    "trades",
    "regime_zh",
    "regime_en",
    "step_zh",
    "step_en",
    "note_zh",
    "note_en",
    "source",
    "confidence",
    "counting",
    "counting_confidence",
    "as_of",
)
WEIGHTS: Final = ("grumble", "complaint", "appeal", "none")
LEVELS: Final = ("local", "skip_level", "regulator")

_LONGEST: Final = 1000  # of whatever unit: more is a slip
_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TRADE: Final = re.compile(r"[a-z]+(?:[-_][a-z]+)*")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_PLACE: Final = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]+)?")

C = TypeVar("C", bound=StrEnum)


def load_case_timers(path: Path) -> Timers:
    """The timers of a table.

    Raises:
        InputError: `content_bad` for a missing file or one without UTF-8, `timers_columns`,
            `timers_unfit` naming line, column and value, `timers_twice`.
    """
    return case_timers_in(read_text(path), path.name)


def case_timers_in(text: str, where: str) -> Timers:
    """The timers of a table's text.

    Raises:
        InputError: as `load_case_timers`; it names `where`.
    """
    rows: list[Timer] = []
    lines: dict[tuple[str, str], int] = {}
    try:
        table = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
        if tuple(table.fieldnames or ()) != COLUMNS:
            raise InputError("timers_columns", file=where, columns=", ".join(COLUMNS))
        for cells in table:
            row = _Row(where, table.line_num, cells).timer()
            if row.key in lines:
                raise InputError(
                    "timers_twice",
                    file=where,
                    line=table.line_num,
                    earlier=lines[row.key],
                    regime=row.regime,
                    step=row.step,
                )
            lines[row.key] = table.line_num
            rows.append(row)
    except csv.Error as error:
        raise InputError("timers_columns", file=where, columns=", ".join(COLUMNS)) from error
    return Timers(tuple(rows))


@cache
def case_timers() -> Timers:
    """The timers that the desk ships with."""
    return load_case_timers(FILE)


class _Row:
    """One line of the table.

    Args:
        file: the file's name, for errors.
        line: the line's number, for errors.
        cells: what the columns hold.
    """

    def __init__(self, file: str, line: int, cells: Mapping[str | None, object]) -> None:
        self._file = file
        self._line = line
        self._cells = cells

    def timer(self) -> Timer:
        """The line as a timer."""
        if None in self._cells:
            raise self._unfit(COLUMNS[-1], str(self._cells[None]))
        unit = self._choice("unit", Unit)
        day_end = self._choice("day_end", DayEnd)
        return Timer(
            regime=self._fitting("regime", _CODE),
            step=self._fitting("step", _CODE),
            regime_name=Bilingual(self._needed("regime_zh"), self._needed("regime_en")),
            step_name=Bilingual(self._needed("step_zh"), self._needed("step_en")),
            limit=self._limit(unit),
            unit=unit,
            event=self._choice("from", Event),
            start_counts=self._flag("start_day"),
            day_end=day_end,
            hours=self._hours(needed=unit is Unit.WORKING_HOUR or day_end is DayEnd.CLOSE),
            calendar=self._fitting("calendar", _PLACE) if self._text("calendar") else "",
            zone=self._zone(),
            duty=self._choice("who", Duty),
            binding=Binding(
                weights=self._some_of("weights", WEIGHTS),
                levels=self._some_of("levels", LEVELS),
                countries=self._each("countries", _COUNTRY),
                trades=self._each("trades", _TRADE),
            ),
            note=self._note(),
            source=self._needed("source"),
            confidence=self._confidence("confidence"),
            counting=self._needed("counting"),
            counting_confidence=self._confidence("counting_confidence"),
            as_of=self._text("as_of"),
        )

    def _text(self, column: str) -> str:
        value = self._cells[column]
        if not isinstance(value, str):
            raise self._unfit(column, "")
        return value.strip()

    def _needed(self, column: str) -> str:
        text = self._text(column)
        if not text:
            raise self._unfit(column, "")
        return text

    def _fitting(self, column: str, shape: re.Pattern[str]) -> str:
        text = self._text(column)
        if shape.fullmatch(text) is None:
            raise self._unfit(column, text)
        return text

    def _choice(self, column: str, choices: type[C]) -> C:
        text = self._text(column)
        for choice in choices:
            if choice.value == text:
                return choice
        raise self._unfit(column, text)

    def _limit(self, unit: Unit) -> int:
        text = self._text("limit")
        limit = int(text) if text.isascii() and text.isdecimal() else None
        # Nothing but days can be none: the end of the same day.
        least = 0 if unit in {Unit.DAY, Unit.WORKING_DAY, Unit.BUSINESS_DAY} else 1
        fits = limit == 0 if unit is Unit.TYPED_DATE else least <= (limit or 0) <= _LONGEST
        if limit is None or not fits:
            raise self._unfit("limit", text)
        return limit

    def _flag(self, column: str) -> bool:
        text = self._text(column)
        if text not in {"yes", "no"}:
            raise self._unfit(column, text)
        return text == "yes"

    def _hours(self, *, needed: bool) -> Windows:
        text = self._text("hours")
        try:
            windows = read_windows(text) or ()
        except ValueError as error:
            raise self._unfit("hours", text) from error
        if bool(windows) != needed:
            raise self._unfit("hours", text)
        return windows

    def _zone(self) -> str:
        zone = self._text("zone")
        if zone and not is_zone(zone):
            raise self._unfit("zone", zone)
        return zone

    def _some_of(self, column: str, known: Collection[str]) -> frozenset[str]:
        words = self._text(column).split()
        for word in words:
            if word not in known:
                raise self._unfit(column, word)
        return frozenset(words)

    def _each(self, column: str, shape: re.Pattern[str]) -> frozenset[str]:
        words = self._text(column).split()
        for word in words:
            if shape.fullmatch(word) is None:
                raise self._unfit(column, word)
        return frozenset(words)

    def _note(self) -> Bilingual | None:
        chinese, english = self._text("note_zh"), self._text("note_en")
        if bool(chinese) != bool(english):
            raise self._unfit("note_en" if chinese else "note_zh", "")
        return Bilingual(chinese, english) if chinese else None

    def _confidence(self, column: str) -> Confidence:
        text = self._text(column)
        try:
            return as_confidence(text)
        except ValueError as error:
            raise self._unfit(column, text) from error

    def _unfit(self, column: str, value: str) -> InputError:
        return InputError(
            "timers_unfit", file=self._file, line=self._line, column=column, value=value[:60]
        )
