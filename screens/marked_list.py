"""What screens share that show a list, and the marked one of it in a pane beside or below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on

from screens.feed import TopicsMoved
from screens.frame import FramedScreen
from widgets.customer_card import CardView, CustomerPane
from widgets.list_rows import Column, Row
from widgets.window_list import Request, WindowList

T = TypeVar("T")


class MarkedListScreen(FramedScreen[None], Generic[T]):
    """A window list in a box of the class `pane`, and one pane; a subclass says what is in them.

    A subclass reads what `read` is asked for, and hands it to `receive`.
    """

    TOPICS: ClassVar[frozenset[str]]
    """The topics upon which the list is read again."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[int, T] = {}

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self.listing.start()

    # -- what a subclass says ---------------------------------------------------------------

    def title_words(self) -> str:
        """What is listed, already spoken."""
        raise NotImplementedError

    def columns(self) -> tuple[Column, ...]:
        """The columns of the list."""
        raise NotImplementedError

    def nothing(self) -> str:
        """What an empty list says."""
        raise NotImplementedError

    def pane_words(self) -> str:
        """What stands in the frame of the pane."""
        raise NotImplementedError

    def row(self, one: T) -> Row:
        """One of them as a row."""
        raise NotImplementedError

    def drawn(self, one: T) -> CardView:
        """One of them in full."""
        raise NotImplementedError

    def want(self, request: Request) -> None:
        """Read what the list wants."""
        raise NotImplementedError

    # -- what is shown ----------------------------------------------------------------------

    @property
    def listing(self) -> WindowList:
        """The list."""
        return self.query_one(WindowList)

    @property
    def pane(self) -> CustomerPane:
        """The pane of the marked one."""
        return self.query_one(CustomerPane)

    @property
    def marked(self) -> T | None:
        """What is under the mark; none before the list is there."""
        if not self.query(WindowList):
            return None  # a screen below asks for its keys while this one is being built
        marked_id = self.listing.marked_id
        return None if marked_id is None else self.found.get(marked_id)

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        self.query_one(".pane").border_title = f"▸ {self.title_words()}"
        self.listing.show_columns(self.columns())
        self.listing.say_empty(self.nothing())
        for one in self.found.values():
            self.listing.replace_row(self.row(one))
        self.show_pane()

    def show_pane(self) -> None:
        """Draw the pane anew."""
        self.pane.name_it(self.pane_words())
        one = self.marked
        self.pane.show(CardView("", ()) if one is None else self.drawn(one))

    # -- reading ----------------------------------------------------------------------------

    @on(WindowList.Wanted)
    def _wanted(self, event: WindowList.Wanted) -> None:
        self.want(event.request)

    def receive(
        self,
        request: Request,
        found: Sequence[T],
        *,
        more_before: bool = False,
        more_after: bool = False,
    ) -> None:
        """Show what was read; what the list holds no more is forgotten."""
        rows = [self.row(one) for one in found]
        self.found |= {row.id: one for row, one in zip(rows, found, strict=True)}
        self.listing.receive(request, rows, more_before=more_before, more_after=more_after)
        kept = {row.id for row in self.listing.rows}
        self.found = {key: one for key, one in self.found.items() if key in kept}
        self.relabel()
        self.refresh_keys()

    @on(WindowList.Marked)
    def _marked_moved(self) -> None:
        self.show_pane()
        self.refresh_keys()

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Read again what is shown; a screen that is not built yet reads anyway."""
        if self.built and self.TOPICS & event.topics:
            self.do_refresh()

    # -- deeds ------------------------------------------------------------------------------

    def do_refresh(self) -> None:
        """Read the list again."""
        self.listing.again()

    def do_back(self) -> None:
        """Back to the queue."""
        self.dismiss(None)
