"""What the plans ask for: the calls of one customer that fall into some days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.care.calendar import LunarCalendar, birthdays, festival_days, past_qingming
from domain.care.facts import Car, Customer, OccasionKind, Visit
from domain.care.mileage import Reading, reached_on
from domain.care.plan import CarePlan, CarePlans, Trigger, add_months, on_day
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
    """

    key: str
    campaign: str
    customer_id: int
    asset_id: int | None
    on: date
    anchor: date
    reason: Said


@dataclass(frozen=True, slots=True)
class _Span:
    """What one plan is asked: the days of what happened whose calls fall into the days wanted."""

    customer: Customer
    plan: CarePlan
    plans: CarePlans
    calendar: LunarCalendar
    since: date
    until: date

    def covers(self, anchor: date) -> bool:
        return self.since <= anchor <= self.until


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    anchor: date
    asset_id: int | None = None
    said: str = ""
    params: Mapping[str, object] | None = None


def events_of(
    customer: Customer,
    plans: CarePlans,
    since: date,
    until: date,
    calendar: LunarCalendar,
) -> tuple[CareEvent, ...]:
    """The calls that the plans ask for, before anything is suppressed or merged.

    Args:
        customer: what is known of the customer.
        plans: the plans in force.
        since: the first day on which a call could be made: today.
        until: the last day that is planned, included.
        calendar: the lunar calendar.

    Returns:
        The calls whose day lies between the two, or before `since` by no more than the plan's
        late days; in the order of days.
    """
    found = [
        event
        for plan in plans
        for event in _of_plan(customer, plan, plans, (since, until, calendar))
    ]
    return tuple(sorted(found, key=lambda event: (event.on, event.campaign, event.key)))


def _of_plan(
    customer: Customer,
    plan: CarePlan,
    plans: CarePlans,
    days: tuple[date, date, LunarCalendar],
) -> Iterator[CareEvent]:
    since, until, calendar = days
    first = since - timedelta(days=plan.late_days)
    offset = timedelta(days=plan.days_for(customer.tier))
    # A day more: a greeting that falls on Qingming is moved by one.
    span = _Span(
        customer, plan, plans, calendar, first - offset - timedelta(days=1), until - offset
    )
    quiet = plan.courtesy and customer.country in plans.quiet_countries
    for one in _FINDERS[plan.trigger](span):
        on = one.anchor + offset
        if quiet:
            on = past_qingming(on, calendar)
        if not first <= on <= until:
            continue
        said = one.said or plan.trigger.value
        yield CareEvent(
            key=f"{plan.campaign}:{one.name}",
            campaign=plan.campaign,
            customer_id=customer.id,
            asset_id=one.asset_id,
            on=on,
            anchor=one.anchor,
            reason=Said(
                f"care.reason.{said}", {"day": one.anchor.isoformat(), **(one.params or {})}
            ),
        )


def _cars(span: _Span) -> Iterator[tuple[Car, date]]:
    """The cars that the customer is rung about, with the day of purchase."""
    for car in span.customer.cars:
        if car.mine and car.bought_on is not None:
            yield car, car.bought_on


def _delivery(span: _Span) -> Iterator[_Found]:
    for car, bought_on in _cars(span):
        if span.covers(bought_on):
            yield _Found(f"a{car.id}", bought_on, car.id)


def _deal(span: _Span) -> Iterator[_Found]:
    for callback_id, day in sorted(span.customer.deals.items()):
        if span.covers(day):
            yield _Found(f"b{callback_id}", day)


def _first_service(span: _Span) -> Iterator[_Found]:
    for car, bought_on in _cars(span):
        if any(visit.service in span.plan.services for visit in car.visits):
            continue
        interval = span.plans.interval_of(car.model)
        by_time = add_months(bought_on, interval.first_months)
        by_distance = reached_on(_readings(car), interval.first_km)
        yield from _soonest(span, f"a{car.id}", car, by_time, by_distance)


def _maintenance(span: _Span) -> Iterator[_Found]:
    for car in span.customer.cars:
        services = [one for one in car.visits if one.service in span.plan.services]
        if not car.mine or not services:
            continue
        last = services[-1]
        interval = span.plans.interval_of(car.model)
        by_time = add_months(last.on, interval.then_months)
        readings = _readings(car)
        at_last = last.mileage if last.mileage is not None else None
        by_distance = (
            reached_on(readings, at_last + interval.then_km) if at_last is not None else None
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


def _service_done(span: _Span) -> Iterator[_Found]:
    for visit in span.customer.visits:
        if visit.service in span.plan.services and span.covers(visit.on):
            yield _Found(f"o{visit.id}", visit.on, visit.asset_id)


def _occasions(kind: OccasionKind) -> Callable[[_Span], Iterator[_Found]]:
    def find(span: _Span) -> Iterator[_Found]:
        for one in span.customer.occasions:
            if one.kind is kind and not one.settled and span.covers(one.on):
                # An appointment that was moved to another day is reminded of again.
                yield _Found(f"c{one.id}:{one.on}", one.on, one.asset_id)

    return find


def _missed(span: _Span) -> Iterator[_Found]:
    for one in _occasions(OccasionKind.APPOINTMENT)(span):
        if not any(visit.on >= one.anchor for visit in span.customer.visits):
            yield one


def _owner_birthday(span: _Span) -> Iterator[_Found]:
    born = span.customer.birthday
    if born is None:
        return
    said = "lunar" if born.lunar else "solar"
    for year, day in birthdays(born, span.since, span.until, span.calendar):
        yield _Found(f"p{span.customer.id}:{year}", day, said=f"{Trigger.OWNER_BIRTHDAY}.{said}")


def _vehicle_birthday(span: _Span) -> Iterator[_Found]:
    for car, bought_on in _cars(span):
        for day, age in _anniversaries(bought_on, span):
            yield _Found(f"a{car.id}:{day.year}", day, car.id, params={"years": age})


def _festival(span: _Span) -> Iterator[_Found]:
    country = span.customer.country
    for festival in span.plans.festivals:
        if festival.countries and country not in festival.countries:
            continue
        for year, day in festival_days(festival, span.since, span.until, span.calendar):
            yield _Found(
                f"p{span.customer.id}:{festival.code}-{year}",
                day,
                params={"festival": festival.name},
            )


def _insurance(span: _Span) -> Iterator[_Found]:
    for car in span.customer.cars:
        renewals = [one.on for one in car.visits if one.service in span.plan.services]
        began = renewals[-1] if renewals else car.bought_on
        if not car.mine or began is None:
            continue
        said = "renewed" if renewals else "bought"
        for day, _ in _anniversaries(began, span):
            yield _Found(f"a{car.id}:{day.year}", day, car.id, f"{Trigger.INSURANCE_ENDS}.{said}")


def _inspection(span: _Span) -> Iterator[_Found]:
    ages = span.plan.ages
    for car, bought_on in _cars(span):
        for day, age in _anniversaries(bought_on, span):
            if age not in ages and age < ages[-1]:
                continue
            early = day - _INSPECTED_EARLY
            if any(early <= one.on for one in car.visits if one.service in span.plan.services):
                continue
            yield _Found(f"a{car.id}:{day.year}", day, car.id, params={"years": age})


def _lapsed(span: _Span) -> Iterator[_Found]:
    last: Visit | None = span.customer.visits[-1] if span.customer.visits else None
    if last is not None and span.covers(last.on):
        yield _Found(f"o{last.id}", last.on, last.asset_id)


def _anniversaries(began: date, span: _Span) -> Iterable[tuple[date, int]]:
    """The anniversaries of a day that the span covers, each with how many years have passed."""
    for year in range(max(span.since.year, began.year + 1), span.until.year + 1):
        day = on_day(year, began.month, began.day)
        if span.covers(day):
            yield day, year - began.year


_FINDERS: Final[Mapping[Trigger, Callable[[_Span], Iterator[_Found]]]] = {
    Trigger.DELIVERY: _delivery,
    Trigger.DEAL: _deal,
    Trigger.FIRST_SERVICE_DUE: _first_service,
    Trigger.SERVICE_DONE: _service_done,
    Trigger.MAINTENANCE_DUE: _maintenance,
    Trigger.APPOINTMENT: _occasions(OccasionKind.APPOINTMENT),
    Trigger.APPOINTMENT_MISSED: _missed,
    Trigger.PARTS_ARRIVED: _occasions(OccasionKind.PARTS_ARRIVED),
    Trigger.MEMBER_LEVEL: _occasions(OccasionKind.MEMBER_LEVEL),
    Trigger.OWNER_BIRTHDAY: _owner_birthday,
    Trigger.VEHICLE_BIRTHDAY: _vehicle_birthday,
    Trigger.FESTIVAL: _festival,
    Trigger.INSURANCE_ENDS: _insurance,
    Trigger.INSPECTION_DUE: _inspection,
    Trigger.LAPSED: _lapsed,
}
