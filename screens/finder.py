"""A dialog in which one types a few letters and takes one of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from screens.dialog import Dialog
from widgets.line import Line
from widgets.list_rows import Column, Row
from widgets.safe_text import safe
from widgets.window_list import WindowList

T = TypeVar("T")


class Finder(Dialog[T]):
    """An input line above a list of what fits; arrows move, Enter takes, Escape leaves.

    Args:
        text: what is already typed when it opens.
    """

    CSS_PATH = "finder.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "leaf(1)", show=False),
        Binding("pageup", "leaf(-1)", show=False),
    ]

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """The line, the list, and how it works."""
        with Vertical(id="finder-box"):
            yield Line(self._text, id="finder-line", limit=200)
            yield WindowList(id="finder-list")
            yield Static(id="finder-foot")

    def on_mount(self) -> None:
        """Find what fits what is already typed."""
        self.relabel()
        self.found_list.can_focus = False
        self.query_one("#finder-line").focus()
        self.look_for(self._text)

    @property
    def found_list(self) -> WindowList:
        """The list of what was found."""
        return self.query_one("#finder-list", WindowList)

    @property
    def typed(self) -> str:
        """What is typed now."""
        return self.query_one("#finder-line", Line).value

    def heading(self) -> str:
        """What is looked for, already spoken."""
        raise NotImplementedError

    def columns(self) -> Sequence[Column]:
        """The columns of the list."""
        raise NotImplementedError

    def look_for(self, text: str) -> None:
        """Look for a text and answer, now or later, with `show_found`."""
        raise NotImplementedError

    def take(self, row_id: int) -> None:
        """Take what was found."""
        raise NotImplementedError

    def foot(self) -> str:
        """How the dialog works, already spoken."""
        return self.t("ui.finder_keys")

    def relabel(self) -> None:
        """Say everything again in the present language."""
        self.query_one("#finder-box").border_title = self.heading()
        self.query_one("#finder-foot", Static).update(safe(self.foot()))
        self.found_list.show_columns(self.columns())

    def show_found(self, rows: Sequence[Row], nothing: str) -> None:
        """Show what was found.

        Args:
            rows: the best first.
            nothing: what to say where there are none.
        """
        found = self.found_list
        found.say_empty(nothing)
        found.show_all(rows)

    def take_text(self, text: str) -> None:
        """Text is always meant for the line."""
        line = self.query_one("#finder-line", Line)
        line.insert_text_at_cursor(text.replace("\n", " "))

    def action_move(self, by: int) -> None:
        """Move the mark."""
        self.found_list.action_step(by)

    def action_leaf(self, by: int) -> None:
        """Move the mark by a page."""
        self.found_list.action_leaf(by)

    @on(Input.Changed, "#finder-line")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.look_for(event.value)

    @on(Input.Submitted, "#finder-line")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.found_list.choose()

    @on(WindowList.Chosen)
    def _chosen(self, event: WindowList.Chosen) -> None:
        event.stop()
        self.take(event.row_id)
