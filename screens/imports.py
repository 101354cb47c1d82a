"""Reading a file into the desk: choose it, see what is in it, try it, run it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from screens.actions import bindings
from screens.frame import FramedScreen
from widgets.line import Line


class ImportScreen(FramedScreen[None]):
    """The way of a file into the database."""

    SCOPE = "imports"
    BINDINGS: ClassVar[list[BindingType]] = bindings("imports")
    CSS_PATH = "imports.tcss"
    AUTO_FOCUS = "#imports-path"

    def compose_body(self) -> ComposeResult:
        """The path of the file."""
        yield Line(id="imports-path", limit=4000)

    def do_back(self) -> None:
        """Leave."""
        self.dismiss(None)
