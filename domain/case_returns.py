"""Whether customers come back, by how their complaint was handled: the shop's own rates.

`docs/case-learning.md` has the definitions with their formulas. No rate is given without what it
rests on, and whoever can't be judged yet, or not at all, is counted apart.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from domain.scoring import FEW, Interval, wilson

SAME_JOB: Final = timedelta(days=7)
"""Visits so close to each other are one job; a customer who comes so soon has not come back."""
OWN_GAPS: Final = 4
"""With so many intervals of their own a customer is measured by these, else by the shop's."""
SHOP_GAPS: Final = FEW
"""With fewer intervals than this the shop's usual one is not known."""
NINE_IN_TEN: Final = 0.9
_DAY: Final = timedelta(days=1)


class Handling(StrEnum):
    """What became of a customer's displeasure; `visit` is a visit without any, to compare with."""

    UNSAID = "unsaid"
    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    QUICK = "quick"
    GRUMBLE = "grumble"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Displeasure:
    """A customer who was not content; instants aware.

    Attributes:
        person_id: who.
        weight: `grumble`, `complaint` or `appeal`; `unsaid` for a call that ended badly and of
            which neither a grumble nor a case came.
        received_at: when it was heard.
        resolved_at: when the resolution was written that stands; none where none does.
        against: whether the customer's last word is that they are not satisfied with it.
        undated: whether it is over, but nobody recorded when it was resolved.
    """

    person_id: int
    weight: str
    received_at: datetime
    resolved_at: datetime | None = None
    against: bool = False
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """Visits and purchases of one job: its first and last day on the shop's calendar."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ReturnRate:
    """How many came back.

    Attributes:
        handling: what became of their displeasure.
        came: how many came back in time.
        n: of how many whose time is over.
        waiting: of how many it is not over yet; they count nowhere.
    """

    handling: Handling
    came: int
    n: int
    waiting: int

    @property
    def share(self) -> float | None:
        """The share that came back, 0 to 1; none without anybody."""
        return self.came / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        """Its 95 % interval by Wilson's score; none without anybody."""
        return wilson(self.came, self.n) if self.n else None

    @property
    def few(self) -> bool:
        """Whether it rests on too few to be relied upon."""
        return self.n < FEW


@dataclass(frozen=True, slots=True)
class Returns:
    """The rates of a period.

    Attributes:
        rates: one for each handling, in their order.
        usual_days: the shop's usual interval in days; none where too few are known.
        gaps: on how many intervals it rests.
        known_until: the last day of which a visit or purchase is known; none where none is.
        strangers: displeased customers of the period of whom no visit is on record.
        unmeasured: those with a visit on record for whom no usual interval is known.
        undated: of the others, those whose case is over without a day on which it was resolved.
    """

    rates: tuple[ReturnRate, ...]
    usual_days: int | None
    gaps: int
    known_until: date | None
    strangers: int
    unmeasured: int
    undated: int


def returns_of(
    displeased: Iterable[Displeasure],
    custom: Mapping[int, Iterable[date]],
    *,
    zone: str,
    since: date,
    until: date,
    quick: timedelta,
) -> Returns:
    """Who came back, among those whose time to do so ended in a period.

    Args:
        displeased: all that is known, of any time.
        custom: days of visits and purchases by person, on the shop's calendar, in any order.
        zone: IANA name of the shop's clock.
        since: the period's first day.
        until: its last day.
        quick: what was resolved within it was resolved quickly.
    """
    by_person: dict[int, list[Displeasure]] = defaultdict(list)
    for one in displeased:
        by_person[one.person_id].append(one)
    stays = {who: stays_of(day for day in days if day <= until) for who, days in custom.items()}
    known_until = max((own[-1].last for own in stays.values() if own), default=None)
    gaps = sorted(gap for own in stays.values() for gap in gaps_of(own))
    shop = usual_of(gaps, SHOP_GAPS)
    # Whose longest interval was over before the period counts in an earlier one.
    earliest = since - timedelta(days=gaps[-1]) if gaps else since
    tally = _Tally(
        ZoneInfo(zone), since, min(until, known_until or until), until, quick, shop, earliest
    )
    for who in by_person.keys() | stays.keys():
        tally.count(by_person.get(who, ()), stays.get(who, ()))
    return Returns(
        rates=tuple(tally.rate(handling) for handling in Handling),
        usual_days=shop,
        gaps=len(gaps),
        known_until=known_until,
        strangers=tally.strangers,
        unmeasured=tally.unmeasured,
        undated=tally.undated,
    )


def stays_of(days: Iterable[date]) -> tuple[Stay, ...]:
    """Days of custom as jobs: days that are at most a week apart belong together."""
    found: list[Stay] = []
    for day in sorted(set(days)):
        if found and day - found[-1].last <= SAME_JOB:
            found[-1] = Stay(found[-1].first, day)
        else:
            found.append(Stay(day, day))
    return tuple(found)


def gaps_of(stays: Sequence[Stay]) -> list[int]:
    """Days from the end of each job to the beginning of the next."""
    return [(after.first - before.last).days for before, after in pairwise(stays)]


def usual_of(gaps: Sequence[int], at_least: int) -> int | None:
    """The interval within which nine in ten were back; none of fewer than `at_least`.

    The nearest rank: the smallest interval that nine in ten don't exceed.
    """
    if len(gaps) < max(1, at_least):
        return None
    return sorted(gaps)[math.ceil(NINE_IN_TEN * len(gaps)) - 1]


class _Custom:
    """The jobs of one customer: the days on which they begin, and what is usual for them."""

    def __init__(self, stays: Sequence[Stay], shop: int | None) -> None:
        self.begins = [stay.first for stay in stays]
        self._gaps = gaps_of(stays)
        self._shop = shop

    def usual(self, jobs: int) -> int | None:
        """The usual interval by the first so many jobs, else the shop's."""
        gaps = self._gaps[: max(0, jobs - 1)]
        return usual_of(gaps, OWN_GAPS) or self._shop


class _Tally:
    def __init__(
        self,
        zone: ZoneInfo,
        since: date,
        horizon: date,
        until: date,
        quick: timedelta,
        shop: int | None,
        earliest: date,
    ) -> None:
        self._zone = zone
        self._earliest = earliest
        self._since = since
        self._horizon = horizon
        self._until = until
        self._quick = quick
        self._shop = shop
        self._came: Counter[Handling] = Counter()
        self._n: Counter[Handling] = Counter()
        self._waiting: Counter[Handling] = Counter()
        self.strangers = 0
        self.unmeasured = 0
        self.undated = 0

    def rate(self, handling: Handling) -> ReturnRate:
        return ReturnRate(
            handling, self._came[handling], self._n[handling], self._waiting[handling]
        )

    def count(self, displeased: Sequence[Displeasure], stays: Sequence[Stay]) -> None:
        """Counts one customer."""
        own = _Custom(stays, self._shop)
        ordered = sorted(displeased, key=lambda one: one.received_at)
        heard = [(self._day(one.received_at), one) for one in ordered]
        told = [day for day, one in heard if one.weight != Handling.UNSAID]
        for day, one in heard:
            self._count_one(day, one, own, told)
        days = [day for day, _ in heard]
        for place, stay in enumerate(stays, 1):
            usual = own.usual(place) if stay.last >= self._earliest else None
            if usual is None:
                continue
            end = stay.last + timedelta(days=usual)
            # A visit that somebody was displeased about, or after, is no visit to compare with.
            if not _any_within(days, stay.first, end):
                self._enter(Handling.VISIT, stay.last, usual, own)

    def _count_one(self, day: date, one: Displeasure, own: _Custom, told: Sequence[date]) -> None:
        usual = own.usual(bisect_right(own.begins, day))
        if usual is None or not own.begins or one.undated:
            if self._since <= day <= self._until:
                self.strangers += not own.begins
                self.unmeasured += bool(own.begins) and usual is None
                self.undated += bool(own.begins) and usual is not None
            return
        end = day + timedelta(days=usual)
        if one.weight == Handling.UNSAID:
            # Who said it later is counted by what came of that.
            if not _any_within(told, day, end):
                self._enter(Handling.UNSAID, day, usual, own)
            return
        if one.weight == Handling.GRUMBLE:
            self._enter(Handling.GRUMBLE, day, usual, own)
            return
        resolved = None if one.resolved_at is None else self._day(one.resolved_at)
        if one.resolved_at is None or resolved is None or resolved > end or one.against:
            self._enter(Handling.UNRESOLVED, day, usual, own)
        else:
            soon = one.resolved_at - one.received_at <= self._quick
            self._enter(Handling.QUICK if soon else Handling.RESOLVED, resolved, usual, own)

    def _enter(self, handling: Handling, day: date, usual: int, own: _Custom) -> None:
        end = day + timedelta(days=usual)
        if day > self._until or end < self._since:
            return
        if end > self._horizon:
            self._waiting[handling] += 1
            return
        self._n[handling] += 1
        self._came[handling] += _any_within(own.begins, day + SAME_JOB + _DAY, end)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def _any_within(days: Sequence[date], first: date, last: date) -> bool:
    """Whether one of the days, which rise, lies between two others, both included."""
    place = bisect_right(days, last)
    return place > 0 and days[place - 1] >= first
