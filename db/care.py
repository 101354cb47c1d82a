"""Carrying out the care plans: reading customers in batches, and making the calls they ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from db.callbacks import NewCallback, create_callbacks
from db.campaigns import install_campaigns
from db.care_capacity import Capacity, capacity
from db.care_facts import SOURCE, Reached, due_at, load, next_persons
from db.care_open import Contacts
from db.care_run import CareRun, Tally, Wanted
from db.engine import Database
from db.events import append_event
from db.states import in_state
from db.tables import callback, campaign, person, turn
from db.transaction import Unit
from db.transitions import lock_callback, move
from domain.care.book import CareBook
from domain.care.choosing import Chosen, choose
from domain.care.events import CareEvent, Planner
from domain.care.levelling import Leveller, Neighbour
from domain.care.plan import CarePlans, Who
from domain.errors import InputError
from domain.permissions import Actor, require

_BATCH: Final = 1000
_WRITTEN_AT_ONCE: Final = 100
"""Callbacks of one transaction: for so long nobody else can write to an embedded database."""
_TASK: Final = "care"
_FARTHEST: Final = 400

Note = Callable[[Sequence[CareEvent]], str]
"""Puts planned calls into words."""


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
        note: puts into words, for a callback's note, the calls that it stands for.
        level: whether calls that can wait move from full days to later ones.
        per_operator: calls of an operator on a day; measured unless given.

    Raises:
        InputError: `care_until_past`, `care_until_far`.
        RefusedError: `not_allowed`.
    """

    def begin(unit: Unit) -> tuple[date, CarePlans]:
        require(actor, "care.run")
        install_campaigns(unit, database.rulebook.campaigns)
        return _today(unit, book), _as_set(unit, book.plans)

    today, plans = database.write(begin)
    last = _checked(today, until)
    tally = Tally()
    room = _room(database, book, plans, (today, last), per_operator) if level else None
    for wanted in _planned(database, book, plans, (today, last), tally, room):
        for start in range(0, len(wanted), _WRITTEN_AT_ONCE):
            some = [_noted(one, note) for one in wanted[start : start + _WRITTEN_AT_ONCE]]
            for one, replaced in database.write(partial(_write, database, actor, some)):
                tally.add(one, replaced)
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
        return _today(unit, book), _as_set(unit, book.plans)

    today, plans = database.read(begin)
    last = _checked(today, until or today + timedelta(days=days - 1))
    tally = Tally()
    room = _room(database, book, plans, (today, last), per_operator) if level else None
    for wanted in _planned(database, book, plans, (today, last), tally, room):
        for one in wanted:
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


def _today(unit: Unit, book: CareBook) -> date:
    return unit.now.astimezone(ZoneInfo(book.zone)).date()


def _checked(today: date, until: date | None) -> date:
    if until is None:
        return today
    if until < today:
        raise InputError("care_until_past", until=until.isoformat(), today=today.isoformat())
    if (until - today).days > _FARTHEST:
        raise InputError("care_until_far", until=until.isoformat(), days=_FARTHEST)
    return until


def _as_set(unit: Unit, plans: CarePlans) -> CarePlans:
    """The plans with the bands and pauses that leads set for their campaigns."""
    columns = campaign.c
    rows = unit.run(sa.select(columns.code, columns.band, columns.active, columns.paused_at)).all()
    off = [row.code for row in rows if not row.active or row.paused_at is not None]
    return plans.as_set({row.code: row.band for row in rows}, off)


def _planned(
    database: Database,
    book: CareBook,
    plans: CarePlans,
    days: tuple[date, date],
    tally: Tally,
    room: Capacity | None,
) -> Iterator[list[Wanted]]:
    """The callbacks to make, a batch of customers at a time; counts what is not made."""
    today, last = days
    ahead = last + timedelta(days=plans.longest_apart)
    planner = Planner(plans, today, ahead, book.calendar)
    leveller = Leveller(plans, room.load, room.on) if room is not None else None
    asked = Contacts.asked_by(plans, database.rulebook.outcomes)
    after = 0

    def read(unit: Unit) -> tuple[int, list[Reached]]:
        rows = next_persons(unit, after, _BATCH)
        return (rows[-1].id if rows else 0), load(unit, rows, book.zone, asked)

    while True:
        after, batch = database.read(read)
        if not batch:
            return
        wanted: list[Wanted] = []
        for one in batch:
            events = planner.events_of(one.customer)
            if not events:
                continue
            chosen = choose(one.customer, events, plans, today, last)
            tally.count(chosen)
            wanted += _wanted(one, chosen, plans, today, leveller)
        tally.customers += len(batch)
        yield wanted


def _wanted(
    one: Reached, chosen: Chosen, plans: CarePlans, today: date, leveller: Leveller | None
) -> Iterator[Wanted]:
    beaten_by_any = {callback_id for _, beaten in chosen.made for callback_id in beaten}
    standing = [
        Neighbour(each.campaign, each.on)
        for each in one.customer.standing
        if each.id not in beaten_by_any
    ]
    placed = {event.key: max(event.on, today) for event, _ in chosen.made}
    for event, beaten in chosen.made:
        plan = plans.of(event.campaign)
        if plan is None:
            raise KeyError(event.campaign)
        on = placed[event.key]
        stands_for = tuple(each.event for each in chosen.merged if each.into == event)
        others = [
            Neighbour(other.campaign, placed[other.key])
            for other, _ in chosen.made
            if other.key != event.key
        ]
        if leveller is not None:
            placed[event.key] = _placed(
                leveller, event, on, [*standing, *others], firm=bool(stands_for or beaten)
            )
        to = placed[event.key]
        new = NewCallback(
            person_id=event.customer_id,
            campaign=event.campaign,
            due_at=due_at(to, plan.at, one.zone),
            phone_id=one.number_for(plan.purpose),
            owner_id=one.owner_id if plan.who is Who.OWNER else None,
            asset_id=event.asset_id,
            source=SOURCE,
            source_key=event.key,
        )
        yield Wanted(event, on, to, new, beaten, stands_for)


def _placed(
    leveller: Leveller, event: CareEvent, on: date, others: Sequence[Neighbour], *, firm: bool
) -> date:
    """The day for a call; one that stands for others stays, so that these stay near it."""
    if firm:
        leveller.take(on)
        return on
    return leveller.place(event.campaign, on, others, event.surveys)


def _noted(one: Wanted, note: Note | None) -> Wanted:
    if note is None or not one.stands_for:
        return one
    return replace(one, new=replace(one.new, note=note(one.stands_for)))


def _write(
    database: Database, actor: Actor, wanted: Sequence[Wanted], unit: Unit
) -> list[tuple[Wanted, int]]:
    """Makes some callbacks; returns those made, each with how many gave way to it.

    What has been made or changed since the customers were read is left alone.
    """
    _take_turn(unit)
    keys = [one.event.key for one in wanted]
    known = set(
        unit.run(
            sa.select(callback.c.source_key).where(
                callback.c.source == SOURCE, callback.c.source_key.in_(keys)
            )
        ).scalars()
    )
    persons = {one.event.customer_id for one in wanted}
    open_persons = set(
        unit.run(
            sa.select(person.c.id).where(person.c.id.in_(persons), person.c.closed_at.is_(None))
        ).scalars()
    )
    beaten = {callback_id for one in wanted for callback_id in one.beaten}
    free = set(
        unit.run(
            sa.select(callback.c.id).where(
                callback.c.id.in_(beaten), in_state("scheduled", "due"), callback.c.attempts == 0
            )
        ).scalars()
    )
    left = [
        one
        for one in wanted
        if one.event.key not in known
        and one.event.customer_id in open_persons
        and free.issuperset(one.beaten)
    ]
    for one in left:
        for callback_id in one.beaten:
            row = lock_callback(unit, callback_id)
            move(unit, row, "cancelled", "care_gave_way", actor=actor)
    made = create_callbacks(unit, database.rulebook, [one.new for one in left], actor)
    for one, callback_id in zip(left, made, strict=True):
        state = "due" if one.new.due_at <= unit.now else "scheduled"
        for other in one.stands_for:
            append_event(
                unit, callback_id, "care_merged", (state, state), actor=actor,
                data={"campaign": other.campaign, "asset": other.asset_id},
            )  # fmt: skip
    return [(one, len(one.beaten)) for one in left]


def _take_turn(unit: Unit) -> None:
    """Makes a second run at the same time wait, so that it sees what this one made."""
    unit.run(
        sa.text(
            "INSERT INTO turn (task, ran_at, seat_id) VALUES (:task, :now, NULL)"
            " ON CONFLICT (task) DO UPDATE SET ran_at = :now"
        ).bindparams(sa.bindparam("now", type_=turn.c.ran_at.type)),
        {"task": _TASK, "now": unit.now},
    )
