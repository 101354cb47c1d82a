"""What a run of the care plans comes to: callbacks wanted, made, merged, forbidden and moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from db.callbacks import NewCallback
from db.care_capacity import Capacity
from domain.care.choosing import Chosen, Merged
from domain.care.events import CareEvent
from domain.said import Said

LISTED: Final = 200
"""How many calls and merges a run lists; it counts them all."""


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call that the plan makes.

    Attributes:
        person_id: whom to ring.
        campaign: code of the campaign.
        on: the day on which it falls due, on the shop's clock.
        reason: why.
        put_off: what put it off from the day on which the plan wanted it.
    """

    person_id: int
    campaign: str
    on: date
    reason: Said
    put_off: Said | None = None


@dataclass(frozen=True, slots=True)
class DayLoad:
    """What a day holds.

    Attributes:
        day: on the shop's clock.
        waiting: callbacks that fall due without the plan; today those that are overdue too.
        planned: callbacks that the plan wants on it.
        levelled: callbacks of the plan that fall due on it where the load is levelled.
        capacity: how many calls the operators can make; none where nobody knows.
    """

    day: date
    waiting: int
    planned: int
    levelled: int
    capacity: int | None

    @property
    def over(self) -> bool:
        """Whether it holds more than can be done."""
        return self.capacity is not None and self.waiting + self.planned > self.capacity

    @property
    def over_levelled(self) -> bool:
        """Whether it does so still where the load is levelled."""
        return self.capacity is not None and self.waiting + self.levelled > self.capacity


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
        moved: callbacks put on a later day to level the load.
        put_off: callbacks in the queue that must not be rung on a maker's blackout day, today's.
        days: callbacks by the day on which the plan wants them, and campaign.
        levelled: callbacks by the day on which they fall due where the load is levelled.
        capacity: what the operators can do; none where the load was not to be levelled.
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
    moved: int
    put_off: int
    days: Mapping[date, Mapping[str, int]]
    levelled: Mapping[date, Mapping[str, int]]
    capacity: Capacity | None
    calls: tuple[PlannedCall, ...]
    merges: tuple[Merged, ...]

    def loads(self) -> tuple[DayLoad, ...]:
        """Each day from the first to the last one planned, or to which a call was put off."""
        last = max([self.until, *self.levelled])
        days = (
            self.today + timedelta(days=number) for number in range((last - self.today).days + 1)
        )
        return tuple(
            DayLoad(
                day=day,
                waiting=self.capacity.load.get(day, 0) if self.capacity else 0,
                planned=sum(self.days.get(day, {}).values()),
                levelled=sum(self.levelled.get(day, {}).values()),
                capacity=self.capacity.on(day) if self.capacity else None,
            )
            for day in days
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A callback to make: on what day, put to which, and what it stands or takes the place for.

    `told` says that its note has to tell what it is about: an invitation.
    """

    event: CareEvent
    on: date
    to: date
    new: NewCallback
    beaten: tuple[int, ...]
    stands_for: tuple[CareEvent, ...]
    told: bool = False


@dataclass(slots=True)
class Tally:
    """Counts what a run makes and what it leaves."""

    customers: int = 0
    made: int = 0
    known: int = 0
    replaced: int = 0
    moved: int = 0
    put_off: int = 0
    merged: Counter[str] = field(default_factory=Counter)
    suppressed: Counter[str] = field(default_factory=Counter)
    days: dict[date, Counter[str]] = field(default_factory=dict)
    levelled: dict[date, Counter[str]] = field(default_factory=dict)
    calls: list[PlannedCall] = field(default_factory=list)
    merges: list[Merged] = field(default_factory=list)

    def count(self, chosen: Chosen) -> None:
        """Counts what is not made."""
        self.known += chosen.known
        self.merged.update(one.event.campaign for one in chosen.merged)
        self.suppressed.update(one.by for one in chosen.suppressed)
        self.merges += chosen.merged[: LISTED - len(self.merges)]

    def add(self, wanted: Wanted, replaced: int) -> None:
        """Counts a call that is made."""
        self.made += 1
        self.replaced += replaced
        self.moved += wanted.to != wanted.on
        self.days.setdefault(wanted.on, Counter())[wanted.event.campaign] += 1
        self.levelled.setdefault(wanted.to, Counter())[wanted.event.campaign] += 1
        if len(self.calls) < LISTED:
            event = wanted.event
            put_off = event.put_off.said if event.put_off else None
            self.calls.append(
                PlannedCall(event.customer_id, event.campaign, wanted.to, event.reason, put_off)
            )

    def result(self, today: date, until: date, room: Capacity | None) -> CareRun:
        """What came of the run."""
        return CareRun(
            today=today,
            until=until,
            customers=self.customers,
            made=self.made,
            known=self.known,
            merged=dict(self.merged),
            suppressed=dict(self.suppressed),
            replaced=self.replaced,
            moved=self.moved,
            put_off=self.put_off,
            days={day: dict(self.days[day]) for day in sorted(self.days)},
            levelled={day: dict(self.levelled[day]) for day in sorted(self.levelled)},
            capacity=room,
            calls=tuple(self.calls),
            merges=tuple(self.merges),
        )
