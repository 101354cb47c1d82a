"""Carrying out the care plans: reading customers in batches, and making the calls they ask for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from db.campaigns import install_campaigns
from db.care_capacity import Capacity, capacity
from db.care_day import keep_by_hand
from db.care_pace import Pace, carry_out, clear_blackout
from db.care_planning import Planning, as_set
from db.care_run import CareRun, Tally
from db.care_writing import Note
from db.engine import Database
from db.transaction import Unit
from domain.care.book import CareBook, day_in
from domain.care.plan import CarePlans
from domain.errors import InputError
from domain.permissions import Actor, require

_BATCH: Final = 1000
_WRITTEN_AT_ONCE: Final = 200
"""Callbacks of one transaction: for so long nobody else can write to an embedded database."""
_FARTHEST: Final = 400


def run_care_plan(
    database: Database,
    actor: Actor,
    book: CareBook,
    until: date | None = None,
    *,
    note: Note | None = None,
    level: bool = False,
    per_operator: int | None = None,
) -> CareRun:
    """Makes the callbacks that the care plans ask for; a second run makes nothing twice.

    Customers are read in batches, callbacks are written some at a time: a run that is cut off is
    completed by the next one.

    Args:
        database: the database.
        actor: a lead.
        book: the plans, the lunar calendar and the shop's zone.
        until: the last day whose calls are made, on the shop's clock; today unless given.
        note: puts a callback's note into words: what it is about, and what it stands for.
        level: whether calls that can wait move from full days to later ones.
        per_operator: calls of an operator on a day; measured unless given.

    Raises:
        InputError: `care_until_past`, `care_until_far`.
        RefusedError: `not_allowed`.
    """

    def begin(unit: Unit) -> tuple[date, CarePlans]:
        require(actor, "care.run")
        install_campaigns(unit, database.rulebook.campaigns)
        return day_in(unit.now, book.zone), as_set(unit, book.plans)

    today, plans = database.write(begin)
    last = _checked(today, until)
    tally, pace = Tally(), Pace(size=_WRITTEN_AT_ONCE, most=_WRITTEN_AT_ONCE)
    room = _room(database, book, plans, (today, last), per_operator) if level else None
    looked_at = -1
    while looked_at:
        looked_at, count = clear_blackout(database, plans, book.zone, max(looked_at, 0), pace)
        tally.put_off += count
    for planned in Planning(database, book, plans, (today, last), tally, room).all(_BATCH):
        carry_out(database, actor, planned, note, tally, pace)
    database.write(lambda unit: keep_by_hand(unit, actor, today, tally))
    return tally.result(today, last, room)


def plan_preview(
    database: Database,
    actor: Actor,
    book: CareBook,
    days: int = 30,
    *,
    until: date | None = None,
    level: bool = True,
    per_operator: int | None = None,
) -> CareRun:
    """What the plans would make from today on, without writing anything.

    Args:
        database: the database.
        actor: a lead.
        book: the plans, the lunar calendar and the shop's zone.
        days: how many days, today included.
        until: the last day, where that is given instead.
        level: whether to say too how the load would be levelled.
        per_operator: calls of an operator on a day; measured unless given.

    Raises:
        InputError: `care_until_past`, `care_until_far`.
        RefusedError: `not_allowed`.
    """

    def begin(unit: Unit) -> tuple[date, CarePlans]:
        require(actor, "care.run")
        return day_in(unit.now, book.zone), as_set(unit, book.plans)

    today, plans = database.read(begin)
    last = _checked(today, until or today + timedelta(days=days - 1))
    tally = Tally()
    room = _room(database, book, plans, (today, last), per_operator) if level else None
    for planned in Planning(database, book, plans, (today, last), tally, room).all(_BATCH):
        for one in planned.wanted:
            tally.add(one, len(one.beaten))
    return tally.result(today, last, room)


def _room(
    database: Database,
    book: CareBook,
    plans: CarePlans,
    days: tuple[date, date],
    per_operator: int | None,
) -> Capacity:
    """What the operators can do on the days, and on those to which calls can be put off."""
    last = days[1] + timedelta(days=plans.longest_spread)
    return database.read(lambda unit: capacity(unit, book.zone, days[0], last, per_operator))


def _checked(today: date, until: date | None) -> date:
    if until is None:
        return today
    if until < today:
        raise InputError("care_until_past", until=until.isoformat(), today=today.isoformat())
    if (until - today).days > _FARTHEST:
        raise InputError("care_until_far", until=until.isoformat(), days=_FARTHEST)
    return until
