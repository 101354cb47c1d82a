"""What the roster shows: the grid of a week, and the marked day of a person in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from content.roster_words import day_text, days_text, hours_total, minutes_of, short_hours, span_of
from domain.roster_pattern import write_hours
from screens.roster_messages import RosterRead
from widgets.customer_card import CardLine, CardSection, CardView
from widgets.list_rows import Cell, Column, Row

if TYPE_CHECKING:
    from content.translations import Language
    from db.leave import LeaveLine
    from db.roster import DayCell, DayHead, Presence, WeekRow
    from domain.roster import Leave
    from screens.call_views import Say

_STYLES: Final[Mapping[str, str]] = {
    "missing": "bold $text-error",
    "leave": "$text-warning",
    "here": "$text-success",
}


@dataclass(frozen=True, slots=True)
class RosterRows:
    """Makes rows and the card of a day from one reading, in one language.

    Attributes:
        say: says a sentence.
        clock: tells an instant (UTC) on one's own clock.
        language: which one.
        found: the week that was read, with all that belongs to it.
        place: the marked day, 0 for Monday.
        roomy: whether a column has room for every span of a day.
    """

    say: Say
    clock: Callable[[datetime], str]
    language: Language
    found: RosterRead
    place: int
    roomy: bool

    # -- the grid ---------------------------------------------------------------------------

    def columns(self) -> tuple[Column, ...]:
        """The name, the seven days, and the hours of the week."""
        return (
            Column(self.say("roster.head.name"), 9, stretch=1),
            *(self._day_column(place, head) for place, head in enumerate(self.found.week.days)),
            Column(self.say("roster.head.total"), 5, right=True, need=90),
        )

    def _day_column(self, place: int, head: DayHead) -> Column:
        sign = "▸" if place == self.place else ""
        free = "*" if head.holiday is not None else "+" if head.made_up else ""
        return Column(f"{sign}{day_text(self.language, head.day)}{free}", 8, stretch=1)

    def rows(self) -> list[Row]:
        """Everybody's week."""
        return [self._row(row) for row in self.found.week.rows]

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
            return Cell(f"/{self.say(f'roster.reason.{cell.leave.reason}')}", "warm")
        if not cell.windows:
            return Cell("·" if row.known else "?", "muted")
        return Cell(short_hours(cell.windows) if self.roomy else span_of(cell.windows))

    def _here(self, operator_id: int) -> Presence | None:
        return next((one for one in self.found.here if one.operator_id == operator_id), None)

    # -- the marked day ---------------------------------------------------------------------

    def card(self, row: WeekRow) -> CardView:
        """The marked day of a person: hours, leave, who is here, what is ahead and left alone."""
        head, cell = self.found.week.days[self.place], row.days[self.place]
        now = self._here(row.operator_id)
        ahead = [
            CardLine(self._leave_text(one), sign="/")
            for one in self.found.leaves
            if one.leave.operator_id == row.operator_id
        ]
        alone = [
            CardLine(
                self.say("roster.alone", name=one.name, promises=one.promises, cases=one.cases),
                sign="!",
                style="$text-warning",
            )
            for one in self.found.alone
        ]
        return CardView(
            f"{row.name} · {days_text(self.language, head.day, head.day)}",
            (
                CardSection("", tuple(self._day_lines(head, row, cell))),
                CardSection("", () if now is None else tuple(self._now_lines(now))),
                CardSection(self.say("roster.no_deputy"), tuple(alone)),
                CardSection(self.say("roster.ahead"), tuple(ahead)),
            ),
        )

    def _day_lines(self, head: DayHead, row: WeekRow, cell: DayCell) -> Iterator[CardLine]:
        yield CardLine(self._hours_text(row, cell), self.say("roster.label.hours"))
        if head.holiday is not None:
            yield CardLine(head.holiday.of(self.language), sign="*")
        if head.made_up:
            yield CardLine(self.say("roster.made_up", day=f"{head.day:%m-%d}"), sign="+")
        if cell.leave is not None:
            yield from self._leave_lines(cell.leave)

    def _hours_text(self, row: WeekRow, cell: DayCell) -> str:
        if cell.windows:
            return write_hours(cell.windows)
        return self.say("roster.free" if row.known else "roster.unknown")

    def _now_lines(self, now: Presence) -> Iterator[CardLine]:
        told = self.say(f"roster.here.{now.state}")
        yield CardLine(told, self.say("roster.head.state"), style=_STYLES.get(now.state, ""))
        if now.next_at is not None and now.state not in ("here", "missing"):
            yield CardLine(self.clock(now.next_at), self.say("roster.head.next"))

    def _leave_lines(self, leave: Leave) -> Iterator[CardLine]:
        line = next((one for one in self.found.leaves if one.leave.id == leave.id), None)
        if line is None:
            reason = self.say(f"roster.reason.{leave.reason}")
            yield CardLine(reason, sign="/", style="$text-warning")
            return
        yield CardLine(self._leave_text(line), sign="/", style="$text-warning")
        if leave.from_at is not None:
            yield CardLine(self.clock(leave.from_at), self.say("roster.label.from"))
        if line.noted_by is not None and line.noted_at is not None:
            noted = f"{line.noted_by} · {self.clock(line.noted_at)}"
            yield CardLine(noted, self.say("roster.label.noted"))

    def _leave_text(self, one: LeaveLine) -> str:
        days = days_text(self.language, one.leave.first_day, one.leave.last_day)
        reason = self.say(f"roster.reason.{one.leave.reason}")
        return f"{days} {reason} → {one.deputy or self.say('roster.pool')}"
