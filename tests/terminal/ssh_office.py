"""A desk behind a real sshd: a lead and an operator with keys, and customers in the queue."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
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
from db.operator_keys import OperatorKey, add_key
from db.people import NewPerson, add_number, add_person
from db.tables import seat
from domain.decision import NewNumber
from domain.permissions import Actor
from tests.databases import copy_template
from tests.sshd import Sshd, sshd, wait_until
from tests.tmux import Terminal, terminal

PEOPLE = ("王芳", "李伟", "Mary Jones")


@dataclass
class Office:
    """A desk behind sshd.

    Attributes:
        server: the sshd.
        database: the desk's, looked at from beside.
        admin: `ann`, who keeps the keys.
        keys: private key files by login: `lena` the lead, `otto` the operator.
    """

    server: Sshd
    database: Database
    admin: Actor
    keys: dict[str, Path]

    def let_in(self, login: str, role: str, name: str, language: str = "en") -> OperatorKey:
        """Adds an operator with a key."""
        operators.add(
            self.database, self.admin, login=login, name=name, role=role, language=language
        )
        return self.give_key(login)

    def give_key(self, login: str, name: str | None = None) -> OperatorKey:
        """Gives an operator a (further) key."""
        file = self.server.make_key(name or login)
        self.keys[name or login] = file
        text = file.with_suffix(".pub").read_text(encoding="utf-8")
        return add_key(self.database, self.admin, login, text)

    @contextmanager
    def logged_in(self, login: str, *words: str, **options: Any) -> Iterator[Terminal]:
        """A terminal in which somebody logs in by key."""
        with terminal(self.server.client(self.keys[login], *words), **options) as made:
            yield made

    def rows(self, table: Any, *conditions: Any) -> list[sa.RowMapping]:
        query = sa.select(table).where(*conditions).order_by(table.c.id)
        return self.database.read(lambda unit: list(unit.run(query).mappings().all()))

    def wait_for_rows(self, table: Any, *conditions: Any) -> list[sa.RowMapping]:
        """The rows that fit, once there are any."""
        wait_until(lambda: self.rows(table, *conditions), lambda: self.server.log)
        return self.rows(table, *conditions)

    def seat_of(self, login: str) -> sa.RowMapping:
        """The latest open seat of an operator, once there is one."""
        who = operators.actor_of(self.database, login).operator_id
        return self.wait_for_rows(seat, seat.c.operator_id == who, seat.c.closed_at.is_(None))[-1]


@contextmanager
def office(
    template: Path,
    *,
    settings: str = "",
    extra: Sequence[str] = (),
    match: Mapping[str, str] | None = None,
    language: str = "en",
) -> Iterator[Office]:
    """A desk with three customers that are due, behind a running sshd."""
    # The folder of a test has a long name; a path in a key's line may, a socket's may not.
    folder = Path(tempfile.mkdtemp(prefix="desk-ssh-"))
    url = copy_template(template, folder)
    database = open_database(url, rulebook=load_shipped())
    operators.initialise(database, login="ann", name="Ann", language=language)

    def fill(unit: Any) -> None:
        for place, name in enumerate(PEOPLE):
            person = add_person(unit, NewPerson(name, zone="Asia/Shanghai"))
            number = f"+8613800000{place:03d}"
            add_number(unit, person, NewNumber(number, "", "CN", "mobile", ("Asia/Shanghai",)))
            create_callback(
                unit,
                database.rulebook,
                NewCallback(
                    person,
                    "delivery-3day",
                    unit.now - timedelta(minutes=30 - place),
                    promised=True,
                    named_by_customer=True,
                ),
            )

    try:
        database.write(fill)
        (folder / "sshd").mkdir()
        with sshd(folder / "sshd", url, settings=settings, extra=extra, match=match) as server:
            made = Office(server, database, operators.actor_of(database, "ann"), {})
            made.let_in("otto", "operator", "Otto", language)
            made.let_in("lena", "lead", "李娜", language)
            yield made
    finally:
        database.close()
        shutil.rmtree(folder, ignore_errors=True)
