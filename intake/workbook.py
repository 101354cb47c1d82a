"""Reading XLSX, through calamine.

A sheet is a zip from outside: before calamine allocates its grid, the cells that the file really
has are measured, because one cell in the far corner makes a grid of seventeen thousand million.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Final

from domain.errors import InputError
from intake.table import Cell, RawTable, TableRow

ZIP_MAGIC: Final = b"PK\x03\x04"
OLD_EXCEL_MAGIC: Final = b"\xd0\xcf\x11\xe0"
MOST_CELLS: Final = 20_000_000
MOST_BYTES: Final = 1 << 30
_REFERENCE: Final = re.compile(rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]{1,3})(\d{1,7})"')
_PIECE: Final = 1 << 20
_OVERLAP: Final = 4096


def read_workbook(data: bytes, name: str) -> tuple[RawTable, ...]:
    """The sheets of a spreadsheet that have any content, in order.

    Args:
        data: all bytes of the file.
        name: the file's name, for errors.

    Raises:
        InputError: `import_not_a_workbook` (a zip of something else), `import_workbook_broken`,
            `import_workbook_locked` (protected by a password) or `import_workbook_huge`.
    """
    # Half of what the program does needs no spreadsheet.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415

    _refuse_hostile(data, name)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            tables = []
            for title in workbook.sheet_names:
                rows = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
                found = tuple(
                    TableRow(number, tuple(_cell(value) for value in row))
                    for number, row in enumerate(rows, start=1)
                    if any(value not in ("", None) for value in row)
                )
                if found:
                    tables.append(RawTable(rows=found, sheet=title))
            return tuple(tables)
    except PasswordError as error:
        raise InputError("import_workbook_locked", file=name) from error
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise InputError("import_workbook_broken", file=name) from error


def _refuse_hostile(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            if not any(entry.filename.lower() == "xl/workbook.xml" for entry in entries):
                raise InputError("import_not_a_workbook", file=name)
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise InputError("import_workbook_huge", file=name, limit=MOST_CELLS)
            for entry in entries:
                if entry.filename.lower().startswith("xl/worksheets/"):
                    _refuse_huge_grid(package, entry, name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise InputError("import_workbook_broken", file=name) from error


def _refuse_huge_grid(package: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """Measures the rectangle from A1 that the cells of a sheet span, without parsing it."""
    right, bottom = 0, 0
    with package.open(entry) as sheet:
        tail = b""
        size = 0
        while piece := sheet.read(_PIECE):
            size += len(piece)
            if size > MOST_BYTES:
                raise InputError("import_workbook_huge", file=name, limit=MOST_CELLS)
            for letters, digits in _REFERENCE.findall(tail + piece):
                right = max(right, _column(letters))
                bottom = max(bottom, int(digits))
            tail = piece[-_OVERLAP:]
    if right * bottom > MOST_CELLS:
        raise InputError("import_workbook_huge", file=name, limit=MOST_CELLS)


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column


def _cell(value: str | float | bool | date | datetime | time | timedelta | None) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool | str | date):
        return value
    if isinstance(value, int | float):
        return float(value)
    return str(value)
