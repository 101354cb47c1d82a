"""When a release comes into force, and why: asked in one dialog."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from domain.errors import InputError
from domain.said import Said
from domain.when import understand
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
    """

    def __init__(self, question: Said) -> None:
        super().__init__()
        self._question = question

    def parts(self) -> Iterable[Widget]:
        """The note and the time."""
        yield Line(id="release-note", limit=200)
        yield DueInput(self._read_time, id="release-at")

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

    def _read_time(self, text: str) -> DueEcho:
        """A typed time by one's own clock: nobody is rung then."""
        shell = self.shell
        try:
            found = understand(text, now=shell.now(), zone=shell.my_zone, my_zone=shell.my_zone)
        except InputError as error:
            return DueEcho(None, (self.t(error.title_key, **error.params),))
        told = self.t("playbooks_screen.from_then", at=found.at)
        return DueEcho(found.at, (told, *map(self.spoken, found.assumptions)))

    @on(DueInput.Understood)
    def _time_read(self, event: DueInput.Understood) -> None:
        """How many callbacks are due then does not matter here."""
        event.stop()
        event.prevent_default()

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
        key = self.shell.registry["editor.theirs"].shown_keys()[-1]
        kept = self.t("playbooks_screen.conflict_kept", key=key)
        return safe(f"{self.spoken(self._told)}\n\n{kept}", lines=True)

    def keys(self) -> str:
        """What the keys do."""
        return self.t("playbooks_screen.conflict_keys")

    def action_answer(self, yes: bool) -> None:
        """Give the answer back."""
        self.dismiss(yes)
