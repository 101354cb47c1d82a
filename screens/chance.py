"""A chance that was heard: in words, what it may bring, the next step, by when and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from domain.chance import ChanceKind, GivenChance, read_amount
from domain.errors import InputError
from screens.boxed import Boxed
from widgets.due_input import DueEcho, DueInput
from widgets.line import Line
from widgets.safe_text import safe

_LINES: Final = {"words": 200, "value": 20, "step": 200, "owner": 64}
"""The lines of the form, and how long they may be."""


class ChanceDialog(Boxed[GivenChance]):
    """A form in which Enter saves at any moment; all of it may be left empty.

    Args:
        kind: what was heard.
        understand: reads a typed time.
        currency: the currency of a value that names none; "" where nobody knows.
        owner: login of whose it is unless somebody else is named.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "app.focus_next", show=False, priority=True),
        Binding("shift+tab,up", "app.focus_previous", show=False, priority=True),
    ]

    def __init__(
        self, kind: ChanceKind, understand: Callable[[str], DueEcho], currency: str, owner: str
    ) -> None:
        super().__init__()
        self._kind = kind
        self._understand = understand
        self._currency = currency
        self._owner = owner
        self._wrong: InputError | None = None

    def parts(self) -> Iterable[Widget]:
        """Words, value, next step, its time, owner."""
        yield Line(id="chance-words", limit=_LINES["words"])
        yield Line(id="chance-value", limit=_LINES["value"])
        yield Line(id="chance-step", limit=_LINES["step"])
        yield DueInput(self._understand, id="chance-due")
        yield Line(id="chance-owner", limit=_LINES["owner"])

    def on_mount(self) -> None:
        """Type the words at once."""
        super().on_mount()
        self._line("words").focus()

    def heading(self) -> str:
        """What was heard."""
        return self.t(f"chances.kind.{self._kind}")

    def text(self) -> Content:
        """What is wrong with what was typed."""
        if self._wrong is None:
            return Content("")
        return safe(self.t(self._wrong.title_key, **self._wrong.params))

    def keys(self) -> str:
        """How it works."""
        return self.t("chances.keys")

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        for name in _LINES:
            told = {"currency": self._currency or "EUR", "owner": self._owner}
            self._line(name).placeholder = self.t(f"chances.line.{name}", **told)
        self.query_one(DueInput).say_hint(self.t("chances.line.due"))

    def take_text(self, text: str) -> None:
        """Text goes where one types, else to the words."""
        focused = self.focused
        line = focused if isinstance(focused, Line) else self._line("words")
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

    def _give(self, at: datetime | None) -> None:
        value, currency = None, None
        typed = self._line("value").value.strip()
        if typed:
            try:
                value, currency = read_amount(typed, self._currency)
            except InputError as error:
                self._wrong = error
                self.relabel()
                self._line("value").focus()
                return
        self.dismiss(
            GivenChance(
                kind=self._kind,
                text=self._line("words").value.strip(),
                value=value,
                currency=currency,
                next_step=self._line("step").value.strip() or None,
                next_at=at,
                owner=self._line("owner").value.strip() or None,
            )
        )

    def _line(self, name: str) -> Line:
        return self.query_one(f"#chance-{name}", Line)
