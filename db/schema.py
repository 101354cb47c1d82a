"""Making, checking, upgrading and backing up the tables."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
import sqlalchemy.exc as sa_exc

from db.driver import sqlite_module
from db.faults import as_storage_error, sql_state
from domain.errors import InputError, StorageError

if TYPE_CHECKING:
    from alembic.config import Config

    from db.engine import Database
    from db.transaction import Unit

REVISION: Final = "20261122_leads"
"""The revision that this program works with; a test holds it to the newest migration."""

WORKS_WITH: Final = ("20261122_cases",)
"""The revisions whose programs work with tables of this one: what came since has a default or may
be left out, and nothing was taken away. A test writes and reads as they do."""

_LOCK = 7_201_122  # PostgreSQL's advisory lock for upgrades
OF_TABLES: Final = "works_with"
"""The fact in which the tables say with which programs they work."""
_DECLARED: Final = sa.text("SELECT value FROM desk_fact WHERE name = :name")
_DECLARE: Final = sa.text(
    "INSERT INTO desk_fact (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_IN_THE_WAY: Final = ("55P03", "40P01")
_TRIES: Final = 40
"""How often an upgrade tries to get its locks while seats are at work."""
_WAITS: Final = "500ms"
"""How long it waits for one: meanwhile seats behind it wait as well. Less than the second after
which a server ends one side of a deadlock, so that it is never the seat."""


def create(database: Database) -> None:
    """Makes all tables in an empty database, or brings an older one up to date.

    Raises:
        StorageError: the database can't be written, or is of a newer program.
    """
    upgrade(database)


def upgrade(database: Database) -> tuple[str | None, str]:
    """Brings the tables to this program's revision and returns the revisions before and after.

    One connection holds a lock for the whole upgrade. On SQLite it runs with foreign keys off,
    because recreating a table would else delete its children, and checks them before the commit.
    On a server seats may be at work: it waits but shortly for a table and then begins anew.

    Raises:
        StorageError: `schema_newer`, `schema_broken_links`, a server that is not fit
            (`db.server`), or the database can't be written.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            with upgrading(database) as connection:
                before = _revision(connection)
                build_on(connection, database)
        except sa_exc.DBAPIError as error:
            if sql_state(error) in _IN_THE_WAY and attempt < _TRIES:
                time.sleep(min(0.1 * attempt, 1.0))
                continue
            raise as_storage_error(error, database.place.shown) or error from error
        else:
            return before, REVISION
    raise AssertionError("the loop returns or raises")


def build_on(connection: sa.Connection, database: Database) -> None:
    """Brings the tables to this program's revision within a transaction of `upgrading`.

    Raises:
        StorageError: `schema_newer`.
    """
    from alembic import command  # noqa: PLC0415  needed for upgrades only
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        command.upgrade(_config(connection), "head")
    except CommandError as error:
        raise StorageError("schema_newer", database=database.place.shown) from error
    declared = " ".join(WORKS_WITH)
    if _works_with(connection) != declared:
        connection.execute(_DECLARE, {"name": OF_TABLES, "value": declared})


def check(database: Database, *, exactly: bool = False) -> None:
    """Makes sure that the tables are such that this program works with them.

    Args:
        database: the database.
        exactly: whether those of a newer program won't do, though it says that this one can work
            with them.

    Raises:
        StorageError: `database_empty`, `schema_older` or `schema_newer`, or unreachable.
    """

    def work(unit: Unit) -> tuple[str | None, str | None]:
        found = _revision(unit.connection)
        known = found in (None, REVISION) or found in _known_revisions()
        return found, None if known else _works_with(unit.connection)

    found, declared = database.read(work)
    if found is None:
        raise StorageError("database_empty", database=database.place.shown)
    if found == REVISION or (not exactly and REVISION in (declared or "").split()):
        return
    known = found in _known_revisions()
    raise StorageError("schema_older" if known else "schema_newer", database=database.place.shown)


def backup(database: Database, target: Path) -> int:
    """Copies an embedded database to a file while seats go on working; returns its bytes.

    Raises:
        InputError: `backup_exists`; `backup_server` for PostgreSQL, which has tools of its own.
    """
    if database.place.file is None:
        raise InputError("backup_server", database=database.place.shown)
    if target.exists():
        raise InputError("backup_exists", file=str(target))
    module = sqlite_module()
    partial = target.with_name(target.name + ".part")
    with (
        closing(module.connect(str(database.place.file))) as source,
        closing(module.connect(str(partial))) as copy,
    ):
        source.backup(copy)
    partial.replace(target)
    return target.stat().st_size


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    return found


def _works_with(connection: sa.Connection) -> str | None:
    """What the program that made the tables declared of earlier ones."""
    found: str | None = connection.execute(_DECLARED, {"name": OF_TABLES}).scalar()
    return found


def _known_revisions() -> set[str]:
    folder = Path(__file__).parent / "migrations" / "versions"
    return {path.stem for path in folder.glob("2*.py")}


def _config(connection: sa.Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def upgrading(database: Database) -> Iterator[sa.Connection]:
    """A transaction that may change tables, alone: others that want to wait for its end.

    On a file it runs with foreign keys off, and they are checked before the commit.

    Raises:
        StorageError: `schema_broken_links`, or a server that is not fit (`db.server`).
    """
    if database.place.file is not None:
        database.place.file.parent.mkdir(parents=True, exist_ok=True)
    with database.engine.connect() as connection:
        if database.embedded:
            connection.execution_options(sqlite_begin="IMMEDIATE")
            driver = connection.connection.cursor()
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
                    _refuse_broken_links(connection, database)
            finally:
                driver.execute("PRAGMA foreign_keys=ON")
                driver.close()
        else:
            from db.server import UNWATCHED, refuse_unfit_server  # noqa: PLC0415

            connection.execution_options(**UNWATCHED)
            with connection.begin():
                refuse_unfit_server(connection, database.place.shown)
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_WAITS}'")
                yield connection


def _refuse_broken_links(connection: sa.Connection, database: Database) -> None:
    """Refuses rows of a file that point to nothing.

    Raises:
        StorageError: `schema_broken_links`.
    """
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StorageError("schema_broken_links", database=database.place.shown, n=len(broken))
