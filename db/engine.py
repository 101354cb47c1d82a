"""Opening a database, and running a use case in one transaction on it.

The engine is made by `open_database`, never at import. SQLite: WAL, FULL synchronous, explicit
BEGIN IMMEDIATE for writes and DEFERRED for reads. PostgreSQL: see `db.server`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock, local
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
import sqlalchemy.exc as sa_exc

from db.driver import sqlite_module
from db.faults import as_storage_error, is_transient
from db.place import Place, read_place, refuse_network_disk
from db.topics import tell
from db.transaction import Unit
from db.writer import Writer
from domain.errors import RefusedError, StorageError
from domain.shop import Shop

if TYPE_CHECKING:
    from db.deadlines import Watch
    from domain.rulebook import Rulebook

T = TypeVar("T")
_TRIES = 4
_SQLITE_NOW = sa.text("SELECT strftime('%Y-%m-%dT%H:%M:%f','now')")
_NO_DEADLINE = sa.text("SET LOCAL statement_timeout = 0")


@dataclass(frozen=True, slots=True)
class Timing:
    """The clockwork of seats and deadlines, in seconds.

    Attributes:
        beat: how often a seat's heart beats.
        lease: how long after its last beat a seat counts as lost.
        deadline: how long a use case may wait for the database.
        hold: how long a person stays held after a call has ended.
        headless_lease: how long a claim made without a screen lasts unless told otherwise.
    """

    beat: float = 10.0
    lease: float = 45.0
    deadline: float = 8.0
    hold: float = 120.0
    headless_lease: float = 900.0


class _UseCase(local):
    """The use case that runs in this thread: one rulebook holds from its first look to its end."""

    def __init__(self) -> None:
        self.depth = 0
        self.rulebook: Rulebook | None = None

    def __enter__(self) -> None:
        self.depth += 1

    def __exit__(self, *_: object) -> None:
        self.depth -= 1
        if not self.depth:
            self.rulebook = None


class Database:
    """An open database: runs use cases, each in one transaction.

    Safe to use from several threads. `pretend` fixes the clock and works on practice databases
    only.
    """

    def __init__(
        self,
        place: Place,
        engine: sa.Engine,
        timing: Timing,
        rulebook: Rulebook | Callable[[], Rulebook] | None,
        machine: Callable[[], Shop],
        watch: Watch | None = None,
    ) -> None:
        self.place = place
        self.engine = engine
        self.timing = timing
        self._rulebook = rulebook
        self._machine = machine
        self._desk = Shop()
        self._in_shop: Rulebook | None = None
        self._rules_lock = Lock()
        self._case = _UseCase()
        self._clock: Callable[[], datetime] | None = None
        self._writer = Writer(place.file, timing.deadline) if place.file else None
        self._watch = watch

    @property
    def embedded(self) -> bool:
        """Whether it is SQLite."""
        return self.place.embedded

    @property
    def rulebook(self) -> Rulebook:
        """The rules in force; within a use case, those with which it began to look at them.

        What they leave open of the shop is as the desk has it; see `take_shop`.

        Raises:
            RuntimeError: it was opened for its tables only, without rules.
        """
        found = self._case.rulebook
        if found is None:
            with self._rules_lock:
                found = self._held()
            if self._case.depth:
                self._case.rulebook = found
        return found

    def take_rulebook(self, rulebook: Rulebook) -> None:
        """Works by other rules from the next use case on."""
        with self._rules_lock:
            self._rulebook, self._in_shop = rulebook, None

    def take_shop(self, desk: Shop) -> None:
        """Takes what was set for the desk as its shop from the next use case on."""
        with self._rules_lock:
            if desk != self._desk:
                self._desk, self._in_shop = desk, None

    @property
    def shop(self) -> Shop:
        """The shop in force, as it was last taken.

        Raises:
            RuntimeError: it was opened for its tables only, without rules.
        """
        with self._rules_lock:
            return self._held().cases.shop

    def _held(self) -> Rulebook:
        if self._in_shop is None:
            if self._rulebook is None:
                raise RuntimeError("this database was opened without a rulebook")
            if callable(self._rulebook):
                self._rulebook = self._rulebook()
            self._in_shop = self._rulebook.in_shop(self._desk, self._machine())
        return self._in_shop

    def read(self, work: Callable[[Unit], T], *, long: bool = False) -> T:
        """Runs a use case that only reads.

        Args:
            work: must be repeatable, as for `write`.
            long: all its statements see the database as it stood at the first, and no deadline
                ends them; for what looks at everything.

        Raises:
            StorageError: the database can't be reached or read.
        """
        return self._guarded(lambda: self._once(work, writing=False, long=long))

    def write(
        self, work: Callable[[Unit], T], *, deadline: float | None = None, settles: bool = False
    ) -> T:
        """Runs a use case that writes; commits when it returns, undoes all when it raises.

        Args:
            work: must be repeatable: it runs again after a deadlock, after a race for a unique
                value was lost, or a connection before the commit began.
            deadline: seconds to wait for the turn to write; the timing's own unless given.
            settles: the work itself finds out that it was done before, by a decision's uuid, and
                gives the first result: after a commit that nobody heard of it is asked again.

        Raises:
            StorageError: the database can't be reached or written and nothing was saved;
                `database_unsure` when the line broke during the commit: ask again with the same
                uuid, or look.
        """
        if self._writer is None:
            try:
                return self._guarded(lambda: self._once(work, writing=True))
            except StorageError as unsure:
                if not settles or unsure.code != "database_unsure":
                    raise
                try:
                    return self._guarded(lambda: self._once(work, writing=True))
                except StorageError:
                    # The first commit may have come through, whatever became of the question.
                    raise unsure from None
        return self._writer.submit(
            lambda: self._guarded(lambda: self._once(work, writing=True)), deadline
        )

    def pretend(self, now: datetime) -> None:
        """Fixes the clock of this connection for practice and tests.

        Raises:
            RefusedError: `not_a_practice_database`.
        """
        self.refuse_unless_practice()
        self.set_clock(lambda: now)

    def is_practice(self) -> bool:
        """Whether everything in it is invented, so that nothing is dialled or counted."""
        fact = sa.text("SELECT value FROM desk_fact WHERE name = 'practice'")
        return bool(self.read(lambda unit: unit.run(fact).scalar()) == "yes")

    def refuse_unless_practice(self) -> None:
        """Makes sure that it is a practice database.

        Raises:
            RefusedError: `not_a_practice_database`.
        """
        if not self.is_practice():
            raise RefusedError("not_a_practice_database", database=self.place.shown)

    def set_clock(self, clock: Callable[[], datetime] | None) -> None:
        """Replaces the database's clock; for tests and simulations."""
        self._clock = clock

    def close(self) -> None:
        """Ends the writer and all connections."""
        if self._writer is not None:
            self._writer.close()
        if self._watch is not None:
            self._watch.stop()
        self.engine.dispose()

    def _once(self, work: Callable[[Unit], T], *, writing: bool, long: bool = False) -> T:
        with self._case, self.engine.connect() as connection:
            if self.embedded:
                connection.execution_options(sqlite_begin="IMMEDIATE" if writing else "DEFERRED")
            elif long:
                connection.execution_options(isolation_level="REPEATABLE READ", unwatched=True)
            with connection.begin() as transaction:
                unit = Unit(connection, self._now(connection), self.embedded)
                if long and not self.embedded:
                    connection.execute(_NO_DEADLINE)
                result = work(unit)
                if unit.topics:
                    tell(connection, unit.topics, embedded=self.embedded)
                try:
                    transaction.commit()
                except sa_exc.DBAPIError as error:
                    if not error.connection_invalidated:
                        raise
                    # Saved or not: nobody knows, so it must not be run again from here.
                    raise StorageError("database_unsure", database=self.place.shown) from error
                return result

    def _now(self, connection: sa.Connection) -> datetime:
        if self.embedded:
            text = connection.execute(_SQLITE_NOW).scalar_one()
            now = datetime.fromisoformat(text).replace(tzinfo=UTC)
        else:
            from db.server import begin_on_server  # noqa: PLC0415 - connected to one

            now = begin_on_server(connection, self.timing)
        return self._clock() if self._clock is not None else now

    def _guarded(self, run: Callable[[], T]) -> T:
        began = time.monotonic()
        for attempt in range(1, _TRIES + 1):
            try:
                return run()
            except sa_exc.DBAPIError as error:
                # Lines die together when a server starts anew. One that took its time to die has
                # used up the patience of whoever waits.
                waited = time.monotonic() - began > self.timing.deadline / 2
                lost = error.connection_invalidated and attempt == 1 and not waited
                if (is_transient(error) or lost) and attempt < _TRIES:
                    time.sleep(0.01 * attempt)
                    continue
                told = as_storage_error(error, self.place.shown)
                if told is None:
                    raise
                raise told from error
            except sa_exc.TimeoutError as error:
                # All connections of this seat are in use.
                raise StorageError("database_busy", database=self.place.shown) from error
        raise AssertionError("the loop returns or raises")


def open_database(
    url: str,
    *,
    rulebook: Rulebook | Callable[[], Rulebook] | None = None,
    timing: Timing | None = None,
    machine: Callable[[], Shop] | None = None,
    must_exist: bool = True,
) -> Database:
    """Opens a database; neither makes nor changes its tables.

    Args:
        url: a file path, `sqlite:///…` or `postgresql://…`.
        rulebook: the rules in force, or what loads them when they are first asked for; may be left
            out where only the tables are worked on.
        timing: heartbeat, lease and deadlines; the defaults of `Timing` unless given.
        machine: the shop as this machine's settings have it, for what neither the rules nor the
            desk name, asked for with the rules; the clock is UTC and no country's days are known
            unless given.
        must_exist: whether a missing file is an error (`init` makes it).

    Raises:
        InputError: `database_url`.
        StorageError: `database_missing`, `database_on_network_disk`, or unreachable.
    """
    place = read_place(url)
    timing, machine = timing or Timing(), machine or _nowhere
    if place.file is not None:
        if must_exist and not place.file.exists():
            raise StorageError("database_missing", database=place.shown)
        refuse_network_disk(place.file)
        return Database(place, _sqlite_engine(place, timing), timing, rulebook, machine)
    from db.server import server_engine  # noqa: PLC0415 - an embedded database needs no server

    engine, watch = server_engine(place, timing)
    return Database(place, engine, timing, rulebook, machine, watch)


def _nowhere() -> Shop:
    return Shop(zone="UTC")


def _sqlite_engine(place: Place, timing: Timing) -> sa.Engine:
    engine = sa.create_engine(
        place.url,
        module=sqlite_module(),
        poolclass=sa.pool.QueuePool,
        pool_size=4,
        pool_timeout=timing.deadline,
        connect_args={
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": timing.deadline,
        },
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={int(timing.deadline * 1000)}",
            "journal_size_limit=67108864",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # The hook also fires under AUTOCOMMIT, where a BEGIN would open a write transaction.
        options = connection.get_execution_options()
        if options.get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql(f"BEGIN {options.get('sqlite_begin', 'DEFERRED')}")

    return engine
