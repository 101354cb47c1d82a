"""What the care plans ask for, trigger by trigger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from domain.bands import Tier
from domain.care.calendar import birthdays
from domain.care.events import CareEvent, events_of
from domain.care.facts import Birthday, Car, Customer, Occasion, OccasionKind, Visit
from domain.care.mileage import rate_of, reached_on
from domain.care.plan import add_months

CALENDAR = BoraxCalendar()
TODAY = date(2026, 11, 23)


def planned(customer: Customer, today: date = TODAY, days: int = 0) -> list[CareEvent]:
    found = events_of(customer, care_plans(), today, today + timedelta(days=days), CALENDAR)
    return list(found)


def days_of(customer: Customer, campaign: str, since: date, until: date) -> list[date]:
    found = events_of(customer, care_plans(), since, until, CALENDAR)
    return [event.on for event in found if event.campaign == campaign and event.on >= since]


def whole_year(customer: Customer, campaign: str, year: int) -> list[date]:
    return days_of(customer, campaign, date(year, 1, 1), date(year, 12, 31))


def test_a_delivery_asks_for_day_three_and_day_seven() -> None:
    customer = Customer(5, cars=(Car(17, bought_on=date(2026, 11, 20), sold_by_us=True),))
    found = [(one.key, one.on) for one in planned(customer, days=10)]
    assert found == [
        ("delivery-3day:a17", date(2026, 11, 23)),
        ("delivery-7day:a17", date(2026, 11, 27)),
    ]


def test_a_call_is_made_late_for_so_many_days_and_then_no_more() -> None:
    bought = date(2026, 11, 20)
    customer = Customer(5, cars=(Car(17, bought_on=bought),))
    late = {
        days: "delivery-3day:a17"
        in {one.key for one in planned(customer, bought + timedelta(days))}
        for days in (2, 3, 6, 7)
    }
    assert late == {2: False, 3: True, 6: True, 7: False}


def test_the_tier_moves_the_day() -> None:
    visit = Visit(9, date(2026, 11, 20), "maintenance")
    for tier, day in ((None, 23), (Tier.KEY, 23), (Tier.SMALL, 24), (Tier.POOR, 25)):
        customer = Customer(5, tier=tier, visits=(visit,))
        assert whole_year(customer, "after-service-3day", 2026) == [date(2026, 11, day)]


def test_only_work_on_the_car_is_followed_up() -> None:
    kinds = ("parts", "accessories", "inspection", "insurance_renewal")
    visits = tuple(Visit(n, date(2026, 11, 20), kind) for n, kind in enumerate(kinds))
    assert not whole_year(Customer(5, visits=visits), "after-service-3day", 2026)


def test_the_first_service_is_due_by_time_until_it_was_done() -> None:
    car = Car(17, model="岚海 1.5L", bought_on=date(2026, 6, 10))
    customer = Customer(5, cars=(car,))
    assert whole_year(customer, "first-service", 2026) == [date(2026, 11, 26)]
    electric = replace(customer, cars=(replace(car, model="岚海 纯电 400"),))
    assert whole_year(electric, "first-service", 2026) == []
    done = replace(car, visits=(Visit(1, date(2026, 9, 1), "first_service", 4000),))
    assert not whole_year(replace(customer, cars=(done,)), "first-service", 2026)


def test_the_next_service_is_forecast_from_the_cars_own_mileage() -> None:
    bought = date(2026, 1, 1)
    last = Visit(2, bought + timedelta(100), "first_service", 5000)
    repair = Visit(3, bought + timedelta(160), "minor_repair", 8000)
    car = Car(17, bought_on=bought, visits=(last, repair))
    (event,) = [
        one
        for one in planned(Customer(5, cars=(car,)), date(2026, 9, 1), days=60)
        if one.campaign == "maintenance-due"
    ]
    # 50 km a day: 15,000 km are reached on the 300th day, and the call is two weeks before.
    assert event.anchor == bought + timedelta(300)
    assert event.on == event.anchor - timedelta(14)
    assert event.reason.key == "care.reason.maintenance_due.by_distance"
    slow = replace(car, visits=(replace(last, mileage=500), replace(repair, mileage=800)))
    assert whole_year(Customer(5, cars=(slow,)), "maintenance-due", 2027) == [
        last.on.replace(year=2027) - timedelta(14)
    ]


def test_a_mistyped_mileage_does_not_move_the_forecast() -> None:
    days = [date(2025, 1, 1) + timedelta(50 * n) for n in range(6)]
    right = [(day, 1000 * n) for n, day in enumerate(days)]
    assert rate_of(right) == 20
    wrong = [*right[:3], (right[3][0], 300_000), *right[4:]]
    assert rate_of(wrong) == pytest.approx(20)
    assert rate_of(right[:1]) is None
    assert rate_of([(days[0], 5), (days[1], 5)]) is None
    assert rate_of([(days[0], 0), (days[0] + timedelta(7), 900)]) is None
    assert reached_on(right, 6000) == days[-1] + timedelta(50)


def test_appointments_are_reminded_of_and_asked_about_when_nobody_came() -> None:
    one = Occasion(4, OccasionKind.APPOINTMENT, date(2026, 11, 24))
    customer = Customer(5, occasions=(one,))
    assert [(e.campaign, e.on.day) for e in planned(customer, days=5)] == [
        ("appointment-reminder", 23),
        ("missed-appointment", 25),
    ]
    came = replace(customer, visits=(Visit(1, date(2026, 11, 24), "accessories"),))
    assert not days_of(came, "missed-appointment", TODAY, date(2026, 12, 30))
    settled = replace(customer, occasions=(replace(one, settled=True),))
    assert not planned(settled, days=5)


def test_parts_levels_and_deals() -> None:
    customer = Customer(
        5,
        occasions=(
            Occasion(1, OccasionKind.PARTS_ARRIVED, TODAY),
            Occasion(2, OccasionKind.MEMBER_LEVEL, TODAY),
        ),
        deals={77: date(2026, 11, 20)},
    )
    assert [(one.campaign, one.on.day) for one in planned(customer, days=7)] == [
        ("parts-arrived", 23),
        ("member-level", 24),
        ("deal-follow-up", 27),
    ]


def test_birthdays_on_29_february_are_kept_on_the_28th() -> None:
    born = Customer(5, birthday=Birthday(2, 29))
    assert whole_year(born, "birthday", 2027) == [date(2027, 2, 28)]
    assert whole_year(born, "birthday", 2028) == [date(2028, 2, 29)]


def test_lunar_birthdays_keep_to_the_plain_month_and_to_its_length() -> None:
    # The second sixth month of 2025 began on 25 July; the birthday is in the first.
    sixth = Birthday(6, 1, lunar=True)
    found = list(birthdays(sixth, date(2025, 1, 1), date(2026, 12, 31), CALENDAR))
    assert found == [(2025, date(2025, 6, 25)), (2026, date(2026, 7, 14))]
    # The second month of 2026 has 29 days.
    last = Birthday(2, 30, lunar=True)
    (found_last,) = birthdays(last, date(2026, 3, 1), date(2026, 6, 1), CALENDAR)
    assert found_last == (2026, CALENDAR.day(2026, 2, 29))
    # The last month of a lunar year lies in the next solar one.
    (twelfth,) = birthdays(
        Birthday(12, 20, lunar=True), date(2027, 1, 1), date(2027, 6, 1), CALENDAR
    )
    assert twelfth[0] == 2026


def test_a_cars_birthday_begins_with_its_first() -> None:
    car = Car(17, bought_on=date(2024, 2, 29))
    customer = Customer(5, cars=(car,))
    assert not whole_year(customer, "vehicle-birthday", 2024)
    assert whole_year(customer, "vehicle-birthday", 2025) == [date(2025, 2, 28)]
    assert whole_year(customer, "vehicle-birthday", 2028) == [date(2028, 2, 29)]


def test_festivals_by_country_and_nobody_is_greeted_on_qingming() -> None:
    chinese = Customer(5, country="CN")
    assert whole_year(chinese, "festival", 2026) == [
        date(2026, 1, 1),
        date(2026, 2, 17),
        date(2026, 3, 3),
        date(2026, 6, 19),
        date(2026, 9, 25),
        date(2026, 10, 1),
    ]
    assert whole_year(Customer(5, country="US"), "festival", 2026) == [
        date(2026, 1, 1),
        date(2026, 12, 25),
    ]
    assert whole_year(Customer(5, country="JP"), "festival", 2026) == [date(2026, 1, 1)]
    born = replace(chinese, birthday=Birthday(4, 5))
    assert whole_year(born, "birthday", 2026) == [date(2026, 4, 6)]
    assert whole_year(born, "birthday", 2028) == [date(2028, 4, 5)]
    assert whole_year(replace(born, country="US"), "birthday", 2026) == [date(2026, 4, 5)]


def test_insurance_counts_from_the_last_renewal() -> None:
    car = Car(17, bought_on=date(2020, 5, 1))
    assert whole_year(Customer(5, cars=(car,)), "insurance-renewal", 2026) == [date(2026, 4, 1)]
    renewed = replace(car, visits=(Visit(1, date(2025, 8, 31), "insurance_renewal"),))
    assert whole_year(Customer(5, cars=(renewed,)), "insurance-renewal", 2026) == [date(2026, 8, 1)]


def test_inspections_by_the_age_of_the_car() -> None:
    bought = date(2014, 6, 15)
    customer = Customer(5, cars=(Car(17, bought_on=bought),))
    due = [year for year in range(2014, 2029) if whole_year(customer, "annual-inspection", year)]
    assert due == [2016, 2018, 2020, 2022, 2024, 2025, 2026, 2027, 2028]
    done = Car(17, bought_on=bought, visits=(Visit(1, date(2026, 4, 1), "inspection"),))
    assert not whole_year(Customer(5, cars=(done,)), "annual-inspection", 2026)


def test_a_lapsed_customer_is_asked_for_once_until_the_next_visit() -> None:
    first = Visit(1, date(2026, 1, 10), "maintenance")
    customer = Customer(5, visits=(first,))
    assert whole_year(customer, "win-back", 2026) == [date(2026, 10, 7)]
    back = replace(customer, visits=(first, Visit(2, date(2026, 3, 1), "minor_repair")))
    assert whole_year(back, "win-back", 2026) == [date(2026, 11, 26)]


def test_cars_that_somebody_else_is_rung_about_ask_for_nothing() -> None:
    car = Car(
        17,
        bought_on=date(2020, 12, 1),
        mine=False,
        visits=(Visit(1, date(2025, 12, 1), "maintenance", 90_000),),
    )
    assert not planned(Customer(5, cars=(car,)), date(2026, 1, 2), days=363)


def test_months_end_where_the_month_ends() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 1), 12) == date(2027, 12, 1)
