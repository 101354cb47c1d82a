"""What every dialog has: it lies over a screen and is left with Escape."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import ModalScreen

from screens.frame import Acting
from screens.work import database_work
from widgets.due_input import DueInput

if TYPE_CHECKING:
    from db.own_time import OwnAway

T = TypeVar("T")


class LoadRead(Message):
    """How many callbacks are due around an instant, and whether one is at work then."""

    def __init__(self, at: datetime, load: int, away: OwnAway | None) -> None:
        super().__init__()
        self.at = at
        self.load = load
        self.away = away


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
        from db.own_time import away_at  # noqa: PLC0415 - connected long since
        from db.slots import load_around  # noqa: PLC0415

        database, actor = self.database, self.actor
        return LoadRead(at, load_around(database, actor, at), away_at(database, actor, at))

    @on(LoadRead)
    def _load_came(self, event: LoadRead) -> None:
        key = "ui.slot" if event.load else "ui.slot_free"
        load = self.t(key, n=event.load)
        away = "" if event.away is None else f"! {self.away_words(event.away)}"
        for due in self.query(DueInput):
            due.show_load(event.at, "\n".join(part for part in (away, load) if part))

    def away_words(self, away: OwnAway) -> str:
        """That one is not at work at the time that was typed, and until when."""
        why = "off" if away.reason is None else "leave"
        said = self.t(f"roster.away.{why}")
        if away.until is not None:
            said = f"{said} {self.t('roster.away.until', at=away.until)}"
        return said
