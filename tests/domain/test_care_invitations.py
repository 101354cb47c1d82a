"""Regular contact, owners' days, seasons, and calls that keep clear of makers' own surveys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from domain.bands import Tier
from domain.bilingual import Bilingual
from domain.care.choosing import choose
from domain.care.events import CareEvent, events_of
from domain.care.facts import Birthday, Car, Customer, Standing, Visit
from domain.care.levelling import Leveller
from domain.care.plan import CarePlans, Pending
from domain.care.shop_days import (
    Audience,
    Blackout,
    OwnersDay,
    Season,
    SurveyCalendar,
    SurveyCalendars,
    months_between,
)

CALENDAR = BoraxCalendar()
TODAY = date(2026, 11, 23)
NAME = Bilingual("名", "name")
DAY = timedelta(days=1)


def plans(**values: object) -> CarePlans:
    return replace(care_plans(), owners_days=(), seasons=(), **values)  # type: ignore[arg-type]


def found(
    known: CarePlans, customer: Customer, campaign: str, since: date = TODAY, days: int = 0
) -> list[CareEvent]:
    events = events_of(customer, known, since, since + timedelta(days=days), CALENDAR)
    return [event for event in events if event.campaign == campaign]


def contact(customer: Customer, since: date = TODAY, days: int = 0) -> list[date]:
    events = found(plans(), customer, "chance-follow-up", since, days)
    return [event.on for event in events if event.on >= since]


# -- contact at least weekly --------------------------------------------------------------------


def test_contact_is_due_a_week_after_the_last_one_while_a_chance_is_open() -> None:
    customer = Customer(5, chance_since=TODAY, contact_on=TODAY - timedelta(days=30))
    # The chance is newer than the contact: it counts from the chance.
    assert contact(customer, days=20) == [TODAY + 7 * DAY, TODAY + 14 * DAY]
    spoken = replace(customer, contact_on=TODAY + 3 * DAY)
    assert contact(spoken, days=20) == [TODAY + 10 * DAY, TODAY + 17 * DAY]
    assert contact(replace(customer, chance_since=None), days=20) == []


def test_nobody_reached_is_asked_for_again_a_week_later_and_it_says_for_how_long() -> None:
    customer = Customer(5, chance_since=TODAY - 14 * DAY)
    (first, second) = found(plans(), customer, "chance-follow-up", days=7)
    assert [first.on, second.on] == [TODAY, TODAY + 7 * DAY]
    assert first.key != second.key
    assert second.reason.params["n"] == 21
    assert second.reason.params["since"] == (TODAY - 14 * DAY).isoformat()


def test_a_contact_that_still_waits_in_the_queue_is_not_doubled() -> None:
    customer = Customer(5, chance_since=TODAY - 14 * DAY)
    known = plans()
    standing = Standing(7, "chance-follow-up", 5, TODAY - 7 * DAY, open=True)

    def made(one: Standing) -> int:
        who = replace(customer, standing=(one,))
        events = events_of(who, known, TODAY, TODAY, CALENDAR)
        return len(choose(who, events, known, TODAY, TODAY).made)

    assert made(standing) == 0
    assert made(replace(standing, open=False)) == 1


@pytest.mark.parametrize("pending", list(Pending))
def test_a_plan_says_whom_it_keeps_in_contact_with(pending: Pending) -> None:
    known = plans()
    weekly = replace(known.of("chance-follow-up"), pending=pending)  # type: ignore[type-var]
    others = tuple(one for one in known if one.campaign != "chance-follow-up")
    known = replace(known, plans=(*others, weekly))
    week = TODAY - 7 * DAY
    customers = {
        Pending.CHANCE: Customer(5, chance_since=week),
        Pending.COMPLAINT: Customer(5, complaint_since=week, complaint_open=True),
        Pending.NOTHING: Customer(5, contact_on=week),
    }
    asked = {kind for kind, one in customers.items() if found(known, one, "chance-follow-up")}
    assert asked == {pending}
    assert not found(known, Customer(5), "chance-follow-up")


@given(st.integers(-400, 10), st.none() | st.integers(-400, 10), st.integers(0, 40))
def test_no_week_of_sixty_days_passes_without_contact(
    chance: int, spoken: int | None, days: int
) -> None:
    customer = Customer(
        5,
        chance_since=TODAY + timedelta(chance),
        contact_on=None if spoken is None else TODAY + timedelta(spoken),
    )
    began = max(TODAY + timedelta(chance), customer.contact_on or TODAY + timedelta(chance))
    expected = [
        day
        for number in range(days + 1)
        if (day := TODAY + timedelta(number)) > began
        and (day - began).days % 7 == 0
        and (day - TODAY).days - chance <= 60
    ]
    assert contact(customer, days=days) == expected


# -- owners' days -------------------------------------------------------------------------------


def invited(customer: Customer, audience: Audience, on: date = TODAY + 10 * DAY) -> list[str]:
    known = replace(plans(), owners_days=(OwnersDay("class", NAME, on, audience),))
    return [event.key for event in found(known, customer, "owners-day")]


def test_owners_are_invited_once_however_many_cars() -> None:
    cars = tuple(Car(n, model="Foo EV") for n in (1, 2))
    (key,) = invited(Customer(5, cars=cars), Audience())
    assert key == "owners-day:p5:class:2026-12-03"
    # A day that was moved is told of again.
    assert invited(Customer(5, cars=cars), Audience(), TODAY + 9 * DAY) != [key]
    assert invited(Customer(5, cars=cars), Audience(), TODAY + 11 * DAY) == []
    assert not invited(Customer(5), Audience())
    assert not invited(Customer(5, cars=(replace(cars[0], mine=False),)), Audience())
    assert not invited(Customer(5, cars=(replace(cars[0], gone=True),)), Audience())


def test_whom_a_day_is_for() -> None:
    car = Car(1, model="Foo EV", bought_on=TODAY - 100 * DAY)
    customer = Customer(5, tier=Tier.SMALL, cars=(car,))
    assert invited(customer, Audience(models=("foo",), tiers=frozenset({Tier.SMALL})))
    assert not invited(customer, Audience(models=("bar",)))
    assert not invited(customer, Audience(tiers=frozenset({Tier.KEY})))
    assert not invited(replace(customer, tier=None), Audience(tiers=frozenset({Tier.KEY})))
    assert invited(customer, Audience(months=(3, 3)))
    assert not invited(customer, Audience(months=(4, 9)))
    unknown = replace(customer, cars=(replace(car, bought_on=None),))
    assert not invited(unknown, Audience(months=(0, 999)))
    assert invited(unknown, Audience())


def test_whole_months_of_an_age() -> None:
    assert months_between(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert months_between(date(2026, 1, 31), date(2026, 3, 31)) == 2
    assert months_between(date(2025, 11, 23), TODAY) == 12
    assert months_between(date(2025, 11, 24), TODAY) == 11


# -- seasons ------------------------------------------------------------------------------------

WINTER = Season("winter", NAME, (12, 20), (1, 8), Audience())


def seasonal(
    customers: Sequence[Customer], season: Season, since: date, until: date
) -> list[CareEvent]:
    known = replace(plans(), seasons=(season,))
    days = (until - since).days
    return [
        one
        for customer in customers
        for one in found(known, customer, "service-campaign", since, days)
        if one.on >= since
    ]


def test_a_season_spreads_its_calls_over_its_days_and_over_new_year() -> None:
    cars = [Customer(n, cars=(Car(n),)) for n in range(1, 101)]
    events = seasonal(cars, WINTER, date(2026, 12, 1), date(2027, 2, 1))
    assert len({event.key for event in events}) == len(events) == 100
    by_day = Counter(event.on for event in events)
    assert set(by_day) == {date(2026, 12, 20) + n * DAY for n in range(20)}
    assert set(by_day.values()) == {5}
    assert {event.anchor for event in events} == {date(2026, 12, 20)}
    # Asked day by day, each is found on the same day.
    for event in events[:20]:
        again = seasonal([cars[event.customer_id - 1]], WINTER, event.on, event.on)
        assert again == [event]


def test_a_car_that_was_here_this_season_is_left_out_and_asked_again_next_year() -> None:
    here = Visit(1, date(2026, 12, 20), "parts")
    car = Car(3, visits=(here,))
    one = Customer(5, cars=(car,))
    assert not seasonal([one], WINTER, date(2026, 12, 1), date(2027, 2, 1))
    assert seasonal([one], WINTER, date(2027, 12, 1), date(2028, 2, 1))
    before = replace(one, cars=(replace(car, visits=(replace(here, on=date(2026, 12, 19)),)),))
    assert seasonal([before], WINTER, date(2026, 12, 1), date(2027, 2, 1))


def test_a_season_has_its_cars_and_customers() -> None:
    season = replace(WINTER, audience=Audience(("ev",), frozenset({Tier.KEY}), (12, 24)))
    car = Car(3, model="Foo EV", bought_on=date(2025, 12, 20))
    fits = Customer(5, tier=Tier.KEY, cars=(car,))
    span = (date(2026, 12, 1), date(2027, 1, 8))
    assert len(seasonal([fits], season, *span)) == 1
    for wrong in (
        replace(fits, tier=Tier.REGULAR),
        replace(fits, cars=(replace(car, model="Foo 1.5L"),)),
        replace(fits, cars=(replace(car, bought_on=date(2025, 12, 21)),)),
        replace(fits, cars=(replace(car, bought_on=date(2024, 11, 20)),)),
    ):
        assert not seasonal([wrong], season, *span)


# -- makers' surveys ----------------------------------------------------------------------------


def surveyed(*blackouts: tuple[date, date], models: tuple[str, ...] = ()) -> SurveyCalendars:
    days = tuple(Blackout(*one) for one in blackouts)
    return SurveyCalendars((SurveyCalendar("brand", NAME, models, days),))


def after_service(calendars: SurveyCalendars, since: date, days: int = 0) -> list[CareEvent]:
    visit = Visit(9, date(2026, 11, 27), "maintenance", asset_id=3)
    customer = Customer(5, cars=(Car(3, model="Foo EV", visits=(visit,)),), visits=(visit,))
    known = replace(plans(), surveys=calendars)
    return found(known, customer, "after-service-3day", since, days)


def test_a_survey_of_a_blackout_is_made_the_day_after_and_says_so() -> None:
    calendars = surveyed((date(2026, 11, 29), date(2026, 12, 4)))
    (event,) = after_service(calendars, TODAY, 30)
    assert event.on == date(2026, 12, 5)
    assert event.anchor == date(2026, 11, 27)
    assert event.put_off is not None
    assert (event.put_off.wanted, event.put_off.until) == (date(2026, 11, 30), date(2026, 12, 4))
    (plain,) = after_service(
        surveyed((date(2026, 11, 29), date(2026, 12, 4)), models=("bar",)), TODAY, 30
    )
    assert (plain.on, plain.put_off) == (date(2026, 11, 30), None)


def test_a_late_call_keeps_clear_of_a_blackout_and_is_not_lost_by_it() -> None:
    # Wanted on 30 November, and worth making for seven days.
    calendars = surveyed((date(2026, 12, 3), date(2026, 12, 20)))
    made = {
        since: [one.on for one in after_service(calendars, date(2026, 12, 1) + since * DAY, 30)]
        for since in (0, 1, 2, 19, 20, 27, 28)
    }
    late, after = [date(2026, 11, 30)], [date(2026, 12, 21)]
    assert made == {0: late, 1: late, 2: after, 19: after, 20: after, 27: after, 28: []}


def test_two_blackouts_in_a_row_put_a_call_off_twice() -> None:
    calendars = surveyed(
        (date(2026, 11, 29), date(2026, 12, 4)), (date(2026, 12, 5), date(2026, 12, 9))
    )
    (event,) = after_service(calendars, TODAY, 30)
    assert event.on == date(2026, 12, 10)
    assert event.put_off is not None
    assert event.put_off.wanted == date(2026, 11, 30)


def test_calls_that_coach_nothing_stay_where_they_are() -> None:
    calendars = surveyed((TODAY, TODAY + 30 * DAY))
    known = replace(plans(), surveys=calendars)
    born = Customer(5, birthday=Birthday(11, 25), cars=(Car(3),))
    (event,) = found(known, born, "birthday", days=5)
    assert (event.on, event.surveys) == (TODAY + 2 * DAY, ())


@given(
    st.lists(st.tuples(st.integers(-40, 40), st.integers(0, 12)), max_size=4),
    st.integers(-20, 30),
    st.integers(0, 20),
)
def test_no_survey_is_made_within_a_blackout_and_none_is_lost(
    spans: list[tuple[int, int]], on: int, late: int
) -> None:
    blackouts = [(TODAY + a * DAY, TODAY + (a + n) * DAY) for a, n in sorted(spans)]
    calendars = surveyed(*blackouts)
    binding = calendars.calendars
    wanted = TODAY + on * DAY
    moved, why = calendars.put_off(binding, wanted, TODAY, late)
    called = max(moved, TODAY)
    if called <= moved + late * DAY:
        assert not binding[0].holds(called)
        # Whoever looks from today on finds it.
        assert wanted >= calendars.reaching(TODAY, late)
    assert (why is None) == (moved == wanted)
    if wanted >= TODAY and not binding[0].holds(wanted):
        assert moved == wanted


def test_a_levelled_survey_keeps_clear_of_a_blackout() -> None:
    known = plans()
    patient = replace(known.of("after-service-3day"), spread_days=9)  # type: ignore[type-var]
    known = replace(known, plans=(patient,))
    calendars = surveyed((TODAY + DAY, TODAY + 3 * DAY)).calendars
    leveller = Leveller(known, {TODAY: 1}, lambda _: 1)
    assert leveller.place("after-service-3day", TODAY, (), calendars) == TODAY + 4 * DAY
