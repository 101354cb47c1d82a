"""The care plan over the sample customers and orders, against a plain count from the same files.

The count knows nothing of plans, tables or merging rules as the program has them: it walks over
the rows of the files with the figures of the plan written out as numbers.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa
from borax.calendars.lunardate import InvalidLunarDateError, LunarDate

from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from db.care import plan_preview, run_care_plan
from db.tables import callback, campaign
from domain.care.book import CareBook
from domain.record.rows import CustomerRow, OrderRow
from tests.databases import Desk
from tests.db.test_import_samples import DEALER, MANIFEST, NOW, ORDERS, judged, run, truth

BOOK = CareBook(care_plans(), BoraxCalendar(), "Asia/Shanghai")
TODAY = date(2026, 11, 23)
UNTIL = date(2026, 12, 22)
WEEK = 7
WORK = {
    "first_service", "maintenance", "warranty", "minor_repair", "overhaul", "insurance_repair",
    "body_paint", "rescue",
}  # fmt: skip
SERVICE = {"first_service", "maintenance"}


@dataclass
class Man:
    """A customer of the files: all rows of one duplicate group."""

    birthday: str = ""
    lunar: bool = False
    reachable: bool = False
    cars: dict[str, dict[str, object]] = field(default_factory=dict)
    orders: list[OrderRow] = field(default_factory=list)


def men() -> dict[str, Man]:
    leader = {one: group[0] for group in truth(DEALER)["duplicate_groups"] for one in group}
    found: dict[str, Man] = defaultdict(Man)
    for row in judged(DEALER).rows:
        assert isinstance(row, CustomerRow)
        one = row.person
        man = found[leader.get(one.customer_number, one.customer_number)]
        if "birthday" in one.fields and not man.birthday:
            man.birthday = str(one.fields["birthday"])
            man.lunar = one.fields["birthday_calendar"] == "lunar"
        man.reachable = man.reachable or bool(one.numbers)
        if one.asset:
            name = one.vin or str(one.asset.get("plate_key", one.customer_number))
            car = man.cars.setdefault(name, {"plates": set()})
            for key, value in one.asset.items():
                car.setdefault(key, value)
            car["plates"].add(one.asset.get("plate_key"))  # type: ignore[attr-defined]
    numbers: set[str] = set()
    for order in judged(ORDERS).rows:
        assert isinstance(order, OrderRow)
        who = leader.get(order.customer_number, order.customer_number)
        if who in found and order.number not in numbers:
            numbers.add(order.number)
            found[who].orders.append(order)
    for man in found.values():
        man.orders.sort(key=lambda one: one.visited_on)
    return found


def day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def in_year(year: int, like: date) -> date:
    return date(year, 2, 28) if (like.month, like.day) == (2, 29) else like.replace(year=year)


def months_on(start: date, months: int) -> date:
    month = start.month - 1 + months
    first = date(start.year + month // 12, month % 12 + 1, 1)
    last = (first.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
    return min(first + timedelta(start.day - 1), last)


def moon(year: int, month: int, number: int) -> date | None:
    for one in (number, number - 1 if number == 30 else number):
        try:
            return date.fromisoformat(LunarDate(year, month, one).to_solar_date().isoformat())
        except InvalidLunarDateError:
            continue
    return None


def reaches(readings: list[tuple[date, int]], mileage: int) -> date | None:
    newest = sorted(set(readings))[-6:]
    rates = [
        (b[1] - a[1]) / (b[0] - a[0]).days
        for a in newest
        for b in newest
        if (b[0] - a[0]).days >= 30
    ]
    rate = statistics.median(rates) if rates else 0
    if not 0 < rate <= 500:
        return None
    on, at = newest[-1]
    days = (mileage - at) // rate
    return on + timedelta(days) if abs(days) < 3660 else None


YEARS = (2025, 2026, 2027)
Asked = tuple[int, date, str]


def ask(band: int, kind: str, on: date | None, late: int) -> list[Asked]:
    if on and TODAY - timedelta(late) <= on <= UNTIL + timedelta(WEEK):
        return [(band, on, kind)]
    return []


def wanted(man: Man) -> list[Asked]:
    """Band, day and kind of each call that a customer's rows ask for until the end of the span."""
    found: list[Asked] = []
    if man.birthday:
        _, month, number = map(int, man.birthday.split("-"))
        for year in YEARS:
            like = None if man.lunar else in_year(year, date(2024, month, number))
            found += ask(9, "birthday", like or moon(year, month, number), 0)
    for order in man.orders:
        if order.service in WORK:
            found += ask(4, "after-service-3day", order.visited_on + timedelta(3), 7)
    if man.orders:
        found += ask(8, "win-back", man.orders[-1].visited_on + timedelta(270), 30)
    for car in man.cars.values():
        visits = [one for one in man.orders if is_of(one, car, man)]
        found += service_of(car, visits)
        found += years_of(car, visits)
    return found


def service_of(car: dict[str, object], visits: list[OrderRow]) -> list[Asked]:
    bought = day(car.get("bought_on"))
    readings = readings_of(visits, car, bought)
    plain = [one[:2] for one in readings]
    done = [one for one in visits if one.service in SERVICE]
    electric = any(part in str(car.get("model", "")).casefold() for part in ("电动", "纯电", "ev"))
    first, then = ((10000, 12), (20000, 12)) if electric else ((5000, 6), (10000, 12))
    if done:
        due = [months_on(done[-1].visited_on, then[1])]
        if done[-1] in [one[2] for one in readings]:
            due.append(reaches(plain, (done[-1].mileage or 0) + then[0]) or due[0])
        return ask(7, "maintenance-due", min(due) - timedelta(14), 30)
    if bought:
        due = [months_on(bought, first[1])]
        due.append(reaches(plain, first[0]) or due[0])
        return ask(6, "first-service", min(due) - timedelta(14), 30)
    return []


def years_of(car: dict[str, object], visits: list[OrderRow]) -> list[Asked]:
    found: list[Asked] = []
    bought = day(car.get("bought_on"))
    renewed = [one.visited_on for one in visits if one.service == "insurance_renewal"]
    inspected = [one.visited_on for one in visits if one.service == "inspection"]
    began = renewed[-1] if renewed else bought
    for year in YEARS:
        if began and year > began.year:
            found += ask(6, "insurance-renewal", in_year(year, began) - timedelta(30), 21)
        if not bought or year <= bought.year:
            continue
        due_on, age = in_year(year, bought), year - bought.year
        found += ask(9, "vehicle-birthday", due_on, 1)
        early = [on for on in inspected if on >= due_on - timedelta(180)]
        if (age in (2, 4, 6, 8) or age >= 10) and not early:
            found += ask(7, "annual-inspection", due_on - timedelta(30), 21)
    return found


def is_of(order: OrderRow, car: dict[str, object], man: Man) -> bool:
    """Whether an order is of a car: by its number or plate, or because there is only one car."""
    plates = car["plates"]
    assert isinstance(plates, set)
    if order.vin or order.plate_key:
        for other in man.cars.values():
            same = order.vin and other.get("vin") == order.vin
            if same or (order.plate_key and order.plate_key in other["plates"]):  # type: ignore[operator]
                return other is car
    return len(man.cars) == 1


def readings_of(
    visits: list[OrderRow], car: dict[str, object], bought: date | None
) -> list[tuple[date, int, OrderRow | None]]:
    """Day and mileage of a car; what is below an earlier reading of the same number is left out."""
    found: list[tuple[date, int, OrderRow | None]] = []
    before: dict[str, list[int]] = defaultdict(list)
    for one in visits:
        if one.mileage is None:
            continue
        earlier = before[one.customer_number]
        if not earlier or one.mileage >= earlier[-1]:
            found.append((one.visited_on, one.mileage, one))
        earlier.append(one.mileage)
    first = day(car.get("first_visit_on"))
    if first and car.get("first_mileage") is not None:
        found.append((first, int(str(car["first_mileage"])), None))
    if found and bought and bought < min(one[0] for one in found):
        found.append((bought, 0, None))
    return found


def counted() -> Counter[tuple[date, str]]:
    """How many calls of each kind fall on each day: of two within a week the smaller band stays."""
    found: Counter[tuple[date, str]] = Counter()
    for man in men().values():
        if not man.reachable:
            continue
        kept: list[tuple[date, date, str]] = []
        for _, on, kind in sorted(wanted(man)):
            called = max(on, TODAY)
            if all(
                abs((on - other).days) >= WEEK and abs((called - other_called).days) >= WEEK
                for other, other_called, _ in kept
            ):
                kept.append((on, called, kind))
        found.update((called, kind) for on, called, kind in kept if on <= UNTIL)
    return found


def test_the_plan_makes_what_a_plain_count_says_and_nothing_twice(desk: Desk) -> None:
    assert NOW.date() == TODAY
    assert MANIFEST["reference_time"].startswith(TODAY.isoformat())
    desk.clock.now = NOW
    run(desk, DEALER)
    run(desk, ORDERS)
    expected = counted()
    previewed = plan_preview(desk.database, desk.actor, BOOK, 30)
    first = run_care_plan(desk.database, desk.actor, BOOK, UNTIL)
    assert {(on, kind): n for on, row in first.days.items() for kind, n in row.items()} == expected
    rows = desk.rows(
        sa.select(callback.c.due_at, campaign.c.code).join(
            campaign, campaign.c.id == callback.c.campaign_id
        )
    )
    stored = Counter((max(row["due_at"].date(), TODAY), row["code"]) for row in rows)
    assert stored == expected
    assert previewed.days == first.days
    assert first.made == sum(expected.values()) == 1132
    # Nobody recorded who sold the cars of the sample.
    assert not [kind for _, kind in expected if kind.startswith("delivery")]
    again = run_care_plan(desk.database, desk.actor, BOOK, UNTIL)
    assert (again.made, again.known, again.replaced) == (0, first.made, 0)
    assert again.merged == first.merged
