"""One line of text to type in."""

from __future__ import annotations

from typing import ClassVar

from textual.widgets import Input

from widgets.safe_text import clean


class Line(Input):
    """An input without a blinking cursor that reports where its cursor stands.

    The place is what an input method needs to show its candidates there, not in a corner; Textual
    tells it to the terminal with every change.
    """

    takes_text: ClassVar[bool] = True
    """Letters typed here are text, never actions."""

    DEFAULT_CSS = """
    Line {
        height: 1;
        border: none;
        padding: 0 1;
        background: $surface;
        &:focus { border: none; background: $panel; }
    }
    """

    def __init__(self, value: str = "", *, id: str | None = None, limit: int = 0) -> None:  # noqa: A002
        super().__init__(clean(value), id=id, max_length=limit, select_on_focus=False, compact=True)
        self.cursor_blink = False
