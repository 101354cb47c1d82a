"""A dialog that asks for one of the words that a field of the rules takes."""

from __future__ import annotations

from collections.abc import Sequence

from domain.said import Said
from screens.finder import Finder
from widgets.list_rows import Cell, Column, Row


class WordFinder(Finder[str]):
    """Finds a word by its name or its code, and gives back the code; "" for none of them.

    Args:
        heading: what is asked.
        words: codes with what people call them, in the order in which they are offered.
        present: the code that holds now.
        may_be_empty: whether none of them is an answer.
    """

    def __init__(
        self,
        heading: Said,
        words: Sequence[tuple[str, str]],
        present: str = "",
        *,
        may_be_empty: bool = False,
    ) -> None:
        super().__init__()
        self._heading = heading
        self._words = tuple(words)
        self._present = present
        self._may_be_empty = may_be_empty

    def heading(self) -> str:
        """What is asked."""
        return self.spoken(self._heading)

    def columns(self) -> Sequence[Column]:
        """Name and code."""
        return (
            Column(self.t("rule_form.head.word"), 24, stretch=2),
            Column(self.t("rule_form.head.code"), 20, stretch=1),
        )

    def look_for(self, text: str) -> None:
        """Show the words whose name or code holds what is typed."""
        parts = text.casefold().split()
        rows = [
            Row(place, (Cell(name), Cell(code, "muted")))
            for place, (code, name) in enumerate(self._words)
            if all(part in f"{code} {name}".casefold() for part in parts)
        ]
        if self._may_be_empty and not parts:
            rows.append(
                Row(len(self._words), (Cell(self.t("rule_form.nothing"), "muted"), Cell("")))
            )
        self.show_found(rows, self.t("rule_form.no_word"))
        place = next((n for n, (code, _) in enumerate(self._words) if code == self._present), None)
        if place is not None and not parts:
            self.found_list.mark(place)

    def take(self, row_id: int) -> None:
        """Give the code back."""
        self.dismiss(self._words[row_id][0] if row_id < len(self._words) else "")
