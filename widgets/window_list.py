"""A list over any number of rows that keeps only a window of them in memory.

The list asks for pages by key (`Wanted`) and is given them with `receive`; it never learns how
many rows there are. The marked row stays marked by its id, and stays on its line of the screen,
while the rows around it come and go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from widgets.list_rows import Cell, Column, Row, laid_out
from widgets.safe_text import fit

WINDOW: Final = 300
"""Rows kept in memory at most."""

PAGE: Final = 120
"""Rows asked for at a time: more than two screens of a tall terminal."""

MARK: Final = "▸"
"""Stands before the marked row, so that it is seen without colours too."""

PICKED: Final = "+"
"""Stands before a row that was picked for what is done to several at once."""

MARKED_AND_PICKED: Final = "»"


class Direction(Enum):
    """Which page is wanted."""

    FIRST = "first"
    LAST = "last"
    AFTER = "after"
    BEFORE = "before"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Request:
    """A page that the list wants.

    Attributes:
        token: tells an answer that is still wanted from a stale one.
        direction: `AFTER` and `BEFORE` continue at `anchor`; `AGAIN` reads the window anew from
            `anchor` (which may have gone), or from the start where it is none.
        anchor: the id of a row of the window.
        limit: rows wanted.
    """

    token: int
    direction: Direction
    anchor: int | None
    limit: int


class WindowList(Widget, can_focus=True):
    """A list drawn line by line from a window of rows."""

    DEFAULT_CSS = """
    WindowList {
        height: 1fr;
        & > .window-list--head { color: $text-muted; text-style: underline; }
        & > .window-list--marked { background: $block-cursor-blurred-background; text-style: bold; }
        & > .window-list--muted { color: $foreground-muted; }
        & > .window-list--urgent { color: $text-error; text-style: bold; }
        & > .window-list--warm { color: $text-warning; }
        & > .window-list--good { color: $text-success; }
        & > .window-list--empty { color: $text-muted; }
        &:focus > .window-list--marked {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "window-list--head",
        "window-list--marked",
        "window-list--muted",
        "window-list--urgent",
        "window-list--warm",
        "window-list--good",
        "window-list--empty",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("pageup", "leaf(-1)", show=False),
        Binding("pagedown", "leaf(1)", show=False),
        Binding("home", "edge('first')", show=False),
        Binding("end", "edge('last')", show=False),
        Binding("shift+up", "pick(-1)", show=False),
        Binding("shift+down", "pick(1)", show=False),
    ]

    class Wanted(Message):
        """The list wants a page; answer with `receive`."""

        def __init__(self, window_list: WindowList, request: Request) -> None:
            super().__init__()
            self.window_list = window_list
            self.request = request

        @property
        def control(self) -> WindowList:
            """The list that asks."""
            return self.window_list

    class Marked(Message):
        """Another row is marked now; none when the list is empty."""

        def __init__(self, window_list: WindowList, row_id: int | None) -> None:
            super().__init__()
            self.window_list = window_list
            self.row_id = row_id

        @property
        def control(self) -> WindowList:
            """The list whose mark moved."""
            return self.window_list

    class Picked(Message):
        """Other rows are picked now."""

        def __init__(self, window_list: WindowList, ids: tuple[int, ...]) -> None:
            super().__init__()
            self.window_list = window_list
            self.ids = ids

        @property
        def control(self) -> WindowList:
            """The list whose picks changed."""
            return self.window_list

    class Chosen(Message):
        """A row was clicked a second time, or chosen by the screen's key."""

        def __init__(self, window_list: WindowList, row_id: int) -> None:
            super().__init__()
            self.window_list = window_list
            self.row_id = row_id

        @property
        def control(self) -> WindowList:
            """The list of the row."""
            return self.window_list

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002
        window: int = WINDOW,
        page: int = PAGE,
        picks: bool = False,
    ) -> None:
        super().__init__(id=id)
        self.picks = picks
        self._picked: dict[int, None] = {}
        self.columns: tuple[Column, ...] = ()
        self.rows: list[Row] = []
        self.empty_text = ""
        self._window = window
        self._page = page
        self._edge = page // 3
        self._top = 0
        self._marked = 0
        self._more_before = False
        self._more_after = False
        self._token = 0
        self._pending: Request | None = None
        self._jump: Direction | None = None

    @property
    def marked_id(self) -> int | None:
        """The id of the marked row; none in an empty list."""
        return self.rows[self._marked].id if self.rows else None

    @property
    def picked(self) -> tuple[int, ...]:
        """The ids of the picked rows, in the order in which they were picked."""
        return tuple(self._picked)

    def drop_picks(self) -> None:
        """Pick nothing any more."""
        if self._picked:
            self._picked = {}
            self.refresh()

    @property
    def lines(self) -> int:
        """Rows that fit on the screen."""
        return max(0, self.size.height - 1)

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Draw with other columns, or with the same ones in another language."""
        self.columns = tuple(columns)
        self.refresh()

    def say_empty(self, text: str) -> None:
        """What stands in the list while it has no rows, line by line."""
        self.empty_text = text
        self.refresh()

    def start(self) -> None:
        """Ask for the first page and forget what is shown."""
        self.rows = []
        self._marked = self._top = 0
        self._more_before = self._more_after = False
        self._ask(Direction.FIRST, None, self._page)
        self.refresh()

    def again(self) -> None:
        """Read the window anew: something behind it has changed."""
        if not self.rows:
            self._ask(Direction.FIRST, None, self._page)
        elif self._pending is None or self._pending.direction is Direction.AGAIN:
            anchor = self.rows[0].id if self._more_before else None
            self._ask(Direction.AGAIN, anchor, max(self._page, len(self.rows)))

    def receive(
        self, request: Request, rows: Sequence[Row], *, more_before: bool, more_after: bool
    ) -> None:
        """Take the page that answers a request; a stale answer is dropped.

        Args:
            request: the request that is answered.
            rows: the page, in the list's order.
            more_before: whether rows exist before the page.
            more_after: whether rows exist after it.
        """
        if self._pending is None or request.token != self._pending.token:
            return
        self._pending = None
        before = self.marked_id
        line = self._marked - self._top
        place = self._marked
        match request.direction:
            case Direction.AFTER:
                self._append(rows, more_after)
            case Direction.BEFORE:
                place += self._prepend(rows, more_before)
            case _:
                self.rows = list(rows)
                self._more_before, self._more_after = more_before, more_after
        if request.direction is Direction.LAST:
            place = len(self.rows) - 1
        elif request.direction is Direction.FIRST and self._jump is Direction.FIRST:
            place = 0
        else:
            place = next((n for n, row in enumerate(self.rows) if row.id == before), place)
        self._jump = None
        self._marked = max(0, min(place, len(self.rows) - 1))
        self._top = self._marked - line
        self._keep_in_sight()
        self.refresh()
        if self.marked_id != before:
            self.post_message(self.Marked(self, self.marked_id))
        self._look_ahead()

    def show_all(self, rows: Sequence[Row]) -> None:
        """Show a short list that is known whole, the mark on its first row."""
        self._pending = None
        self.rows = list(rows)
        self._marked = self._top = 0
        self._more_before = self._more_after = False
        self.refresh()
        self.post_message(self.Marked(self, self.marked_id))

    def mark(self, row_id: int) -> None:
        """Move the mark to a row of the window; one that is not in it is passed over."""
        place = next((n for n, row in enumerate(self.rows) if row.id == row_id), None)
        if place is not None:
            self._move_to(place)

    def replace_row(self, row: Row) -> None:
        """Draw one row anew, if it is in the window."""
        for place, old in enumerate(self.rows):
            if old.id == row.id:
                self.rows[place] = row
                self._refresh_line(place)

    def action_step(self, by: int) -> None:
        """Move the mark by rows."""
        self._move_to(self._marked + by)

    def action_leaf(self, by: int) -> None:
        """Move the mark by screens."""
        self._move_to(self._marked + by * max(1, self.lines - 1))

    def action_edge(self, which: str) -> None:
        """Move the mark to the first or the last row there is."""
        direction = Direction(which)
        more = self._more_before if direction is Direction.FIRST else self._more_after
        if more:
            self._jump = direction
            self._ask(direction, None, self._page)
        else:
            self._move_to(0 if direction is Direction.FIRST else len(self.rows) - 1)

    def action_pick(self, by: int) -> None:
        """Pick the marked row, or let go of it, and move on; where rows can be picked."""
        marked = self.marked_id
        if not self.picks or marked is None:
            return
        if marked in self._picked:
            del self._picked[marked]
        else:
            self._picked[marked] = None
        self._refresh_line(self._marked)
        self._move_to(self._marked + by)
        self.post_message(self.Picked(self, self.picked))

    def choose(self) -> None:
        """Say that the marked row is chosen."""
        if self.marked_id is not None:
            self.post_message(self.Chosen(self, self.marked_id))

    def on_click(self, event: events.Click) -> None:
        """Mark the row that was clicked; a second click chooses it."""
        place = self._top + event.y - 1
        if event.y >= 1 and 0 <= place < len(self.rows):
            if place == self._marked and event.chain > 1:
                self.choose()
            self._move_to(place)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by moving the mark."""
        event.stop()
        self.action_step(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by moving the mark."""
        event.stop()
        self.action_step(-3)

    def on_resize(self) -> None:
        """Keep the marked row in sight."""
        top = self._top
        self._keep_in_sight()
        if self._top != top:
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are rows, for a list that grows with them."""
        del container, viewport, width
        return len(self.rows) + 1

    def render_line(self, y: int) -> Strip:
        """One line of the widget: the heading, a row, or nothing."""
        width = self.size.width
        if y == 0:
            titles = [Cell(column.title, "head") for column in self.columns]
            return self._strip(titles, width, self.get_component_rich_style("window-list--head"))
        place = self._top + y - 1
        empty = self.empty_text.split("\n")
        if not self.rows and 2 <= y < 2 + len(empty):
            style = self.get_component_rich_style("window-list--empty")
            return Strip([Segment(fit(f" {empty[y - 2]}", width), style)], width)
        if not 0 <= place < len(self.rows):
            return Strip.blank(width, self.rich_style)
        row = self.rows[place]
        if place == self._marked:
            style = self.get_component_rich_style("window-list--marked")
            sign = MARKED_AND_PICKED if row.id in self._picked else MARK
            return self._strip(row.cells, width, style, plain=True, sign=sign)
        sign = PICKED if row.id in self._picked else " "
        if row.muted:
            style = self.get_component_rich_style("window-list--muted")
            return self._strip(row.cells, width, style, plain=True, sign=sign)
        return self._strip(row.cells, width, self.rich_style, sign=sign)

    def _strip(
        self,
        cells: Sequence[Cell],
        width: int,
        style: Style,
        *,
        plain: bool = False,
        sign: str = " ",
    ) -> Strip:
        segments = [Segment(sign, style)]
        left = width - 1
        for column, size, cell in laid_out(self.columns, cells, left):
            toned = style
            if cell.tone and not plain:
                # A partial style would lose the transparency that makes a colour a muted one.
                toned = style + self.get_component_rich_style(f"window-list--{cell.tone}")
            segments.append(Segment(fit(cell.text, size, right=column.right), toned))
            segments.append(Segment(" ", style))
            left -= size + 1
        if left > 0:
            segments.append(Segment(" " * left, style))
        return Strip(segments).crop(0, width)

    def _move_to(self, place: int) -> None:
        if not self.rows:
            return
        old, top = self._marked, self._top
        self._marked = max(0, min(place, len(self.rows) - 1))
        if self._marked == old:
            return
        self._keep_in_sight()
        if self._top == top:
            self._refresh_line(old)
            self._refresh_line(self._marked)
        else:
            self.refresh()
        self.post_message(self.Marked(self, self.marked_id))
        self._look_ahead()

    def _refresh_line(self, place: int) -> None:
        self.refresh(Region(0, place - self._top + 1, self.size.width, 1))

    def _keep_in_sight(self) -> None:
        lines = self.lines
        if lines <= 0:
            return
        self._top = min(max(self._top, self._marked - lines + 1), self._marked)
        self._top = max(0, min(self._top, len(self.rows) - lines))

    def _look_ahead(self) -> None:
        if self._pending is not None or not self.rows:
            return
        if self._more_after and self._marked >= len(self.rows) - self._edge:
            self._ask(Direction.AFTER, self.rows[-1].id, self._page)
        elif self._more_before and self._marked < self._edge:
            self._ask(Direction.BEFORE, self.rows[0].id, self._page)

    def _ask(self, direction: Direction, anchor: int | None, limit: int) -> None:
        self._token += 1
        self._pending = Request(self._token, direction, anchor, limit)
        self.post_message(self.Wanted(self, self._pending))

    def _append(self, rows: Sequence[Row], more: bool) -> None:
        known = {row.id for row in self.rows}
        self.rows += [row for row in rows if row.id not in known]
        self._more_after = more
        surplus = len(self.rows) - self._window
        if surplus > 0:
            del self.rows[:surplus]
            self._more_before = True

    def _prepend(self, rows: Sequence[Row], more: bool) -> int:
        known = {row.id for row in self.rows}
        added = [row for row in rows if row.id not in known]
        self.rows[:0] = added
        self._more_before = more
        if len(self.rows) > self._window:
            del self.rows[self._window :]
            self._more_after = True
        return len(added)
