"""A day's work with the rights that `db grants` prints, and nothing beyond them."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa

from content.rulebook import load_shipped
from db import operators, schema
from db.checks import resolve_not_called
from db.customer_erase import erase
from db.customer_search import search
from db.engine import Database, open_database
from db.finish import finish
from db.grants import grants, rights_on
from db.housekeeping import keep_house
from db.live_server import hears
from db.queue import claim_next, release
from db.seats import beat, close_seat
from db.tables import metadata
from db.undo import amend, undo
from domain.decision import Decision
from domain.errors import InputError, StorageError
from tests.databases import Clock, Desk, postgres_database
from tests.db.customers_filled import fill

ROLES = {
    "owner": f"own_{os.getpid()}",
    "role": f"work_{os.getpid()}",
    "reader": f"read_{os.getpid()}",
}


def run(url: str, statements: tuple[str, ...]) -> None:
    with closing(open_database(url)) as database, database.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def as_role(url: str, part: str) -> str:
    return url.replace("postgres@", f"{ROLES[part]}@", 1)


@pytest.fixture(scope="module")
def url(postgres_server: str) -> Iterator[str]:
    """An empty database on a server whose roles were made by the printed SQL."""
    name = f"grants_{os.getpid()}"
    with postgres_database(postgres_server, name) as made:
        printed = grants(name, **ROLES)
        run(made, printed.roles)
        try:
            with closing(open_database(as_role(made, "role"))) as working:
                with pytest.raises(StorageError) as error:
                    schema.create(working)
                assert error.value.code == "database_rights"
            with closing(open_database(as_role(made, "owner"))) as owned:
                schema.create(owned)
            run(as_role(made, "owner"), printed.tables)
            run(as_role(made, "owner"), printed.tables)  # again, as after an upgrade
            yield made
        finally:
            for role in ROLES.values():
                run(made, (f"DROP OWNED BY {role};", f"DROP ROLE {role};"))


@pytest.fixture(scope="module")
def desk(url: str) -> Iterator[Desk]:
    """The desk as its seats work with it."""
    database = open_database(as_role(url, "role"), rulebook=load_shipped())
    clock = Clock()
    database.set_clock(clock)
    operators.initialise(database, login="ann", name="Ann", language="en", practice=True)
    yield Desk(database, clock, operators.actor_of(database, "ann"))
    database.close()


def test_a_days_work_needs_no_more(desk: Desk) -> None:
    schema.check(desk.database)
    assert schema.upgrade(desk.database) == (schema.REVISION, schema.REVISION)
    assert hears(desk.database)
    for _ in range(3):
        desk.callback()
    ann = desk.seat("ann").actor
    beat(desk.database, ann)
    keep_house(desk.database, seat_id=ann.seat_id, every=0.0)
    taken = claim_next(desk.database, ann).taken
    release(desk.database, ann, call_id=taken.call_id)
    taken = claim_next(desk.database, ann).taken
    decision = Decision(uuid.uuid4().hex, "no-answer", note="later")
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    again = undo(desk.database, ann, decision.uuid, uuid.uuid4().hex)
    last = Decision(uuid.uuid4().hex, "completed")
    finish(desk.database, ann, again.call_id, again.fence, last)
    since = desk.clock.now - timedelta(hours=1)
    other = Decision(uuid.uuid4().hex, "no-answer")
    amend(desk.database, ann, last.uuid, other, since=since)
    gone = claim_next(desk.database, ann).taken
    close_seat(desk.database, ann)
    resolve_not_called(desk.database, ann, gone.callback_id)
    filled = fill(desk)
    assert search(desk.database, desk.actor, "13800000001") is not None
    erase(desk.database, desk.actor, filled.person_id, "request", rewrite=False)


def refused(database: Database, statement: str) -> bool:
    try:
        database.write(lambda unit: unit.run(sa.text(statement)))
    except StorageError as error:
        return error.code == "database_rights"
    return False


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE callback ADD COLUMN mine int",
        "DROP TABLE audit",
        "UPDATE audit SET action = 'nothing'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "UPDATE callback_event SET kind = 'nothing'",
        "DELETE FROM operator",
        "DELETE FROM call_decision",
        "UPDATE alembic_version SET version_num = 'x'",
        "CREATE TEMP TABLE mine (id int)",
    ],
)
def test_a_seat_can_do_no_more(desk: Desk, statement: str) -> None:
    assert refused(desk.database, statement)


def test_reports_read_and_do_nothing_else(url: str) -> None:
    with closing(open_database(as_role(url, "reader"))) as reading:
        assert reading.read(lambda unit: unit.run(sa.text("SELECT count(*) FROM callback")).all())
        assert refused(reading, "DELETE FROM callback")
        assert refused(reading, "SELECT value FROM desk_fact")
        assert refused(reading, "SELECT body FROM draft")


def test_every_table_has_its_rights() -> None:
    printed = "\n".join(grants("desk", owner="a", role="b", reader="c").tables)
    for table in metadata.tables:
        assert f"GRANT {', '.join(rights_on(table))} ON {table} TO b;" in printed
    assert rights_on("audit") == ("SELECT", "INSERT")


@pytest.mark.parametrize("name", ["Desk", "desk; DROP", "", "1desk", 'a"b'])
def test_names_that_would_need_quoting_are_refused(name: str) -> None:
    with pytest.raises(InputError) as error:
        grants("desk", owner="a", role=name, reader="c")
    assert error.value.code == "grants_name"
