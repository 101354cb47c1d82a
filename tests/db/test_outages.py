"""The server stops, the network is cut, a pooler loses its server: seats say so and go on alone.

A cut of half a minute, with the deadlines of real seats (as root): `python -m tests.outages`.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sa

from db import schema
from db.engine import open_database
from db.finish import finish
from db.history import check_history
from db.queue import claim_next
from db.tables import call_decision
from domain.decision import Decision
from domain.errors import StorageError
from tests import postgres
from tests.databases import Desk, desk_on, postgres_database
from tests.outages import TIMING, at_work, cut_for, fill, nothing_lost
from tests.pgbouncer import pooler
from tests.postgres import Server, own_server

CUSTOMERS = 400


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    try:
        with own_server() as made:
            yield made
    except postgres.NoServerError as error:
        pytest.skip(f"no PostgreSQL: {error}")


@pytest.fixture(scope="module")
def template(server: Server) -> Iterator[str]:
    with postgres_database(server.url, "template") as url:
        with closing(open_database(url)) as database:
            schema.create(database)
        yield "template"


@pytest.fixture
def url(server: Server, template: str, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"outage_{abs(hash(request.node.name)) % 10**9}"
    with postgres_database(server.url, name, template) as made:
        yield made


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    with desk_on(url, TIMING) as made:
        yield made


def test_a_server_that_stops_and_starts_again(desk: Desk, url: str, server: Server) -> None:
    fill(desk, CUSTOMERS)
    with at_work(url, "ann", "bo", clock=desk.clock) as seats:
        for seat in seats:
            seat.went_on()
        server.stop()
        try:
            for seat in seats:
                seat.noticed()
        finally:
            server.start()
        for seat in seats:
            seat.recovered()
    nothing_lost(desk, seats)
    assert {"database_unreachable"} <= seats[0].refused | seats[1].refused


def test_a_pooler_between_whose_server_stops(desk: Desk, url: str, server: Server) -> None:
    fill(desk, CUSTOMERS)
    with (
        pooler(server.url, size=3) as pool,
        at_work(
            pool.rsplit("/", 1)[0] + "/" + url.rsplit("/", 1)[1], "ann", "bo", clock=desk.clock
        ) as seats,
    ):
        for seat in seats:
            seat.went_on()
        server.stop("fast")
        try:
            for seat in seats:
                seat.noticed()
        finally:
            server.start()
        for seat in seats:
            seat.recovered()
    nothing_lost(desk, seats)


def test_a_network_that_is_cut_for_a_while() -> None:
    cut_for(0.0, TIMING, CUSTOMERS)


def _process_of(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def test_a_server_that_hangs_is_left_in_time(desk: Desk) -> None:
    stopped: list[int] = []

    def work(unit) -> None:
        stopped.append(_process_of(unit.connection))
        os.kill(stopped[-1], signal.SIGSTOP)
        unit.run(sa.text("SELECT 1"))

    began = time.monotonic()
    try:
        with pytest.raises(StorageError) as error:
            desk.database.write(work)
    finally:
        for process in stopped:
            os.kill(process, signal.SIGCONT)
    assert error.value.code == "database_unreachable"
    # The server's own deadline, the grace until the line is cut, and once more for a new line.
    assert time.monotonic() - began < 2 * (TIMING.deadline + 4)
    assert desk.database.read(lambda unit: unit.now)


def test_a_commit_that_nobody_heard_of_is_found_by_its_decision(desk: Desk) -> None:
    desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    decision = Decision("0" * 32, "completed")
    stopped: list[int] = []

    @sa.event.listens_for(desk.database.engine, "commit")
    def hang(connection: sa.Connection) -> None:
        if not stopped:
            stopped.append(connection.connection.dbapi_connection.info.backend_pid)
            os.kill(stopped[0], signal.SIGSTOP)

    try:
        with pytest.raises(StorageError) as error:
            finish(desk.database, actor, taken.call_id, taken.fence, decision)
    finally:
        os.kill(stopped[0], signal.SIGCONT)
    assert error.value.code == "database_unsure"
    done = finish(desk.database, actor, taken.call_id, taken.fence, decision)
    assert (done.uuid, done.call_id) == (decision.uuid, taken.call_id)
    assert len(desk.rows(sa.select(call_decision.c.id))) == 1
    assert check_history(desk.database) == ()


@pytest.fixture
def patient_desk(url: str) -> Iterator[Desk]:
    """A desk whose threads have time to meet on a busy machine."""
    with desk_on(url, replace(TIMING, deadline=8.0)) as made:
        yield made


def test_all_lines_die_at_once_and_nobody_notices(patient_desk: Desk) -> None:
    desk = patient_desk

    def all_at_once() -> list[object]:
        barrier = threading.Barrier(4)
        found: list[object] = []

        def look() -> None:
            found.append(desk.database.read(lambda _unit: barrier.wait(10) * 0 + 1))

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return found

    assert all_at_once() == [1] * 4
    end = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with (
        closing(open_database(desk.database.place.url)) as other,
        other.engine.connect() as connection,
    ):
        connection.execute(end)
    assert all_at_once() == [1] * 4


def test_a_transaction_whose_seat_is_silent_ends_with_its_locks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.server._IDLE", 200)

    def work(unit) -> None:
        threading.Event().wait(3.0)
        unit.run(sa.text("SELECT 1"))

    with pytest.raises(StorageError) as error:
        desk.database.write(work)
    assert error.value.code == "database_unreachable"
