"""Which planned calls are made: laws over any customer, and the rules one by one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from domain.bands import Tier
from domain.bilingual import Bilingual
from domain.campaign import Purpose
from domain.care.choosing import Chosen, choose
from domain.care.events import CareEvent, events_of
from domain.care.facts import (
    Birthday,
    Car,
    Customer,
    Occasion,
    OccasionKind,
    Standing,
    Visit,
)
from domain.care.shop_days import (
    Audience,
    Blackout,
    OwnersDay,
    Season,
    SurveyCalendar,
    SurveyCalendars,
)

CALENDAR = BoraxCalendar()
TODAY = date(2026, 11, 23)
NAME = Bilingual("名", "name")
HELD = Blackout(TODAY + timedelta(days=4), TODAY + timedelta(days=9))
PLANS = replace(
    care_plans(),
    owners_days=(OwnersDay("class", NAME, date(2026, 12, 8), Audience()),),
    seasons=(Season("check", NAME, (11, 20), (12, 10), Audience(("ev",))),),
    surveys=SurveyCalendars((SurveyCalendar("brand", NAME, ("ev",), (HELD,)),)),
)
AHEAD = timedelta(days=PLANS.longest_apart)


def events(customer: Customer, today: date, until: date) -> tuple[CareEvent, ...]:
    return events_of(customer, PLANS, today, until + AHEAD, CALENDAR)


def plan(customer: Customer, today: date = TODAY, days: int = 0) -> Chosen:
    until = today + timedelta(days=days)
    return choose(customer, events(customer, today, until), PLANS, today, until)


def carried_out(customer: Customer, chosen: Chosen, today: date) -> Customer:
    """The customer after a run: what was made stands, what had to give way is cancelled."""
    gone = {callback_id for _, beaten in chosen.made for callback_id in beaten}
    left = [one for one in customer.standing if one.id not in gone]
    number = max((one.id for one in customer.standing), default=0)
    for event, _ in chosen.made:
        number += 1
        made = PLANS.of(event.campaign)
        assert made is not None
        left.append(Standing(number, event.campaign, made.band, max(event.on, today), yields=True))
    keys = customer.made | {event.key for event, _ in chosen.made}
    return replace(customer, standing=tuple(left), made=keys)


days_near = st.integers(-420, 30).map(lambda days: TODAY + timedelta(days=days))
services = st.sampled_from(
    ["first_service", "maintenance", "minor_repair", "insurance_renewal", "inspection", "parts"]
)


@st.composite
def visits(draw: st.DrawFn, asset_id: int) -> tuple[Visit, ...]:
    found = draw(st.lists(st.tuples(days_near, services, st.integers(0, 90_000)), max_size=4))
    return tuple(
        Visit(asset_id * 10 + place, day, service, mileage, asset_id)
        for place, (day, service, mileage) in enumerate(sorted(found))
    )


@st.composite
def customers(draw: st.DrawFn) -> Customer:
    cars = [
        Car(
            asset_id,
            model=draw(st.sampled_from(["1.5L", "EV"])),
            bought_on=draw(st.none() | days_near | st.dates(date(2010, 1, 1), TODAY)),
            sold_by_us=draw(st.sampled_from([True, True, False, None])),
            gone=draw(st.sampled_from([False, False, False, True])),
            visits=draw(visits(asset_id)),
        )
        for asset_id in range(1, draw(st.integers(0, 2)) + 1)
    ]
    own = sorted((one for car in cars for one in car.visits), key=lambda one: (one.on, one.id))
    near = st.integers(-3, 12).map(lambda days: TODAY + timedelta(days=days))
    occasions = tuple(
        Occasion(number, draw(st.sampled_from(OccasionKind)), draw(near))
        for number in range(1, draw(st.integers(0, 2)) + 1)
    )
    standing = tuple(
        Standing(100 + number, code, band, day, yields)
        for number, (code, band, day, yields) in enumerate(
            draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(["birthday", "complaint-follow-up", "maintenance-due"]),
                        st.sampled_from([3, 7, 9]),
                        near,
                        st.booleans(),
                    ),
                    max_size=2,
                )
            )
        )
    )
    return Customer(
        1,
        country=draw(st.sampled_from(["CN", "US", None])),
        tier=draw(st.none() | st.sampled_from(Tier)),
        birthday=draw(
            st.none() | st.builds(Birthday, st.integers(11, 12), st.integers(1, 30), st.booleans())
        ),
        cars=tuple(cars),
        visits=tuple(own),
        occasions=occasions,
        deals=draw(st.dictionaries(st.integers(500, 502), near, max_size=1)),
        chance_since=draw(st.none() | days_near),
        contact_on=draw(st.none() | days_near),
        complaint_open=draw(st.booleans()),
        refused=draw(st.frozensets(st.sampled_from(Purpose), max_size=2)),
        stopped=draw(st.frozensets(st.sampled_from(Purpose), max_size=2)),
        standing=standing,
    )


@given(customers(), st.integers(0, 30))
def test_a_second_run_makes_nothing(customer: Customer, days: int) -> None:
    first = plan(customer, days=days)
    again = plan(carried_out(customer, first, TODAY), days=days)
    assert again.made == ()
    assert again.known == first.known + len(first.made)


@given(customers(), st.integers(0, 30), st.randoms(use_true_random=False))
def test_the_order_of_what_is_known_does_not_matter(
    customer: Customer, days: int, chance: random.Random
) -> None:
    def shuffled(values: Sequence[object]) -> tuple[object, ...]:
        return tuple(chance.sample(list(values), len(values)))

    until = TODAY + timedelta(days=days)
    other = replace(
        customer,
        cars=shuffled(customer.cars),
        occasions=shuffled(customer.occasions),
        standing=shuffled(customer.standing),
    )
    mixed = list(events(other, TODAY, until))
    chance.shuffle(mixed)
    assert choose(other, mixed, PLANS, TODAY, until) == plan(customer, days=days)


@given(customers(), st.integers(0, 30))
def test_no_two_calls_lie_too_close(customer: Customer, days: int) -> None:
    chosen = plan(customer, days=days)
    beaten = {callback_id for _, gone in chosen.made for callback_id in gone}
    made = [(event.campaign, max(event.on, TODAY)) for event, _ in chosen.made]
    left = [(one.campaign, one.on) for one in customer.standing if one.id not in beaten]
    for place, (campaign, on) in enumerate(made):
        for other, day in [*made[place + 1 :], *left]:
            assert abs((on - day).days) >= PLANS.apart(campaign, other)


@given(customers(), st.integers(1, 30))
@settings(max_examples=60)
def test_day_by_day_nobody_is_called_too_often_and_nothing_twice(
    customer: Customer, days: int
) -> None:
    for number in range(days + 1):
        today = TODAY + timedelta(days=number)
        chosen = plan(customer, today)
        for event, _ in chosen.made:
            assert event.key not in customer.made
        customer = carried_out(customer, chosen, today)
        # What was due is called: from now on it stands firm.
        customer = replace(
            customer, standing=tuple(replace(one, yields=False) for one in customer.standing)
        )
    made = [one for one in customer.standing if one.id > 101 or one.id < 100]
    for place, one in enumerate(made):
        for other in made[place + 1 :]:
            apart = PLANS.apart(one.campaign, other.campaign)
            assert abs((one.on - other.on).days) >= apart


@given(customers(), st.integers(0, 30))
def test_no_survey_of_the_brand_falls_into_its_blackout(customer: Customer, days: int) -> None:
    electric = {car.id for car in customer.cars if car.model == "EV"}
    for event, _ in plan(customer, days=days).made:
        made = PLANS.of(event.campaign)
        assert made is not None
        if made.coaches and event.asset_id in electric:
            assert not HELD.first <= max(event.on, TODAY) <= HELD.last


@given(customers(), st.sampled_from(["closed", "reachable", "stopped", "refused"]))
def test_nothing_is_made_for_whom_nobody_may_call(customer: Customer, rule: str) -> None:
    everything = frozenset(Purpose)
    values: dict[str, object] = {
        "closed": True,
        "reachable": False,
        "stopped": everything,
        "refused": everything,
    }
    assert plan(replace(customer, **{rule: values[rule]}), days=30).made == ()


@given(customers())
def test_while_a_complaint_is_open_nothing_is_sold_and_nobody_greeted(customer: Customer) -> None:
    chosen = plan(replace(customer, complaint_open=True), days=30)
    for event, _ in chosen.made:
        made = PLANS.of(event.campaign)
        assert made is not None
        assert made.despite_complaint
        assert not made.courtesy
        assert made.purpose not in (Purpose.SALES, Purpose.INSURANCE_SALES)


@given(customers())
def test_every_planned_call_has_exactly_one_end(customer: Customer) -> None:
    until = TODAY + timedelta(days=30)
    wanted = [one.key for one in events(customer, TODAY, until) if one.on <= until]
    chosen = plan(customer, days=30)
    ends = [
        *(event.key for event, _ in chosen.made),
        *(one.event.key for one in chosen.merged),
        *(one.event.key for one in chosen.suppressed),
    ]
    assert sorted(ends) == sorted(wanted)


def delivered(sold_by_us: bool | None) -> Customer:
    return Customer(1, cars=(Car(1, bought_on=TODAY - timedelta(days=3), sold_by_us=sold_by_us),))


@pytest.mark.parametrize(
    ("sold_by_us", "by"), [(True, None), (False, "not_sold_by_us"), (None, "seller_unknown")]
)
def test_delivery_calls_are_for_cars_that_we_sold(sold_by_us: bool | None, by: str | None) -> None:
    chosen = plan(delivered(sold_by_us))
    assert [one.by for one in chosen.suppressed] == ([by] if by else [])
    assert len(chosen.made) == (0 if by else 1)


def test_a_shop_may_count_cars_of_unknown_sellers_as_its_own() -> None:
    ours = replace(
        PLANS,
        plans=tuple(replace(one, unknown_is_ours=one.ours_only) for one in PLANS),
    )
    customer = delivered(None)
    chosen = choose(customer, events(customer, TODAY, TODAY), ours, TODAY, TODAY)
    assert [event.campaign for event, _ in chosen.made] == ["delivery-3day"]


def test_a_car_that_was_sold_on_asks_for_nothing() -> None:
    customer = delivered(sold_by_us=True)
    gone = replace(customer, cars=tuple(replace(car, gone=True) for car in customer.cars))
    assert [one.by for one in plan(gone).suppressed] == ["car_gone"]


def test_the_more_important_call_stays_and_the_other_says_so() -> None:
    service = Visit(7, TODAY - timedelta(days=1), "maintenance")
    customer = Customer(1, birthday=Birthday(11, 23), visits=(service,))
    chosen = plan(customer)
    # The greeting gives way to a call that is only two days off.
    (merged,) = chosen.merged
    assert (merged.event.campaign, merged.campaign, merged.on) == (
        "birthday",
        "after-service-3day",
        TODAY + timedelta(days=2),
    )
    later = plan(customer, TODAY + timedelta(days=2))
    assert [event.key for event, _ in later.made] == ["after-service-3day:o7"]


def test_a_greeting_that_nobody_worked_on_gives_way_to_what_came_in_later() -> None:
    greeting = Standing(50, "birthday", 9, TODAY + timedelta(days=1), yields=True)
    service = Visit(7, TODAY - timedelta(days=3), "maintenance")
    chosen = plan(Customer(1, visits=(service,), standing=(greeting,)))
    assert [(event.campaign, gone) for event, gone in chosen.made] == [
        ("after-service-3day", (50,))
    ]
    called = replace(greeting, yields=False)
    chosen = plan(Customer(1, visits=(service,), standing=(called,)))
    assert chosen.made == ()
    assert [one.into_callback for one in chosen.merged] == [50]


def test_two_cars_due_on_one_day_are_one_call() -> None:
    cars = tuple(Car(n, bought_on=TODAY + timedelta(days=30 - 365)) for n in (1, 2))
    chosen = plan(Customer(1, cars=cars))
    assert [event.key for event, _ in chosen.made] == ["insurance-renewal:a1:2026"]
    assert [one.event.key for one in chosen.merged] == ["insurance-renewal:a2:2026"]


def test_the_customers_own_business_stands_beside_everything() -> None:
    customer = Customer(
        1,
        visits=(Visit(7, TODAY - timedelta(days=3), "maintenance"),),
        occasions=(Occasion(1, OccasionKind.APPOINTMENT, TODAY + timedelta(days=1)),),
        complaint_open=True,
    )
    assert [event.campaign for event, _ in plan(customer).made] == [
        "after-service-3day",
        "appointment-reminder",
    ]
