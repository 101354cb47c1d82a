"""The objection palette: the customer's words, and the answers that fit them."""

from __future__ import annotations

from collections.abc import Sequence

from domain.library import Library
from domain.objections import search
from screens.finder import Finder
from widgets.window_list import Cell, Column, Row

MOST = 40


class ObjectionPalette(Finder[str]):
    """Finds an objection by words in any language, pinyin or initials; gives back its id.

    Args:
        library: the objections.
    """

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._library = library
        self._found: list[str] = []

    def heading(self) -> str:
        """What is looked for."""
        return self.t("call.objection_title")

    def columns(self) -> Sequence[Column]:
        """The objection, and the words by which it was found."""
        return (
            Column(self.t("call.objection_name"), 18, stretch=1),
            Column(self.t("call.objection_heard"), 18, stretch=2),
        )

    def look_for(self, text: str) -> None:
        """Show what fits."""
        titles = {step.id: step.title for step in self._library.objections}
        found = search(self._library, text, MOST)
        self._found = [one.id for one in found]
        rows = [
            Row(number, (Cell(titles[one.id]), Cell(one.phrase, "muted")))
            for number, one in enumerate(found)
        ]
        self.show_found(rows, self.t("call.objection_nothing"))

    def take(self, row_id: int) -> None:
        """Give the objection back."""
        self.dismiss(self._found[row_id])
