"""The handbook: cards found by a few letters, read beside the list; it lies over any screen."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Input

from content.handbook import load_handbook
from domain.handbook import Card, Handbook
from screens.actions import shown_key
from screens.dialog import Dialog
from widgets.handbook_page import HandbookPage
from widgets.line import Line
from widgets.list_rows import Cell, Column, Row
from widgets.plate import Plate
from widgets.safe_text import safe
from widgets.window_list import WindowList

_ROOMY: Final = 64
"""Cells of the list from which the chapters stand beside the titles."""


class HandbookScreen(Dialog[None]):
    """A line to type in, the cards that fit, and the marked one to read.

    Args:
        card_id: the card to open at; the first one where none is named.
    """

    CSS_PATH = "handbook.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown,enter", "leaf(1)", show=False),
        Binding("pageup", "leaf(-1)", show=False),
        Binding("ctrl+l", "carry_out('app.language')", id="app.language", show=False),
    ]

    def __init__(self, card_id: str | None = None) -> None:
        super().__init__()
        self._opened_at = card_id
        self._found: tuple[Card, ...] = ()

    def compose(self) -> ComposeResult:
        """The line, the list, the card, and how it works."""
        with Vertical(id="handbook-box"):
            yield Line(id="handbook-line", limit=100)
            with Container(id="handbook-body"):
                yield WindowList(id="handbook-list")
                yield HandbookPage(id="handbook-page")
            yield Plate(id="handbook-foot")

    def on_mount(self) -> None:
        """Show all cards, the wanted one marked."""
        self.query_one("#handbook-list").can_focus = False
        self.query_one("#handbook-line").focus()
        self._say_it()
        self._look_for("", self._opened_at)

    @property
    def handbook(self) -> Handbook:
        """The cards in the present language."""
        return load_handbook(self.shell.language)

    @property
    def shown(self) -> Card | None:
        """The card before the reader."""
        return self.query_one(HandbookPage).card

    def relabel(self) -> None:
        """Show the same card in the present language, found by what is typed."""
        self._say_it()
        shown = self.shown
        text = self.query_one("#handbook-line", Line).value
        self._look_for(text, None if shown is None else shown.id)

    def take_text(self, text: str) -> None:
        """Text is always meant for the line."""
        self.query_one("#handbook-line", Line).insert_text_at_cursor(text.replace("\n", " "))

    def action_move(self, by: int) -> None:
        """Mark another card."""
        self.query_one(WindowList).action_step(by)

    def action_leaf(self, by: int) -> None:
        """Turn the card's pages."""
        self.query_one(HandbookPage).scroll_pages(by)

    def _say_it(self) -> None:
        self.query_one("#handbook-box").border_title = safe(self.t("handbook.title"))
        language = self.shell.registry["app.language"].keys[0]
        keys = self.t("handbook.keys", language=shown_key(language))
        self.query_one("#handbook-foot", Plate).show(safe(keys, "$muted"))
        found = self.query_one(WindowList)
        found.show_columns(
            (
                Column(self.t("handbook.card"), 18, stretch=3),
                Column(self.t("handbook.topic"), 12, stretch=2, need=_ROOMY),
            )
        )
        found.say_empty(self.t("handbook.nothing"))

    def _look_for(self, text: str, marked: str | None = None) -> None:
        self._found = self.handbook.search(text)
        found = self.query_one(WindowList)
        found.show_all(
            [
                Row(number, (Cell(card.title), Cell(card.topic, "muted")))
                for number, card in enumerate(self._found)
            ]
        )
        place = next((n for n, card in enumerate(self._found) if card.id == marked), 0)
        found.mark(place)
        self._read(place)

    def _read(self, place: int | None) -> None:
        card = None if place is None or place >= len(self._found) else self._found[place]
        self.query_one(HandbookPage).show(card)

    @on(Input.Changed, "#handbook-line")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look_for(event.value)

    @on(Input.Submitted, "#handbook-line")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_leaf(1)

    @on(WindowList.Marked)
    def _marked(self, event: WindowList.Marked) -> None:
        event.stop()
        self._read(self.query_one(WindowList).marked_id)
