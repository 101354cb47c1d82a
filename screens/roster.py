"""The roster: the week of everybody, or one's own; hours, patterns, leave and deputies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.message import Message

from content.roster_words import day_text, days_text, hours_total, minutes_of, short_hours, span_of
from domain.errors import InputError, RefusedError
from domain.permissions import allowed
from domain.roster_pattern import read_hours, read_pattern, write_hours, write_pattern
from domain.said import Said
from screens.actions import Action, bindings
from screens.feed import TopicsMoved
from screens.frame import FramedScreen
from screens.prompt import Confirm, Prompt
from screens.roster_asking import (
    Colleague,
    ask_deputy,
    ask_last_day,
    ask_reason,
    ask_weeks,
)
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.window_list import Cell, Column, Request, Row, WindowList

if TYPE_CHECKING:
    from db.absence import GivenBack
    from db.absent_left import LeftAlone
    from db.leave import LeaveLine
    from db.roster import DayCell, Presence, Week, WeekRow
    from domain.roster import Leave
    from domain.roster_pattern import Pattern
    from domain.week import Windows

_WEEK: Final = timedelta(days=7)
_LEADS: Final = frozenset(
    {"roster.edit", "roster.pattern", "roster.copy", "roster.leave", "roster.deal"}
)
_WRITES: Final = _LEADS | {"roster.sick", "roster.cancel"}
_ABOUT_MARKED: Final = frozenset({"roster.edit", "roster.pattern", "roster.leave", "roster.sick"})


class RosterRead(Message):
    """A week with all that belongs to it."""

    def __init__(
        self,
        request: Request,
        week: Week,
        leaves: tuple[LeaveLine, ...],
        here: tuple[Presence, ...],
        people: tuple[Colleague, ...],
        alone: tuple[LeftAlone, ...],
        today: date,
    ) -> None:
        super().__init__()
        self.request = request
        self.week = week
        self.leaves = leaves
        self.here = here
        self.people = people
        self.alone = alone
        self.today = today


class RosterChanged(Message):
    """Something was written; what to say of it."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


class RosterScreen(FramedScreen[None]):
    """People and their week; the marked day of the marked person in full."""

    SCOPE = "roster"
    BINDINGS: ClassVar[list[BindingType]] = bindings("roster")
    CSS_PATH = "roster.tcss"
    AUTO_FOCUS = "#roster-list"

    def __init__(self) -> None:
        super().__init__()
        self._shown: date | None = None
        self._place = 0
        self._found: RosterRead | None = None

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

    @property
    def listing(self) -> WindowList:
        """The grid."""
        return self.query_one("#roster-list", WindowList)

    @property
    def leads(self) -> bool:
        """Whether the one who sits here makes the roster."""
        return allowed(self.actor.role, "operators.roster")

    @property
    def marked(self) -> WeekRow | None:
        """The marked person."""
        found = self._found
        if found is None:
            return None
        marked_id = self.listing.marked_id
        return next((row for row in found.week.rows if row.operator_id == marked_id), None)

    @property
    def marked_day(self) -> date | None:
        """The marked day."""
        return None if self._found is None else self._found.week.days[self._place].day

    @property
    def marked_cell(self) -> DayCell | None:
        """The marked day of the marked person."""
        row = self.marked
        return None if row is None else row.days[self._place]

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        found = self._found
        box, pane = self.query_one("#roster-box"), self.query_one("#roster-day", CustomerPane)
        pane.name_it(self.t("roster.day_pane"))
        self.listing.say_empty(self.t("roster.reading"))
        if found is None:
            box.border_title = f"▸ {self.t('roster.title')}"
            return
        first, last = found.week.days[0].day, found.week.days[-1].day
        title = self.t("roster.title_week", first=f"{first:%Y-%m-%d}", last=f"{last:%m-%d}")
        box.border_title = f"▸ {title} · {found.week.zone}"
        self.listing.show_columns(tuple(self._columns(found)))
        for row in found.week.rows:
            self.listing.replace_row(self._row(row))
        self._show_marked()

    def _columns(self, found: RosterRead) -> Iterator[Column]:
        yield Column(self.t("roster.head.name"), 9, stretch=1)
        for place, head in enumerate(found.week.days):
            sign = "▸" if place == self._place else ""
            free = "*" if head.holiday is not None else "+" if head.made_up else ""
            yield Column(f"{sign}{day_text(self.shell.language, head.day)}{free}", 8, stretch=1)
        yield Column(self.t("roster.head.total"), 5, right=True, need=90)

    def _row(self, row: WeekRow) -> Row:
        here = self._here(row.operator_id)
        sign = "! " if here is not None and here.state == "missing" else ""
        tone = "urgent" if sign else ""
        worked = sum(minutes_of(cell.windows) for cell in row.days if cell.leave is None)
        return Row(
            row.operator_id,
            (
                Cell(f"{sign}{row.name}", tone),
                *(self._cell(row, cell) for cell in row.days),
                Cell(hours_total(worked), "muted"),
            ),
        )

    def _cell(self, row: WeekRow, cell: DayCell) -> Cell:
        if cell.leave is not None:
            return Cell(f"/{self.t(f'roster.reason.{cell.leave.reason}')}", "warm")
        if not cell.windows:
            return Cell("·" if row.known else "?", "muted")
        roomy = self.shell.width_class == "-three"
        return Cell(short_hours(cell.windows) if roomy else span_of(cell.windows))

    def _here(self, operator_id: int) -> Presence | None:
        found = self._found
        people = found.here if found is not None else ()
        return next((one for one in people if one.operator_id == operator_id), None)

    def _show_marked(self) -> None:
        pane = self.query_one("#roster-day", CustomerPane)
        found, row, cell = self._found, self.marked, self.marked_cell
        if found is None or row is None or cell is None:
            pane.show(CardView("", ()))
            return
        head = found.week.days[self._place]
        lines = [CardLine(self._hours_text(row, cell), self.t("roster.label.hours"))]
        if head.holiday is not None:
            lines.append(CardLine(head.holiday.of(self.shell.language), sign="*"))
        if head.made_up:
            lines.append(CardLine(self.t("roster.made_up", day=f"{head.day:%m-%d}"), sign="+"))
        if cell.leave is not None:
            lines += self._leave_lines(cell.leave)
        now = self._here(row.operator_id)
        state = [] if now is None else [*self._now_lines(now)]
        ahead = [
            CardLine(self._leave_text(one), sign="/")
            for one in found.leaves
            if one.leave.operator_id == row.operator_id
        ]
        alone = [
            CardLine(
                self.t("roster.alone", name=one.name, promises=one.promises, cases=one.cases),
                sign="!",
                style="$text-warning",
            )
            for one in found.alone
        ]
        title = f"{row.name} · {days_text(self.shell.language, head.day, head.day)}"
        sections = (
            CardSection("", tuple(lines)),
            CardSection("", tuple(state)),
            CardSection(self.t("roster.no_deputy"), tuple(alone)),
            CardSection(self.t("roster.ahead"), tuple(ahead)),
        )
        pane.show(CardView(title, sections))

    def _hours_text(self, row: WeekRow, cell: DayCell) -> str:
        if cell.windows:
            return write_hours(cell.windows)
        return self.t("roster.free" if row.known else "roster.unknown")

    def _now_lines(self, now: Presence) -> Iterator[CardLine]:
        told = self.t(f"roster.here.{now.state}")
        yield CardLine(told, self.t("roster.head.state"), style=_STYLES.get(now.state, ""))
        if now.next_at is not None and now.state not in ("here", "missing"):
            yield CardLine(self.clock(now.next_at), self.t("roster.head.next"))

    def _leave_lines(self, leave: Leave) -> Iterator[CardLine]:
        found = self._found
        lines = found.leaves if found is not None else ()
        line = next((one for one in lines if one.leave.id == leave.id), None)
        if line is None:
            yield CardLine(self.t(f"roster.reason.{leave.reason}"), sign="/", style="$text-warning")
            return
        yield CardLine(self._leave_text(line), sign="/", style="$text-warning")
        if leave.from_at is not None:
            yield CardLine(self.clock(leave.from_at), self.t("roster.label.from"))
        if line.noted_by is not None and line.noted_at is not None:
            noted = f"{line.noted_by} · {self.clock(line.noted_at)}"
            yield CardLine(noted, self.t("roster.label.noted"))

    def _leave_text(self, one: LeaveLine) -> str:
        days = days_text(self.shell.language, one.leave.first_day, one.leave.last_day)
        reason = self.t(f"roster.reason.{one.leave.reason}")
        return f"{days} {reason} → {one.deputy or self.t('roster.pool')}"

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id in _LEADS and not self.leads:
            return Said("roster.leads_only")
        if action.id in _WRITES and self.shell.seat.looking:
            return Said("desk.only_looking")
        if action.id in _ABOUT_MARKED and self.marked is None:
            return Said("roster.none_marked")
        cell = self.marked_cell
        if action.id == "roster.cancel" and (cell is None or cell.leave is None):
            return Said("roster.no_leave")
        return None

    # -- reading ----------------------------------------------------------------------------

    @on(WindowList.Wanted)
    def _wanted(self, event: WindowList.Wanted) -> None:
        self.read(event.request, self._shown)

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
        first = self._found is None
        self._found = event
        if self._shown is None:
            self._shown = event.week.days[0].day
        if first:
            self._place = event.today.weekday()
        rows = [self._row(row) for row in event.week.rows]
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
        if "seats" in event.topics and self._found is not None:
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
        if self._place == 0:
            self._turn(-1, place=6)
        else:
            self._mark_day(self._place - 1)

    def do_day_after(self) -> None:
        """Mark the next day; after Sunday the next week."""
        if self._place == 6:
            self._turn(1, place=0)
        else:
            self._mark_day(self._place + 1)

    def do_week_before(self) -> None:
        """Show the week before."""
        self._turn(-1)

    def do_week_after(self) -> None:
        """Show the next week."""
        self._turn(1)

    def _mark_day(self, place: int) -> None:
        self._place = place
        self.relabel()

    def _turn(self, by: int, *, place: int | None = None) -> None:
        if self._shown is not None:
            self._shown += by * _WEEK
            self._place = self._place if place is None else place
            self.listing.again()

    # -- hours ------------------------------------------------------------------------------

    @on(WindowList.Chosen, "#roster-list")
    async def _chosen(self) -> None:
        await self.shell.carry_out("roster.edit")

    def do_edit(self) -> None:
        """Type the hours of the marked day."""
        row, cell, day = self.marked, self.marked_cell, self.marked_day
        if row is None or cell is None or day is None:
            return
        who = row.operator_id

        def typed(text: str | None) -> None:
            if text is None:
                return
            try:
                windows = read_hours(text)
            except InputError as error:
                self.say(error.title_key, **error.params)
                return
            self.set_hours(who, day, windows)

        title = Said("roster.ask_hours", {"name": row.name, "day": f"{day:%m-%d}"})
        value = write_hours(cell.windows) if cell.windows else ""
        self.app.push_screen(Prompt(title, Said("roster.hours_hint"), value=value), typed)

    @database_work("roster.hours", every=True)
    def set_hours(self, who: int, day: date, windows: Windows) -> Message:
        """Write the hours of a day."""
        from db.roster_edit import set_days  # noqa: PLC0415 - connected long since

        n = set_days(self.database, self.actor, {(who, day): windows})
        return RosterChanged(Said("roster.copied", {"n": n}))

    def do_pattern(self) -> None:
        """Type the marked person's week, then say for how many weeks."""
        row, first = self.marked, self._shown
        if row is None or first is None:
            return
        who = row.operator_id
        known = write_pattern(tuple(cell.windows for cell in row.days)) if row.known else ""

        def typed(text: str | None) -> None:
            if text is None:
                return
            try:
                pattern = read_pattern(text)
            except InputError as error:
                self.say(error.title_key, **error.params)
                return
            ask_weeks(
                self,
                Said("roster.ask_weeks", {"first": f"{first:%m-%d}"}),
                lambda weeks: self.write_pattern(who, pattern, first, weeks),
            )

        title = Said("roster.ask_pattern", {"name": row.name})
        self.app.push_screen(Prompt(title, Said("roster.pattern_hint"), value=known), typed)

    @database_work("roster.pattern", every=True)
    def write_pattern(self, who: int, pattern: Pattern, first: date, weeks: int) -> Message:
        """Write a week's pattern for some weeks."""
        from db.roster_edit import set_pattern  # noqa: PLC0415 - connected long since

        last = first + weeks * _WEEK - timedelta(days=1)
        n = set_pattern(self.database, self.actor, [who], pattern, first, last)
        return RosterChanged(Said("roster.copied", {"n": n}))

    def do_copy(self) -> None:
        """Copy the week that is shown onto those that follow."""
        source = self._shown
        if source is not None:
            title = Said("roster.ask_copy", {"first": f"{source:%m-%d}"})
            ask_weeks(self, title, lambda weeks: self.copy(source, weeks))

    @database_work("roster.copy", every=True)
    def copy(self, source: date, weeks: int) -> Message:
        """Copy a week onto later ones."""
        from db.roster_edit import copy_week  # noqa: PLC0415 - connected long since

        n = copy_week(self.database, self.actor, source, source + _WEEK, weeks=weeks)
        return RosterChanged(Said("roster.copied", {"n": n}))

    # -- leave ------------------------------------------------------------------------------

    def do_leave(self) -> None:
        """Note a leave of the marked person from the marked day on."""
        row, day, found = self.marked, self.marked_day, self._found
        if row is None or day is None or found is None:
            return

        def until(reason: str, last: date) -> None:
            ask_deputy(
                self,
                found.people,
                row.operator_id,
                lambda deputy: self.note(row.login, day, last, reason, deputy),
            )

        ask_reason(
            self,
            row.name,
            lambda reason: ask_last_day(self, day, lambda last: until(reason, last)),
        )

    def do_sick(self) -> None:
        """Note that the marked one is sick from this minute on; anybody may say it of oneself."""
        row, found = self.marked, self._found
        if row is not None and found is not None:
            ask_deputy(
                self,
                found.people,
                row.operator_id,
                lambda deputy: self.note(row.login, None, None, "sick", deputy),
            )

    @database_work("roster.leave", every=True)
    def note(
        self, who: str, first: date | None, last: date | None, reason: str, deputy: str | None
    ) -> Message:
        """Write a leave; without a first day it begins now."""
        from db.leave import add_leave  # noqa: PLC0415 - connected long since

        made = add_leave(
            self.database, self.actor, who, first, last, reason,
            deputy=deputy, from_now=first is None,
        )  # fmt: skip
        key = "roster.leave_noted" if deputy else "roster.leave_noted_pool"
        days = days_text(self.shell.language, made.first_day, made.last_day)
        return RosterChanged(Said(key, {"days": days, "name": deputy or ""}))

    def do_cancel(self) -> None:
        """Take the leave of the marked day back."""
        row, cell = self.marked, self.marked_cell
        leave = cell.leave if cell is not None else None
        if row is None or leave is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.cancel_leave(leave.id)

        days = days_text(self.shell.language, leave.first_day, leave.last_day)
        title = Said("roster.ask_cancel", {"name": row.name, "days": days})
        self.app.push_screen(Confirm(title, Said("roster.cancel_detail")), answered)

    @database_work("roster.cancel", every=True)
    def cancel_leave(self, leave_id: int) -> Message:
        """Cancel a leave and bring the work back."""
        from db.leave import cancel_leave  # noqa: PLC0415 - connected long since

        return RosterChanged(_back_said(cancel_leave(self.database, self.actor, leave_id)))

    def do_deal(self) -> None:
        """Deal today's work out."""
        self.shell.show_deal_out()

    @on(RosterChanged)
    def _changed(self, event: RosterChanged) -> None:
        self.say_said(event.said)
        self.listing.again()

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """What is refused is said in a line."""
        if work.startswith("roster.") and isinstance(error, InputError | RefusedError):
            self.say(error.title_key, **error.params)
            return True
        return False


_STYLES: Final[Mapping[str, str]] = {
    "missing": "bold $text-error",
    "leave": "$text-warning",
    "here": "$text-success",
}


def _back_said(back: GivenBack) -> Said:
    return Said(
        "roster.leave_cancelled",
        {
            "callbacks": back.callbacks,
            "promises": back.promises,
            "cases": back.cases,
            "touched": back.touched,
        },
    )
