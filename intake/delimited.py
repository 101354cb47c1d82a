"""Reading CSV of any delimiter."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Final

from domain.errors import InputError
from domain.said import Said
from intake.encodings import decode
from intake.table import RawTable, TableRow

DELIMITERS: Final = (",", ";", "\t", "|", "，")
_LONGEST_CELL: Final = 131_072
_LOOKED_AT: Final = 60


def read_delimited(
    data: bytes, name: str, *, encoding: str | None = None, delimiter: str | None = None
) -> RawTable:
    """The rows of a CSV file.

    Args:
        data: all bytes of the file.
        name: the file's name, for errors.
        encoding: what a person chose; else told from the bytes.
        delimiter: what a person chose; else the one that parts the first rows most evenly.

    Raises:
        InputError: `import_file_binary`, `import_encoding_wrong`, `import_truncated` (the file ends
            inside a quoted cell) or `import_cell_too_long`.
    """
    decoded = decode(data, name, encoding)
    text = decoded.text
    notices = list(decoded.notices)
    if "\x00" in text:
        notices.append(Said("import.notice.zero_bytes", {"count": text.count("\x00")}))
        text = text.replace("\x00", "")
    delimiter = delimiter or _delimiter(text)
    records, strict = _records(text, delimiter, name)
    if not strict:
        notices.append(Said("import.notice.loose_quotes"))
    ended = not text or text[-1] in "\r\n"
    width = Counter(len(record) for record in records[:_LOOKED_AT]).most_common(1)
    cut_off = not ended and bool(records) and len(records[-1]) < width[0][0]
    return RawTable(
        rows=tuple(
            TableRow(number, tuple(record))
            for number, record in enumerate(records, start=1)
            if any(cell.strip() for cell in record)
        ),
        encoding=decoded.encoding,
        delimiter=delimiter,
        line_end="\r\n" if "\r\n" in text[:65_536] or "\n" not in text else "\n",
        cut_off=cut_off,
        notices=tuple(notices),
    )


def _records(text: str, delimiter: str, name: str) -> tuple[list[list[str]], bool]:
    """All records, and whether their quotes are by the book."""
    for strict in (True, False):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
        records: list[list[str]] = []
        try:
            records.extend(reader)
        except csv.Error as error:
            if "field larger" in str(error):
                raise InputError(
                    "import_cell_too_long", file=name, row=len(records) + 1, limit=_LONGEST_CELL
                ) from error
            if "unexpected end of data" in str(error):
                raise InputError("import_truncated", file=name, row=len(records) + 1) from error
            continue
        return records, strict
    raise InputError("import_file_binary", file=name)


def _delimiter(text: str) -> str:
    """The delimiter that parts the first rows into most columns of even number."""
    best, best_score = ",", 0.0
    head = text[:200_000]
    for candidate in DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for record in csv.reader(io.StringIO(head, newline=""), delimiter=candidate):
                widths[len(record)] += 1
                if widths.total() >= _LOOKED_AT:
                    break
        except csv.Error:
            continue
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        if width > 1:
            score = rows / widths.total() + min(width, 50) / 1000
            if score > best_score:
                best, best_score = candidate, score
    return best
