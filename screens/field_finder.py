"""Which field of a record is to be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from content.translations import LANGUAGES, translate
from screens.finder import Finder
from widgets.list_rows import Cell, Column, Row


class FieldFinder(Finder[str]):
    """Finds a field by its name in either language and gives back its code.

    Args:
        values: what each field holds now, by code, in the order to be shown.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__()
        self._values = values
        self._codes = tuple(values)

    def heading(self) -> str:
        """What is looked for."""
        return self.t("customer.edit_title")

    def columns(self) -> Sequence[Column]:
        """Name and present value."""
        return (
            Column(self.t("customer.edit_field"), 20),
            Column(self.t("customer.edit_value"), 20, stretch=1),
        )

    def look_for(self, text: str) -> None:
        """Show the fields whose names hold what is typed."""
        typed = text.strip().casefold()
        rows = [
            Row(place, (Cell(self.t(f"customer.field.{code}")), Cell(self._values[code], "muted")))
            for place, code in enumerate(self._codes)
            if any(
                typed in translate(language, f"customer.field.{code}").casefold()
                for language in LANGUAGES
            )
        ]
        self.show_found(rows, self.t("customer.edit_nothing"))

    def take(self, row_id: int) -> None:
        """Give the field back."""
        self.dismiss(self._codes[row_id])
