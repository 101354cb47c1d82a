"""Figures that are read from across the room: digits of blocks, as large as there is room."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.widgets import Static

from widgets.safe_text import cells, fit

_GLYPHS: Final = {
    "0": ("███", "█ █", "█ █", "█ █", "███"),
    "1": (" █ ", "██ ", " █ ", " █ ", "███"),
    "2": ("███", "  █", "███", "█  ", "███"),
    "3": ("███", "  █", " ██", "  █", "███"),
    "4": ("█ █", "█ █", "███", "  █", "  █"),
    "5": ("███", "█  ", "███", "  █", "███"),
    "6": ("███", "█  ", "███", "█ █", "███"),
    "7": ("███", "  █", "  █", " █ ", " █ "),
    "8": ("███", "█ █", "███", "█ █", "███"),
    "9": ("███", "█ █", "███", "  █", "███"),
    "+": ("   ", " █ ", "███", " █ ", "   "),
    "-": ("   ", "   ", "███", "   ", "   "),
    "%": ("█ █", "  █", " █ ", "█  ", "█ █"),
    ":": (" ", "█", " ", "█", " "),
    "!": ("█", "█", "█", " ", "█"),
    " ": (" ", " ", " ", " ", " "),
}
_LINES: Final = 5


SIZES: Final = ((1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3), (8, 4))
"""Columns and lines of one block, from the smallest to the largest."""


def big_lines(text: str, size: int = 0) -> list[str]:
    """A short text as lines of blocks, in one of `SIZES`.

    Signs that have no blocks are left out: only digits and `+ - % : !` are drawn large.
    """
    columns, repeat = SIZES[size]
    glyphs = [_GLYPHS[letter] for letter in text if letter in _GLYPHS]
    drawn = []
    for place in range(_LINES):
        line = " ".join(glyph[place] for glyph in glyphs)
        drawn += ["".join(letter * columns for letter in line)] * repeat
    return drawn


class BigFigure(Static):
    """One figure with its name above it; the sign stands beside the name, never colour alone."""

    DEFAULT_CSS = """
    BigFigure { text-wrap: nowrap; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._said = ("", "", "", "", -1)

    def fitting(self, value: str) -> int:
        """The largest size at which a value has room; -1 where it has not even in the smallest."""
        width, height = self.size.width, self.size.height
        for size in reversed(range(len(SIZES))):
            large = big_lines(value, size)
            if max(map(cells, large)) <= width and len(large) + 2 <= height:
                return size
        return -1

    def show(self, label: str, value: str, size: int, sign: str = "", style: str = "") -> None:
        """Show a figure.

        Args:
            label: what it is, already spoken.
            value: already written, in digits and `+ - % : !`.
            size: how large, of `SIZES`; -1 for plain text.
            sign: stands after the label where it asks for attention.
            style: a style of ours.
        """
        said = (label, value, sign, style, size)
        if self._said == said:
            return
        self._said = said
        lines = [value] if size < 0 else big_lines(value, size)
        widest = max(map(cells, lines))
        head = fit(f"{label} {sign}".strip(), max(widest, min(self.size.width, cells(label) + 3)))
        parts = [Content.styled(head, "bold"), Content("")]
        parts += [Content.styled(line, f"bold {style}".strip()) for line in lines]
        self.update(Content("\n").join(parts), layout=False)
