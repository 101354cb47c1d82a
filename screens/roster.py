"""The roster: the week of everybody, or one's own; the marked day of the marked person in full."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.message import Message

from domain.permissions import allowed
from screens.actions import bindings
from screens.feed import TopicsMoved
from screens.roster_deeds import RosterDeeds
from screens.roster_messages import RosterRead
from screens.roster_rows import RosterRows
from screens.work import database_work
from widgets.customer_card import CardView, CustomerPane
from widgets.window_list import Request, WindowList


class RosterScreen(RosterDeeds):
    """People and their week; the marked day of the marked person in full."""

    SCOPE = "roster"
    BINDINGS: ClassVar[list[BindingType]] = bindings("roster")
    CSS_PATH = "roster.tcss"
    AUTO_FOCUS = "#roster-list"

    def compose_body(self) -> ComposeResult:
        """The grid, and the marked day."""
        with Container(id="roster-body"):
            with Vertical(id="roster-box", classes="pane -owner"):
                yield WindowList(id="roster-list")
            yield CustomerPane(id="roster-day")

    def on_mount(self) -> None:
        """Read this week."""
        super().on_mount()
        self.listing.start()

    # -- what is shown ----------------------------------------------------------------------

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        found = self.found
        box, pane = self.query_one("#roster-box"), self.query_one("#roster-day", CustomerPane)
        pane.name_it(self.t("roster.day_pane"))
        self.listing.say_empty(self.t("roster.reading"))
        if found is None:
            box.border_title = f"▸ {self.t('roster.title')}"
            return
        first, last = found.week.days[0].day, found.week.days[-1].day
        title = self.t("roster.title_week", first=f"{first:%Y-%m-%d}", last=f"{last:%m-%d}")
        box.border_title = f"▸ {title} · {found.week.zone}"
        rows = self._rows(found)
        self.listing.show_columns(rows.columns())
        for row in rows.rows():
            self.listing.replace_row(row)
        self._show_marked()

    def _rows(self, found: RosterRead) -> RosterRows:
        shell = self.shell
        roomy = shell.width_class == "-three"
        return RosterRows(self.t, self.clock, shell.language, found, self.place, roomy)

    def _show_marked(self) -> None:
        found, row = self.found, self.marked
        card = CardView("", ()) if found is None or row is None else self._rows(found).card(row)
        self.query_one("#roster-day", CustomerPane).show(card)

    # -- reading ----------------------------------------------------------------------------

    @on(WindowList.Wanted)
    def _wanted(self, event: WindowList.Wanted) -> None:
        self.read(event.request, self.shown)

    @database_work("roster.read", quiet=True)
    def read(self, request: Request, day: date | None) -> Message:
        """Read a week, the leaves, and who is here."""
        from db.absent_left import left_alone  # noqa: PLC0415 - connected long since
        from db.leave import colleagues, list_leaves  # noqa: PLC0415
        from db.roster import read_week, today_of, who_is_here  # noqa: PLC0415

        database, actor = self.database, self.actor
        today = today_of(database)
        return RosterRead(
            request,
            read_week(database, actor, day or today),
            list_leaves(database, actor, since=min(day or today, today)),
            who_is_here(database, actor),
            tuple(colleagues(database, actor)),
            left_alone(database, actor) if allowed(actor.role, "operators.roster") else (),
            today,
        )

    @on(RosterRead)
    def _read(self, event: RosterRead) -> None:
        first = self.found is None
        self.found = event
        if self.shown is None:
            self.shown = event.week.days[0].day
        if first:
            self.place = event.today.weekday()
        rows = self._rows(event).rows()
        self.listing.receive(event.request, rows, more_before=False, more_after=False)
        if first:
            self.listing.mark(self.actor.operator_id)
        self.relabel()

    @on(WindowList.Marked)
    def _marked_moved(self) -> None:
        self._show_marked()
        self.refresh_keys()

    def on_topics_moved(self, event: TopicsMoved) -> None:
        """Read again who is here and what others changed."""
        if "seats" in event.topics and self.found is not None:
            self.listing.again()

    # -- looking ----------------------------------------------------------------------------

    def do_refresh(self) -> None:
        """Read the week again."""
        self.listing.again()

    def do_back(self) -> None:
        """Back to the queue."""
        self.dismiss(None)

    def do_day_before(self) -> None:
        """Mark the day before; before Monday the week before."""
        if self.place == 0:
            self._turn(-1, place=6)
        else:
            self._mark_day(self.place - 1)

    def do_day_after(self) -> None:
        """Mark the next day; after Sunday the next week."""
        if self.place == 6:
            self._turn(1, place=0)
        else:
            self._mark_day(self.place + 1)

    def do_week_before(self) -> None:
        """Show the week before."""
        self._turn(-1)

    def do_week_after(self) -> None:
        """Show the next week."""
        self._turn(1)

    def _mark_day(self, place: int) -> None:
        self.place = place
        self.relabel()

    def _turn(self, by: int, *, place: int | None = None) -> None:
        if self.shown is not None:
            self.shown += timedelta(weeks=by)
            self.place = self.place if place is None else place
            self.listing.again()
