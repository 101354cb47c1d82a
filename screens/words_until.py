"""A dialog that asks for words, and for when it ends: leave with its evidence, an override."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from domain.said import Said
from screens.boxed import Boxed
from widgets.due_input import DueEcho, DueInput
from widgets.line import Line
from widgets.safe_text import safe


@dataclass(frozen=True, slots=True)
class WordsUntil:
    """What was typed, and when it ends (UTC); none where nothing was said about it."""

    words: str
    until: datetime | None


class WordsUntilDialog(Boxed[WordsUntil]):
    """A line of words that is needed, and a time that may be left empty; Enter saves.

    Args:
        heading: what is asked.
        hint: more about it.
        until: what the time is asked with.
        understand: reads a typed time.
        limit: letters at most.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "app.focus_next", show=False, priority=True),
        Binding("shift+tab,up", "app.focus_previous", show=False, priority=True),
    ]

    def __init__(
        self,
        heading: Said,
        hint: Said,
        until: Said,
        understand: Callable[[str], DueEcho],
        *,
        limit: int,
    ) -> None:
        super().__init__()
        self._heading = heading
        self._hint = hint
        self._until = until
        self._understand = understand
        self._limit = limit

    def parts(self) -> Iterable[Widget]:
        """The words and the time."""
        yield Line(id="until-words", limit=self._limit)
        yield DueInput(self._understand, id="until-due")

    def on_mount(self) -> None:
        """Type the words at once."""
        super().on_mount()
        self.query_one("#until-words").focus()

    def heading(self) -> str:
        """What is asked."""
        return self.spoken(self._heading)

    def text(self) -> Content:
        """More about it."""
        return safe(self.spoken(self._hint), lines=True)

    def keys(self) -> str:
        """How it works."""
        return self.t("caps.dialog_keys")

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.query_one(DueInput).say_hint(self.spoken(self._until))

    def take_text(self, text: str) -> None:
        """Text goes where one types, else to the words."""
        focused = self.focused
        line = focused if isinstance(focused, Line) else self.query_one("#until-words", Line)
        line.insert_text_at_cursor(text.replace("\n", " "))

    @on(Input.Submitted)
    def _line_done(self, event: Input.Submitted) -> None:
        event.stop()
        due = self.query_one(DueInput)
        if due.value.strip() and due.at is None:
            due.take_focus()
            return
        self._give(due.at)

    @on(DueInput.Accepted)
    def _time_done(self, event: DueInput.Accepted) -> None:
        event.stop()
        self._give(event.at)

    def _give(self, until: datetime | None) -> None:
        words = self.query_one("#until-words", Line).value.strip()
        if words:
            self.dismiss(WordsUntil(words, until))
        else:
            self.query_one("#until-words").focus()
