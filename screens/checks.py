"""Callbacks in check: a seat vanished in the middle of a call, and a person says what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from screens.actions import bindings
from screens.frame import FramedScreen
from screens.work import database_work
from widgets.window_list import Cell, Column, Row, WindowList

if TYPE_CHECKING:
    from db.checks import CheckLine


class ChecksRead(Message):
    """What waits for a person's word."""

    def __init__(self, lines: tuple[CheckLine, ...]) -> None:
        super().__init__()
        self.lines = lines


class ChecksScreen(FramedScreen[None]):
    """The list of callbacks in check."""

    SCOPE = "checks"
    BINDINGS: ClassVar[list[BindingType]] = bindings("checks")
    CSS_PATH = "checks.tcss"
    AUTO_FOCUS = "#checks-list"

    def compose_body(self) -> ComposeResult:
        """The list."""
        yield WindowList(id="checks-list")

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self.read()

    @database_work("checks.read")
    def read(self) -> Message:
        """Read what waits."""
        from db.checks import list_checks  # noqa: PLC0415 - connected long since

        return ChecksRead(list_checks(self.database, self.actor))

    @on(ChecksRead)
    def _read(self, event: ChecksRead) -> None:
        listing = self.query_one("#checks-list", WindowList)
        listing.show_columns((Column(self.t("checks.name"), 12, stretch=1),))
        listing.say_empty(self.t("checks.none"))
        listing.show_all([Row(line.callback_id, (Cell(line.name),)) for line in event.lines])

    def do_back(self) -> None:
        """Back to the queue."""
        self.dismiss(None)
