"""A pane that draws curves of contribution, each with the sentence that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from widgets.curve_plot import plot_lines
from widgets.pane import TextPane
from widgets.sheet import Sheet

_LOWEST, _HIGHEST, _WIDEST = 7, 22, 100
_LEGEND: Final = 2


@dataclass(frozen=True, slots=True)
class CurveView:
    """A curve as it is drawn.

    Attributes:
        said: what it says, already spoken.
        points: shares of the customers and of the whole in percent; empty to draw none.
        cut: the share of the customers at which the key customers end; none for no cut.
    """

    said: str
    points: tuple[tuple[float, float], ...] = ()
    cut: float | None = None


class CurvePane(TextPane):
    """Draws the curves one below the other, as large as there is room."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._views: tuple[CurveView, ...] = ()
        self._legend = ""

    def show(self, views: Sequence[CurveView], legend: str) -> None:
        """Draw other curves; the legend is already spoken."""
        self._views, self._legend = tuple(views), legend
        self.redraw()

    def lay_out(self, sheet: Sheet) -> None:
        """Each curve's sentence, then its plot."""
        drawn = sum(1 for view in self._views if view.points)
        for view in self._views:
            sheet.gap()
            sheet.put(view.said)
            if not view.points:
                continue
            taken = sheet.height + _LEGEND if drawn == 1 else 0
            room = max(_LOWEST, min(_HIGHEST, self.size.height - taken))
            width = min(sheet.width, _WIDEST)
            for line in plot_lines(view.points, view.cut, width, room):
                sheet.put(line, "$text-accent")
        if drawn:
            sheet.put(self._legend, "$muted")
