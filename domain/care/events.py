"""What the plans ask for: the calls of one customer that fall into some days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from domain.bands import Tier
from domain.care.calendar import LunarCalendar, birthdays, festival_days, past_qingming
from domain.care.facts import Birthday, Car, Customer, OccasionKind, Visit
from domain.care.found import Found as _Found
from domain.care.invitations import contacts_due, owners_days, seasons
from domain.care.mileage import Reading, reached_on
from domain.care.plan import CarePlan, CarePlans, Trigger, add_months, on_day
from domain.care.shop_days import PutOff, SurveyCalendar
from domain.said import Said

_INSPECTED_EARLY: Final = timedelta(days=180)
"""How long before it is due an inspection already counts for it."""


@dataclass(frozen=True, slots=True)
class CareEvent:
    """A call that a plan asks for.

    Attributes:
        key: what it is called by ever after; the same occasion always has the same key.
        campaign: code of the campaign.
        customer_id: whom to ring.
        asset_id: the car that it is about.
        on: the day of the call.
        anchor: the day of what it is about.
        reason: why, for people.
        surveys: the calendars of makers' surveys that bind it.
        put_off: by which of them it was put off; none where it was not.
    """

    key: str
    campaign: str
    customer_id: int
    asset_id: int | None
    on: date
    anchor: date
    reason: Said
    surveys: tuple[SurveyCalendar, ...] = ()
    put_off: PutOff | None = None


@dataclass(frozen=True, slots=True)
class _Span:
    """One plan with the days of what happened whose calls fall into the days wanted."""

    plan: CarePlan
    plans: CarePlans
    calendar: LunarCalendar
    since: date
    until: date
    # A year has few days, and many customers and cars share each.
    _anniversaries: dict[tuple[int, int], tuple[date, ...]] = field(default_factory=dict)
    _birthdays: dict[Birthday, tuple[tuple[int, date], ...]] = field(default_factory=dict)

    def covers(self, anchor: date) -> bool:
        return self.since <= anchor <= self.until

    def anniversaries(self, began: date) -> Sequence[tuple[date, int]]:
        """The anniversaries of a day that are covered, each with how many years have passed."""
        key = (began.month, began.day)
        days = self._anniversaries.get(key)
        if days is None:
            years = range(self.since.year, self.until.year + 1)
            every = (on_day(year, began.month, began.day) for year in years)
            days = self._anniversaries[key] = tuple(day for day in every if self.covers(day))
        return [(day, day.year - began.year) for day in days if day.year > began.year]

    def birthdays(self, born: Birthday) -> Sequence[tuple[int, date]]:
        """The birthdays that are covered, each with its year."""
        found = self._birthdays.get(born)
        if found is None:
            found = tuple(birthdays(born, self.since, self.until, self.calendar))
            self._birthdays[born] = found
        return found


_Finder = Callable[[_Span, Customer], Iterable[_Found]]


class Planner:
    """Asks the plans what some days hold, customer by customer.

    Args:
        plans: the plans in force.
        since: the first day on which a call could be made: today.
        until: the last day that is planned, included.
        calendar: the lunar calendar.
    """

    def __init__(self, plans: CarePlans, since: date, until: date, calendar: LunarCalendar) -> None:
        self._plans: Final = plans
        self._since: Final = since
        self._until: Final = until
        self._calendar: Final = calendar
        self._by_tier: Final[dict[Tier | None, list[tuple[_Span, timedelta, _Finder]]]] = {}

    def events_of(self, customer: Customer) -> tuple[CareEvent, ...]:
        """The calls that the plans ask for, before anything is suppressed or merged.

        Returns:
            The calls whose day lies between the two days, or before the first by no more than the
            plan's late days; in the order of days.
        """
        asked = self._by_tier.get(customer.tier)
        if asked is None:
            asked = self._by_tier[customer.tier] = self._asked(customer.tier)
        found = [
            event
            for span, offset, finder in asked
            for one in finder(span, customer)
            if (event := self._event(span, offset, customer, one)) is not None
        ]
        found.sort(key=lambda event: (event.on, event.campaign, event.key))
        return tuple(found)

    def _asked(self, tier: Tier | None) -> list[tuple[_Span, timedelta, _Finder]]:
        asked = []
        for plan in self._plans:
            offset = timedelta(days=plan.days_for(tier))
            reached = self._since - timedelta(days=plan.late_days)
            if plan.coaches:
                reached = self._plans.surveys.reaching(self._since, plan.late_days)
            # A day more: a greeting that falls on Qingming is moved by one.
            first = reached - timedelta(days=1) - offset
            span = _Span(plan, self._plans, self._calendar, first, self._until - offset)
            finder = _FINDERS[plan.trigger](span)
            asked.append((span, offset, finder))
        return asked

    def _event(
        self, span: _Span, offset: timedelta, customer: Customer, one: _Found
    ) -> CareEvent | None:
        plan = span.plan
        on = one.anchor + offset + timedelta(days=one.shift)
        binding: tuple[SurveyCalendar, ...] = ()
        put_off = None
        if plan.coaches:
            calendars = self._plans.surveys
            binding = calendars.binding(customer, one.asset_id)
            on, put_off = calendars.put_off(binding, on, self._since, plan.late_days)
        if plan.courtesy and customer.country in self._plans.quiet_countries:
            on = past_qingming(on, self._calendar)
        if not self._since - timedelta(days=plan.late_days) <= on <= self._until:
            return None
        said = one.said or plan.trigger.value
        return CareEvent(
            key=f"{plan.campaign}:{one.name}",
            campaign=plan.campaign,
            customer_id=customer.id,
            asset_id=one.asset_id,
            on=on,
            anchor=one.anchor,
            reason=Said(
                f"care.reason.{said}", {"day": one.anchor.isoformat(), **(one.params or {})}
            ),
            surveys=binding,
            put_off=put_off,
        )


def events_of(
    customer: Customer,
    plans: CarePlans,
    since: date,
    until: date,
    calendar: LunarCalendar,
) -> tuple[CareEvent, ...]:
    """The calls that the plans ask of one customer; see `Planner` for many."""
    return Planner(plans, since, until, calendar).events_of(customer)


def _cars(customer: Customer) -> Iterator[tuple[Car, date]]:
    """The cars that the customer is rung about, with the day of purchase."""
    for car in customer.cars:
        if car.mine and car.bought_on is not None:
            yield car, car.bought_on


def _delivery(span: _Span, customer: Customer) -> Iterator[_Found]:
    for car, bought_on in _cars(customer):
        if span.covers(bought_on):
            yield _Found(f"a{car.id}", bought_on, car.id)


def _deal(span: _Span, customer: Customer) -> Iterator[_Found]:
    for callback_id, day in sorted(customer.deals.items()):
        if span.covers(day):
            yield _Found(f"b{callback_id}", day)


def _first_service(span: _Span, customer: Customer) -> Iterator[_Found]:
    for car, bought_on in _cars(customer):
        if any(visit.service in span.plan.services for visit in car.visits):
            continue
        interval = span.plans.interval_of(car.model)
        by_time = add_months(bought_on, interval.first_months)
        if by_time < span.since:
            continue  # By distance it could only be sooner.
        by_distance = reached_on(_readings(car), interval.first_km)
        yield from _soonest(span, f"a{car.id}", car, by_time, by_distance)


def _maintenance(span: _Span, customer: Customer) -> Iterator[_Found]:
    for car in customer.cars:
        services = [one for one in car.visits if one.service in span.plan.services]
        if not car.mine or not services:
            continue
        last = services[-1]
        interval = span.plans.interval_of(car.model)
        by_time = add_months(last.on, interval.then_months)
        if by_time < span.since:
            continue
        readings = _readings(car)
        by_distance = (
            None if last.mileage is None else reached_on(readings, last.mileage + interval.then_km)
        )
        yield from _soonest(span, f"o{last.id}", car, by_time, by_distance)


def _soonest(
    span: _Span, name: str, car: Car, by_time: date, by_distance: date | None
) -> Iterator[_Found]:
    """A service by whichever comes first: the time or the kilometres."""
    due = by_time if by_distance is None else min(by_time, by_distance)
    if span.covers(due):
        kind = "by_time" if due == by_time else "by_distance"
        yield _Found(name, due, car.id, f"{span.plan.trigger}.{kind}")


def _readings(car: Car) -> list[Reading]:
    """What is known of a car's mileage; a new car begins at nought."""
    found = [(visit.on, visit.mileage) for visit in car.visits if visit.mileage is not None]
    if car.first_visit_on is not None and car.first_mileage is not None:
        found.append((car.first_visit_on, car.first_mileage))
    if car.bought_on is not None and found and car.bought_on < min(found)[0]:
        found.append((car.bought_on, 0))
    return found


def _service_done(span: _Span, customer: Customer) -> Iterator[_Found]:
    for visit in customer.visits:
        if visit.service in span.plan.services and span.covers(visit.on):
            yield _Found(f"o{visit.id}", visit.on, visit.asset_id)


def _occasions(kind: OccasionKind) -> _Finder:
    def find(span: _Span, customer: Customer) -> Iterator[_Found]:
        for one in customer.occasions:
            if one.kind is kind and not one.settled and span.covers(one.on):
                # An appointment that was moved to another day is reminded of again.
                yield _Found(f"c{one.id}:{one.on}", one.on, one.asset_id)

    return find


_APPOINTMENTS: Final = _occasions(OccasionKind.APPOINTMENT)


def _missed(span: _Span, customer: Customer) -> Iterator[_Found]:
    for one in _APPOINTMENTS(span, customer):
        if not any(visit.on >= one.anchor for visit in customer.visits):
            yield one


def _owner_birthday(span: _Span, customer: Customer) -> Iterator[_Found]:
    born = customer.birthday
    if born is None:
        return
    said = "lunar" if born.lunar else "solar"
    for year, day in span.birthdays(born):
        yield _Found(f"p{customer.id}:{year}", day, said=f"{Trigger.OWNER_BIRTHDAY}.{said}")


def _vehicle_birthday(span: _Span, customer: Customer) -> Iterator[_Found]:
    for car, bought_on in _cars(customer):
        for day, age in span.anniversaries(bought_on):
            yield _Found(f"a{car.id}:{day.year}", day, car.id, params={"n": age})


def _festivals(span: _Span) -> _Finder:
    """What finds festivals; their days are the same for everybody and looked up once."""
    days = [
        (festival, year, day)
        for festival in span.plans.festivals
        for year, day in festival_days(festival, span.since, span.until, span.calendar)
    ]

    def find(_: _Span, customer: Customer) -> Iterator[_Found]:
        for festival, year, day in days:
            if not festival.countries or customer.country in festival.countries:
                name = f"p{customer.id}:{festival.code}-{year}"
                yield _Found(name, day, params={"festival": festival.name})

    return find


def _insurance(span: _Span, customer: Customer) -> Iterator[_Found]:
    for car in customer.cars:
        renewals = [one.on for one in car.visits if one.service in span.plan.services]
        began = renewals[-1] if renewals else car.bought_on
        if not car.mine or began is None:
            continue
        said = "renewed" if renewals else "bought"
        for day, _ in span.anniversaries(began):
            yield _Found(f"a{car.id}:{day.year}", day, car.id, f"{Trigger.INSURANCE_ENDS}.{said}")


def _inspection(span: _Span, customer: Customer) -> Iterator[_Found]:
    ages = span.plan.ages
    for car, bought_on in _cars(customer):
        for day, age in span.anniversaries(bought_on):
            if age not in ages and age < ages[-1]:
                continue
            early = day - _INSPECTED_EARLY
            if any(early <= one.on for one in car.visits if one.service in span.plan.services):
                continue
            yield _Found(f"a{car.id}:{day.year}", day, car.id, params={"n": age})


def _lapsed(span: _Span, customer: Customer) -> Iterator[_Found]:
    last: Visit | None = customer.visits[-1] if customer.visits else None
    if last is not None and span.covers(last.on):
        yield _Found(f"o{last.id}", last.on, last.asset_id)


def _contact_due(span: _Span, customer: Customer) -> Iterable[_Found]:
    return contacts_due(span.plan, customer, span.since, span.until)


def _owners_days(span: _Span, customer: Customer) -> Iterable[_Found]:
    return owners_days(span.plans.owners_days, customer, span.since, span.until)


def _seasons(span: _Span, customer: Customer) -> Iterable[_Found]:
    return seasons(span.plans.seasons, customer, span.since, span.until)


def _always(finder: _Finder) -> Callable[[_Span], _Finder]:
    return lambda _: finder


_FINDERS: Final[Mapping[Trigger, Callable[[_Span], _Finder]]] = {
    Trigger.DELIVERY: _always(_delivery),
    Trigger.DEAL: _always(_deal),
    Trigger.FIRST_SERVICE_DUE: _always(_first_service),
    Trigger.SERVICE_DONE: _always(_service_done),
    Trigger.MAINTENANCE_DUE: _always(_maintenance),
    Trigger.APPOINTMENT: _always(_APPOINTMENTS),
    Trigger.APPOINTMENT_MISSED: _always(_missed),
    Trigger.PARTS_ARRIVED: _always(_occasions(OccasionKind.PARTS_ARRIVED)),
    Trigger.MEMBER_LEVEL: _always(_occasions(OccasionKind.MEMBER_LEVEL)),
    Trigger.OWNER_BIRTHDAY: _always(_owner_birthday),
    Trigger.VEHICLE_BIRTHDAY: _always(_vehicle_birthday),
    Trigger.FESTIVAL: _festivals,
    Trigger.INSURANCE_ENDS: _always(_insurance),
    Trigger.INSPECTION_DUE: _always(_inspection),
    Trigger.LAPSED: _always(_lapsed),
    Trigger.CONTACT_DUE: _always(_contact_due),
    Trigger.OWNERS_DAY: _always(_owners_days),
    Trigger.SEASON: _always(_seasons),
}
"""What finds the calls of a trigger, made for the days of a plan."""
