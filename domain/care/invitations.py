"""Calls that the shop itself sets: regular contact, owners' days, seasons of service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.care.facts import Car, Customer
from domain.care.found import Found
from domain.care.plan import CarePlan, Pending
from domain.care.shop_days import OwnersDay, Season


def contacts_due(plan: CarePlan, customer: Customer, since: date, until: date) -> Iterator[Found]:
    """When contact is due again: each time that the plan's days have passed since the last one.

    The count begins with what is open, or with a contact after it; where nobody was reached, it is
    due again after as many days more. The anchors lie between `since` and `until`.
    """
    if plan.pending is Pending.NOTHING:
        opened = customer.contact_on
    elif plan.pending is Pending.CHANCE:
        opened = customer.chance_since
    else:
        opened = customer.complaint_since
    if opened is None:
        return
    began = max(opened, customer.contact_on or opened)
    every = plan.days_for(customer.tier)
    turns = max(0, -((began - since).days // every))
    day = began + timedelta(days=turns * every)
    if plan.for_days:
        until = min(until, opened + timedelta(days=plan.for_days - every))
    while day <= until:
        if day >= since:
            params = {"since": began.isoformat(), "n": (day - began).days + every}
            yield Found(
                f"p{customer.id}:{day}", day, said=f"contact_due.{plan.pending}", params=params
            )
        day += timedelta(days=every)


def owners_days(
    days: Sequence[OwnersDay], customer: Customer, since: date, until: date
) -> Iterator[Found]:
    """The days from one to another to which a customer is invited: once, however many cars."""
    for one in days:
        if not since <= one.on <= until or not one.audience.takes(customer.tier):
            continue
        if any(one.audience.fits(car, one.on) for car in _cars(customer)):
            # A day that was moved is told of again.
            yield Found(f"p{customer.id}:{one.code}:{one.on}", one.on, params={"name": one.name})


def seasons(
    known: Sequence[Season], customer: Customer, since: date, until: date
) -> Iterator[Found]:
    """The cars of a customer that a season invites, if the day of the call is wanted.

    The calls of a season are spread over its days, each car on the same one however often the plan
    is asked. A car that has been here since the season began is left out.
    """
    for season in known:
        if not season.audience.takes(customer.tier):
            continue
        for year, first, last in season.of_years(range(since.year - 1, until.year + 1)):
            if last < since or until < first:
                continue
            for car in _cars(customer):
                shift = car.id % ((last - first).days + 1)
                if not since <= first + timedelta(days=shift) <= until:
                    continue
                if not season.audience.fits(car, first) or any(v.on >= first for v in car.visits):
                    continue
                yield Found(
                    f"a{car.id}:{season.code}-{year}", first, car.id,
                    params={"name": season.name, "until": last.isoformat()}, shift=shift,
                )  # fmt: skip


def _cars(customer: Customer) -> Iterator[Car]:
    return (car for car in customer.cars if car.mine and not car.gone)
