"""Asking the care plans what they want of one batch of customers after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa

from db.callbacks import NewCallback
from db.care_capacity import Capacity
from db.care_facts import SOURCE, Reached, due_at, load, next_persons
from db.care_open import Contacts
from db.care_run import Tally, Wanted
from db.care_writing import Absorbed, unknown_of
from db.engine import Database
from db.tables import campaign
from db.transaction import Unit
from domain.care.book import CareBook
from domain.care.choosing import Chosen, choose
from domain.care.events import CareEvent, Planner
from domain.care.levelling import Leveller, Neighbour
from domain.care.plan import INVITES, CarePlans, Who


@dataclass(frozen=True, slots=True)
class Planned:
    """What is wanted of a batch of customers.

    Attributes:
        last: the last customer that was looked at.
        wanted: the callbacks to make.
        absorbed: planned calls for which callbacks stand that were there before, and don't say so.
    """

    last: int
    wanted: tuple[Wanted, ...]
    absorbed: tuple[Absorbed, ...]


class Planning:
    """A walk over all customers; counts what is not made.

    Args:
        database: the database.
        book: the lunar calendar and the shop's zone.
        plans: the plans in force, with what leads set for their campaigns.
        days: the day of the run, and the last one whose calls are wanted.
        tally: what is counted.
        room: what the operators can do, where the load is levelled.
    """

    def __init__(
        self,
        database: Database,
        book: CareBook,
        plans: CarePlans,
        days: tuple[date, date],
        tally: Tally,
        room: Capacity | None = None,
    ) -> None:
        self._database: Final = database
        self._zone: Final = book.zone
        self._plans: Final = plans
        self._days: Final = days
        self._tally: Final = tally
        self._leveller = Leveller(plans, room.load, room.on) if room is not None else None
        ahead = days[1] + timedelta(days=plans.longest_apart)
        self._planner = Planner(plans, days[0], ahead, book.calendar)
        self._asked = Contacts.asked_by(plans, database.rulebook.outcomes)

    def after(self, person_id: int, limit: int) -> Planned | None:
        """What is wanted of the next customers by id; none when there are no more."""

        def read(unit: Unit) -> tuple[int, list[Reached]]:
            rows = next_persons(unit, person_id, limit)
            return (rows[-1].id if rows else 0), load(unit, rows, self._zone, self._asked)

        last, batch = self._database.read(read)
        if not batch:
            return None
        wanted: list[Wanted] = []
        absorbed: list[Absorbed] = []
        for one in batch:
            events = self._planner.events_of(one.customer)
            if not events:
                continue
            chosen = choose(one.customer, events, self._plans, *self._days)
            self._tally.count(chosen)
            wanted += _wanted(one, chosen, self._plans, self._days[0], self._leveller)
            absorbed += [
                Absorbed(merged.event, merged.into_callback)
                for merged in chosen.merged
                if merged.into_callback is not None
            ]
        self._tally.customers += len(batch)
        if absorbed:
            absorbed = self._database.read(lambda unit: unknown_of(unit, absorbed))
        return Planned(last, tuple(wanted), tuple(absorbed))

    def all(self, limit: int) -> Iterator[Planned]:
        """What is wanted of all customers, so many at a time."""
        position = 0
        while (planned := self.after(position, limit)) is not None:
            position = planned.last
            yield planned


def as_set(unit: Unit, plans: CarePlans) -> CarePlans:
    """The plans with the bands and pauses that leads set for their campaigns."""
    columns = campaign.c
    rows = unit.run(sa.select(columns.code, columns.band, columns.active, columns.paused_at)).all()
    off = [row.code for row in rows if not row.active or row.paused_at is not None]
    return plans.as_set({row.code: row.band for row in rows}, off)


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
        told = plan.trigger in INVITES
        yield Wanted(event, on, to, new, beaten, stands_for, told)


def _placed(
    leveller: Leveller, event: CareEvent, on: date, others: Sequence[Neighbour], *, firm: bool
) -> date:
    """The day for a call; one that stands for others stays, so that these stay near it."""
    if firm:
        leveller.take(on)
        return on
    return leveller.place(event.campaign, on, others, event.surveys)
