"""The last messages once more: what a lead wrote, and what was done to one's own work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from screens.boxed import Boxed
from screens.notice_words import message_text
from screens.work import database_work
from widgets.safe_text import clean, safe

if TYPE_CHECKING:
    from db.seat_messages import SeatMessage


class PastRead(Message):
    """The last messages, the newest first."""

    def __init__(self, messages: tuple[SeatMessage, ...]) -> None:
        super().__init__()
        self.messages = messages


class PastMessages(Boxed[None]):
    """Shows what was said to this operator lately."""

    def __init__(self) -> None:
        super().__init__()
        self._messages: tuple[SeatMessage, ...] | None = None

    def on_mount(self) -> None:
        """Read them."""
        self.read_past()

    @database_work("messages.past")
    def read_past(self) -> Message:
        """Read the last messages."""
        from db.seat_news import past_messages  # noqa: PLC0415 - connected long since

        return PastRead(past_messages(self.database, self.actor))

    def on_past_read(self, event: PastRead) -> None:
        """Show them."""
        self._messages = event.messages
        self.relabel()

    def heading(self) -> str:
        """What it is."""
        return self.t("notice.past")

    def text(self) -> Content:
        """Each message in a line, with when it came."""
        if self._messages is None:
            return safe(self.t("ui.starting"))
        if not self._messages:
            return safe(self.t("notice.no_past"))
        shell = self.shell
        lines = [
            Content.assemble(
                (f"{self.clock(one.sent_at)}  ", "$muted"),
                clean(message_text(shell.language, one, shell.my_zone, shell.now())),
            )
            for one in self._messages
        ]
        return Content("\n").join(lines)

    def keys(self) -> str:
        """Escape closes."""
        return self.t("notice.past_keys")
