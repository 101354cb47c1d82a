"""A row of figures, each a word with its number and a sign where it asks for attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from widgets.plate import Plate
from widgets.safe_text import clean


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
    """Several figures on one line, the first ones first where room is short."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._figures: tuple[Figure, ...] = ()

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Draw other figures; nothing is redrawn when they are the same."""
        if tuple(figures) != self._figures:
            self._figures = tuple(figures)
            self.show(self._drawn())

    def _drawn(self) -> Content:
        parts: list[Content] = []
        for figure in self._figures:
            if parts:
                parts.append(Content("  "))
            if figure.sign:
                parts.append(Content.styled(figure.sign, figure.style))
            parts.append(Content(clean(f"{figure.label} ")))
            parts.append(Content.styled(clean(figure.value), figure.style))
        return Content("").join(parts)
