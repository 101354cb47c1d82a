"""The live feed on a server: by LISTEN, by looking, after a lost line, and beside a pooler."""

from __future__ import annotations

import itertools
import os
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from content.rulebook import load_shipped
from db import live_server
from db.engine import Database, open_database
from db.live import ALL, Feed
from db.live_server import hears
from db.place import read_place
from db.topics import CASES, QUEUE, seat_topic
from db.transaction import Unit
from tests.databases import Desk, desk_on, postgres_database
from tests.pgbouncer import pooler

WAIT = 15.0
_NAMES = itertools.count(1)


@pytest.fixture
def url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    name = f"feed_{os.getpid()}_{next(_NAMES)}"
    with postgres_database(postgres_server, name, postgres_template) as made:
        yield made


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    with desk_on(url) as made:
        yield made


@pytest.fixture(scope="module")
def pool(postgres_server: str) -> Iterator[str]:
    with pooler(postgres_server) as made:
        yield made


@contextmanager
def through(pool: str, url: str, question: str = "") -> Iterator[Database]:
    """The database of a URL, seen through a pooler."""
    name = url.rsplit("/", 1)[1]
    database = open_database(f"{pool.rsplit('/', 1)[0]}/{name}{question}", rulebook=load_shipped())
    yield database
    database.close()


@contextmanager
def listening(database: Database, **options: int) -> Iterator[SimpleNamespace]:
    moves: queue.Queue = queue.Queue()
    states: queue.Queue = queue.Queue()
    feed = Feed(database, moves.put, states.put, **options)
    feed.start()
    try:
        yield SimpleNamespace(moves=moves, states=states)
    finally:
        feed.stop()


def move(database: Database, *topics: str) -> None:
    database.write(lambda unit: unit.move(*topics))


def until(moves: queue.Queue, wanted: set[str]) -> set[str]:
    got: set[str] = set()
    while not wanted <= got:
        got |= moves.get(timeout=WAIT)
    return got


def lines(database: Database, name: str = "callback-desk feed") -> int:
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = :name AND datname = current_database()"
    )
    return database.read(lambda unit: unit.run(query, {"name": name}).scalar_one())


def cut(database: Database, name: str) -> None:
    query = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"
        " AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    database.read(lambda unit: unit.run(query, {"name": name}).all())


def test_a_seat_hears_its_own_topic_and_no_other_seats(desk: Desk) -> None:
    with listening(desk.database, seat_id=7) as heard:
        assert heard.moves.get(timeout=WAIT) == ALL | {seat_topic(7)}
        assert heard.states.get(timeout=WAIT) is True
        move(desk.database, seat_topic(8))
        move(desk.database, seat_topic(7), CASES)
        assert until(heard.moves, {seat_topic(7), CASES}) == {seat_topic(7), CASES}


def test_a_lost_line_is_made_anew_and_everything_read_again(desk: Desk) -> None:
    with listening(desk.database) as heard:
        assert heard.moves.get(timeout=WAIT) == ALL
        cut(desk.database, "callback-desk feed")
        assert heard.moves.get(timeout=WAIT) == ALL
        move(desk.database, QUEUE)
        assert QUEUE in until(heard.moves, {QUEUE})


def test_a_quiet_line_tells_nothing_and_proves_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_server, "WAIT", 0.05)
    monkeypatch.setattr(live_server, "SAFETY", 0.1)
    monkeypatch.setattr(live_server, "SILENCE", 0.1)
    with listening(desk.database) as heard:
        assert heard.moves.get(timeout=WAIT) == ALL
        with pytest.raises(queue.Empty):
            heard.moves.get(timeout=1.0)
        assert lines(desk.database) == 1


def test_what_a_line_did_not_hear_is_found_by_its_version(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_server, "WAIT", 0.05)
    monkeypatch.setattr(live_server, "SAFETY", 0.1)
    missed = sa.text("INSERT INTO topic (name, version) VALUES ('cases#3', 1)")
    with listening(desk.database) as heard:
        assert heard.moves.get(timeout=WAIT) == ALL
        desk.database.write(lambda unit: unit.run(missed))
        assert heard.moves.get(timeout=WAIT) == {CASES}


def test_a_line_that_turns_deaf_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_server, "WAIT", 0.05)
    monkeypatch.setattr(live_server, "SILENCE", 0.1)
    monkeypatch.setattr(live_server, "ANSWER", 0.2)
    with listening(desk.database) as heard:
        assert heard.moves.get(timeout=WAIT) == ALL
        # From now on its own words go to a channel on which it does not listen.
        monkeypatch.setattr(live_server, "CHANNEL", "elsewhere")
        assert heard.moves.get(timeout=WAIT) == ALL


def test_through_a_pooler_a_seat_looks_by_itself(desk: Desk, url: str, pool: str) -> None:
    with through(pool, url) as database:
        assert not hears(database)
        with listening(database, seat_id=3) as heard:
            assert heard.moves.get(timeout=WAIT) == ALL | {seat_topic(3)}
            assert heard.states.get(timeout=WAIT) is True
            move(desk.database, QUEUE)
            assert heard.moves.get(timeout=WAIT) == {QUEUE}
            move(desk.database, seat_topic(3))
            assert heard.moves.get(timeout=WAIT) == {seat_topic(3)}


def test_beside_a_pooler_a_seat_listens_where_it_is_told(desk: Desk, url: str, pool: str) -> None:
    server = urlsplit(url).netloc.partition("@")[2]
    with through(pool, url, f"?live={server}") as database:
        assert hears(database)
        with listening(database) as heard:
            assert heard.moves.get(timeout=WAIT) == ALL
            assert lines(database) == 1
            move(database, QUEUE)
            assert QUEUE in until(heard.moves, {QUEUE})


@pytest.mark.parametrize(
    ("given", "url", "live"),
    [
        (
            "postgresql://desk:a%40b@pool:6432/desk?sslmode=require&live=db:5433",
            "postgresql+psycopg://desk:a%40b@pool:6432/desk?sslmode=require",
            "postgresql://desk:a%40b@/desk?sslmode=require&host=db&port=5433",
        ),
        (
            "postgres://desk@pool/desk?live=db",
            "postgresql+psycopg://desk@pool/desk",
            "postgresql://desk@/desk?host=db",
        ),
        (
            "postgresql:///desk?host=/run/postgresql",
            "postgresql+psycopg:///desk?host=/run/postgresql",
            "postgresql:///desk?host=/run/postgresql",
        ),
        (
            "postgresql://[::1]:6432/desk?live=[::2]:5432",
            "postgresql+psycopg://[::1]:6432/desk",
            "postgresql:///desk?host=%3A%3A2&port=5432",
        ),
    ],
)
def test_the_address_of_the_live_feed_is_part_of_the_url(given: str, url: str, live: str) -> None:
    place = read_place(given)
    assert (place.url, place.live) == (url, live)


def test_no_password_is_shown() -> None:
    for url in ("postgresql://a:secret@h/d", "postgresql://h/d?user=a&password=secret&live=x"):
        assert "secret" not in read_place(url).shown


def test_a_move_is_told_at_once_and_not_when_the_listener_looks_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(desk.database) as heard:
        until(heard.moves, {QUEUE})
        monkeypatch.setattr(live_server, "WAIT", 2 * WAIT)
        # The wait that is under way is still a short one.
        move(desk.database, CASES)
        until(heard.moves, {CASES})
        move(desk.database, QUEUE)
        assert until(heard.moves, {QUEUE}) == {QUEUE}


def test_a_line_that_the_server_cut_between_two_questions_is_replaced(desk: Desk, url: str) -> None:
    def number(unit: Unit) -> int:
        return int(unit.run(sa.text("SELECT pg_backend_pid()")).scalar_one())

    before = desk.database.read(number)
    other = open_database(url)
    other.read(lambda unit: unit.run(sa.text(f"SELECT pg_terminate_backend({before}, 5000)")))
    other.close()
    assert desk.database.read(number) != before
