"""Lines of a command's answer: harmless on a terminal, aligned in cells, and JSON on one line."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

# Controls, format characters (bidi overrides among them), separators that break a line,
# surrogates: what a terminal would obey, or a reader of lines would take for an end.
_OBEYED: Final = ("Cc", "Cf", "Zl", "Zp", "Cs")
_ESCAPED: Final = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def harmless(text: str) -> str:
    """The text without any character that a terminal obeys; a tab or line break is a blank."""
    if text.isascii() and text.isprintable():
        return text
    kept = (
        " " if character in "\t\r\n" else character
        for character in text
        if character in "\t\r\n" or unicodedata.category(character) not in _OBEYED
    )
    return "".join(kept)


def cells(text: str) -> int:
    """How many cells a text takes on a terminal; wide characters take two."""
    return sum(
        0 if unicodedata.combining(character) else 2 if _is_wide(character) else 1
        for character in text
    )


def aligned(rows: Sequence[Sequence[str]], *, gap: int = 2) -> list[str]:
    """Rows as lines in columns, each as wide as its widest entry; harmless."""
    clean = [[harmless(entry) for entry in row] for row in rows]
    columns = max((len(row) for row in clean), default=0)
    widths = [
        max(cells(row[column]) for row in clean if column < len(row)) for column in range(columns)
    ]
    return [
        "".join(
            entry + " " * (widths[column] - cells(entry) + gap) for column, entry in enumerate(row)
        ).rstrip()
        for row in clean
    ]


def one_line(data: Mapping[str, object]) -> str:
    """The data as JSON on one line that no terminal obeys and every reader takes for one line.

    Raises:
        TypeError: a value is none of JSON's.
        ValueError: a figure is not finite.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))
    escaped = _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    # A lone surrogate can't be encoded; JSON's own escape keeps it.
    return "".join(
        f"\\u{ord(character):04x}" if "\ud800" <= character <= "\udfff" else character
        for character in escaped
    )


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
