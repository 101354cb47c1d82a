"""A whole database moves from a file to a server and back, and is the same row by row."""

from __future__ import annotations

import itertools
import json
import os
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from app.cli.program import callback_desk
from content.rulebook import load_shipped
from db import operators
from db.copying import Copied, copy_database
from db.engine import Database, open_database
from db.queue import claim_next
from db.schema import create
from db.seats import close_seat
from db.tables import callback, desk_fact, metadata, operator, person
from domain.errors import DeskError
from tests.databases import Desk, copy_template, desk_on, postgres_database

_NAMES = itertools.count(1)


@pytest.fixture
def server(postgres_server: str) -> Iterator[Database]:
    """A database without tables on a server."""
    with (
        postgres_database(postgres_server, f"copy_{os.getpid()}_{next(_NAMES)}") as url,
        closing(open_database(url, rulebook=load_shipped())) as made,
    ):
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    """A file that is not there yet."""
    path = str(tmp_path / "new" / "desk.db")
    with closing(open_database(path, rulebook=load_shipped(), must_exist=False)) as made:
        yield made


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    with desk_on(copy_template(sqlite_template, tmp_path)) as made:
        yield made


def rows_of(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    def work(unit: Any) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: sorted((tuple(row) for row in unit.run(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
        }

    return database.read(work)


def refusal(work: Any) -> DeskError:
    with pytest.raises(DeskError) as error:
        work()
    return error.value


def told(copied: Copied) -> dict[str, tuple[int, str]]:
    return {table.name: (table.rows, table.checksum) for table in copied.tables}


def random_value(chance: random.Random, column: sa.Column[Any]) -> Any:
    """Some value that a column takes; awkward ones among them."""
    kind = column.type
    if column.nullable and chance.random() < 0.3:
        return None
    if isinstance(kind, sa.JSON):
        odd = {"名": "李\u2028娜", "deep": [None, True, 1.5, {"x": "'\"\\"}]}
        return chance.choice([{}, [], odd, "text", 7])
    if isinstance(kind, sa.Boolean):
        return chance.random() < 0.5
    if isinstance(kind, sa.SmallInteger):
        return chance.randrange(-100, 30_000)
    if isinstance(kind, sa.BigInteger):
        return chance.randrange(-(2**62), 2**62)
    if isinstance(kind, sa.Integer):
        return chance.randrange(-(2**31), 2**31)
    if isinstance(kind, sa.Double | sa.Float):
        return chance.choice([0.1, -1e300, 1 / 3, 5e-324])
    if isinstance(kind, sa.Date):
        return date(2026, 1, 1) + timedelta(days=chance.randrange(-20_000, 20_000))
    if isinstance(kind, sa.String):
        text = "".join(chance.choice("aé李🚗'\"\\%:\n ") for _ in range(chance.randrange(9)))
        return text[: kind.length]
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    return moment + timedelta(microseconds=chance.randrange(-(10**15), 10**15))


def fill_at_random(database: Database, seed: int, rows: int = 6) -> None:
    """Rows of every table, without regard to rules: links lead to rows before or after."""
    chance = random.Random(seed)

    def work(unit: Any) -> None:
        unit.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in metadata.sorted_tables:
            for number in range(1, rows + 1):
                # What was drawn may be there already where it must be unique.
                while not _inserted(unit, table, _random_row(chance, table, number, rows)):
                    pass
        unit.run(sa.text("UPDATE seat SET closed_at = '2026-11-22T00:00:00.000000Z'"))

    database.write(work)


def _random_row(chance: random.Random, table: sa.Table, number: int, rows: int) -> dict[str, Any]:
    values = {column.name: random_value(chance, column) for column in table.columns}
    for column in table.columns:
        if column.foreign_keys and (values[column.name] is not None or chance.random() < 0.5):
            values[column.name] = chance.randrange(1, rows + 1)
    if "id" in values:
        values["id"] = number
    if table is callback:
        values["state"] = "done"
    return values


def _inserted(unit: Any, table: sa.Table, values: dict[str, Any]) -> bool:
    try:
        with unit.connection.begin_nested():
            unit.run(sa.insert(table), values)
    except sa.exc.IntegrityError as error:
        if "UNIQUE" not in str(error):
            raise
        return False
    return True


def test_a_days_work_moves_to_a_server_and_goes_on_there(desk: Desk, server: Database) -> None:
    for _ in range(3):
        desk.callback()
    seat = desk.seat("ann").actor
    assert claim_next(desk.database, seat).taken is not None
    close_seat(desk.database, seat)
    copied = copy_database(desk.database, server)
    assert (copied.open_seats, told(copied)["callback"][0]) == (0, 3)
    assert rows_of(server) == rows_of(desk.database)
    # New rows get numbers of their own.
    server.set_clock(desk.clock)
    operators.add(server, operators.actor_of(server, "ann"), login="bo", name="Bo", role="lead")
    there = Desk(server, desk.clock, operators.actor_of(server, "bo"), itertools.count(50))
    there.callback()
    assert claim_next(server, there.seat("bo").actor).taken is not None


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_the_rows_hold_a_round_trip_gives_them_back(
    sqlite_template: Path, tmp_path: Path, server: Database, file: Database, seed: int
) -> None:
    with closing(open_database(copy_template(sqlite_template, tmp_path))) as source:
        fill_at_random(source, seed)
        there = copy_database(source, server)
        back = copy_database(server, file)
        assert told(there) == told(back)
        assert all(table.rows for table in there.tables)
        before, after = (rows_of(database) for database in (source, file))
        assert before == after
    with file.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []


def test_open_seats_are_asked_about(desk: Desk, file: Database) -> None:
    desk.seat("ann")
    assert refusal(lambda: copy_database(desk.database, file)).code == "copy_seats_open"
    assert copy_database(desk.database, file, while_open=True).open_seats == 1


@pytest.mark.parametrize("there", ["rows", "source"])
def test_nothing_is_copied_over_something(desk: Desk, file: Database, there: str) -> None:
    if there == "source":
        assert refusal(lambda: copy_database(desk.database, desk.database)).code == "copy_same"
        return
    create(file)
    operators.initialise(file, login="eve", name="Eve", language="en")
    assert refusal(lambda: copy_database(desk.database, file)).code == "copy_not_empty"
    assert [row[0] for row in file.read(lambda unit: unit.run(sa.select(operator.c.login)).all())]


def test_what_a_server_does_not_take_leaves_it_as_it_was(desk: Desk, server: Database) -> None:
    made = desk.person("王芳")
    desk.database.write(
        lambda unit: unit.run(
            sa.update(person).where(person.c.id == made).values(name="long " * 200)
        )
    )
    error = refusal(lambda: copy_database(desk.database, server))
    assert (error.code, error.params["table"]) == ("copy_unfit", "person")
    with server.engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []


def test_a_source_of_another_revision_is_refused(desk: Desk, file: Database) -> None:
    desk.database.write(
        lambda unit: unit.run(sa.text("UPDATE alembic_version SET version_num = '20261122_cases'"))
    )
    assert refusal(lambda: copy_database(desk.database, file)).code == "schema_older"
    assert desk.rows(sa.select(desk_fact.c.name))


def test_the_command_copies_and_tells_what(desk: Desk, tmp_path: Path) -> None:
    target = str(tmp_path / "there.db")
    source = str(desk.database.place.file)
    done = CliRunner().invoke(callback_desk, ["db", "copy", source, target, "--json"])
    told_of = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (told_of["source"], told_of["target"], told_of["open_seats"]) == (source, target, 0)
    assert {"name", "rows", "checksum"} == set(told_of["tables"][0])
    again = CliRunner().invoke(callback_desk, ["db", "copy", source, target])
    assert (again.exit_code, "is not empty" in again.stderr) == (1, True)
