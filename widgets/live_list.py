"""A short list that is known whole and changes while one looks at it."""

from __future__ import annotations

from collections.abc import Sequence

from widgets.window_list import Row, WindowList


class LiveList(WindowList):
    """Keeps its mark on the same row and draws only the lines that have become others."""

    def update_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows, in the order given."""
        if [row.id for row in rows] == [row.id for row in self.rows]:
            for new, old in zip(rows, list(self.rows), strict=True):
                if new != old:
                    self.replace_row(new)
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
