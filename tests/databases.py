"""Databases for the tests: an empty desk on SQLite and on PostgreSQL, with a clock that stands."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from content.rulebook import load_shipped
from db import operators, schema
from db.callbacks import NewCallback, create_callback
from db.engine import Database, Timing, open_database
from db.people import NewPerson, add_number, add_person
from db.seats import OpenSeat, open_seat
from db.tables import callback
from domain.decision import NewNumber
from domain.permissions import Actor
from domain.shop import Shop

MONDAY_10 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday 23 November 2026, 10:00 in China: open by the house rows of China."""

CHINA = Shop("CN", "Asia/Shanghai")
"""Where the tests' machine stands: their shop, as long as none is set."""


@dataclass
class Clock:
    """A clock that moves only when it is told to."""

    now: datetime = MONDAY_10

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **spans: float) -> None:
        self.now += timedelta(**spans)


@dataclass
class Desk:
    """An initialised desk: its database, clock, first operator, and short ways to fill it."""

    database: Database
    clock: Clock
    actor: Actor
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def operator(self, login: str, role: str = "operator") -> Actor:
        operators.add(self.database, self.actor, login=login, name=login.title(), role=role)
        return operators.actor_of(self.database, login)

    def seat(self, login: str, **options: Any) -> OpenSeat:
        return open_seat(self.database, login, **options)

    def person(
        self, name: str = "王芳", *numbers: str, zone: str | None = None, **fields: Any
    ) -> int:
        """A person with numbers of China's (or the given ones), the first to be tried first."""

        def work(unit: Any) -> int:
            made = add_person(unit, NewPerson(name, zone=zone, **fields))
            for number in numbers or (f"+86138{next(self._numbers):08d}",):
                country, zones = (
                    ("CN", ("Asia/Shanghai",))
                    if number.startswith("+86")
                    else ("US", ("America/New_York",))
                )
                add_number(unit, made, NewNumber(number, "", country, "mobile", zones))
            return made

        return self.database.write(work)

    def callback(self, person_id: int | None = None, **fields: Any) -> int:
        """A callback that has been due for an hour unless told otherwise."""
        person = self.person() if person_id is None else person_id
        fields.setdefault("due_at", self.clock.now - timedelta(hours=1))
        fields.setdefault("campaign", "after-service-3day")
        return self.database.write(
            lambda unit: create_callback(
                unit, self.database.rulebook, NewCallback(person_id=person, **fields)
            )
        )

    def row(self, callback_id: int) -> sa.RowMapping:
        return self.database.read(
            lambda unit: (
                unit.run(sa.select(callback).where(callback.c.id == callback_id)).mappings().one()
            )
        )

    def rows(self, query: Any) -> list[sa.RowMapping]:
        return self.database.read(lambda unit: list(unit.run(query).mappings().all()))


@contextmanager
def desk_on(url: str, timing: Timing | None = None) -> Iterator[Desk]:
    """A desk with one admin `ann` on an empty database whose tables are made."""
    database = open_database(url, rulebook=load_shipped(), timing=timing, machine=lambda: CHINA)
    clock = Clock()
    database.set_clock(clock)
    try:
        operators.initialise(database, login="ann", name="Ann", language="en", practice=True)
        yield Desk(database, clock, operators.actor_of(database, "ann"))
    finally:
        database.close()


def make_template(folder: Path) -> Path:
    """An SQLite file with all tables, to be copied for each test."""
    file = folder / "template.db"
    database = open_database(str(file), must_exist=False)
    schema.create(database)
    # The copy is of the file alone: what is in the log has to be in the file.
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file


def copy_template(template: Path, folder: Path) -> str:
    """A fresh SQLite database with all tables."""
    file = folder / "desk.db"
    shutil.copyfile(template, file)
    return str(file)


@contextmanager
def postgres_database(server: str, name: str, template: str | None = None) -> Iterator[str]:
    """A database on a server, dropped at the end."""
    # No line is kept: the server may have been stopped and started since.
    engine = sa.create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"),
        isolation_level="AUTOCOMMIT",
        poolclass=sa.pool.NullPool,
    )
    try:
        with engine.connect() as connection:
            source = f' TEMPLATE "{template}"' if template else ""
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"{source}')
        yield server.rsplit("/", 1)[0] + "/" + name
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        engine.dispose()
