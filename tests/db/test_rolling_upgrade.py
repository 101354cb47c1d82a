"""Programs of the revision before work with today's tables; an upgrade runs while seats work."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from content.rulebook import load_shipped
from db import operators, schema
from db.engine import Database, open_database
from db.queue import claim_next
from db.tables import metadata
from domain.errors import StorageError
from tests.databases import Clock, Desk, postgres_database

LEFT_OUT = "alembic_version"
NEVER_CHANGED = {"audit"}


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with the tables of the oldest revision that goes on working."""
    if request.param == "sqlite":
        made = open_database(str(tmp_path / "old.db"), rulebook=load_shipped(), must_exist=False)
        yield _at(made, schema.WORKS_WITH[0])
        made.close()
        return
    server = request.getfixturevalue("postgres_server")
    with postgres_database(server, f"rolling_{os.getpid()}") as url:
        made = open_database(url, rulebook=load_shipped())
        yield _at(made, schema.WORKS_WITH[0])
        made.close()


def _at(database: Database, revision: str) -> Database:
    with schema.upgrading(database) as connection:
        command.upgrade(schema._config(connection), revision)
    return database


def _old_columns(database: Database) -> dict[str, list[str]]:
    inspector = sa.inspect(database.engine)
    return {
        table: [column["name"] for column in inspector.get_columns(table)]
        for table in inspector.get_table_names()
        if table != LEFT_OUT
    }


def _value(column: sa.Column[Any]) -> Any:
    if column.name == "state" and column.table.name == "callback":
        return "done"
    if column.foreign_keys or column.name == "id":
        return 1
    kinds: list[tuple[type, Any]] = [
        (sa.JSON, {}),
        (sa.Boolean, True),
        (sa.Integer, 1),
        (sa.Double, 1.0),
        (sa.Date, date(2026, 11, 22)),
        (sa.String, "x"),
    ]
    found = [value for kind, value in kinds if isinstance(column.type, kind)]
    return found[0] if found else datetime(2026, 11, 22, tzinfo=UTC)


def test_an_earlier_program_writes_and_reads_every_table(before: Database) -> None:
    old = _old_columns(before)
    schema.upgrade(before)

    def work(unit: Any) -> None:
        for table in metadata.sorted_tables:
            if table.name not in old:
                continue
            known = [table.c[name] for name in old[table.name]]
            values = {column.name: _value(column) for column in known}
            bare = sa.table(table.name, *map(_bare, known))
            (key,) = (bare.c[one.name] for one in table.primary_key)
            mine = key == values[key.name]
            unit.run(sa.insert(bare).values(values))
            if table.name not in NEVER_CHANGED:
                assert unit.run(sa.update(bare).where(mine).values(values)).rowcount == 1
            assert unit.run(sa.select(*bare.c).where(mine)).one()

    before.write(work)


def _bare(column: sa.Column[Any]) -> sa.ColumnClause[Any]:
    """A column as an earlier program knows it: without what today's table says of defaults."""
    return sa.column(column.name, column.type)


def _declare(database: Database, revision: str, works_with: str) -> None:
    def work(unit: Any) -> None:
        unit.run(sa.text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
        unit.run(
            sa.text("UPDATE desk_fact SET value = :list WHERE name = 'works_with'"),
            {"list": works_with},
        )

    database.write(work)


def test_a_newer_schema_says_itself_who_may_go_on(before: Database) -> None:
    with pytest.raises(StorageError) as older:
        schema.check(before)
    assert older.value.code == "schema_older"
    schema.upgrade(before)
    schema.check(before)
    _declare(before, "29990101_future", f"29980101_other {schema.REVISION}")
    schema.check(before)
    with pytest.raises(StorageError) as newer:
        schema.check(before, exactly=True)
    assert newer.value.code == "schema_newer"
    _declare(before, "29990101_future", "29980101_other")
    with pytest.raises(StorageError) as stranger:
        schema.check(before)
    assert stranger.value.code == "schema_newer"


@pytest.mark.parametrize("before", ["postgresql"], indirect=True)
def test_an_upgrade_waits_for_a_seat_only_shortly_and_then_tries_again(
    before: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_WAITS", "100ms")
    tried = threading.Event()
    real = schema.build_on

    def build(connection: sa.Connection, database: Database) -> None:
        try:
            real(connection, database)
        except sa.exc.DBAPIError:
            tried.set()
            raise

    monkeypatch.setattr(schema, "build_on", build)
    with before.engine.connect() as seat:
        seat.exec_driver_sql("SELECT count(*) FROM callback")  # its transaction stays open
        upgrade = threading.Thread(target=schema.upgrade, args=(before,))
        upgrade.start()
        assert tried.wait(20)
        # Nobody waits behind it for longer than it waits itself.
        with before.engine.connect() as other:
            other.exec_driver_sql("SET statement_timeout = '2s'")
            other.exec_driver_sql("SELECT count(*) FROM callback")
    upgrade.join(30)
    schema.check(before)
    clock = Clock()
    before.set_clock(clock)
    operators.initialise(before, login="ann", name="Ann", language="en", practice=True)
    desk = Desk(before, clock, operators.actor_of(before, "ann"))
    desk.callback()
    assert claim_next(before, desk.seat("ann").actor).taken is not None
