"""The roster as it is read: weeks, who is or should be here, when somebody is at work next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa

from db.engine import Database
from db.tables import leave, operator, seat, shift
from db.transaction import Unit
from domain.bilingual import Bilingual
from domain.permissions import Actor, allowed, require
from domain.roster import Leave, Roster, Shift, instant_of, monday_of
from domain.roster_pattern import each_day, hours_on
from domain.rulebook import Rulebook
from domain.week import Windows

_WEEK: Final = timedelta(days=7)
_AHEAD: Final = timedelta(days=28)
"""How far a next working time is looked for."""


@dataclass(frozen=True, slots=True)
class DayHead:
    """A day of a week: its date, its public holiday, whether it is worked in exchange."""

    day: date
    holiday: Bilingual | None
    made_up: bool


@dataclass(frozen=True, slots=True)
class DayCell:
    """A person's day: hours on the shop's clock, and the leave that lies over it."""

    windows: Windows
    leave: Leave | None


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A person's week, Monday first; `known` says whether a roster was made for it."""

    operator_id: int
    login: str
    name: str
    days: tuple[DayCell, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the roster on the clock of the shop."""

    zone: str
    days: tuple[DayHead, ...]
    rows: tuple[WeekRow, ...]


Here = Literal["here", "missing", "leave", "off", "out"]
"""Has a seat open · should be here by the roster and is not · on leave · free by the roster · no
seat, and no roster that says anything."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a person is here, and should be; instants in UTC.

    Attributes:
        operator_id: who.
        login: the login.
        name: the name.
        role: operator, lead or admin.
        state: see `Here`.
        seated: whether a working seat is open.
        rostered: whether the roster wants the person here now; none where it says nothing.
        shift_ends: when the running shift ends.
        next_at: when the person is at work next, where a roster says so.
        reason: why the person is on leave.
        deputy_id: who stands in for the leave in the end; none for the pool.
        deputy: their name.
    """

    operator_id: int
    login: str
    name: str
    role: str
    state: Here
    seated: bool
    rostered: bool | None
    shift_ends: datetime | None
    next_at: datetime | None
    reason: str | None
    deputy_id: int | None
    deputy: str | None

    @property
    def takes_work(self) -> bool:
        """Whether work can be given to the person now."""
        return self.state in ("here", "missing")


def zone_of(rulebook: Rulebook) -> str:
    """The zone by whose clock the roster goes: the shop's."""
    return rulebook.cases.shop.zone or "UTC"


def today_of(database: Database) -> date:
    """The shop's date at this moment."""
    zone = zone_of(database.rulebook)
    return database.read(lambda unit: Roster(zone).day_of(unit.now))


def load_roster(
    unit: Unit,
    zone: str,
    since: datetime,
    until: datetime,
    operators: Collection[int] | None = None,
) -> Roster:
    """Shifts of the weeks between two instants (UTC) and the leaves from then on.

    Args:
        unit: the transaction.
        zone: the shop's.
        since: from the week of this instant.
        until: to the end of the week of this one.
        operators: whose; everybody's unless given.
    """
    plain = Roster(zone)
    first = monday_of(plain.day_of(since) - timedelta(days=1))
    last = monday_of(plain.day_of(until)) + _WEEK
    shifts = sa.select(shift.c.operator_id, shift.c.starts_at, shift.c.ends_at).where(
        shift.c.starts_at >= instant_of(first, 0, zone),
        shift.c.starts_at < instant_of(last, 0, zone),
    )
    leaves = sa.select(leave).where(leave.c.last_day >= first)
    if operators is not None:
        shifts = shifts.where(shift.c.operator_id.in_(sorted(operators)))
        leaves = leaves.where(leave.c.operator_id.in_(sorted(operators)))
    return Roster(
        zone,
        [Shift(*row) for row in unit.each(shifts)],
        [as_leave(row) for row in unit.run(leaves).mappings()],
    )


def as_leave(row: sa.RowMapping) -> Leave:
    """A row of leave as a value."""
    return Leave(
        row["id"],
        row["operator_id"],
        row["first_day"],
        row["last_day"],
        row["reason"],
        row["deputy_id"],
        row["from_at"],
    )


def should_be_here(
    unit: Unit, rulebook: Rulebook, operator_id: int, at: datetime | None = None
) -> bool | None:
    """Whether a person should be at work by the roster, now or at an instant (UTC).

    None where no roster says anything about the person's week.
    """
    when = at or unit.now
    roster = load_roster(unit, zone_of(rulebook), when, when, {operator_id})
    return roster.should_be_here(operator_id, when)


def next_working(
    unit: Unit, rulebook: Rulebook, operator_id: int, at: datetime | None = None
) -> datetime | None:
    """When a person is at work by the roster, now or next (UTC); none where nobody knows."""
    when = at or unit.now
    roster = load_roster(unit, zone_of(rulebook), when, when + _AHEAD, {operator_id})
    return roster.next_working(operator_id, when)


def deputy_of(
    unit: Unit, rulebook: Rulebook, operator_id: int, at: datetime | None = None
) -> int | None:
    """Who stands in for a person on leave, now or at an instant (UTC); none for the pool."""
    when = at or unit.now
    roster = load_roster(unit, zone_of(rulebook), when, when)
    return roster.stand_in(operator_id, when, but=left_people(unit))


def left_people(unit: Unit) -> frozenset[int]:
    """The operators who work here no more."""
    left = sa.select(operator.c.id).where(operator.c.active.is_(False))
    return frozenset(unit.run(left).scalars())


def present_now(unit: Unit, rulebook: Rulebook) -> tuple[Presence, ...]:
    """Everybody who works at the desk, by login: who is here, and who should be."""
    zone = zone_of(rulebook)
    roster = load_roster(unit, zone, unit.now, unit.now + _AHEAD)
    seated = seated_people(unit)
    people = unit.run(
        sa.select(
            operator.c.id, operator.c.login, operator.c.name, operator.c.role, operator.c.active
        ).order_by(operator.c.login)
    ).all()
    names = {row.id: row.name for row in people}
    left = {row.id for row in people if not row.active}
    return tuple(
        _presence(roster, unit.now, row, row.id in seated, names, left)
        for row in people
        if row.active
    )


def who_is_here(database: Database, actor: Actor) -> tuple[Presence, ...]:
    """Everybody who works at the desk, by login: who is here, and who should be.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[Presence, ...]:
        require(actor, "roster.read")
        return present_now(unit, database.rulebook)

    return database.read(work)


def seated_people(unit: Unit) -> frozenset[int]:
    """The operators who have a working seat open."""
    seats = sa.select(seat.c.operator_id).where(
        seat.c.closed_at.is_(None), seat.c.kind == "working"
    )
    return frozenset(unit.run(seats).scalars())


def read_week(database: Database, actor: Actor, day: date) -> Week:
    """The week of a day: everybody's for a lead, one's own for an operator.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> Week:
        require(actor, "roster.read")
        zone, monday = zone_of(database.rulebook), monday_of(day)
        own = None if allowed(actor.role, "operators.roster") else actor.operator_id
        people = sa.select(operator.c.id, operator.c.login, operator.c.name).where(
            operator.c.active, sa.true() if own is None else operator.c.id == own
        )
        rows = unit.run(people.order_by(operator.c.login)).all()
        begins = instant_of(monday, 0, zone)
        ids = {row.id for row in rows}
        roster = load_roster(unit, zone, begins, begins + timedelta(days=5), ids)
        days = tuple(each_day(monday, monday + timedelta(days=6)))
        return Week(
            zone,
            tuple(_head(database.rulebook, one) for one in days),
            tuple(
                WeekRow(
                    row.id,
                    row.login,
                    row.name,
                    tuple(_cell(roster, row.id, one) for one in days),
                    roster.known(row.id, begins),
                )
                for row in rows
            ),
        )

    return database.read(work)


def read_shifts(
    database: Database, actor: Actor, first: date, last: date
) -> tuple[tuple[str, date, Windows], ...]:
    """The hours of all days that have any: login, the shop's date, hours; for a lead's file.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[tuple[str, date, Windows], ...]:
        require(actor, "operators.roster")
        zone = zone_of(database.rulebook)
        logins = dict(unit.run(sa.select(operator.c.id, operator.c.login)).all())
        found = hours_between(unit, zone, first, last, None)
        return tuple(
            sorted((logins[who], day, windows) for (who, day), windows in found.items() if windows)
        )

    return database.read(work)


def _presence(
    roster: Roster,
    now: datetime,
    row: sa.Row[*tuple[Any, ...]],
    seated: bool,
    names: dict[int, str],
    left: set[int],
) -> Presence:
    who = row.id
    leave_now, shift_now = roster.leave_at(who, now), roster.shift_at(who, now)
    rostered = roster.should_be_here(who, now)
    state: Here
    if leave_now is not None:
        state = "leave"
    elif seated:
        state = "here"
    else:
        state = "missing" if rostered else "out" if rostered is None else "off"
    deputy = roster.stand_in(who, now, but=left) if leave_now else None
    return Presence(
        operator_id=who,
        login=row.login,
        name=row.name,
        role=row.role,
        state=state,
        seated=seated,
        rostered=rostered,
        shift_ends=shift_now.ends_at if shift_now and rostered else None,
        next_at=roster.back_at(who, now) if leave_now else roster.next_working(who, now),
        reason=leave_now.reason if leave_now else None,
        deputy_id=deputy,
        deputy=None if deputy is None else names[deputy],
    )


def _head(rulebook: Rulebook, day: date) -> DayHead:
    country = rulebook.cases.shop.country
    if not country:
        return DayHead(day, None, made_up=False)
    public = rulebook.calling.calendar.on(country, day)
    return DayHead(day, None if public.working else public.holiday, public.made_up)


def _cell(roster: Roster, operator_id: int, day: date) -> DayCell:
    own = [one for one in roster.shifts_of(operator_id) if roster.day_of(one.starts_at) == day]
    away = (one for one in roster.leaves_of(operator_id) if one.first_day <= day <= one.last_day)
    return DayCell(hours_on(day, own, roster.zone), next(away, None))


def hours_between(
    unit: Unit, zone: str, first: date, last: date, operators: Collection[int] | None
) -> dict[tuple[int, date], Windows]:
    """The hours of the days of people, everybody's unless given, by operator and date."""
    rows = shifts_between(unit, zone, first, last, operators)
    by_day: dict[tuple[int, date], list[Shift]] = {}
    plain = Roster(zone)
    for one in rows:
        by_day.setdefault((one.operator_id, plain.day_of(one.starts_at)), []).append(one)
    return {key: hours_on(key[1], own, zone) for key, own in by_day.items()}


def shifts_between(
    unit: Unit, zone: str, first: date, last: date, operators: Collection[int] | None
) -> list[Shift]:
    """The shifts that begin on the days of a span, both ends included."""
    query = sa.select(shift.c.operator_id, shift.c.starts_at, shift.c.ends_at).where(
        shift.c.starts_at >= instant_of(first, 0, zone),
        shift.c.starts_at < instant_of(last + timedelta(days=1), 0, zone),
    )
    if operators is not None:
        query = query.where(shift.c.operator_id.in_(sorted(operators)))
    return [Shift(*row) for row in unit.each(query)]
