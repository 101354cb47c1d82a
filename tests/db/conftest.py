"""One suite for both databases: `desk` runs each test on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import schema
from db.engine import open_database
from tests import postgres
from tests.databases import Desk, copy_template, desk_on, postgres_database

_NAMES = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    try:
        with postgres.server() as url:
            yield url
    except postgres.NoServerError as error:
        pytest.skip(f"no PostgreSQL: {error}")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    name = f"template_{os.getpid()}"
    with postgres_database(postgres_server, name) as url:
        database = open_database(url)
        schema.create(database)
        database.close()
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with all tables: its file path or URL."""
    if request.param == "sqlite":
        yield copy_template(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    name = f"desk_{os.getpid()}_{next(_NAMES)}"
    with postgres_database(server, name, template) as made:
        yield made


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    with desk_on(url) as made:
        yield made
