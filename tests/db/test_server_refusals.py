"""What stands in the way of a desk on a server is told in words that help."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from click.testing import CliRunner

from app.cli.program import callback_desk
from content.translations import translate
from db import schema, server
from db.engine import open_database
from domain.errors import StorageError
from tests import postgres
from tests.databases import postgres_database
from tests.postgres import own_server


@pytest.fixture(scope="module")
def running() -> Iterator[str]:
    """A server on which one role needs a password; it and another own nothing."""
    try:
        with own_server(rule="host all guarded all scram-sha-256") as made:
            with (
                closing(open_database(made.url)) as database,
                database.engine.begin() as connection,
            ):
                connection.exec_driver_sql("CREATE ROLE guarded LOGIN PASSWORD 'right'")
                connection.exec_driver_sql("CREATE ROLE poor LOGIN")
            yield made.url
    except postgres.NoServerError as error:
        pytest.skip(f"no PostgreSQL: {error}")


@pytest.fixture
def empty(running: str) -> Iterator[str]:
    with postgres_database(running, "empty") as url:
        yield url


def init(url: str) -> tuple[int, str]:
    done = CliRunner().invoke(
        callback_desk,
        ["init", "--database", url, "--as", "ann", "--region", "CN", "--zone", "Asia/Shanghai",
         "--json"],
    )  # fmt: skip
    if done.exit_code == 0:
        return 0, json.loads(done.stdout)["operator"]["login"]
    return done.exit_code, json.loads(done.stdout or done.stderr)["error"]["code"]


def test_init_makes_the_tables_in_an_empty_database(empty: str) -> None:
    assert init(empty) == (0, "ann")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda url: url.replace("/empty", "/nowhere"), "database_unknown"),
        (lambda url: url.replace("postgres@", "guarded:wrong@"), "database_login"),
        (lambda url: url.replace("postgres@", "guarded@"), "database_login"),
        (lambda url: url.replace("postgres@", "nobody@"), "database_login"),
        (lambda url: url.replace("postgres@", "poor@"), "database_rights"),
        (lambda url: url.replace("127.0.0.1", "127.0.0.2"), "database_unreachable"),
    ],
)
def test_init_says_what_is_missing(empty: str, change: Callable[[str], str], code: str) -> None:
    assert init(change(empty)) == (1, code)


def test_a_missing_database_comes_with_the_command_that_makes_it() -> None:
    for language in ("en", "zh"):
        assert "createdb" in translate(language, "error.database_unknown.todo")


def refused(url: str) -> StorageError:
    with closing(open_database(url)) as database, pytest.raises(StorageError) as error:
        schema.create(database)
    return error.value


def test_another_encoding_is_refused(running: str) -> None:
    with closing(open_database(running)) as database, database.engine.connect() as connection:
        own = connection.execution_options(isolation_level="AUTOCOMMIT")
        own.exec_driver_sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    error = refused(running.removesuffix("postgres") + "latin")
    assert (error.code, error.params.get("found")) == ("server_encoding", "LATIN1")


def test_a_server_that_is_too_old_is_refused(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "OLDEST", 99)
    assert refused(empty).code == "server_old"


def test_a_server_that_may_only_be_read_is_refused(empty: str) -> None:
    with closing(open_database(empty)) as database, database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER DATABASE empty SET default_transaction_read_only = on")
    assert refused(empty).code == "database_read_only"
