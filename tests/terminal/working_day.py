"""A desk in a real terminal with three customers, and the database behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from content.rulebook import load_shipped
from db import operators
from db.callbacks import NewCallback, create_callback
from db.engine import Database, open_database
from db.people import NewPerson, add_number, add_person
from domain.decision import NewNumber
from tests.databases import copy_template
from tests.tmux import PATIENCE, Terminal, desk_command, terminal

SHANGHAI = "Asia/Shanghai"


@dataclass
class Day:
    """A desk with customers in a database file, and the terminal in which it is open."""

    database: Database
    terminal: Terminal
    people: list[str]

    def wait_for(self, holds: Callable[[], bool]) -> None:
        """Waits until something is true of the database."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, self.terminal.screen
            self.terminal.settle(0.1)

    def wait_for_rows(self, table: Any, *conditions: Any) -> None:
        self.wait_for(lambda: bool(self.rows(table, *conditions)))

    def rows(self, table: Any, *conditions: Any) -> list[sa.RowMapping]:
        query = sa.select(table).where(*conditions).order_by(table.c.id)
        return self.database.read(lambda unit: list(unit.run(query).mappings().all()))


@contextmanager
def opened(
    template: Path,
    folder: Path,
    language: str,
    *,
    width: int = 80,
    height: int = 24,
    promised: int = 3,
    settings: str = "",
) -> Iterator[Day]:
    """Three customers whose time was named, so that they may be rung at any hour of the test.

    The first ones of them, as many as `promised` says, were promised their calls; `settings` is the
    text of a settings file.
    """
    url = copy_template(template, folder)
    with opened_on(
        url, folder, language, width=width, height=height, promised=promised, settings=settings
    ) as day:
        yield day


@contextmanager
def opened_on(
    url: str,
    folder: Path,
    language: str,
    *,
    width: int = 80,
    height: int = 24,
    promised: int = 3,
    settings: str = "",
) -> Iterator[Day]:
    """The same in a database with tables and nothing else."""
    database = open_database(url, rulebook=load_shipped())
    operators.initialise(database, login="ann", name="李娜", language=language)
    names = ["王芳", "[/]李[@click=app.quit]伟", "Mary\x1b[31m Jones"]

    def fill(unit: Any) -> None:
        for place, name in enumerate(names):
            person = add_person(unit, NewPerson(name, zone=SHANGHAI, sex="女"))
            number = f"+8613800000{place:03d}"
            add_number(unit, person, NewNumber(number, "", "CN", "mobile", (SHANGHAI,)))
            create_callback(
                unit,
                database.rulebook,
                NewCallback(
                    person,
                    "delivery-3day",
                    unit.now - timedelta(minutes=30 - place),
                    promised=place < promised,
                    named_by_customer=True,
                ),
            )

    database.write(fill)
    environment = {}
    if settings:
        (folder / "settings.toml").write_text(settings, encoding="utf-8")
        environment["CALLBACK_DESK_SETTINGS"] = str(folder / "settings.toml")
    try:
        with terminal(
            desk_command(url, "--as", "ann", "--lang", language),
            width=width,
            height=height,
            environment=environment,
        ) as made:
            yield Day(database, made, names)
    finally:
        database.close()
