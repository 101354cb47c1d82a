"""Which of the planned calls are made: what forbids one, and what lies too close to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from domain.care.events import CareEvent
from domain.care.facts import Customer, Standing
from domain.care.plan import CarePlan, CarePlans, Trigger

Suppression = Literal[
    "campaign_off",
    "closed",
    "no_number",
    "do_not_call",
    "refused",
    "complaint_open",
    "tier",
    "car_gone",
    "not_sold_by_us",
    "seller_unknown",
]
"""Why a planned call is not made, in the order in which it is asked."""

SUPPRESSIONS: Final[tuple[Suppression, ...]] = get_args(Suppression)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A planned call that a rule forbids."""

    event: CareEvent
    by: Suppression


@dataclass(frozen=True, slots=True)
class Merged:
    """A planned call that another one stands for.

    Attributes:
        event: the call that is not made.
        into: the planned call that stays, where it is one.
        into_callback: the callback that stands, where it is one.
        campaign: code of the campaign of the one that stays.
        on: the day of the one that stays.
    """

    event: CareEvent
    into: CareEvent | None
    into_callback: int | None
    campaign: str
    on: date


@dataclass(frozen=True, slots=True)
class Chosen:
    """What becomes of a customer's planned calls.

    Attributes:
        made: the calls to make, each with the callbacks that make room for it.
        merged: the calls for which others stand.
        suppressed: the calls that are forbidden.
        known: how many were planned before.
    """

    made: tuple[tuple[CareEvent, tuple[int, ...]], ...] = ()
    merged: tuple[Merged, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    known: int = 0


@dataclass(frozen=True, slots=True)
class _Kept:
    campaign: str
    band: int
    on: date
    called: date
    event: CareEvent | None
    standing: Standing | None


def choose(
    customer: Customer, events: Sequence[CareEvent], plans: CarePlans, today: date, until: date
) -> Chosen:
    """Sorts out a customer's planned calls.

    Of two calls that lie too close, the one of the more important campaign stays (the smaller
    band, then the sooner day); a callback that stands gives way only when it was planned, nobody
    has worked on it, and the other is more important. Calls beyond `until` take part, so that a
    run from day to day decides as one over all days; they are not among the answer.

    Args:
        customer: what is known of the customer.
        events: what the plans ask for, in any order, some days beyond `until`.
        plans: the plans in force.
        today: the present day on the shop's clock; a late call is made today.
        until: the last day whose calls are made.
    """
    fresh = [event for event in events if event.key not in customer.made]
    suppressed = []
    wanted: list[_Kept] = []
    for event in fresh:
        plan = plans.of(event.campaign)
        if plan is None:
            raise KeyError(event.campaign)
        by = suppression(customer, event, plan)
        if by is not None:
            suppressed.append(Suppressed(event, by))
        else:
            called = max(event.on, today)
            wanted.append(_Kept(event.campaign, plan.band, event.on, called, event, None))
    made, merged = _spread(customer, wanted, plans, until)
    return Chosen(
        made=tuple(
            sorted(
                ((event, gone) for event, gone in made if event.on <= until),
                key=lambda one: (one[0].on, one[0].key),
            )
        ),
        merged=tuple(sorted((one for one in merged if one.event.on <= until), key=_by_day)),
        suppressed=tuple(sorted((one for one in suppressed if one.event.on <= until), key=_by_day)),
        known=sum(event.key in customer.made and event.on <= until for event in events),
    )


def _by_day(one: Merged | Suppressed) -> tuple[date, str]:
    return one.event.on, one.event.key


def suppression(customer: Customer, event: CareEvent, plan: CarePlan) -> Suppression | None:
    """Why a planned call must not be made; none where nothing forbids it."""
    car = next((one for one in customer.cars if one.id == event.asset_id), None)
    sold_by_us = car.sold_by_us if car is not None else None
    if sold_by_us is None and plan.unknown_is_ours:
        sold_by_us = True
    forbidden: dict[Suppression, bool] = {
        "campaign_off": plan.off,
        "closed": customer.closed,
        "no_number": not customer.reachable,
        "do_not_call": plan.purpose in customer.stopped,
        "refused": plan.purpose in customer.refused,
        "complaint_open": customer.complaint_open and not plan.despite_complaint,
        "tier": plan.leaves_out(customer.tier),
        "car_gone": car is not None and car.gone,
        "not_sold_by_us": plan.ours_only and sold_by_us is False,
        "seller_unknown": plan.ours_only and sold_by_us is None,
    }
    return next((by for by in SUPPRESSIONS if forbidden[by]), None)


def _spread(
    customer: Customer, wanted: Sequence[_Kept], plans: CarePlans, until: date
) -> tuple[list[tuple[CareEvent, tuple[int, ...]]], list[Merged]]:
    """Keeps calls apart, the most important first."""
    standing = [
        _Kept(one.campaign, one.band, one.on, one.on, None, one)
        for one in sorted(customer.standing, key=lambda one: one.id)
    ]
    kept = [one for one in standing if one.standing is not None and not one.standing.yields]
    loose = [one for one in standing if one.standing is not None and one.standing.yields]
    gone: set[int] = set()
    made: list[tuple[CareEvent, tuple[int, ...]]] = []
    merged: list[Merged] = []
    for one in sorted([*wanted, *loose], key=_importance):
        if one.standing is not None:
            if one.standing.id not in gone:
                kept.append(one)
            continue
        if one.event is None:
            raise AssertionError("a call is planned or stands")
        near = next((other for other in kept if _too_close(one, other, plans)), None)
        if near is not None:
            merged.append(_merged(one.event, near))
            continue
        kept.append(one)
        # What is only foreseen makes nobody wait in vain: it takes a place when it is made.
        beaten = [
            other.standing.id
            for other in loose
            if other.standing is not None
            and other.standing.id not in gone
            and other.band > one.band
            and one.event.on <= until
            and _too_close(one, other, plans)
        ]
        gone.update(beaten)
        made.append((one.event, tuple(beaten)))
    return made, merged


def _importance(one: _Kept) -> tuple[int, bool, date, str]:
    """The smaller, the more important; among equals what stands comes first."""
    key = str(one.standing.id) if one.standing is not None else one.event.key if one.event else ""
    return one.band, one.standing is None, one.on, key


def _too_close(one: _Kept, other: _Kept, plans: CarePlans) -> bool:
    if _waits_already(one, other, plans):
        return True
    apart = plans.apart(one.campaign, other.campaign)
    return abs((one.on - other.on).days) < apart or abs((one.called - other.called).days) < apart


def _waits_already(one: _Kept, other: _Kept, plans: CarePlans) -> bool:
    """Whether a contact that is due is the one for which somebody is still to ring."""
    plan = plans.of(one.campaign)
    if plan is None or plan.trigger is not Trigger.CONTACT_DUE or one.campaign != other.campaign:
        return False
    return other.standing is not None and other.standing.open and other.on <= one.on


def _merged(event: CareEvent, near: _Kept) -> Merged:
    callback_id = near.standing.id if near.standing else None
    return Merged(event, near.event, callback_id, near.campaign, near.called)
