"""Reading a file from outside: what it is, which row is its header, and what follows."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from domain.errors import InputError
from domain.phone import Number, read_number
from domain.said import Said
from intake.delimited import read_delimited
from intake.mapping import header_score
from intake.table import Cell, RawTable, Table, TableRow, text_of
from intake.workbook import OLD_EXCEL_MAGIC, ZIP_MAGIC, read_workbook

MOST_BYTES: Final = 512 << 20
_HEADER_WITHIN: Final = 15


def read_table(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Table:
    """The rows of a CSV or XLSX file; which of both it is, its bytes tell, not its name.

    Args:
        path: the file.
        encoding: of a CSV, where a person chose it.
        delimiter: of a CSV, where a person chose it.
        sheet: of a spreadsheet, where a person chose it; else the sheet whose header tells most.

    Raises:
        InputError: every way in which a file can't be read, each with its own code: see
            `intake.encodings`, `intake.delimited` and `intake.workbook`; further
            `import_file_missing`, `import_file_unreadable`, `import_file_empty`,
            `import_file_huge`, `import_old_workbook` and `import_sheet_missing`.
    """
    data = _bytes_of(path)
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(OLD_EXCEL_MAGIC):
        raise InputError("import_old_workbook", file=path.name)
    if data.startswith(ZIP_MAGIC):
        raw = _chosen_sheet(read_workbook(data, path.name), path.name, sheet)
        return _with_header(path, digest, raw)
    raw = read_delimited(data, path.name, encoding=encoding, delimiter=delimiter)
    if not raw.rows:
        raise InputError("import_file_empty", file=path.name)
    return _with_header(path, digest, raw)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("import_file_huge", file=path.name, megabytes=MOST_BYTES >> 20)
        if not path.is_file():
            raise InputError("import_file_unreadable", file=path.name, reason="")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError("import_file_missing", file=str(path)) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError("import_file_unreadable", file=path.name, reason=reason) from error
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise InputError("import_file_empty", file=path.name)
    return data


def _chosen_sheet(sheets: tuple[RawTable, ...], name: str, sheet: str | None) -> RawTable:
    if sheet is not None:
        for one in sheets:
            if one.sheet == sheet:
                return one
        raise InputError("import_sheet_missing", file=name, sheet=sheet)
    if not sheets:
        raise InputError("import_file_empty", file=name)
    return max(sheets, key=lambda one: max(header_score(row.cells) for row in one.rows[:5]))


def _with_header(path: Path, digest: str, raw: RawTable) -> Table:
    place = _header_place(raw.rows)
    width = max(len(row.cells) for row in raw.rows)
    notices = list(raw.notices)
    if place is None:
        header = tuple(str(number) for number in range(1, width + 1))
        body = raw.rows
        notices.append(Said("import.notice.no_header"))
    else:
        names = [text_of(cell).strip() for cell in raw.rows[place].cells]
        header = tuple(names + [""] * (width - len(names))) if _spills(raw, place) else tuple(names)
        body = raw.rows[place + 1 :]
        if place:
            notices.append(Said("import.notice.header_row", {"row": raw.rows[place].number}))
    cut = raw.cut_off and bool(body)
    return Table(
        path=path,
        digest=digest,
        format="xlsx" if raw.sheet else "csv",
        header=header,
        rows=body,
        encoding=raw.encoding,
        delimiter=raw.delimiter,
        line_end=raw.line_end,
        sheet=raw.sheet,
        has_header=place is not None,
        cut_off=cut,
        notices=tuple(notices),
    )


def _spills(raw: RawTable, place: int) -> bool:
    """Whether most rows are wider than the header: then the further columns have no name."""
    named = len(raw.rows[place].cells)
    wider = sum(len(row.cells) > named for row in raw.rows[place + 1 :])
    return wider * 2 > len(raw.rows)


def _header_place(rows: tuple[TableRow, ...]) -> int | None:
    """Which of the first rows names the columns; none where the first row holds data already."""
    scores = [header_score(row.cells) for row in rows[:_HEADER_WITHIN]]
    best = max(scores)
    if best > 0:
        return scores.index(best)
    return None if any(map(_is_data, rows[0].cells)) else 0


def _is_data(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return True
    return len(cell) > 6 and any(
        isinstance(read_number(cell, region), Number) for region in ("CN", "US")
    )
