"""The shipped calling hours: a table of places and purposes, read and checked row by row.

`docs/calling-hours.md` explains the columns.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from content.public_days import WorldDays
from content.toml_file import FOLDER, read_text
from domain.calling_rules import (
    ANY_PART,
    ANY_PURPOSE,
    ANYWHERE,
    PURPOSES,
    Rule,
    Rules,
    as_confidence,
    read_date,
)
from domain.errors import InputError
from domain.week import Windows, read_windows
from domain.zones import is_zone

FILE: Final = FOLDER / "calling_hours.csv"
COLUMNS: Final = (
    "place",
    "purpose",
    "mon_fri",
    "sat",
    "sun",
    "holidays",
    "cap",
    "note",
    "source",
    "confidence",
    "as_of",
    "eve",
    "holidays_of",
    "clock",
    "since",
    "until",
)


def load_calling_hours(path: Path) -> Rules:
    """The calling rules of a table.

    Raises:
        InputError: `content_bad` for a missing file or one without UTF-8,
            `calling_hours_columns`, `calling_hours_unfit` naming line, column and value,
            `calling_hours_twice`, `calling_hours_no_fallback`.
    """
    return calling_hours_in(read_text(path), path.name)


def calling_hours_in(text: str, where: str) -> Rules:
    """The calling rules of a table's text.

    Raises:
        InputError: as `load_calling_hours`; it names `where`.
    """
    try:
        table = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
        if tuple(table.fieldnames or ()) != COLUMNS:
            columns = ", ".join(COLUMNS)
            raise InputError("calling_hours_columns", file=where, columns=columns)
        rows = [_Row(where, table.line_num, cells).rule() for cells in table]
    except csv.Error as error:
        columns = ", ".join(COLUMNS)
        raise InputError("calling_hours_columns", file=where, columns=columns) from error
    rules = Rules(tuple(rows), WorldDays())
    kinds = {(row.place, row.purpose) for row in rows}
    for place, purpose in kinds:
        same = [row for row in rows if (row.place, row.purpose) == (place, purpose)]
        if not _follow(same):
            raise InputError("calling_hours_twice", file=where, place=place, purpose=purpose)
    complete = (ANYWHERE, ANY_PURPOSE) in kinds and None not in rules.fallback.days
    if not complete:
        raise InputError("calling_hours_no_fallback", file=where)
    return rules


@cache
def calling_hours() -> Rules:
    """The calling rules that the desk ships with."""
    return load_calling_hours(FILE)


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

    def rule(self) -> Rule:
        """The line as a rule."""
        if None in self._cells:
            raise self._unfit(COLUMNS[-1], str(self._cells[None]))
        place, purpose = self._text("place"), self._text("purpose")
        if place != ANYWHERE and not _is_place(place):
            raise self._unfit("place", place)
        if purpose not in {*PURPOSES, ANY_PURPOSE}:
            raise self._unfit("purpose", purpose)
        weekday = self._windows("mon_fri")
        if not self._text("source"):
            raise self._unfit("source", "")
        try:
            confidence = as_confidence(self._text("confidence"))
        except ValueError as error:
            raise self._unfit("confidence", self._text("confidence")) from error
        return Rule(
            place=place,
            purpose=purpose,
            days=(*(weekday,) * 5, self._windows("sat"), self._windows("sun")),
            holidays=self._windows("holidays"),
            cap=self._text("cap"),
            note=self._text("note"),
            source=self._text("source"),
            confidence=confidence,
            as_of=self._text("as_of"),
            eve=self._windows("eve"),
            holidays_of=self._holidays_of(),
            clock=self._clock(),
            since=self._date("since"),
            until=self._date("until"),
        )

    def _text(self, column: str) -> str:
        value = self._cells[column]
        if not isinstance(value, str):
            raise self._unfit(column, "")
        return value.strip()

    def _windows(self, column: str) -> Windows | None:
        text = self._text(column)
        try:
            return read_windows(text)
        except ValueError as error:
            raise self._unfit(column, text) from error

    def _holidays_of(self) -> str:
        place = self._text("holidays_of")
        if place and not _is_place(place.removesuffix(ANY_PART)):
            raise self._unfit("holidays_of", place)
        return place

    def _clock(self) -> str:
        zone = self._text("clock")
        if zone and not is_zone(zone):
            raise self._unfit("clock", zone)
        return zone

    def _date(self, column: str) -> date | None:
        text = self._text(column)
        try:
            return read_date(text)
        except ValueError as error:
            raise self._unfit(column, text) from error

    def _unfit(self, column: str, value: str) -> InputError:
        return InputError(
            "calling_hours_unfit", file=self._file, line=self._line, column=column, value=value[:60]
        )


def _follow(rows: Sequence[Rule]) -> bool:
    """Whether rows of one place and purpose take turns, so that one of them holds on every day."""
    turns = sorted(rows, key=lambda row: row.since or date.min)
    always = turns[0].since is None and turns[-1].until is None
    handed_over = [
        before.until is not None and before.until == after.since
        for before, after in itertools.pairwise(turns)
    ]
    return always and all(handed_over)


def _is_place(place: str) -> bool:
    """Whether a code is a country's, `US`, or one of its states', `US-FL`."""
    country, dash, state = place.partition("-")
    known = len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()
    return known and (not dash or (state.isalnum() and state.isupper()))
