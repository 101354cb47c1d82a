"""One of a list of codes, found by its name in either language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.bilingual import Bilingual
from domain.said import Said
from screens.finder import Finder
from widgets.list_rows import Cell, Column, Row


class CodeFinder(Finder[str]):
    """Finds a code by its name and gives it back.

    Args:
        heading: what is asked, as a sentence of the catalogues.
        names: the codes with their names, in the order to be shown.
        present: the code that holds now; none where none does.
    """

    def __init__(
        self, heading: Said, names: Mapping[str, Bilingual], present: str | None = None
    ) -> None:
        super().__init__()
        self._heading = heading
        self._names = names
        self._codes = tuple(names)
        self._present = present

    def heading(self) -> str:
        """What is asked."""
        return self.spoken(self._heading)

    def columns(self) -> Sequence[Column]:
        """The name, and a sign at the one that holds."""
        return (Column("", 2), Column(self.t("case.name"), 20, stretch=1))

    def look_for(self, text: str) -> None:
        """Show the codes whose names hold what is typed."""
        typed = text.strip().casefold()
        rows = [
            Row(
                place,
                (
                    Cell("✓" if code == self._present else ""),
                    Cell(self._names[code].of(self.shell.language)),
                ),
            )
            for place, code in enumerate(self._codes)
            if typed in f"{self._names[code].zh} {self._names[code].en}".casefold()
        ]
        self.show_found(rows, self.t("case.no_such_name"))

    def take(self, row_id: int) -> None:
        """Give the code back."""
        self.dismiss(self._codes[row_id])
