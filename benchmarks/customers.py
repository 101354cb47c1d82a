"""Many made-up customers, each with a number, a car and three orders of different amounts."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.tables import asset, person, person_asset, person_phone, phone, service_order

CUSTOMERS: Final = int(os.environ.get("CALLBACK_DESK_BENCH_CUSTOMERS", "100000"))
"""How many customers there are; fewer for a quick look, against the same share of the budget."""
SHARE: Final = CUSTOMERS / 100_000
"""The share of a budget for 100,000 customers."""
NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""The clock of those that are filled."""
_TODAY: Final = NOW.date()
_AT_ONCE: Final = 5000
_SERVICES: Final = ("first_service", "maintenance", "minor_repair")

Row = dict[str, Any]


def fill_customers(database: Database) -> None:
    """Writes `CUSTOMERS` customers into an empty database."""
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
    return {"created_at": NOW, "updated_at": NOW}


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
    return [{**link, "source": "bench", "since": NOW}]


def _asset(number: int) -> list[Row]:
    bought = _day(number).replace(year=2013 + number % 13)
    car = {"id": number, "kind": "car", "model": "1.5L", "bought_on": bought, "sold_by_us": True}
    return [{**car, **_made()}]


def _person_asset(number: int) -> list[Row]:
    link = {"person_id": number, "asset_id": number, "role": "owner", "position": 0}
    return [{**link, "since": NOW}]


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
            "amount": 20_000 + (number * 7717 + place * 5003) % 400_000,
            "currency": "CNY",
            "faults": [],
            "created_at": NOW,
        }
        for place, service in enumerate(_SERVICES)
    ]
