"""What a figure of the board divides by what, and what it counts."""

from __future__ import annotations

from textual.content import Content

from domain.board import Figure, Measure
from domain.board_rules import Better, BoardRules
from screens.board_words import parts_text, span_text, value_text
from screens.boxed import Boxed
from widgets.safe_text import safe


class FormulaDialog(Boxed[None]):
    """The formula of one figure, with the numbers that it has now.

    Args:
        figure: the figure.
        rules: from where on it worries and alarms.
    """

    def __init__(self, figure: Figure, rules: BoardRules) -> None:
        super().__init__()
        self._figure = figure
        self._rules = rules

    def heading(self) -> str:
        """The figure's name."""
        return self.t(f"board.figure.{self._figure.code}")

    def text(self) -> Content:
        """Formula, numbers, what it counts, from where on it worries."""
        figure = self._figure
        upper, below = parts_text(self.t, figure)
        result = value_text(self.t, figure)
        lines = [self.t(f"board.formula.{figure.code}", **self._limits()), ""]
        if below:
            lines.append(self.t("board.divided", upper=upper, below=below, result=result))
        else:
            lines.append(self.t("board.counted", result=result))
        lines += ["", self.t(f"board.counts.{figure.code}", **self._limits())]
        scale = self._rules.scales.get(figure.code)
        if scale is not None:
            way = "board.scale_more" if scale.better is Better.MORE else "board.scale_less"
            bounds = {"notice": self._bound(scale.notice), "alarm": self._bound(scale.alarm)}
            lines.append(self.t(way, **bounds))
        if figure.denominator is not None and figure.value is None:
            lines.append(self.t("board.no_data"))
        if figure.more and below:
            lines.append(self.t("board.partly"))
        return safe("\n".join(lines), lines=True)

    def _limits(self) -> dict[str, object]:
        """The minutes that a formula names."""
        minutes = [int(one.total_seconds() // 60) for one in self._rules.service]
        overdue = int(self._rules.overdue.total_seconds() // 60)
        each = ", ".join(f"{band}: {one}" for band, one in enumerate(minutes))
        return {"minutes": each, "overdue": overdue}

    def _bound(self, value: float) -> str:
        """A bound of the scale, as the figure itself is written."""
        measure = self._figure.measure
        if measure is Measure.SECONDS:
            return span_text(self.t, value)
        return (
            self.t("board.percent", n=f"{value:.0f}")
            if measure is Measure.PERCENT
            else f"{value:.0f}"
        )
