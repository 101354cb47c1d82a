"""What a column holds, chosen from all fields of such a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from content.columns import column_book
from screens.finder import Finder
from widgets.list_rows import Cell, Column, Row

if TYPE_CHECKING:
    from intake.mapping import Column as FileColumn
    from intake.mapping import ColumnMapping

NOTHING: Final = ""
"""Given back for a column that is not imported."""


class FieldChoice(Finder[str]):
    """Finds a field by its name in either language; gives back its code, or `NOTHING`.

    Args:
        mapping: which column holds what now.
        column: the column whose field is to be chosen.
    """

    def __init__(self, mapping: ColumnMapping, column: FileColumn) -> None:
        super().__init__()
        self._column = column
        self._fields = (None, *column_book().of_kind(mapping.kind))
        self._holders = {one.field: one.name for one in mapping.columns if one.field}

    def heading(self) -> str:
        """Which column it is about."""
        name = self._column.name or f"#{self._column.index + 1}"
        return self.t("import_screen.what_holds", column=name)

    def columns(self) -> Sequence[Column]:
        """The field, and the column that holds it now."""
        return (
            Column(self.t("import_screen.field"), 20, stretch=1),
            Column(self.t("import_screen.held_by"), 16, stretch=1),
        )

    def look_for(self, text: str) -> None:
        """Show the fields whose names hold what is typed."""
        typed = text.strip().casefold()
        rows = []
        for place, field in enumerate(self._fields):
            if field is None:
                if not typed:
                    rows.append(Row(place, (Cell(self.t("import_screen.left_out")), Cell(""))))
                continue
            if typed in field.label.zh.casefold() or typed in field.label.en.casefold():
                label = field.label.of(self.shell.language)
                holder = self._holders.get(field.code, "")
                rows.append(Row(place, (Cell(label), Cell(holder, "muted"))))
        self.show_found(rows, self.t("import_screen.no_field"))

    def take(self, row_id: int) -> None:
        """Give the field back."""
        field = self._fields[row_id]
        self.dismiss(NOTHING if field is None else field.code)
