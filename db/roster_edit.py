"""The roster as leads make it: hours of days, patterns of weeks, weeks copied onto later ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.many import insert_many
from db.roster import hours_between, shifts_between, zone_of
from db.tables import operator, shift, turn
from db.topics import SEATS
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require
from domain.roster import Shift, instant_of, monday_of, refuse_overlaps
from domain.roster_pattern import Pattern, days_of, each_day, shifts_on
from domain.week import Windows

ABSENCE: Final = "absence"
"""The turn of housekeeping that looks after the work of those who are away."""
LONGEST: Final = 400
"""Days that can be set at once."""
_WEEK: Final = timedelta(days=7)

Days = Mapping[tuple[int, date], Windows]
"""Hours of days by operator and the shop's date: minutes of the shop's clock since midnight."""


def set_days(database: Database, actor: Actor, days: Days) -> int:
    """Sets the hours of days in the place of what stood there, and says how many days changed.

    Raises:
        RefusedError: `not_allowed`, `operator_unknown`.
        InputError: `shift_overlap` (at, until), `shift_empty`, `roster_too_long`.
    """

    def work(unit: Unit) -> int:
        require(actor, "operators.roster")
        return keep_days(unit, actor, zone_of(database.rulebook), days)

    return database.write(work)


def set_pattern(
    database: Database,
    actor: Actor,
    operators: Sequence[int],
    pattern: Pattern,
    first: date,
    last: date,
) -> int:
    """Sets the hours of people by a week's pattern, public holidays and made-up days respected.

    Args:
        database: the database.
        actor: a lead.
        operators: whose.
        pattern: the week.
        first: the first date.
        last: the last date.

    Returns:
        How many days changed.

    Raises:
        RefusedError: `not_allowed`, `operator_unknown`.
        InputError: `roster_too_long`, `shift_overlap`.
    """
    rulebook = database.rulebook
    _refuse_long(first, last)
    hours = days_of(pattern, first, last, rulebook.cases.shop.country, rulebook.calling.calendar)
    return set_days(database, actor, {(who, day): hours[day] for who in operators for day in hours})


def copy_week(
    database: Database,
    actor: Actor,
    source: date,
    target: date,
    *,
    weeks: int = 1,
    operators: Collection[int] | None = None,
) -> int:
    """Copies the hours of a week onto later ones, public holidays left free.

    Args:
        database: the database.
        actor: a lead.
        source: a day of the week that is copied.
        target: a day of the first week that becomes like it.
        weeks: onto how many weeks, one after another.
        operators: whose; everybody's who has hours in the week unless given.

    Returns:
        How many days changed.

    Raises:
        RefusedError: `not_allowed`.
        InputError: `roster_same_week`, `roster_too_long`, `shift_overlap`.
    """
    here, there = monday_of(source), monday_of(target)
    last = there + weeks * _WEEK - timedelta(days=1)
    if there <= here < there + weeks * _WEEK:
        raise InputError("roster_same_week")
    _refuse_long(there, last)

    def work(unit: Unit) -> int:
        require(actor, "operators.roster")
        rulebook = database.rulebook
        zone, country = zone_of(rulebook), rulebook.cases.shop.country
        found = hours_between(unit, zone, here, here + timedelta(days=6), operators)
        people = {who for who, _ in found}
        days: dict[tuple[int, date], Windows] = {}
        for who in people:
            week = tuple(found.get((who, day), ()) for day in each_day(here, here + _WEEK))[:7]
            made = days_of(Pattern(week), there, last, country, rulebook.calling.calendar)
            days |= {(who, day): windows for day, windows in made.items()}
        return keep_days(unit, actor, zone, days)

    return database.write(work)


def keep_days(unit: Unit, actor: Actor, zone: str, days: Days) -> int:
    """Writes hours of days within a use case; see `set_days`."""
    if not days:
        return 0
    people, dates = {who for who, _ in days}, {day for _, day in days}
    first, last = min(dates), max(dates)
    _refuse_long(first, last)
    known = sa.select(operator.c.id).where(operator.c.id.in_(sorted(people)), operator.c.active)
    # Two leads who edit the same person's week write one after the other.
    found = set(unit.run(known.order_by(operator.c.id).with_for_update(key_share=True)).scalars())
    for missing in sorted(people - found):
        raise RefusedError("operator_unknown", login=str(missing))
    before = hours_between(unit, zone, first, last, people)
    changed = {key: windows for key, windows in days.items() if before.get(key, ()) != windows}
    if not changed:
        return 0
    _replace(unit, zone, changed)
    _refuse_overlaps(unit, zone, first, last, {who for who, _ in changed})
    for who in sorted({who for who, _ in changed}):
        own = sorted(day for one, day in changed if one == who)
        details = {"first": own[0].isoformat(), "last": own[-1].isoformat(), "days": len(own)}
        append_audit(unit, actor, "roster_set", "operator", who, fields=["shift"], details=details)
    wake(unit)
    return len(changed)


def wake(unit: Unit) -> None:
    """Has housekeeping look at once after the work of those who are away, and tells the seats."""
    unit.run(sa.delete(turn).where(turn.c.task == ABSENCE))
    unit.move(SEATS)


def _refuse_long(first: date, last: date) -> None:
    if last < first or (last - first).days >= LONGEST:
        raise InputError("roster_too_long", first=first, last=last, most=LONGEST)


def _replace(unit: Unit, zone: str, days: Days) -> None:
    made: list[Shift] = []
    for (who, day), windows in days.items():
        unit.run(
            sa.delete(shift).where(
                shift.c.operator_id == who,
                shift.c.starts_at >= instant_of(day, 0, zone),
                shift.c.starts_at < instant_of(day + timedelta(days=1), 0, zone),
            )
        )
        made += shifts_on(who, day, windows, zone)
    insert_many(
        unit,
        shift,
        [
            {"operator_id": one.operator_id, "starts_at": one.starts_at, "ends_at": one.ends_at}
            for one in made
        ],
    )


def _refuse_overlaps(
    unit: Unit, zone: str, first: date, last: date, operators: Iterable[int]
) -> None:
    """A night of the day before may run into the first day, and the last one into the next."""
    around = shifts_between(
        unit, zone, first - timedelta(days=1), last + timedelta(days=1), set(operators)
    )
    refuse_overlaps(around)
