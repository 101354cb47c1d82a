"""What we promise a customer, and by when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from domain.decision import GivenPromise
from screens.boxed import Boxed
from widgets.due_input import DueEcho, DueInput
from widgets.line import Line
from widgets.safe_text import safe


class PromiseDialog(Boxed[GivenPromise]):
    """A text and a time; without a time the text may name a condition instead.

    Args:
        understand: reads a typed time.
        text: what stands there already.
        deed: whether a deed is promised, until a key says otherwise.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+d,f4", "other_kind", show=False),
    ]

    def __init__(
        self, understand: Callable[[str], DueEcho], text: str = "", *, deed: bool = False
    ) -> None:
        super().__init__()
        self._understand = understand
        self._text = text
        self._deed = deed

    def parts(self) -> Iterable[Widget]:
        """The words of the promise and its time."""
        yield Line(self._text, id="promise-line", limit=200)
        yield DueInput(self._understand, id="promise-due")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#promise-line").focus()

    def heading(self) -> str:
        """What it is."""
        return self.t("call.promise_title")

    def text(self) -> Content:
        """Whether a call or a deed is promised."""
        return safe(self.t("call.promise_deed" if self._deed else "call.promise_call"))

    def keys(self) -> str:
        """How it works."""
        return self.t("call.promise_keys")

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.query_one(DueInput).say_hint(self.t("call.promise_hint"))

    def take_text(self, text: str) -> None:
        """Text is always meant for the words."""
        self.query_one("#promise-line", Line).insert_text_at_cursor(text.replace("\n", " "))

    def action_other_kind(self) -> None:
        """Promise a deed instead of a call, or the other way round."""
        self._deed = not self._deed
        self.relabel()

    @on(Input.Submitted, "#promise-line")
    def _words_done(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.query_one(DueInput).take_focus()

    @on(DueInput.Accepted)
    def _time_done(self, event: DueInput.Accepted) -> None:
        event.stop()
        self._give(event.at)

    def _give(self, at: datetime | None) -> None:
        words = self.query_one("#promise-line", Line).value.strip()
        if not words:
            self.query_one("#promise-line").focus()
            return
        condition = None if at is not None else words
        self.dismiss(GivenPromise(words, at, condition, "deed" if self._deed else "call"))
