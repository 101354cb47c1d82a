"""Filling a database with invented callbacks, as many as wanted and always the same ones.

The rows are made by the database itself, one statement a table, with the indexes of `callback`
put back behind them: a million callbacks of 300,000 persons take well under a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from db import operators
from db.campaigns import find_campaign
from db.engine import Database
from db.hours_input import HoursInput
from db.tables import callback, callback_event, person, person_phone, phone
from db.tables.base import complete_indexes
from db.transaction import Unit
from db.windows import window_for
from domain.permissions import Actor

BUSY_HOUR: Final = datetime(2026, 11, 16, 8, 30, tzinfo=UTC)
"""A Monday, no holiday anywhere, at which every one of `PLACES` may be called: the claim looks
into all windows."""

PLACES: Final = (
    ("Asia/Shanghai", "CN"), ("Asia/Hong_Kong", "HK"), ("Asia/Taipei", "TW"),
    ("Asia/Tokyo", "JP"), ("Asia/Seoul", "KR"), ("Asia/Singapore", "SG"),
    ("Asia/Kuala_Lumpur", "MY"), ("Asia/Manila", "PH"), ("Asia/Bangkok", "TH"),
    ("Asia/Ho_Chi_Minh", "VN"), ("Asia/Jakarta", "ID"), ("Asia/Makassar", "ID"),
    ("Asia/Yangon", "MM"), ("Asia/Dhaka", "BD"), ("Asia/Kolkata", "IN"),
    ("Asia/Kathmandu", "NP"), ("Asia/Colombo", "LK"), ("Asia/Karachi", "PK"),
    ("Asia/Tashkent", "UZ"), ("Asia/Almaty", "KZ"), ("Asia/Dubai", "AE"),
    ("Asia/Baku", "AZ"), ("Asia/Tbilisi", "GE"), ("Asia/Yerevan", "AM"),
    ("Europe/Istanbul", "TR"), ("Europe/Kyiv", "UA"), ("Europe/Athens", "GR"),
    ("Europe/Bucharest", "RO"), ("Europe/Sofia", "BG"), ("Europe/Helsinki", "FI"),
    ("Europe/Vilnius", "LT"), ("Europe/Riga", "LV"), ("Europe/Tallinn", "EE"),
    ("Africa/Nairobi", "KE"), ("Africa/Johannesburg", "ZA"), ("Africa/Harare", "ZW"),
    ("Africa/Cairo", "EG"), ("Australia/Perth", "AU"), ("Asia/Phnom_Penh", "KH"),
    ("Asia/Vientiane", "LA"),
)  # fmt: skip
"""Forty zones, hence forty calling windows."""

CAMPAIGN: Final = "after-service-3day"
OPERATORS: Final = 200
_PERSONS_A_CALLBACK: Final = 0.3

_SERIES: Final = (
    "WITH RECURSIVE series(i) AS"
    " (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM series WHERE i < :n)"
)
# Three sequences that look thrown by dice; the division hides their even steps.
_A, _B, _C = (
    f"((i * {factor}) % 2147483647 / 31)" for factor in (1103515245, 1597334677, 1812433253)
)


def fill(
    database: Database,
    actor: Actor,
    callbacks: int,
    *,
    windows: int = len(PLACES),
    people: int = OPERATORS,
) -> None:
    """Fills an initialised, otherwise empty database.

    Six of ten callbacks are due and one tenth of these is somebody's own for now; the others are
    scheduled. Persons have one number each and three callbacks on average.

    Args:
        database: the database; its clock says when the callbacks fall due.
        actor: an admin of it.
        callbacks: how many.
        windows: over how many calling windows they are spread, 1 to 40.
        people: how many accounts there are, the admin's among them.
    """
    while len(operators.list_all(database)) < people:
        login = f"op{len(operators.list_all(database))}"
        operators.add(database, actor, login=login, name=login.title())
    complete_indexes()
    indexes = sorted(callback.indexes, key=lambda index: str(index.name))
    # One transaction a step: a step of PostgreSQL's has a deadline, and a million rows need theirs.
    database.write(lambda unit: _add_persons(unit, max(1, int(callbacks * _PERSONS_A_CALLBACK))))
    for index in indexes:
        database.write(lambda unit, index=index: index.drop(unit.connection))  # type: ignore[misc]
    database.write(lambda unit: _add_callbacks(unit, database, callbacks, windows, people))
    for index in indexes:
        database.write(lambda unit, index=index: _make(unit, index))  # type: ignore[misc]
    settle(database)


def settle(database: Database) -> None:
    """Does what a server does by itself after many writes, and writes the log into the file."""
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql(
            "PRAGMA wal_checkpoint(TRUNCATE)" if database.embedded else "VACUUM ANALYZE"
        )


def _make(unit: Unit, index: sa.Index) -> None:
    _without_deadline(unit)
    index.create(unit.connection)


def _without_deadline(unit: Unit) -> None:
    if not unit.embedded:
        unit.run(sa.text("SET LOCAL statement_timeout = 0"))
        # The rows are right by construction; to look each of them up again doubles the time.
        unit.run(sa.text("SET LOCAL session_replication_role = replica"))


def _add_persons(unit: Unit, persons: int) -> None:
    _without_deadline(unit)
    now = sa.bindparam("now", unit.now, type_=person.c.created_at.type)
    values = {
        "name": "'王芳' || i",
        "pinyin": "'wangfang' || i",
        "initials": "'wf' || i",
        "birthday_calendar": "'solar'",
        "country": "'CN'",
        "tier_pinned": "false",
        "record_faults": "'[]'",
        "created_at": ":now",
        "updated_at": ":now",
    }
    _insert(unit, person, values, persons, now)
    numbers = {
        "e164": "'+86' || (13800000000 + i)",
        "extension": "''",
        "country": "'CN'",
        "kind": "'mobile'",
        "zones": "'[\"Asia/Shanghai\"]'",
        "status": "'ok'",
        "last4": "CAST(1000 + i % 9000 AS VARCHAR(4))",
    }
    _insert(unit, phone, numbers, persons)
    links = {
        "person_id": "i",
        "phone_id": "i",
        "role": "'mobile'",
        "position": "0",
        "source": "'bench'",
        "since": ":now",
    }
    _insert(unit, person_phone, links, persons, now)


def _add_callbacks(
    unit: Unit, database: Database, callbacks: int, windows: int, people: int
) -> None:
    _without_deadline(unit)
    kind = find_campaign(unit, CAMPAIGN)
    made = [
        window_for(
            unit, database.rulebook, HoursInput((zone,), (place,), kind["purpose"], preferred="")
        )
        for zone, place in PLACES[:windows]
    ]
    # Ids follow each other in a fresh table.
    first, persons = made[0], max(1, int(callbacks * _PERSONS_A_CALLBACK))
    assert made == list(range(first, first + windows))
    due, mine = f"{_B} % 10 < 6", f"{_B} % 10 = 0"
    at = _moved(unit, f"CASE WHEN {due} THEN -60 - {_C} % 2592000 ELSE 60 + {_C} % 5184000 END")
    grace = _moved(unit, f"86400 + {_C} % 86400")
    values = {
        "person_id": f"1 + {_A} % {persons}",
        "phone_id": f"1 + {_A} % {persons}",
        "window_id": f"{first} + {_C} % {windows}",
        "campaign_id": str(kind["id"]),
        "state": f"CASE WHEN {due} THEN 'due' ELSE 'scheduled' END",
        "band": f"CASE WHEN {_A} % 200 = 0 THEN 0 WHEN {_A} % 20 = 0 THEN 2 ELSE 3 + {_A} % 7 END",
        "due_at": at,
        "ready_at": at,
        "first_due_at": at,
        "promised": "false",
        "owner_id": f"CASE WHEN {mine} THEN 1 + {_C} % {people} END",
        "assigned_to": f"CASE WHEN {mine} THEN 1 + {_C} % {people} END",
        "grace_until": f"CASE WHEN {mine} THEN {grace} END",
        "attempts": "0",
        "tries": "'{\"cap\": 5}'",
        "fence": "0",
        "source": "'bench'",
        "source_key": "CAST(i AS VARCHAR(20))",
        "created_at": ":now",
        "updated_at": ":now",
    }
    now = sa.bindparam("now", unit.now, type_=callback.c.created_at.type)
    _insert(unit, callback, values, callbacks, now)
    events = {
        "callback_id": "i",
        "at": ":now",
        "kind": "'created'",
        "to_state": f"CASE WHEN {due} THEN 'due' ELSE 'scheduled' END",
        "fence": "0",
        "data": "'{}'",
    }
    _insert(unit, callback_event, events, callbacks, now)


def _moved(unit: Unit, seconds: str) -> str:
    """SQL for the present moved by seconds, as the database keeps instants."""
    if unit.embedded:
        return f"strftime('%Y-%m-%dT%H:%M:%f', :now, ({seconds}) || ' seconds') || '000Z'"
    return f"CAST(:now AS timestamptz) + ({seconds}) * interval '1 second'"


def _insert(
    unit: Unit,
    table: sa.Table,
    values: Mapping[str, str],
    n: int,
    *extra: sa.BindParameter[datetime],
) -> None:
    columns = ", ".join(values)
    select = ", ".join(values.values())
    used = extra if any(":now" in value for value in values.values()) else ()
    # SQLite wants the series before the SELECT, PostgreSQL takes it there too.
    statement = f"INSERT INTO {table.name} ({columns}) {_SERIES} SELECT {select} FROM series"
    unit.run(sa.text(statement).bindparams(*used), {"n": n})
