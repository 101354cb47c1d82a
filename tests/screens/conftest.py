"""A desk on SQLite for the screens; the same screens on PostgreSQL are the database suite's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Desk, copy_template, desk_on, make_template


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    with desk_on(copy_template(sqlite_template, tmp_path)) as made:
        yield made
