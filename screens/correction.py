"""The question what of a decided call is to be put right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from screens.finder import Finder
from widgets.list_rows import Cell, Column, Row

OUTCOME: Final = "outcome"
NOTE: Final = "note"


class Correction(Finder[str]):
    """Shows what was decided and answered; gives back `outcome`, `note` or a question's address.

    Args:
        outcome: the ending, already spoken.
        note: what was noted.
        answers: address, question and answer of each question, already spoken.
    """

    def __init__(self, outcome: str, note: str, answers: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._told = (outcome, note)
        self._answers = tuple(answers)
        self._found: list[str] = []

    def heading(self) -> str:
        """What is asked."""
        return self.t("today.what")

    def columns(self) -> Sequence[Column]:
        """What it is, and how it stands."""
        return (
            Column(self.t("today.part"), 16, stretch=3),
            Column(self.t("today.stands"), 12, stretch=2),
        )

    def look_for(self, text: str) -> None:
        """Show the parts whose names or values hold what is typed."""
        outcome, note = self._told
        parts = (
            (OUTCOME, self.t("today.outcome"), outcome),
            (NOTE, self.t("call.note"), note),
            *self._answers,
        )
        wanted = text.strip().casefold()
        fitting = [one for one in parts if wanted in f"{one[1]} {one[2]}".casefold()]
        self._found = [one[0] for one in fitting]
        rows = [
            Row(number, (Cell(name), Cell(value or "·", "" if value else "muted")))
            for number, (_, name, value) in enumerate(fitting)
        ]
        self.show_found(rows, self.t("today.no_part"))

    def take(self, row_id: int) -> None:
        """Give the part back."""
        self.dismiss(self._found[row_id])
