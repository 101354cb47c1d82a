"""What can be done with the roster: hours, patterns, copies of a week, leave and deputies."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from textual import on
from textual.message import Message

from content.roster_words import days_text
from domain.errors import InputError, RefusedError
from domain.permissions import allowed
from domain.roster_pattern import read_hours, read_pattern, write_hours, write_pattern
from domain.said import Said
from screens.actions import Action
from screens.frame import FramedScreen
from screens.prompt import Confirm, Prompt
from screens.roster_asking import ask_deputy, ask_last_day, ask_reason, ask_weeks
from screens.roster_messages import RosterChanged, RosterRead
from screens.work import database_work
from widgets.window_list import WindowList

if TYPE_CHECKING:
    from db.absence import GivenBack
    from db.roster import DayCell, WeekRow
    from domain.roster_pattern import Pattern
    from domain.week import Windows

_WEEK: Final = timedelta(days=7)
_LEADS: Final = frozenset(
    {"roster.edit", "roster.pattern", "roster.copy", "roster.leave", "roster.deal"}
)
_WRITES: Final = _LEADS | {"roster.sick", "roster.cancel"}
_ABOUT_MARKED: Final = frozenset({"roster.edit", "roster.pattern", "roster.leave", "roster.sick"})


class RosterDeeds(FramedScreen[None]):
    """The dialogs of the roster and what they write: about the marked day of the marked person.

    Attributes:
        found: the week that was read; none until then.
        shown: the Monday of the week that is shown; none until it is read.
        place: the marked day, 0 for Monday.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: RosterRead | None = None
        self.shown: date | None = None
        self.place = 0

    # -- what is marked ---------------------------------------------------------------------

    @property
    def listing(self) -> WindowList:
        """The grid."""
        return self.query_one("#roster-list", WindowList)

    @property
    def marked(self) -> WeekRow | None:
        """The marked person."""
        found = self.found
        if found is None:
            return None
        marked_id = self.listing.marked_id
        return next((row for row in found.week.rows if row.operator_id == marked_id), None)

    @property
    def marked_day(self) -> date | None:
        """The marked day."""
        return None if self.found is None else self.found.week.days[self.place].day

    @property
    def marked_cell(self) -> DayCell | None:
        """The marked day of the marked person."""
        row = self.marked
        return None if row is None else row.days[self.place]

    # -- what can't be done -----------------------------------------------------------------

    @property
    def leads(self) -> bool:
        """Whether the one who sits here makes the roster."""
        return allowed(self.actor.role, "operators.roster")

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
        row, first = self.marked, self.shown
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
        source = self.shown
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
        row, day, found = self.marked, self.marked_day, self.found
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
        row, found = self.marked, self.found
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
