"""A database of an earlier revision, with data in it, is brought up to date and keeps the data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from content.rulebook import load_shipped
from db import operators, schema
from db.engine import Database, open_database
from db.queue import claim_next
from db.types import Instant
from domain.errors import StorageError
from tests.databases import Clock, Desk, postgres_database

FIRST = "20261122_first"


@pytest.fixture(params=["sqlite", "postgresql"])
def first(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with the tables of the first revision."""
    if request.param == "sqlite":
        made = open_database(str(tmp_path / "first.db"), rulebook=load_shipped(), must_exist=False)
        yield at_revision(made, FIRST)
        made.close()
        return
    server = request.getfixturevalue("postgres_server")
    with postgres_database(server, f"first_{os.getpid()}") as url:
        made = open_database(url, rulebook=load_shipped())
        yield at_revision(made, FIRST)
        made.close()


def at_revision(database: Database, revision: str) -> Database:
    with schema.upgrading(database) as connection:
        command.upgrade(schema._config(connection), revision)
    return database


def test_an_earlier_database_keeps_its_data(first: Database) -> None:
    clock = Clock()
    first.set_clock(clock)
    operators.initialise(first, login="ann", name="Ann", language="en", practice=True)
    desk = Desk(first, clock, operators.actor_of(first, "ann"))
    person = desk.person("王芳")
    waiting = desk.callback()
    old_call = first.write(lambda unit: _old_call(unit, person, desk.actor.operator_id))
    first.write(_old_release)

    with pytest.raises(StorageError) as older:
        schema.check(first)
    assert older.value.code == "schema_older"
    assert schema.upgrade(first) == (FIRST, schema.REVISION)
    schema.check(first)

    (kept,) = desk.rows(sa.text("SELECT * FROM call"))
    assert (kept["id"], kept["person_id"], kept["release"]) == (old_call, person, "rules")
    assert kept["script_release"] is None
    (release,) = desk.rows(sa.text("SELECT * FROM content_release"))
    assert (release["name"], release["changed"]) == ("old", 0)
    claimed = claim_next(first, desk.seat("ann").actor)
    assert claimed.taken is not None
    assert claimed.taken.callback_id == waiting


def _old_call(unit, person: int, operator: int) -> int:
    return unit.run(
        sa.text(
            "INSERT INTO call (person_id, operator_id, direction, phase, fence, started_at,"
            " release, playbook, survey, language) VALUES (:person, :operator, 'out', 'ended', 1,"
            " :at, 'rules', 'general', '', 'en') RETURNING id"
        ).bindparams(sa.bindparam("at", type_=Instant)),
        {"person": person, "operator": operator, "at": unit.now},
    ).scalar_one()


def _old_release(unit) -> None:
    unit.run(
        sa.text(
            "INSERT INTO content_release (name, created_at, in_force_from) VALUES ('old', :at, :at)"
        ).bindparams(sa.bindparam("at", type_=Instant)),
        {"at": unit.now},
    )
