"""The board for a wall: few figures, large; no customer's data, no operator's name."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Grid
from textual.content import Content

from domain.board import Fallen, Figure, Measure
from domain.board_rules import Level
from domain.said import Said
from screens.actions import Action, bindings
from screens.board_base import BoardReading
from screens.board_words import STYLES
from widgets.big_figure import BigFigure
from widgets.plate import Plate
from widgets.safe_text import safe

FIGURES: Final = ("due", "overdue", "wait", "ready", "talking", "service_level")
_UNKNOWN: Final = "-"
_HOUR: Final = 3600


class WallScreen(BoardReading):
    """Six figures and the worst alarm that names nobody; nothing turns, nothing scrolls."""

    SCOPE = "wall"
    BINDINGS: ClassVar[list[BindingType]] = bindings("wall")
    CSS_PATH = "wallboard.tcss"
    AUTO_FOCUS = ""

    def compose_body(self) -> ComposeResult:
        """The figures above, the alarm beneath."""
        with Grid(id="wall-figures"):
            for code in FIGURES:
                yield BigFigure(id=f"wall-{code}")
        yield Plate(id="wall-alarm")

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.show_board()

    def show_board(self) -> None:
        """Draw what has become other."""
        if not self.built or not self.shell.connected:
            return
        places = {code: self.query_one(f"#wall-{code}", BigFigure) for code in FIGURES}
        figures = self._figures()
        # One size for all: a small figure must not look more important than a large one.
        size = min(places[one.code].fitting(_large(one)) for one in figures)
        for one in figures:
            level = self.rules.level(one.code, one.value)
            label = self.t(f"board.wall.{one.code}")
            places[one.code].show(label, _large(one), size, level.sign, STYLES[level])
        alarms = [one for one in self.alarms if one.operator_id is None]
        line = Content("")
        if alarms:
            worst = alarms[0]
            text = f" {worst.level.sign} {self.spoken(worst.said)}"
            if len(alarms) > 1:
                text = f"{text}  {self.t('board.wall.more', n=len(alarms) - 1)}"
            style = "reverse" if worst.level is Level.ALARM else "bold"
            line = safe(text, f"{style} {STYLES[worst.level]}".strip())
        elif self.board is not None:
            line = safe(f" {self.t('board.wall.calm')}", "$muted")
        self.query_one("#wall-alarm", Plate).show(line)

    def on_resize(self) -> None:
        """Use the room that there is now, once it is shared out."""
        self.call_after_refresh(self.show_board)

    def _figures(self) -> list[Figure]:
        board = self.board
        if board is None:
            return [Figure(code, Measure.PERCENT, 0, 0) for code in FIGURES]
        total = {one.code: one for one in board.queue.total.figures(board.queue.limit)}
        oldest = board.queue.oldest
        waited = 0.0 if oldest is None else (self.scene().now - oldest).total_seconds()
        states = [one.state for one in board.operators]
        talking = states.count("talking") + states.count("dialling")
        fallen = Fallen() if self.day is None else self.day.service
        return [
            total["due"],
            total["overdue"],
            Figure("wait", Measure.SECONDS, max(0.0, waited), 0 if oldest is None else 1),
            Figure("ready", Measure.COUNT, states.count("ready")),
            Figure("talking", Measure.COUNT, talking),
            fallen.service_level,
        ]

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if not self.shell.connected and not action.id.startswith("app."):
            return Said("desk.not_connected")
        return None


def _large(figure: Figure) -> str:
    """A figure in the signs that are drawn large; hours and minutes for a time."""
    value = figure.value
    if value is None:
        return _UNKNOWN
    if figure.measure is Measure.PERCENT:
        return f"{value:.0f}%"
    if figure.measure is Measure.SECONDS:
        hours, rest = divmod(int(value), _HOUR)
        return f"{hours}:{rest // 60:02}"
    return f"{int(value)}+" if figure.more else f"{int(value)}"
