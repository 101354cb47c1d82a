"""A time typed as it was heard, echoed as it was understood before Enter takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from widgets.line import Line
from widgets.safe_text import safe


@dataclass(frozen=True, slots=True)
class DueEcho:
    """What a typed time was understood to be.

    Attributes:
        at: the instant in UTC; none where nothing was understood.
        said: the sentences to show, already spoken: the time on both clocks, what was assumed, or
            why it was not understood.
    """

    at: datetime | None
    said: tuple[str, ...]


class DueInput(Vertical):
    """An input line with its echo beneath.

    Args:
        understand: reads a typed time; it gets no empty text.
    """

    DEFAULT_CSS = """
    DueInput {
        height: auto;
        & > .due--echo { height: auto; min-height: 2; padding: 0 1; color: $text-muted; }
        & > .due--echo.-understood { color: $text-success; }
        & > .due--echo.-strange { color: $text-warning; }
    }
    """
    LIMIT: ClassVar[int] = 80

    class Understood(Message):
        """The typed text means another instant now, or none; ask for the load of its slot."""

        def __init__(self, due: DueInput, at: datetime | None) -> None:
            super().__init__()
            self.due = due
            self.at = at

    class Accepted(Message):
        """Enter was pressed on a time that was understood, or on an empty line."""

        def __init__(self, due: DueInput, at: datetime | None) -> None:
            super().__init__()
            self.due = due
            self.at = at

    def __init__(self, understand: Callable[[str], DueEcho], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._understand = understand
        self._echo = DueEcho(None, ())
        self._hint = ""
        self._load = ""

    @property
    def at(self) -> datetime | None:
        """The instant that the typed text means, in UTC."""
        return self._echo.at

    @property
    def value(self) -> str:
        """What is typed."""
        return self.query_one(Line).value

    def compose(self) -> ComposeResult:
        """Line and echo."""
        yield Line(limit=self.LIMIT)
        yield Static(classes="due--echo")

    def say_hint(self, hint: str) -> None:
        """What stands beneath an empty line."""
        self._hint = hint
        self._show()

    def fill(self, text: str) -> None:
        """Replace what is typed."""
        line = self.query_one(Line)
        line.value = text
        line.cursor_position = len(text)

    def take_focus(self) -> None:
        """Type here from now on."""
        self.query_one(Line).focus()

    def show_load(self, at: datetime, text: str) -> None:
        """How busy the slot is, if it is still the one that is meant."""
        if at == self._echo.at:
            self._load = text
            self._show()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        before = self._echo.at
        typed = event.value.strip()
        self._echo = self._understand(typed) if typed else DueEcho(None, ())
        if self._echo.at != before:
            self._load = ""
            self.post_message(self.Understood(self, self._echo.at))
        self._show()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._echo.at is not None or not event.value.strip():
            self.post_message(self.Accepted(self, self._echo.at))

    def _show(self) -> None:
        if not self.is_mounted:
            return
        echo = self.query_one(".due--echo", Static)
        typed = bool(self.value.strip())
        lines = [*self._echo.said, self._load] if typed else [self._hint]
        echo.set_class(self._echo.at is not None, "-understood")
        echo.set_class(typed and self._echo.at is None, "-strange")
        echo.update(safe("\n".join(line for line in lines if line), lines=True))
