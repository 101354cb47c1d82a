"""The one way in which stored text reaches the screen.

Whatever a file, a customer or a colleague typed may hold terminal escapes, bidirectional overrides,
invisible characters or console markup. Everything that is drawn goes through `clean` here and is
handed on as `textual.content.Content` without markup, never as a plain string.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from rich.cells import cell_len, split_graphemes
from textual.content import Content

ELLIPSIS: Final = "…"
MARKS_IN_A_ROW: Final = 3
"""Combining marks kept on one letter: enough for Vietnamese and Hebrew, too few for a tower."""

_SPACES: Final = frozenset("\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs"})
_MARKS: Final = frozenset({"Mn", "Me"})
_REPLACEMENT: Final = "\ufffd"


def clean(text: str, *, lines: bool = False) -> str:
    """The text without anything that a terminal could obey instead of draw.

    Control, escape, bidirectional and other invisible characters go; tabs and exotic line ends
    become spaces; letters that no font can draw become a replacement sign.

    Args:
        text: stored text, hostile or not.
        lines: keep line feeds; else a line end becomes a space.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept: list[str] = []
    marks = MARKS_IN_A_ROW  # a mark with no letter before it would sit on the frame of the desk
    for letter in text:
        if letter == "\n":
            kept.append("\n" if lines else " ")
            marks = MARKS_IN_A_ROW
        elif letter in _SPACES or letter.isspace():
            kept.append(" ")
            marks = MARKS_IN_A_ROW
        elif (drawn := _drawn(letter, marks)) is not None:
            kept.append(drawn)
            marks = marks + 1 if unicodedata.category(letter) in _MARKS else 0
    return "".join(kept)


def _drawn(letter: str, marks: int) -> str | None:
    category = unicodedata.category(letter)
    if category in _DROPPED or "\ufe00" <= letter <= "\ufe0f":
        return None  # variation selectors change a width after it was measured
    if category in _MARKS and marks >= MARKS_IN_A_ROW:
        return None
    if category == "Co" or (category == "Cn" and not 0x20000 <= ord(letter) < 0x3FFFE):
        return _REPLACEMENT  # the two planes of rare Chinese letters grow faster than the tables
    return letter


def safe(text: str, style: str = "", *, lines: bool = False) -> Content:
    """Stored text as content to draw: cleaned, and never read as markup.

    Args:
        text: stored text, hostile or not.
        style: a style of ours (`bold $warning`), never one from outside.
        lines: keep line feeds.
    """
    return (
        Content.styled(clean(text, lines=lines), style)
        if style
        else Content(clean(text, lines=lines))
    )


def cells(text: str) -> int:
    """The number of terminal cells that cleaned text takes: two for a Chinese character."""
    return cell_len(text)


def clip(text: str, width: int) -> str:
    """Cleaned text cut to at most `width` cells, with an ellipsis where something is missing."""
    text = clean(text)
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    taken = 0
    end = 0
    for _, stop, size in split_graphemes(text)[0]:
        if taken + size > width - 1:
            break
        taken += size
        end = stop
    return text[:end].rstrip() + ELLIPSIS


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Cleaned text cut or padded to exactly `width` cells.

    Args:
        text: stored text.
        width: the cells to fill.
        right: push the text to the right edge, as figures are.
    """
    text = clip(text, width)
    padding = " " * max(0, width - cell_len(text))
    return padding + text if right else text + padding


def wrap(text: str, width: int) -> list[str]:
    """Cleaned text as lines of at most `width` cells.

    Latin words stay whole where they can; Chinese breaks between any two characters, but no line
    begins with a closing sign. Line feeds in the text are kept.
    """
    width = max(2, width)
    return [
        line
        for paragraph in clean(text, lines=True).split("\n")
        for line in _wrapped(paragraph, width)
    ]


def _wrapped(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in _pieces(paragraph):
        if cell_len(line) + cell_len(piece.rstrip()) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip()
        while cell_len(line.rstrip()) > width:
            head = _head(line, width)
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _head(text: str, width: int) -> str:
    """As much of the start of a text as fits; at least one letter."""
    end = taken = 0
    for _, stop, size in split_graphemes(text)[0]:
        if taken + size > width and end:
            break
        taken += size
        end = stop
    return text[:end]


def _pieces(paragraph: str) -> list[str]:
    """What may not be torn apart: a word with its spaces, a Chinese character with its signs."""
    return _piece().findall(paragraph)


@cache
def _piece() -> re.Pattern[str]:
    """Compiled with the first long text: the desk is drawn before it."""
    opening, closing = re.escape(_OPENING), re.escape(_CLOSING)
    return re.compile(
        rf"[{opening}]*(?:[{_WIDE}]|[^\s{_WIDE}{opening}]+)[{closing}]*\s*|[{opening}]+\s*|\s+"
    )


_CLOSING: Final = "，。！？；：、）》」』”’…—,.!?;:)]}%"
_OPENING: Final = "（《「『“‘([{"
_WIDE: Final = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\U00020000-\U0003fffd"
