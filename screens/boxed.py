"""A dialog in a box: a title, lines of text, and what its keys do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.dialog import Dialog
from widgets.safe_text import safe

T = TypeVar("T")


class Boxed(Dialog[T]):
    """A box in the middle of the screen; a subclass says what is in it."""

    CSS_PATH = "boxed.tcss"

    def compose(self) -> ComposeResult:
        """Text, the dialog's own parts, keys."""
        with Vertical(classes="box"):
            yield Static(classes="box--text")
            yield from self.parts()
            yield Static(classes="box--keys")

    def on_mount(self) -> None:
        """Say what it is."""
        self.relabel()

    def parts(self) -> Iterable[Widget]:
        """What stands between the text and the keys."""
        return ()

    def heading(self) -> str:
        """The words in the frame, already spoken."""
        raise NotImplementedError

    def text(self) -> Content:
        """The text, laid out."""
        return Content("")

    def keys(self) -> str:
        """What the keys do, already spoken."""
        return self.t("ui.box_keys")

    def relabel(self) -> None:
        """Say everything again in the present language."""
        if not self.query(".box--keys"):
            return  # it was answered by a key typed ahead, before it was drawn
        self.query_one(".box").border_title = safe(self.heading())
        text = self.text()
        shown = self.query_one(".box--text", Static)
        shown.update(text)
        shown.display = bool(text.plain)
        self.query_one(".box--keys", Static).update(safe(self.keys(), lines=True))
