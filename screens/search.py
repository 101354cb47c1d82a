"""Finding a customer from one box: a name, its sound, a plate, a number or its last four digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message
from textual.widgets import Input

from domain.errors import RefusedError
from domain.said import Said
from screens.finder import Finder
from screens.times import short_day
from screens.work import database_work
from widgets.list_rows import Cell, Column, Row

if TYPE_CHECKING:
    from db.customer_search import CustomerHit


class Hits(Message):
    """Who was found."""

    def __init__(self, text: str, hits: tuple[CustomerHit, ...]) -> None:
        super().__init__()
        self.text = text
        self.hits = hits


class Capped(Message):
    """Nobody was looked for: there were too many searches."""

    def __init__(self, text: str, error: RefusedError) -> None:
        super().__init__()
        self.text = text
        self.error = error


class CustomerSearch(Finder[int]):
    """Finds a customer and gives back the person's id.

    One look is under way at a time; what is typed meanwhile is looked for next. Enter waits for
    the answer to what is typed, so that nobody is taken whom the text does not name.

    Args:
        title_key: what the search is for, as a key of the catalogues.
        text: what is already typed when it opens.
    """

    def __init__(self, title_key: str, text: str = "") -> None:
        super().__init__(text)
        self._title_key = title_key
        self._wanted = ""
        self._shown = ""
        self._hits: tuple[CustomerHit, ...] = ()
        self._taking = False

    def heading(self) -> str:
        """What the search is for."""
        return self.t(self._title_key)

    def columns(self) -> Sequence[Column]:
        """Name, number, asset, what fits, open callbacks, last call."""
        return (
            Column(self.t("customer.hit.name"), 12, stretch=3),
            Column(self.t("customer.hit.number"), 16),
            Column(self.t("customer.hit.asset"), 12, stretch=2),
            Column(self.t("customer.hit.matched"), 12, stretch=2),
            Column(self.t("customer.hit.open"), 5, right=True),
            Column(self.t("customer.hit.last"), 10, need=88),
        )

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self._hits:
            self._show()

    def look_for(self, text: str) -> None:
        """Look for a text, now or as soon as the look under way has ended."""
        self._wanted = text.strip()
        self._taking = False
        if not self.requests.busy("customer.search"):
            self._look()

    def take(self, row_id: int) -> None:
        """Give the person back."""
        self.dismiss(row_id)

    def _look(self) -> None:
        if self._wanted:
            self.search(self._wanted)
        else:
            self._shown, self._hits = "", ()
            self.show_found((), self.t("customer.search_hint"))

    @database_work("customer.search")
    def search(self, text: str) -> Message:
        """Ask the database who fits."""
        from db.customer_search import search  # noqa: PLC0415 - connected long since

        try:
            return Hits(text, search(self.database, self.actor, text))
        except RefusedError as error:
            if error.code != "search_cap":
                raise
            return Capped(text, error)

    @on(Hits)
    def _found(self, event: Hits) -> None:
        if event.text != self._wanted:
            self._look()
            return
        self._shown, self._hits = event.text, event.hits
        self._show()
        if self._taking and self._hits:
            self.dismiss(self._hits[0].person_id)

    @on(Capped)
    def _capped(self, event: Capped) -> None:
        if event.text != self._wanted:
            self._look()
            return
        self._shown, self._hits, self._taking = event.text, (), False
        error = event.error
        words = [Said(key, error.params) for key in (error.title_key, error.todo_key)]
        self.show_found((), "\n".join(self.spoken(one) for one in words))

    def _show(self) -> None:
        rows = [self._row(hit) for hit in self._hits]
        self.show_found(rows, self.t("customer.search_nobody", text=self._shown))

    def _row(self, hit: CustomerHit) -> Row:
        shell = self.shell
        last = "" if hit.last_call is None else short_day(hit.last_call, shell.my_zone, shell.now())
        matched = self.spoken(hit.matched)
        if hit.closed is not None:
            matched = self.t(f"customer.closed.{hit.closed}")
        cells = (
            Cell(hit.name),
            Cell(hit.masked, "muted"),
            Cell(" ".join(part for part in (hit.plate, hit.model) if part)),
            Cell(matched, "muted"),
            Cell(str(hit.open_callbacks) if hit.open_callbacks else "·", "warm"),
            Cell(last, "muted"),
        )
        return Row(hit.person_id, cells, muted=hit.closed is not None)

    @on(Input.Submitted, "#finder-line")
    def _enter(self, event: Input.Submitted) -> None:
        if self._shown != self._wanted:
            self._taking = True
            event.stop()
            event.prevent_default()
