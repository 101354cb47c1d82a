"""Cleaning of text that comes from outside before it is stored.

Emoji, markup and formulas stay: they are plain text, and only the screen and the export have to
beware of them. What a terminal or a reader's eye would obey is taken out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_ESCAPE: Final = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]"  # a control sequence: colours, cursor
    "|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)"  # an operating system command: titles, links
    "|\x1b[PX^_][^\x1b]*\x1b\\\\"  # a device control or private string
    "|\x1b[ -/]*[0-~]?"
)
_BIDI: Final = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_LINE_ENDS: Final = re.compile("\r\n?|\x0b|\x0c|\u2028|\u2029|\x85")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_SUSPECT: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
    "\ud800-\udfff]"
)
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without what must not be stored, and what was taken out of it.

    Attributes:
        text: the text; its lines end in a line feed alone.
        removed: any of `escape`, `bidi`, `control`.
    """

    text: str
    removed: tuple[str, ...] = ()


def clean(text: str) -> Cleaned:
    """The text without escape sequences, bidirectional overrides and control characters."""
    if not _SUSPECT.search(text):
        return Cleaned(text.strip())
    removed = []
    plain, escapes = _ESCAPE.subn("", text)
    if escapes:
        removed.append("escape")
    visible = plain.translate(_BIDI)
    if visible != plain:
        removed.append("bidi")
    lined = _LINE_ENDS.sub("\n", visible)
    kept, controls = _CONTROL.subn("", lined)
    if controls and kept.strip() != lined.strip("\ufeff").strip():
        removed.append("control")
    return Cleaned(kept.strip(), tuple(removed))


def clean_text(text: str) -> str:
    """A text of several lines, cleaned."""
    return clean(text).text


def clean_line(text: str) -> str:
    """A text of one line, cleaned: full-width characters read as ordinary, spaces single."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _SPACE.sub(" ", clean(text).text)
