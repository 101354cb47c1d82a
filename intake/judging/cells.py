"""The cells of a row by the fields that its columns hold."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from domain.record.cells import clean, clean_line
from domain.record.rows import RejectedRow
from intake.mapping import ColumnMapping
from intake.table import Cell, TableRow, text_of

_SHOWN: Final = 80
_REPLACED: Final = "\ufffd"
_QUOTED: Final = frozenset("=+-@\t\r")


class BadRowError(Exception):
    """A row can't be imported; says why."""

    def __init__(self, reason: str, field: str = "", value: str = "") -> None:
        self.reason = reason
        self.field = field
        self.value = value
        super().__init__(reason)

    def as_rejected(self, row: int) -> RejectedRow:
        """The rejection of a row."""
        return RejectedRow(row, self.reason, self.field, clean_line(self.value)[:_SHOWN])


class RowCells:
    """One row at a time, read by field; a field that the file does not have is an empty cell."""

    def __init__(self, mapping: ColumnMapping) -> None:
        self._places: Final = {
            column.field: column.index for column in mapping.columns if column.field
        }
        self.width: Final = len(mapping.columns)
        self._cells: tuple[Cell, ...] = ()

    def turn_to(self, row: TableRow) -> None:
        """Takes the next row.

        Raises:
            BadRowError: `too_many_cells`, or `damaged_text` where letters were lost in decoding.
        """
        self._cells = row.cells
        if len(row.cells) > self.width and any(
            text_of(cell).strip() for cell in row.cells[self.width :]
        ):
            raise BadRowError("too_many_cells", value=text_of(row.cells[self.width]))
        for cell in row.cells:
            if isinstance(cell, str) and _REPLACED in cell:
                raise BadRowError("damaged_text", value=cell)

    def has(self, field: str) -> bool:
        """Whether the file has the field at all."""
        return field in self._places

    def cell(self, field: str) -> Cell:
        """The cell as it stands."""
        place = self._places.get(field)
        cell = self._cells[place] if place is not None and place < len(self._cells) else ""
        # A file of rejects quotes what a spreadsheet would take for a formula; it comes back here.
        if isinstance(cell, str) and cell[:1] == "'" and cell[1:2] in _QUOTED:
            return cell[1:]
        return cell

    def raw(self, field: str) -> str:
        """The cell as text, not cleaned."""
        cell = self.cell(field)
        return cell if isinstance(cell, str) else text_of(cell)

    def line(self, field: str) -> str:
        """The cell as one cleaned line; full-width characters read as ordinary ones."""
        raw = self.raw(field)
        return _line(raw) if raw else ""

    def text(self, field: str) -> tuple[str, tuple[str, ...]]:
        """The cell as cleaned text of several lines, and what was taken out of it."""
        cleaned = clean(self.raw(field))
        return cleaned.text, cleaned.removed


@lru_cache(maxsize=8192)
def _line(raw: str) -> str:
    return clean_line(raw)
