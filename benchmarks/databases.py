"""Databases to measure on: files of SQLite's, and a PostgreSQL server that really writes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import sqlalchemy as sa

from app.demo.making import make_demo
from benchmarks.filling import PLACES, fill
from content.rulebook import load_shipped
from db import operators, schema
from db.engine import Database, Timing, open_database
from domain.permissions import Actor
from screens.scripts import take_shipped_in
from tests import postgres
from tests.databases import CHINA, postgres_database

Kind = Literal["sqlite", "postgresql"]
NAMES: Final[Mapping[Kind, str]] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
"""The databases, as people call them."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled database: where it is, open, and its admin `ann`."""

    url: str
    database: Database
    actor: Actor


class Bench:
    """Makes filled databases and removes them at the end."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._folder: Path | None = None
        self._server: str | None = None
        self._places = 0
        self._filled: dict[tuple[Kind, int, datetime | None, int], Filled] = {}

    @property
    def folder(self) -> Path:
        """A folder of this run's own."""
        if self._folder is None:
            made = tempfile.TemporaryDirectory(prefix="callback-desk-bench-")
            self._folder = Path(self._stack.enter_context(made))
        return self._folder

    def filled(
        self,
        kind: Kind,
        callbacks: int,
        *,
        now: datetime | None = None,
        windows: int = len(PLACES),
    ) -> Filled:
        """A database with as many callbacks; made once in a run.

        Args:
            kind: which database.
            callbacks: how many.
            now: a clock that stands there; else the database's own.
            windows: how many calling windows.

        Raises:
            tests.postgres.NoServerError: no PostgreSQL is to be had.
        """
        key = (kind, callbacks, now, windows)
        if key not in self._filled:
            self._filled[key] = self._make(kind, callbacks, now, windows)
        return self._filled[key]

    def empty(self, kind: Kind, now: datetime | None = None, url: str | None = None) -> Filled:
        """A new database with an admin and the shipped scripts.

        Args:
            kind: which database.
            now: a clock that stands there; else the database's own.
            url: an empty database to take; one that is removed at the end unless given.

        Raises:
            tests.postgres.NoServerError: no PostgreSQL is to be had.
        """
        url = url or self._place(kind)
        database = open_database(
            url,
            rulebook=load_shipped(),
            timing=Timing(hold=0.0, deadline=600.0),
            machine=lambda: CHINA,
            must_exist=False,
        )
        self._stack.callback(database.close)
        schema.create(database)
        if now is not None:
            database.set_clock(lambda: now)
        operators.initialise(database, login="ann", name="Ann", language="en")
        take_shipped_in(database)
        return Filled(url, database, operators.actor_of(database, "ann"))

    def demo(self) -> Filled:
        """The demo's database: whatever the hour, somebody in it may be called."""
        url = self._place("sqlite")
        make_demo(url, login="ann.lee", language="en")
        database = open_database(url, rulebook=load_shipped())
        self._stack.callback(database.close)
        return Filled(url, database, operators.actor_of(database, "ann.lee"))

    def _make(self, kind: Kind, callbacks: int, now: datetime | None, windows: int) -> Filled:
        made = self.empty(kind, now)
        fill(made.database, made.actor, callbacks, windows=windows)
        return made

    def _place(self, kind: Kind) -> str:
        self._places += 1
        if kind == "sqlite":
            return str(self.folder / f"bench{self._places}.db")
        if self._server is None:
            self._server = self._stack.enter_context(postgres.server())
            _write_for_real(self._server)
        name = f"bench_{os.getpid()}_{self._places}"
        return self._stack.enter_context(postgres_database(self._server, name))


@contextmanager
def bench() -> Iterator[Bench]:
    """Databases that last as long as the run."""
    with ExitStack() as stack:
        yield Bench(stack)


def _write_for_real(server: str) -> None:
    """The tests' server leaves the disk out; a commit that is measured must reach it."""
    engine = sa.create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = on")
        for setting, size in (("max_wal_size", "4GB"), ("shared_buffers", "512MB")):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = '{size}'")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()
