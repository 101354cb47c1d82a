"""Planning care for many customers, each with a number, a car and three orders."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from benchmarks.databases import Bench
from benchmarks.figures import Figure
from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from db.care import plan_preview, run_care_plan
from db.care_run import CareRun
from db.engine import Database
from db.tables import asset, person, person_asset, person_phone, phone, service_order
from domain.care.book import CareBook

CUSTOMERS: Final = int(os.environ.get("CALLBACK_DESK_BENCH_CUSTOMERS", "100000"))
"""How many customers are planned; fewer for a quick look, against the same share of the budget."""
_NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_TODAY: Final = _NOW.date()
_BUDGET: Final = 60.0 * CUSTOMERS / 100_000
_AT_ONCE: Final = 5000
_SERVICES: Final = ("first_service", "maintenance", "minor_repair")

Row = dict[str, Any]


def measure(bench: Bench) -> list[Figure]:
    """Seconds to plan the day for all customers, callbacks written; and to look 30 days ahead.

    The budget is for the processor's time, which is what a run takes where nothing else is busy;
    the time on the wall stands beside it.
    """
    target = bench.empty("sqlite", _NOW)
    database, actor = target.database, target.actor
    _fill(database)
    book = CareBook(care_plans(), BoraxCalendar(), "Asia/Shanghai")
    figures: list[Figure] = []

    def timed(name: str, work: Callable[[], CareRun]) -> CareRun:
        began, used = time.perf_counter(), time.process_time()
        found = work()
        wall, own = time.perf_counter() - began, time.process_time() - used
        named = f"care: {CUSTOMERS:,} customers {name}"
        figures.append(Figure(f"{named}, processor time", own, None, "s", _BUDGET))
        figures.append(Figure(f"{named}, on the wall", wall, None, "s"))
        return found

    timed("planned and written", lambda: run_care_plan(database, actor, book))
    again = timed("planned again", lambda: run_care_plan(database, actor, book))
    if again.made:
        raise AssertionError("a second run makes nothing")
    timed("looked ahead 30 days", lambda: plan_preview(database, actor, book))
    return figures


def _fill(database: Database) -> None:
    makers: tuple[tuple[sa.Table, Callable[[int], list[Row]]], ...] = (
        (person, _person),
        (phone, _phone),
        (person_phone, _person_phone),
        (asset, _asset),
        (person_asset, _person_asset),
        (service_order, _orders),
    )
    for start in range(1, CUSTOMERS + 1, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, CUSTOMERS + 1))
        for table, rows_of in makers:
            rows = [row for number in numbers for row in rows_of(number)]
            database.write(lambda unit, table=table, rows=rows: unit.run(table.insert(), rows))  # type: ignore[misc]


def _made() -> Row:
    return {"created_at": _NOW, "updated_at": _NOW}


def _day(number: int) -> date:
    """A day of the year that looks thrown by dice."""
    return date(2026, 1, 1) + timedelta(days=number * 7919 % 365)


def _person(number: int) -> list[Row]:
    born = _day(number * 3)
    return [
        {
            "id": number,
            "name": f"C{number}",
            "pinyin": "c",
            "initials": "c",
            "birthday": f"1980-{born.month:02}-{min(born.day, 28):02}",
            "birthday_calendar": "solar" if number % 12 else "lunar",
            "country": "CN",
            "tier_pinned": False,
            "record_faults": [],
            **_made(),
        }
    ]


def _phone(number: int) -> list[Row]:
    plain = {"extension": "", "country": "CN", "kind": "mobile", "status": "ok", "last4": "0000"}
    e164 = f"+86138{number:08}"
    return [{"id": number, "e164": e164, "zones": ["Asia/Shanghai"], **plain}]


def _person_phone(number: int) -> list[Row]:
    link = {"person_id": number, "phone_id": number, "role": "mobile", "position": 0}
    return [{**link, "source": "bench", "since": _NOW}]


def _asset(number: int) -> list[Row]:
    bought = _day(number).replace(year=2013 + number % 13)
    car = {"id": number, "kind": "car", "model": "1.5L", "bought_on": bought, "sold_by_us": True}
    return [{**car, **_made()}]


def _person_asset(number: int) -> list[Row]:
    link = {"person_id": number, "asset_id": number, "role": "owner", "position": 0}
    return [{**link, "since": _NOW}]


def _orders(number: int) -> list[Row]:
    last = _TODAY - timedelta(days=number * 6151 % 900)
    return [
        {
            "number": f"W{number}-{place}",
            "person_id": number,
            "asset_id": number,
            "service": service,
            "visited_on": last - timedelta(days=180 * (len(_SERVICES) - 1 - place)),
            "mileage": 5000 + 6000 * place + number % 3000,
            "amount": 80_000,
            "currency": "CNY",
            "faults": [],
            "created_at": _NOW,
        }
        for place, service in enumerate(_SERVICES)
    ]
