"""A framed pane of text; one pane at a time owns the digits, and its frame shows it."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from widgets.safe_text import clean
from widgets.sheet import Sheet

OWNER_SIGN = "▸ "


@runtime_checkable
class TakesDigits(Protocol):
    """A pane that digits (and a few signs) can belong to."""

    def take_key(self, key: str) -> bool:
        """Use a key (`1`, `+`, `enter`); false if it means nothing here."""

    def own_digits(self, owns: bool) -> None:
        """Show by the frame whether the digits belong to this pane."""


class TextPane(VerticalScroll, can_focus=False):
    """A scrolling, framed pane whose text is laid out anew when its width changes."""

    DEFAULT_CSS = """
    TextPane {
        & > .pane--text { width: 100%; height: auto; }
    }
    """
    DEFAULT_CLASSES: ClassVar[str] = "pane"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._heading = ""
        self._owns = False
        self._width = 0
        self._height = 0

    @property
    def owns_digits(self) -> bool:
        """Whether the digits belong to this pane."""
        return self._owns

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(classes="pane--text")

    def on_resize(self) -> None:
        """Lay the text out for the new size."""
        if (self.text_width, self.size.height) != (self._width, self._height):
            self.redraw()

    @property
    def text_width(self) -> int:
        """The cells of a line."""
        return self.scrollable_content_region.width

    def name_it(self, heading: str) -> None:
        """The words in the frame."""
        self._heading = clean(heading)
        self._show_heading()

    def own_digits(self, owns: bool) -> None:
        """Show by frame and sign whether the digits belong to this pane."""
        self._owns = owns
        self.set_class(owns, "-owner")
        self._show_heading()

    def redraw(self) -> None:
        """Lay the text out and draw it."""
        self._width, self._height = self.text_width, self.size.height
        if self._width > 0:
            self.draw_text(self._width, self._height)

    def draw_text(self, width: int, height: int) -> None:
        """Draw the text.

        Args:
            width: cells of a line.
            height: lines that are seen at once.
        """
        del height  # what is longer scrolls
        sheet = Sheet(width)
        self.lay_out(sheet)
        self.query_one(".pane--text", Static).update(sheet.content())

    def relabel(self) -> None:
        """Say everything again in the present language."""
        self.redraw()

    def lay_out(self, sheet: Sheet) -> None:
        """Put the pane's text on a sheet."""
        raise NotImplementedError

    def _show_heading(self) -> None:
        self.border_title = Content(f"{OWNER_SIGN if self._owns else ''}{self._heading}")
