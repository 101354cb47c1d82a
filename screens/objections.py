"""The objection palette: the customer's words, and the answers that fit them."""

from __future__ import annotations

from collections.abc import Sequence

from domain.objections import search
from domain.walk import Walk
from screens.finder import Finder
from screens.phrase_words import leading
from widgets.list_rows import Cell, Column, Row

MOST = 40


class ObjectionPalette(Finder[str]):
    """Finds an objection by words in any language, pinyin or initials; gives back its id.

    Args:
        walk: where the call stands, with its objections and the order of their wordings.
    """

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self._walk = walk
        self._titles = {step.id: step.title for step in walk.library.objections}
        self._shares: dict[str, str] = {}
        self._found: list[str] = []

    def heading(self) -> str:
        """What is looked for."""
        return self.t("call.objection_title")

    def columns(self) -> Sequence[Column]:
        """The objection, the words by which it was found, and how its first wording works."""
        return (
            Column(self.t("call.objection_name"), 18, stretch=1),
            Column(self.t("call.objection_heard"), 18, stretch=2),
            Column(self.t("phrases.first_wording"), 23, need=66),
        )

    def look_for(self, text: str) -> None:
        """Show what fits."""
        found = search(self._walk.library, text, MOST)
        self._found = [one.id for one in found]
        rows = [
            Row(
                number,
                (
                    Cell(self._titles[one.id]),
                    Cell("" if one.phrase == self._titles[one.id] else one.phrase, "muted"),
                    Cell(self._share(one.id), "muted"),
                ),
            )
            for number, one in enumerate(found)
        ]
        self.show_found(rows, self.t("call.objection_nothing"))

    def _share(self, objection: str) -> str:
        if objection not in self._shares:
            self._shares[objection] = leading(self._walk, objection, self.t)
        return self._shares[objection]

    def take(self, row_id: int) -> None:
        """Give the objection back."""
        self.dismiss(self._found[row_id])
