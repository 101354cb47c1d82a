"""When a release comes into force, and why: asked in one dialog."""

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
class ReleaseNote:
    """When (UTC; none: at once) and why."""

    at: datetime | None
    note: str


class ReleaseNoteDialog(Boxed[ReleaseNote]):
    """A note, then a time as it is heard; an empty time means at once.

    Args:
        question: what is about to come into force.
        understand: reads a typed time.
    """

    def __init__(self, question: Said, understand: Callable[[str], DueEcho]) -> None:
        super().__init__()
        self._question = question
        self._understand = understand

    def parts(self) -> Iterable[Widget]:
        """The note and the time."""
        yield Line(id="release-note", limit=200)
        yield DueInput(self._understand, id="release-at")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#release-note").focus()

    def heading(self) -> str:
        """What it is."""
        return self.t("playbooks_screen.note_title")

    def text(self) -> Content:
        """What is about to happen."""
        return safe(self.spoken(self._question), lines=True)

    def keys(self) -> str:
        """How it works."""
        return self.t("playbooks_screen.note_keys")

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.query_one("#release-note", Line).placeholder = self.t("playbooks_screen.note_why")
        self.query_one(DueInput).say_hint(self.t("playbooks_screen.note_when"))

    def take_text(self, text: str) -> None:
        """Text is always meant for the note."""
        self.query_one("#release-note", Line).insert_text_at_cursor(text.replace("\n", " "))

    @on(Input.Submitted, "#release-note")
    def _why_told(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(DueInput).take_focus()

    @on(DueInput.Accepted)
    def _when_told(self, event: DueInput.Accepted) -> None:
        event.stop()
        note = self.query_one("#release-note", Line).value.strip()
        self.dismiss(ReleaseNote(event.at, note))


class ConflictDialog(Boxed[bool]):
    """Says who was faster; Enter shows what they changed.

    Args:
        told: who changed what, and when.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,d,f4", "answer(True)", show=False),
    ]

    def __init__(self, told: Said) -> None:
        super().__init__()
        self._told = told

    def heading(self) -> str:
        """What it is."""
        return f"! {self.t('playbooks_screen.conflict_title')}"

    def text(self) -> Content:
        """Who, when, and that nothing is lost."""
        kept = self.t("playbooks_screen.conflict_kept")
        return safe(f"{self.spoken(self._told)}\n\n{kept}", lines=True)

    def keys(self) -> str:
        """What the keys do."""
        return self.t("playbooks_screen.conflict_keys")

    def action_answer(self, yes: bool) -> None:
        """Give the answer back."""
        self.dismiss(yes)
