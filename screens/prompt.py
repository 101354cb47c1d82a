"""A dialog that asks for one line of text, and one that asks yes or no."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from domain.said import Said
from screens.boxed import Boxed
from widgets.line import Line
from widgets.safe_text import safe


class Prompt(Boxed[str]):
    """Asks for a text; Enter gives it back, Escape gives nothing.

    Args:
        heading: what is asked, as a sentence of the catalogues.
        hint: more about it; none for nothing.
        value: what stands there already.
        limit: letters at most.
        may_be_empty: whether Enter on an empty line is an answer.
    """

    def __init__(
        self,
        heading: Said,
        hint: Said | None = None,
        *,
        value: str = "",
        limit: int = 200,
        may_be_empty: bool = False,
    ) -> None:
        super().__init__()
        self._heading = heading
        self._hint = hint
        self._value = value
        self._limit = limit
        self._may_be_empty = may_be_empty

    def parts(self) -> Iterable[Widget]:
        """The line."""
        yield Line(self._value, id="prompt-line", limit=self._limit)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Line).focus()

    def heading(self) -> str:
        """What is asked."""
        return self.spoken(self._heading)

    def text(self) -> Content:
        """The hint."""
        return safe(self.spoken(self._hint), lines=True) if self._hint else Content("")

    def take_text(self, text: str) -> None:
        """Text is always meant for the line."""
        self.query_one(Line).insert_text_at_cursor(text.replace("\n", " "))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if text or self._may_be_empty:
            self.dismiss(text)


class Confirm(Boxed[bool]):
    """Asks whether to go on; only `y` or Enter means yes.

    Args:
        question: what is asked.
        detail: what happens then.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", show=False),
        Binding("n", "answer(False)", show=False),
    ]

    def __init__(self, question: Said, detail: Said) -> None:
        super().__init__()
        self._question = question
        self._detail = detail

    def heading(self) -> str:
        """The question."""
        return self.spoken(self._question)

    def text(self) -> Content:
        """What happens then."""
        return safe(self.spoken(self._detail), lines=True)

    def keys(self) -> str:
        """Yes and no."""
        return self.t("ui.confirm_keys")

    def action_answer(self, yes: bool) -> None:
        """Give the answer back."""
        self.dismiss(yes)
