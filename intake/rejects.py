"""The file of rejected rows: in the input's own form, with a reason, ready to be corrected."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from domain.errors import StorageError
from domain.export_mark import harmless_cell
from intake.table import Cell, Table, text_of

_SHEET: Final = 31


def write_rejects(table: Table, reasons: Mapping[int, str], path: Path, heading: str) -> int:
    """Writes the rejected rows of a file and returns how many there are.

    A CSV stays a CSV in its encoding, delimiter and line ends, a spreadsheet stays one. Cells that
    a spreadsheet would take for a formula get a quote before them; a phone number with its plus
    is none. Letters that the encoding lacks are written as question marks only in the reason.

    Args:
        table: the file as it was read.
        reasons: for each rejected row's number the words that say why.
        path: where to write; an existing file is replaced.
        heading: the name of the column with the reasons.

    Raises:
        StorageError: `rejects_not_written`.
    """
    rows = [row for row in table.rows if row.number in reasons]
    header = [*table.header, heading] if table.has_header else None
    body = [
        [*(_harmless(cell) for cell in _padded(row.cells, len(table.header))), reasons[row.number]]
        for row in rows
    ]
    try:
        if table.format == "xlsx":
            _write_workbook(table, header, body, path)
        else:
            _write_csv(table, header, body, path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError("rejects_not_written", file=str(path), reason=reason) from error
    return len(rows)


def _padded(cells: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    return cells + ("",) * (width - len(cells))


def _harmless(cell: Cell) -> Cell:
    return harmless_cell(cell) if isinstance(cell, str) else cell


def _write_csv(table: Table, header: list[str] | None, body: list[list[Cell]], path: Path) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=table.delimiter, lineterminator=table.line_end)
    if header is not None:
        writer.writerow(header)
    writer.writerows([text_of(cell) for cell in row] for row in body)
    mark = "\ufeff" if table.encoding.startswith("utf-16") else ""
    path.write_bytes((mark + text.getvalue()).encode(table.encoding, errors="replace"))


def _write_workbook(
    table: Table, header: list[str] | None, body: list[list[Cell]], path: Path
) -> None:
    # Only writing needs the slow library; reading goes through calamine.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(table.sheet[:_SHEET])
    rows: list[list[Cell]] = [list[Cell](header), *body] if header is not None else body
    for row in rows:
        cells = []
        for value in row:
            plain = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
            cell = WriteOnlyCell(sheet, plain)
            if isinstance(plain, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    workbook.save(path)
