"""Carrying out the care plans: reading customers in batches, and making the calls they ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from db.callbacks import NewCallback, create_callbacks
from db.campaigns import install_campaigns
from db.care_facts import SOURCE, Reached, due_at, load, next_persons
from db.engine import Database
from db.events import append_event
from db.states import in_state
from db.tables import callback, campaign, person, turn
from db.transaction import Unit
from db.transitions import lock_callback, move
from domain.care.book import CareBook
from domain.care.choosing import Chosen, Merged, choose
from domain.care.events import CareEvent, Planner
from domain.care.plan import CarePlans, Who
from domain.errors import InputError
from domain.permissions import Actor, require
from domain.said import Said

_BATCH: Final = 500
_WRITTEN_AT_ONCE: Final = 100
"""Callbacks of one transaction: for so long nobody else can write to an embedded database."""
_LISTED: Final = 200
_TASK: Final = "care"
_FARTHEST: Final = 400

Note = Callable[[Sequence[CareEvent]], str]
"""Puts planned calls into words."""


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call that the plan makes.

    Attributes:
        person_id: whom to ring.
        campaign: code of the campaign.
        on: the day on which it falls due, on the shop's clock.
        reason: why.
    """

    person_id: int
    campaign: str
    on: date
    reason: Said


@dataclass(frozen=True, slots=True)
class CareRun:
    """What a run made, or would make.

    Attributes:
        today: the day of the run on the shop's clock.
        until: the last day that it planned.
        customers: how many were looked at.
        made: callbacks made.
        known: calls that an earlier run had made.
        merged: calls for which others stand, by campaign.
        suppressed: calls that a rule forbids, by rule (`domain.care.choosing.Suppression`).
        replaced: planned callbacks that gave way to more important ones.
        days: callbacks made by day and campaign.
        calls: the first of them, in the order in which customers were read.
        merges: the first of the calls that others stand for.
    """

    today: date
    until: date
    customers: int
    made: int
    known: int
    merged: Mapping[str, int]
    suppressed: Mapping[str, int]
    replaced: int
    days: Mapping[date, Mapping[str, int]]
    calls: tuple[PlannedCall, ...]
    merges: tuple[Merged, ...]


@dataclass(slots=True)
class _Tally:
    customers: int = 0
    made: int = 0
    known: int = 0
    replaced: int = 0
    merged: Counter[str] = field(default_factory=Counter)
    suppressed: Counter[str] = field(default_factory=Counter)
    days: dict[date, Counter[str]] = field(default_factory=dict)
    calls: list[PlannedCall] = field(default_factory=list)
    merges: list[Merged] = field(default_factory=list)

    def count(self, chosen: Chosen) -> None:
        """Counts what is not made."""
        self.known += chosen.known
        self.merged.update(one.event.campaign for one in chosen.merged)
        self.suppressed.update(one.by for one in chosen.suppressed)
        self.merges += chosen.merged[: _LISTED - len(self.merges)]

    def add(self, wanted: _Wanted, replaced: int) -> None:
        """Counts a call that is made."""
        self.made += 1
        self.replaced += replaced
        self.days.setdefault(wanted.on, Counter())[wanted.event.campaign] += 1
        if len(self.calls) < _LISTED:
            event = wanted.event
            self.calls.append(
                PlannedCall(event.customer_id, event.campaign, wanted.on, event.reason)
            )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A callback to make: of whom, on what day, and what it stands for or takes the place of."""

    event: CareEvent
    on: date
    new: NewCallback
    beaten: tuple[int, ...]
    stands_for: tuple[CareEvent, ...]


def run_care_plan(
    database: Database,
    actor: Actor,
    book: CareBook,
    until: date | None = None,
    *,
    note: Note | None = None,
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
    tally = _Tally()
    for wanted in _planned(database, book, plans, (today, last), tally):
        for start in range(0, len(wanted), _WRITTEN_AT_ONCE):
            some = [_noted(one, note) for one in wanted[start : start + _WRITTEN_AT_ONCE]]
            for one, replaced in database.write(partial(_write, database, actor, some)):
                tally.add(one, replaced)
    return _result(today, last, tally)


def plan_preview(
    database: Database,
    actor: Actor,
    book: CareBook,
    days: int = 30,
    *,
    until: date | None = None,
) -> CareRun:
    """What the plans would make from today on, without writing anything.

    Args:
        database: the database.
        actor: a lead.
        book: the plans, the lunar calendar and the shop's zone.
        days: how many days, today included.
        until: the last day, where that is given instead.

    Raises:
        InputError: `care_until_past`, `care_until_far`.
        RefusedError: `not_allowed`.
    """

    def begin(unit: Unit) -> tuple[date, CarePlans]:
        require(actor, "care.run")
        return _today(unit, book), _as_set(unit, book.plans)

    today, plans = database.read(begin)
    last = _checked(today, until or today + timedelta(days=days - 1))
    tally = _Tally()
    for wanted in _planned(database, book, plans, (today, last), tally):
        for one in wanted:
            tally.add(one, len(one.beaten))
    return _result(today, last, tally)


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


def _result(today: date, until: date, tally: _Tally) -> CareRun:
    return CareRun(
        today=today,
        until=until,
        customers=tally.customers,
        made=tally.made,
        known=tally.known,
        merged=dict(tally.merged),
        suppressed=dict(tally.suppressed),
        replaced=tally.replaced,
        days={day: dict(tally.days[day]) for day in sorted(tally.days)},
        calls=tuple(tally.calls),
        merges=tuple(tally.merges),
    )


def _planned(
    database: Database,
    book: CareBook,
    plans: CarePlans,
    days: tuple[date, date],
    tally: _Tally,
) -> Iterator[list[_Wanted]]:
    """The callbacks to make, a batch of customers at a time; counts what is not made."""
    today, last = days
    ahead = last + timedelta(days=plans.longest_apart)
    planner = Planner(plans, today, ahead, book.calendar)
    after = 0

    def read(unit: Unit) -> tuple[int, list[Reached]]:
        rows = next_persons(unit, after, _BATCH)
        return (rows[-1]["id"] if rows else 0), load(unit, rows, book.zone)

    while True:
        after, batch = database.read(read)
        if not batch:
            return
        wanted: list[_Wanted] = []
        for one in batch:
            events = planner.events_of(one.customer)
            if not events:
                continue
            chosen = choose(one.customer, events, plans, today, last)
            tally.count(chosen)
            wanted += _wanted(one, chosen, plans, today)
        tally.customers += len(batch)
        yield wanted


def _wanted(one: Reached, chosen: Chosen, plans: CarePlans, today: date) -> Iterator[_Wanted]:
    for event, beaten in chosen.made:
        plan = plans.of(event.campaign)
        if plan is None:
            raise KeyError(event.campaign)
        on = max(event.on, today)
        new = NewCallback(
            person_id=event.customer_id,
            campaign=event.campaign,
            due_at=due_at(on, plan.at, one.zone),
            phone_id=one.number_for(plan.purpose),
            owner_id=one.owner_id if plan.who is Who.OWNER else None,
            asset_id=event.asset_id,
            source=SOURCE,
            source_key=event.key,
        )
        stands_for = tuple(each.event for each in chosen.merged if each.into == event)
        yield _Wanted(event, on, new, beaten, stands_for)


def _noted(one: _Wanted, note: Note | None) -> _Wanted:
    if note is None or not one.stands_for:
        return one
    return replace(one, new=replace(one.new, note=note(one.stands_for)))


def _write(
    database: Database, actor: Actor, wanted: Sequence[_Wanted], unit: Unit
) -> list[tuple[_Wanted, int]]:
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
