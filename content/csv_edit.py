"""Changing one cell or one line of a CSV text; everything else stays as it is, to the byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import InputError


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where a cell stands in the text, its quotes included."""

    start: int
    end: int


def rows_of(text: str) -> list[list[str]]:
    """The lines of a table with their cells, the head among them; blank ones are passed over.

    Raises:
        InputError: `layout_strange` when it is no such table.
    """
    try:
        lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
        return [line for line in lines if line]
    except csv.Error as error:
        raise InputError("layout_strange") from error


def with_cell(text: str, row: int, column: int, value: str) -> str:
    """The text with another value in one cell; rows count from the head, which is 0.

    Raises:
        InputError: `layout_strange`.
    """
    wanted = rows_of(text)
    wanted[row][column] = value
    cell = _cells(text)[row][column]
    return _proved(text[: cell.start] + _written(value) + text[cell.end :], wanted)


def with_line(text: str, values: Sequence[str], behind: int) -> str:
    """The text with one more line behind another one.

    Raises:
        InputError: `layout_strange`.
    """
    wanted = rows_of(text)
    wanted.insert(behind + 1, list(values))
    end = "\r\n" if "\r\n" in text else "\n"
    at = _cells(text)[behind][-1].end
    line = ",".join(map(_written, values))
    return _proved(text[:at] + end + line + text[at:], wanted)


def without_line(text: str, row: int) -> str:
    """The text without a line.

    Raises:
        InputError: `layout_strange`.
    """
    wanted = rows_of(text)
    del wanted[row]
    cells = _cells(text)
    return _proved(text[: cells[row - 1][-1].end] + text[cells[row][-1].end :], wanted)


def _cells(text: str) -> list[list[_Cell]]:
    rows: list[list[_Cell]] = [[]]
    at = start = 1 if text.startswith("\ufeff") else 0
    quoted = False
    while at <= len(text):
        letter = text[at] if at < len(text) else "\n"
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in ",\r\n":
            if letter == "," or at > start or rows[-1]:
                rows[-1].append(_Cell(start, at))
            if letter != "," and rows[-1]:
                rows.append([])
            start = at + 1
        at += 1
    return [row for row in rows if row]


def _proved(text: str, wanted: list[list[str]]) -> str:
    if rows_of(text) != wanted:
        raise InputError("layout_strange")
    return text


def _written(value: str) -> str:
    if any(sign in value for sign in ',"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value
