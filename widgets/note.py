"""The note of a call: free text, saved as it is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.message import Message
from textual.widgets import TextArea

from widgets.safe_text import clean

LONGEST: Final = 4000
"""Letters that a note may have; longer text belongs into a document."""


class Note(TextArea):
    """A text area without a blinking cursor; Escape gives the keyboard back to the actions.

    Textual reports where its cursor stands, so that an input method shows its candidates there.
    """

    takes_text: ClassVar[bool] = True
    """Letters typed here are text, never actions."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]
    DEFAULT_CSS = """
    Note {
        border: round $border-blurred;
        padding: 0 1;
        height: 5;
        background: $background;
        &:focus { border: heavy $border; }
    }
    """

    class Left(Message):
        """The person has finished typing."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, tab_behavior="focus", soft_wrap=True)
        self.cursor_blink = False

    def watch(
        self,
        obj: DOMNode,
        attribute_name: str,
        callback: Callable[..., Any],
        init: bool = True,
    ) -> None:
        """Watch anything but the app, which outlives the note and would keep it for ever."""
        if obj is not self.app:
            super().watch(obj, attribute_name, callback, init)

    def notify_style_update(self) -> None:
        """Colours have changed: take the new ones."""
        super().notify_style_update()
        if self.is_mounted:
            self.mutate_reactive(TextArea.theme)

    @property
    def kept(self) -> str:
        """What is written, without what a terminal could obey, at most `LONGEST` letters."""
        return clean(self.text, lines=True)[:LONGEST]

    def fill(self, text: str) -> None:
        """Replace what is written, the cursor behind it."""
        self.load_text(clean(text, lines=True))
        self.move_cursor(self.document.end)

    def append(self, text: str) -> None:
        """Write behind what is there."""
        self.move_cursor(self.document.end)
        self.insert(clean(text, lines=True))

    def action_leave(self) -> None:
        """Give the keyboard back to the actions."""
        self.post_message(self.Left())
