"""Bad days of the database: locked, gone, full, damaged, out of reach: told in words."""

from __future__ import annotations

import fcntl
import gc
import socket
import threading
import weakref
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from content.rulebook import load_shipped
from db import operators, place
from db.driver import has_wal_reset_fault, sqlite_module
from db.engine import Timing, open_database
from db.live import Feed
from db.people import NewPerson, add_person
from db.tables import person
from domain.errors import InputError, RefusedError, StorageError
from tests.databases import Desk, copy_template

QUICK = Timing(deadline=0.3)
SURELY = 30.0
"""Seconds for what must succeed, however busy the machine is."""


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> str:
    return copy_template(sqlite_template, tmp_path)


def add_one(database, deadline=None):
    return database.write(lambda unit: add_person(unit, NewPerson("王芳")), deadline=deadline)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def refusal(work) -> str:
    with pytest.raises(StorageError) as error:
        work()
    return error.value.code


def test_a_database_locked_by_somebody_is_waited_for_and_then_told(file: str) -> None:
    database = open_database(file, timing=QUICK)
    other = sqlite_module().connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert refusal(lambda: add_one(database)) == "database_busy"
    other.execute("ROLLBACK")
    assert add_one(database, SURELY) == 1
    other.close()
    database.close()


def test_a_turn_that_does_not_come_is_never_taken_afterwards(file: str) -> None:
    database = open_database(file, timing=QUICK)
    with Path(file + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert refusal(lambda: add_one(database)) == "database_busy"
        assert refusal(lambda: add_one(database)) == "database_busy"
    database.write(lambda unit: unit.now, deadline=SURELY)
    assert database.read(lambda unit: unit.run(sa.select(person.c.id)).all()) == []
    database.close()


def test_a_seat_ends_though_another_never_gives_up_its_turn(file: str) -> None:
    database = open_database(file, timing=QUICK)
    with Path(file + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert refusal(lambda: add_one(database)) == "database_busy"
        database.close()


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_nothing_is_said_to_be_saved_in_a_file_that_is_not_there_any_more(
    file: str, sqlite_template: Path, tmp_path: Path, how: str
) -> None:
    database = open_database(file, timing=QUICK)
    add_one(database, SURELY)
    if how == "removed":
        Path(file).unlink()
    else:
        other = Path(copy_template(sqlite_template, _made(tmp_path / "elsewhere")))
        other.replace(file)
    assert refusal(lambda: add_one(database)) == "database_gone"
    database.close()


def test_more_readers_than_connections_are_told_and_none_waits_for_ever(file: str) -> None:
    database = open_database(file, timing=QUICK)
    held = [database.engine.connect() for _ in range(14)]
    assert refusal(lambda: database.read(lambda unit: unit.now)) == "database_busy"
    for connection in held:
        connection.close()
    assert database.read(lambda unit: unit.now)
    database.close()


def test_a_feed_leaves_no_file_where_the_database_was(file: str) -> None:
    database = open_database(file, timing=QUICK)
    Path(file).unlink()
    gone = threading.Event()
    feed = Feed(database, lambda _topics: None, lambda there: None if there else gone.set())
    feed.start()
    assert gone.wait(10)
    feed.stop()
    database.close()
    assert not Path(file).exists()


def test_writers_of_one_seat_take_turns_and_lose_nothing(file: str) -> None:
    database = open_database(file)
    threads = [threading.Thread(target=add_one, args=(database,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(database.read(lambda unit: unit.run(sa.select(person.c.id)).all())) == 20
    database.close()


def test_what_is_written_is_not_kept_until_there_is_more_to_write(file: str) -> None:
    class Asking:
        """What wants something written: a screen with all that is on it."""

    database = open_database(file)
    asking = Asking()
    there = weakref.ref(asking)
    database.write(lambda unit, _asking=asking: unit.now)
    del asking
    for _ in range(200):  # its thread is still on its way back to its queue
        gc.collect()
        if there() is None:
            break
        threading.Event().wait(0.005)
    assert there() is None
    database.close()


def test_a_full_disk_loses_nothing_that_was_acknowledged(file: str) -> None:
    database = open_database(file)
    first = add_one(database)

    def too_much(unit) -> None:
        pages = unit.connection.exec_driver_sql("PRAGMA page_count").scalar()
        unit.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for _ in range(2000):
            add_person(unit, NewPerson("x" * 200))

    assert refusal(lambda: database.write(too_much)) == "database_full"
    assert database.read(lambda unit: unit.run(sa.select(person.c.id)).scalars().all()) == [first]
    database.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    wrong = tmp_path / "desk.db"
    wrong.write_bytes(b"PK\x03\x04" + b"nothing of ours " * 100)
    database = open_database(str(wrong))
    assert refusal(lambda: database.read(lambda unit: unit.now)) == "database_damaged"
    database.close()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert refusal(lambda: open_database(str(tmp_path / "nothing.db"))) == "database_missing"


def test_a_server_out_of_reach_is_told_within_the_deadline() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    database = open_database(f"postgresql://desk:secret@127.0.0.1:{port}/desk", timing=QUICK)
    with pytest.raises(StorageError) as error:
        database.read(lambda unit: unit.now)
    database.close()
    assert error.value.code == "database_unreachable"
    assert "secret" not in str(error.value.params["database"])


def test_a_statement_beyond_its_deadline_is_cut_on_a_server(postgres_server: str) -> None:
    database = open_database(postgres_server, timing=QUICK)
    code = refusal(lambda: database.read(lambda unit: unit.run(sa.text("SELECT pg_sleep(30)"))))
    database.close()
    assert code == "database_busy"


@pytest.mark.parametrize("url", ["mysql://x/y", ":memory:", "sqlite://", "postgresql://host"])
def test_what_is_no_address_of_a_database_is_refused(url: str) -> None:
    with pytest.raises(InputError) as error:
        open_database(url)
    assert error.value.code == "database_url"


def test_a_network_disk_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(place, "file_system", lambda _file: "nfs4")
    assert refusal(lambda: open_database(str(tmp_path / "x.db"), must_exist=False)) == (
        "database_on_network_disk"
    )


def test_the_mount_with_the_longest_path_names_the_file_system() -> None:
    assert place.file_system(Path("/proc/self/mounts")) == "proc"


def test_naive_instants_never_reach_a_table(desk: Desk) -> None:
    with pytest.raises((ValueError, sa.exc.StatementError), match="naive"):
        desk.database.write(
            lambda unit: unit.run(sa.update(person).values(updated_at=datetime(2026, 1, 1)))  # noqa: DTZ001
        )


def test_the_clock_is_fixed_on_practice_databases_only(file: str) -> None:
    database = open_database(file, rulebook=load_shipped())
    operators.initialise(database, login="ann", name="Ann", language="en", practice=False)
    with pytest.raises(RefusedError) as error:
        database.pretend(datetime.fromisoformat("2026-11-23T10:00:00+08:00"))
    database.close()
    assert error.value.code == "not_a_practice_database"


@pytest.mark.parametrize(
    ("version", "faulty"),
    [((3, 6, 23), False), ((3, 7, 0), True), ((3, 51, 2), True), ((3, 51, 3), False)],
)
def test_the_fault_of_the_log_reset_is_known_by_version(version, faulty: bool) -> None:
    assert has_wal_reset_fault(version) is faulty


def test_sqlite_writes_through_to_the_disk(file: str) -> None:
    database = open_database(file)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()
