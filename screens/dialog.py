"""What every dialog has: it lies over a screen and is left with Escape."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import ModalScreen

from screens.frame import Acting
from screens.work import database_work
from widgets.due_input import DueInput

T = TypeVar("T")


class LoadRead(Message):
    """How many callbacks are due around an instant."""

    def __init__(self, at: datetime, load: int) -> None:
        super().__init__()
        self.at = at
        self.load = load


class Dialog(Acting[T], ModalScreen[T], Generic[T]):
    """A dialog; it takes none of the keys that work everywhere."""

    SCOPE = "dialog"
    DEFAULT_CSS = """
    Dialog {
        background: $background 60%;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def action_leave(self) -> None:
        """Close it with nothing done."""
        self.dismiss(None)

    @on(DueInput.Understood)
    def _time_understood(self, event: DueInput.Understood) -> None:
        event.stop()
        if event.at is not None and self.shell.connected:
            self.read_load(event.at)

    @database_work("dialog.load", quiet=True)
    def read_load(self, at: datetime) -> Message:
        """Ask how busy the time is that was typed."""
        from db.slots import load_around  # noqa: PLC0415 - connected long since

        return LoadRead(at, load_around(self.database, self.actor, at))

    @on(LoadRead)
    def _load_came(self, event: LoadRead) -> None:
        key = "ui.slot" if event.load else "ui.slot_free"
        for due in self.query(DueInput):
            due.show_load(event.at, self.t(key, n=event.load))
