"""The shop's own days: owners' days, seasons of service, and makers' survey calendars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from domain.bands import Tier
from domain.bilingual import Bilingual
from domain.care.facts import Car, Customer
from domain.said import Said

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a day or a season is for.

    Attributes:
        models: parts of model names, folded; empty for every car.
        tiers: of the customers; empty for every customer, one of unknown tier too.
        months: the youngest and the oldest a car may be, in whole months since its purchase; none
            for any age, and then a car of unknown purchase is among them.
    """

    models: tuple[str, ...] = ()
    tiers: frozenset[Tier] = frozenset()
    months: tuple[int, int] | None = None

    def takes(self, tier: Tier | None) -> bool:
        """Whether customers of a tier are among them."""
        return not self.tiers or tier in self.tiers

    def fits(self, car: Car, day: date) -> bool:
        """Whether a car is among them on a day."""
        if not of_model(car.model, self.models):
            return False
        if self.months is None:
            return True
        if car.bought_on is None or car.bought_on > day:
            return False
        return self.months[0] <= months_between(car.bought_on, day) <= self.months[1]


@dataclass(frozen=True, slots=True)
class OwnersDay:
    """A class, a drive or another day of the club, to which customers are invited.

    Attributes:
        code: what is stored, such as `new-owners-2026-12`.
        name: what people read.
        on: the day, on the shop's clock.
        audience: who is invited.
    """

    code: str
    name: Bilingual
    on: date
    audience: Audience


@dataclass(frozen=True, slots=True)
class Season:
    """A service campaign of every year, from one day to another, which may lie in the next year.

    Attributes:
        code: what is stored, such as `winter-check`.
        name: what people read.
        first: month and day on which it begins.
        last: month and day of its last day.
        audience: whose cars are invited.
    """

    code: str
    name: Bilingual
    first: tuple[int, int]
    last: tuple[int, int]
    audience: Audience

    def of_years(self, years: Iterable[int]) -> Iterator[tuple[int, date, date]]:
        """The season of each year in which it begins: the year, its first and its last day."""
        for year in years:
            ends = year if self.first <= self.last else year + 1
            yield year, date(year, *self.first), date(ends, *self.last)


@dataclass(frozen=True, slots=True)
class Blackout:
    """Days on which a maker asks customers itself, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class SurveyCalendar:
    """When a brand's maker asks customers itself, so that nobody may coach their answers.

    Attributes:
        code: what is stored, such as `lanfeng`.
        name: what people read: the brand.
        models: parts of model names, folded; empty for every car.
        blackouts: the days, in their order, none touching another.
    """

    code: str
    name: Bilingual
    models: tuple[str, ...]
    blackouts: tuple[Blackout, ...]

    def holds(self, day: date) -> bool:
        """Whether a day lies in a blackout."""
        return any(one.first <= day <= one.last for one in self.blackouts)


@dataclass(frozen=True, slots=True)
class PutOff:
    """A call that a blackout put off.

    Attributes:
        wanted: the day on which the plan wanted it.
        until: the last day of the blackout.
        brand: whose survey it is.
    """

    wanted: date
    until: date
    brand: Bilingual

    @property
    def said(self) -> Said:
        """The reason, for people."""
        words = {"day": self.wanted.isoformat(), "until": self.until.isoformat()}
        return Said("care.put_off", {**words, "brand": self.brand})


@dataclass(frozen=True, slots=True)
class SurveyCalendars:
    """The survey calendars of all brands."""

    calendars: tuple[SurveyCalendar, ...] = ()
    _in_order: tuple[tuple[Blackout, SurveyCalendar], ...] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        every = [(blackout, one) for one in self.calendars for blackout in one.blackouts]
        every.sort(key=lambda pair: (pair[0].first, pair[0].last, pair[1].code))
        object.__setattr__(self, "_in_order", tuple(every))

    def binding(self, customer: Customer, asset_id: int | None) -> tuple[SurveyCalendar, ...]:
        """The calendars that bind a call: those of its car.

        A call about no car that the customer has is bound by those of all the customer's cars: the
        maker may ask about any.
        """
        if not self.calendars:
            return ()
        about = [car for car in customer.cars if car.id == asset_id] or customer.cars
        return tuple(
            one for one in self.calendars if any(of_model(car.model, one.models) for car in about)
        )

    def put_off(
        self, binding: Sequence[SurveyCalendar], on: date, since: date, late_days: int
    ) -> tuple[date, PutOff | None]:
        """The day of a call that keeps clear of blackouts, and what put it off.

        A call of a blackout is made the day after, and so is one of a day before that was not made
        in time and would still be worth making.

        Args:
            binding: the calendars that bind it.
            on: the day on which the plan wants it.
            since: the first day on which it could be made.
            late_days: how many days after its day it is still worth making.
        """
        wanted, why = on, None
        late = timedelta(days=late_days)
        for blackout, calendar in self._in_order:
            if calendar not in binding or blackout.last < on or on + late < blackout.first:
                continue
            if on >= blackout.first or since >= blackout.first:
                on = blackout.last + _DAY
                why = PutOff(wanted, blackout.last, calendar.name)
        return on, why

    def reaching(self, since: date, late_days: int) -> date:
        """The earliest day whose call, put off, can still be made from a day on."""
        late = timedelta(days=late_days)
        found = since - late
        for blackout, _ in reversed(self._in_order):
            if blackout.last + _DAY >= found and blackout.first <= since:
                found = min(found, blackout.first - late)
        return found


NO_SURVEYS: Final = SurveyCalendars()


def of_model(model: str | None, parts: Sequence[str]) -> bool:
    """Whether a model's name has one of the parts (folded); any has, where there are none."""
    return not parts or any(part in (model or "").casefold() for part in parts)


def months_between(since: date, until: date) -> int:
    """The whole months from one day to a later one."""
    months = (until.year - since.year) * 12 + until.month - since.month
    return months if until.day >= since.day else months - 1
