"""A short list that is known whole and changes while one looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.geometry import Region
from textual.strip import Strip

from widgets.list_rows import Row, laid_out
from widgets.window_list import WindowList


class LiveList(WindowList):
    """Keeps its mark on the same row and draws only the cells that have become others."""

    def update_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows, in the order given."""
        if [row.id for row in rows] == [row.id for row in self.rows]:
            for place, new in enumerate(rows):
                self._change(place, new)
            return
        before = self.marked_id
        line = self._marked - self._top
        self.rows = list(rows)
        place = next((n for n, row in enumerate(self.rows) if row.id == before), self._marked)
        self._marked = max(0, min(place, len(self.rows) - 1))
        self._top = self._marked - line
        self._keep_in_sight()
        self.refresh()
        if self.marked_id != before:
            self.post_message(self.Marked(self, self.marked_id))

    def _change(self, place: int, new: Row) -> None:
        """Put a row in the place of one with the same id; what both share is not sent again."""
        old, self.rows[place] = self.rows[place], new
        if new == old:
            return
        if replace(new, cells=old.cells) != old or len(new.cells) != len(old.cells):
            self._refresh_line(place)
            return
        changed = [left != right for left, right in zip(old.cells, new.cells, strict=True)]
        shown = {id(column): number for number, column in enumerate(self.columns)}
        begin = 1
        for column, width, _ in laid_out(self.columns, new.cells, self.size.width - 1):
            if changed[shown[id(column)]]:
                self.refresh(Region(begin, place - self._top + 1, width + 1, 1))
            begin += width + 1

    def render_line(self, y: int) -> Strip:
        """One line; cells of one style are sent as one, since each style costs forty bytes."""
        return super().render_line(y).simplify()
