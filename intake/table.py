"""A file as it was read: header, rows of cells, and how it was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from domain.said import Said

Cell = str | float | bool | date
"""A text, number, truth value or date (a `datetime` is a `date` too); an empty cell is `""`."""

Format = Literal["csv", "xlsx"]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number as a spreadsheet counts (the header's is usually 1), and its cells."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read.

    Attributes:
        path: where it lies.
        digest: SHA-256 of its bytes, in hexadecimal.
        format: `csv` or `xlsx`.
        header: the names of the columns.
        rows: the rows below the header; rows without any content are left out.
        encoding: how a CSV's text is coded, as Python names it; empty for a spreadsheet.
        delimiter: what parts a CSV's cells; empty for a spreadsheet.
        line_end: what ends a CSV's lines.
        sheet: the name of the sheet; empty for a CSV.
        has_header: whether the file names its columns; else `header` counts them.
        cut_off: whether the last row may have been cut off: it is short and its line has no end.
        notices: what a person should know about how the file was read.
    """

    path: Path
    digest: str
    format: Format
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    encoding: str = ""
    delimiter: str = ""
    line_end: str = "\r\n"
    sheet: str = ""
    has_header: bool = True
    cut_off: bool = False
    notices: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class RawTable:
    """Rows of a file before its header was found."""

    rows: tuple[TableRow, ...]
    encoding: str = ""
    delimiter: str = ""
    line_end: str = "\r\n"
    sheet: str = ""
    cut_off: bool = False
    notices: tuple[Said, ...] = ()


def text_of(cell: Cell) -> str:
    """A cell as text: a whole number without a decimal point, a date in ISO form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
