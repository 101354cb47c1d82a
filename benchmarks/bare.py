"""The bare Textual app that start and keys are held against: one screen, thirty rows, one key."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList

ROWS = 30


class BareApp(App[None]):
    """A list whose highlight one key moves."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", show=False)]

    def compose(self) -> ComposeResult:
        """The list, focused by itself as the only thing that can be."""
        rows = OptionList(*(row_text(number) for number in range(ROWS)))
        rows.highlighted = 0
        yield rows


def row_text(number: int) -> str:
    """What a row says."""
    return f"row {number:02d} of the bare list"


if __name__ == "__main__":
    BareApp().run()
