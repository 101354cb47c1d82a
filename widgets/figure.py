"""A row of figures, each a word with its number and a sign where it asks for attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from widgets.plate import Plate
from widgets.safe_text import clean

_WIDE: Final = "  "
_NARROW: Final = " "


@dataclass(frozen=True, slots=True)
class Figure:
    """One number.

    Attributes:
        label: what is counted, already spoken.
        value: the number, already written.
        sign: stands before the label where the number asks for attention; the colour never does
            it alone.
        style: a style of ours for the number.
    """

    label: str
    value: str
    sign: str = ""
    style: str = "bold"


class Figures(Plate):
    """Several figures on one line; where room is short, those that ask for attention stay."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._figures: tuple[Figure, ...] = ()

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Draw other figures; nothing is redrawn when they are the same."""
        if tuple(figures) != self._figures:
            self._figures = tuple(figures)
            self.show(self._drawn())

    def on_resize(self) -> None:
        """Use the room that there is now."""
        if self._figures:
            self.show(self._drawn())

    def _drawn(self) -> Content:
        """As much as fits: closer together first, then without the last calm figures."""
        room, shown = self.content_size.width, list(self._figures)
        line = _line(shown, _WIDE)
        if room and line.cell_length > room:
            line = _line(shown, _NARROW)
        while room and line.cell_length > room and any(not one.sign for one in shown):
            del shown[max(place for place, one in enumerate(shown) if not one.sign)]
            line = _line(shown, _NARROW)
        return line


def _line(figures: Sequence[Figure], gap: str) -> Content:
    parts: list[Content] = []
    for figure in figures:
        if parts:
            parts.append(Content(gap))
        if figure.sign:
            parts.append(Content.styled(figure.sign, figure.style))
        parts.append(Content(clean(f"{figure.label} ")))
        parts.append(Content.styled(clean(figure.value), figure.style))
    return Content("").join(parts)
