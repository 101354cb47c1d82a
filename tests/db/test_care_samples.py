"""The care plan over the sample customers and orders, against a plain count from the same files.

The count knows nothing of plans, tables or merging rules as the program has them: it walks over
the rows of the files with the figures of the plan written out as numbers.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from borax.calendars.lunardate import InvalidLunarDateError, LunarDate

from content.campaigns import campaigns
from content.care_plans import FILE, care_plans, care_plans_in
from content.lunar import BoraxCalendar
from db.care import plan_preview, run_care_plan
from db.tables import asset, callback, campaign, chance, import_memory, person, person_asset
from domain.care.book import CareBook
from domain.record.rows import CustomerRow, OrderRow
from tests.databases import Desk
from tests.db.test_import_samples import DEALER, MANIFEST, NOW, ORDERS, judged, run, truth

BOOK = CareBook(care_plans(), BoraxCalendar(), "Asia/Shanghai")
OWN_DAYS = """
[[owners_day]]
code = "class"
name = { zh = "车主课堂", en = "the class" }
on = 2026-12-12
models = ["岚峰"]
age_months = [0, 60]

[[season]]
code = "winter"
name = { zh = "冬检", en = "the winter check" }
from = "12-01"
until = "12-15"
models = ["砚舟"]

[[survey_calendar]]
code = "brand"
name = { zh = "溪石", en = "the brand" }
models = ["溪石"]
blackouts = [{ from = 2026-11-24, until = 2026-11-29 }]
"""
"""What the shop itself enters; beside it the chances that `chances` finds in the orders."""
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
    number: str = ""
    cars: dict[str, dict[str, object]] = field(default_factory=dict)
    orders: list[OrderRow] = field(default_factory=list)


def men() -> dict[str, Man]:
    leader = {one: group[0] for group in truth(DEALER)["duplicate_groups"] for one in group}
    found: dict[str, Man] = defaultdict(Man)
    for row in judged(DEALER).rows:
        assert isinstance(row, CustomerRow)
        one = row.person
        man = found[leader.get(one.customer_number, one.customer_number)]
        man.number = man.number or one.customer_number
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


def wanted(man: Man, assets: Mapping[str, int] | None) -> list[Asked]:
    """Band, day and kind of each call that a customer's rows ask for until the end of the span."""
    found: list[Asked] = own_days(man, assets) if assets is not None else []
    if man.birthday:
        _, month, number = map(int, man.birthday.split("-"))
        for year in YEARS:
            like = None if man.lunar else in_year(year, date(2024, month, number))
            found += ask(9, "birthday", like or moon(year, month, number), 0)
    for order in man.orders:
        if order.service in WORK:
            on = order.visited_on + timedelta(3)
            if assets is not None:
                on = clear_of_survey(man, order, on)
            found += ask(4, "after-service-3day", on, 7)
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


def own_days(man: Man, assets: Mapping[str, int]) -> list[Asked]:
    """What the shop's own days and open chances ask for."""
    found: list[Asked] = []
    classed = []
    for name, car in man.cars.items():
        model, bought = str(car.get("model", "")), day(car.get("bought_on"))
        if "岚峰" in model and bought and months_on(bought, 61) > date(2026, 12, 12) >= bought:
            classed.append(car)
        last = [one.visited_on for one in man.orders if is_of(one, car, man)]
        if "砚舟" in model and not any(on >= date(2026, 12, 1) for on in last):
            within = assets[name if "plates" in car and name in assets else man.number] % 15
            found += ask(8, "service-campaign", date(2026, 12, 1) + timedelta(within), 14)
    if classed:
        found += ask(8, "owners-day", date(2026, 12, 2), 7)
    heard = chance_of(man)
    if heard:
        for weeks in range(1, 9):
            found += ask(5, "chance-follow-up", heard + timedelta(7 * weeks), 6)
    return found


def chance_of(man: Man) -> date | None:
    """The chance that the test enters: heard at the last order, where that was in autumn."""
    last = man.orders[-1].visited_on if man.orders else None
    return last if last and last >= date(2026, 10, 1) else None


def clear_of_survey(man: Man, order: OrderRow, on: date) -> date:
    """A call about a visit waits for the end of the maker's own survey."""
    cars = [car for car in man.cars.values() if is_of(order, car, man)] or man.cars.values()
    asked = any("溪石" in str(car.get("model", "")) for car in cars)
    within = date(2026, 11, 24) <= on <= date(2026, 11, 29)
    return date(2026, 11, 30) if asked and within else on


def counted(assets: Mapping[str, int] | None = None) -> Counter[tuple[date, str]]:
    """How many calls of each kind fall on each day: of two within a week the smaller band stays.

    Args:
        assets: the cars' numbers by VIN, plate or customer number, where the shop has own days.
    """
    found: Counter[tuple[date, str]] = Counter()
    for man in men().values():
        if not man.reachable:
            continue
        kept: list[tuple[date, date, str]] = []
        for _, on, kind in sorted(wanted(man, assets)):
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


def people_of(desk: Desk) -> dict[str, int]:
    """The persons of the files by customer number."""
    merged = dict(
        desk.database.read(
            lambda unit: unit.run(sa.select(person.c.id, person.c.merged_into)).all()
        )
    )
    rows = desk.rows(
        sa.select(import_memory.c.natural_key, import_memory.c.row_id).where(
            import_memory.c.kind == "customers"
        )
    )
    return {row["natural_key"]: merged.get(row["row_id"]) or row["row_id"] for row in rows}


def test_the_shops_own_days_and_open_chances_are_counted_too(desk: Desk) -> None:
    desk.clock.now = NOW
    run(desk, DEALER)
    run(desk, ORDERS)
    people = people_of(desk)
    heard = {people[man.number]: on for man in men().values() if (on := chance_of(man))}
    rows = [
        {"person_id": who, "kind": "interest", "text": "", "state": "open", "at": noon(on)}
        for who, on in heard.items()
    ]
    desk.database.write(lambda unit: unit.run(chance.insert(), rows))
    text = FILE.read_text(encoding="utf-8") + OWN_DAYS
    book = CareBook(care_plans_in(text, FILE.name, campaigns()), BoraxCalendar(), BOOK.zone)
    expected = counted(assets_of(desk, people))
    kinds = Counter(kind for _, kind in expected.elements())
    assert min(kinds[one] for one in ("service-campaign", "owners-day", "chance-follow-up")) > 50
    assert any(expected[date(2026, 11, 30), kind] for kind in ("after-service-3day",))
    made = run_care_plan(desk.database, desk.actor, book, UNTIL)
    found = {(on, kind): n for on, row in made.days.items() for kind, n in row.items()}
    assert {key: n for key, n in found.items() if expected[key] != n} == {}
    assert found == expected
    again = run_care_plan(desk.database, desk.actor, book, UNTIL)
    assert (again.made, again.known, again.replaced) == (0, made.made, 0)


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 4, tzinfo=UTC)


def assets_of(desk: Desk, people: Mapping[str, int]) -> dict[str, int]:
    """The cars by VIN, else plate, else the number of their customer."""
    found: dict[str, int] = {}
    numbers = {who: number for number, who in people.items()}
    query = sa.select(asset.c.id, asset.c.vin, asset.c.plate_key, person_asset.c.person_id).join(
        person_asset, person_asset.c.asset_id == asset.c.id
    )
    for row in desk.rows(query):
        for name in (row["vin"], row["plate_key"], numbers[row["person_id"]]):
            if name:
                found.setdefault(name, row["id"])
    return found


def test_deliveries_are_left_out_and_counted_until_somebody_says_whose_the_cars_are(
    desk: Desk,
) -> None:
    run(desk, DEALER)
    bought = {
        name: (man.number, on)
        for man in men().values()
        if man.reachable
        for name, car in man.cars.items()
        if (on := day(car.get("bought_on")))
    }
    # The files' newest cars are old by now: the day is looked at on which most were a few days old.
    spring = max(on for _, on in bought.values())
    desk.clock.now = noon(spring + timedelta(3))
    due = [number for number, on in bought.values() if spring - timedelta(3) <= on <= spring]
    assert len(due) >= 1
    text = FILE.read_text(encoding="utf-8")
    ours = text.replace('series = "delivery"', 'series = "delivery"\nunknown_is_ours = true')
    results = []
    for own in (text, ours):
        plans = care_plans_in(own, FILE.name, campaigns())
        only = tuple(one for one in plans if one.campaign == "delivery-3day")
        book = CareBook(replace(plans, plans=only), BoraxCalendar(), BOOK.zone)
        results.append(run_care_plan(desk.database, desk.actor, book))
    honest, told = results
    assert honest.made == 0
    assert honest.suppressed == {"seller_unknown": len(due)}
    assert (told.made + sum(told.merged.values()), told.suppressed) == (len(due), {})
    assert told.made == len(set(due))
