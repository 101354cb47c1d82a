"""The map of the script: every step, where it leads, and where the conversation stands."""

from __future__ import annotations

from collections.abc import Sequence

from domain.playbook_map import Stop, Way, stops_of
from domain.walk import Walk
from screens.finder import Finder
from widgets.list_rows import Cell, Column, Row

_HERE, _BEEN = "●", "✓"
_BETWEEN = " · "


class PlaybookMap(Finder[str]):
    """Shows the steps of the script; gives back the id of the one to go to.

    Args:
        walk: the conversation.
    """

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self._walk = walk
        self._stops = stops_of(walk)

    def heading(self) -> str:
        """Which script it is."""
        place = self._walk.stack[self._walk.script_depth]
        title = self._walk.library.book(place.book).title
        return self.t("call.map_title", title=title)

    def foot(self) -> str:
        """What the signs mean, and how the dialog works."""
        return self.t("call.map_keys", here=_HERE, been=_BEEN)

    def columns(self) -> Sequence[Column]:
        """Where we stand, the step, and where it leads."""
        return (
            Column("", 4),
            Column(self.t("call.map_step"), 16, stretch=2),
            Column(self.t("call.map_ways"), 20, stretch=5, need=50),
        )

    def look_for(self, text: str) -> None:
        """Show the steps whose headings hold what is typed, then those that lead to such ones."""
        wanted = text.strip().casefold()
        titles = {stop.id: stop.title for stop in self._stops}
        by_title: list[Row] = []
        by_way: list[Row] = []
        here = None
        for number, stop in enumerate(self._stops):
            ways = _BETWEEN.join(dict.fromkeys(self._spoken(way, titles) for way in stop.ways))
            if wanted in stop.title.casefold():
                by_title.append(self._row(number, stop, ways))
            elif wanted in ways.casefold():
                by_way.append(self._row(number, stop, ways))
            if stop.here:
                here = number
        self.show_found([*by_title, *by_way], self.t("call.map_nothing"))
        if not wanted and here is not None:
            self.found_list.mark(here)

    def take(self, row_id: int) -> None:
        """Go to the step."""
        self.dismiss(self._stops[row_id].id)

    def _row(self, number: int, stop: Stop, ways: str) -> Row:
        sign = _HERE if stop.here else _BEEN if stop.been else " "
        tone = "warm" if stop.here else "good" if stop.been else ""
        cells = (Cell(f"{sign}{number + 1:>2}", tone), Cell(stop.title), Cell(ways, "muted"))
        return Row(number, cells)

    def _spoken(self, way: Way, titles: dict[str, str]) -> str:
        if way.to is not None:
            return f"→ {titles.get(way.to, way.to)}"
        if way.elsewhere:
            return f"» {way.elsewhere}"
        return f"■ {way.label}" if way.ends else way.label
