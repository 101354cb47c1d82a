"""Making the demo's database: operators, customers, the calls of the last days, callbacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from app.demo.cases import relive_cases
from app.demo.past import relive
from app.demo.people import invent
from app.demo.storing import add_customer, new_callback
from content.demo import DemoContent, demo_content
from content.demo_cases import demo_cases
from content.rulebook import load_shipped
from content.translations import Language
from db import operators, schema
from db.callbacks import create_callback
from db.engine import Database, open_database
from db.housekeeping import keep_house
from db.place import read_place
from db.shop import set_shop
from db.transaction import Unit
from domain.permissions import Actor
from domain.shop import Shop
from screens.scripts import take_shipped_in

COLLEAGUES: Final = (
    ("li.na", "李娜", "operator", "zh"),
    ("wang.wei", "王伟", "lead", "zh"),
    ("ann", "Ann Carter", "operator", "en"),
)
"""Who else works at the demo's desk: login, name, role, language."""

SHOP: Final = Shop("CN", "Asia/Shanghai")
"""Where the demo's shop is, wherever it is shown."""

_KNOWN_FOR: Final = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class MadeDemo:
    """What was made: where, how many customers, and the logins that work there."""

    database: str
    customers: int
    logins: tuple[str, ...]


def make_demo(url: str, *, login: str, language: Language, now: datetime | None = None) -> MadeDemo:
    """Makes a practice database with invented customers; an earlier one in its file is replaced.

    A file is made beside its place and moved there when it is whole: whoever opens the database
    meanwhile neither sees half of it nor keeps house by today's clock in the days of its past.

    Args:
        url: the database; a file that holds no practice database is never touched.
        login: the first operator, an admin.
        language: of the first operator.
        now: the present to take (UTC); the database's own unless given.

    Raises:
        RefusedError: `not_a_practice_database` when there is something else,
            `already_initialised` on a server.
        StorageError: it can't be written.
    """
    file = read_place(url).file
    if file is None:
        made = _make(url, login, language, now)
    else:
        _refuse_unless_practice(url, file)
        unfinished = file.with_name(f"{file.name}.making")
        _remove(unfinished)
        made = _make(str(unfinished), login, language, now)
        _remove(file)
        unfinished.replace(file)
        Path(f"{unfinished}.lock").unlink(missing_ok=True)
    logins = (login, *(each for each, *_ in COLLEAGUES if each != login))
    return MadeDemo(read_place(url).shown, made, logins)


def _make(url: str, login: str, language: Language, now: datetime | None) -> int:
    database = open_database(url, rulebook=load_shipped(), must_exist=False)
    try:
        schema.create(database)
        if now is not None:
            database.set_clock(lambda: now)
        operators.initialise(database, login=login, name=login, language=language, practice=True)
        actor = operators.actor_of(database, login)
        set_shop(database, actor, country=SHOP.country, zone=SHOP.zone)
        for colleague, name, role, tongue in COLLEAGUES:
            if colleague != login:
                operators.add(
                    database, actor, login=colleague, name=name, role=role, language=tongue
                )
        _scripts_of_old(database, now)
        return fill(database, actor, demo_content(), now)
    finally:
        database.close()


def fill(
    database: Database, actor: Actor, content: DemoContent, now: datetime | None = None
) -> int:
    """Adds the invented customers with their callbacks and returns how many they are.

    Some have been rung in the last days, and some have complained: calls and cases are carried out
    by the desk's own use cases, on a clock that is set back for them.

    Args:
        database: a practice database.
        actor: the first operator.
        content: what the customers are invented from.
        now: the present (UTC); the database's own unless given.
    """
    present = now or database.read(lambda unit: unit.now)
    people = invent(content, database.rulebook, present)
    database.set_clock(lambda: present - _KNOWN_FOR)
    ids = database.write(lambda unit: [add_customer(unit, one) for one in people])
    owners = {one.login: one.id for one in operators.list_all(database)}
    owners["me"] = actor.operator_id
    customers = list(zip(people, ids, strict=True))
    rung = relive(database, actor, content.past, customers, present)
    other = next(login for login, *_ in COLLEAGUES if login in owners and login != actor.login)
    team = (actor, operators.actor_of(database, other))
    rung |= relive_cases(database, team, demo_cases(), customers, present)
    database.set_clock(None if now is None else lambda: present)

    def work(unit: Unit) -> None:
        for one, known in zip(people, ids, strict=True):
            if known.person_id not in rung:
                create_callback(
                    unit, database.rulebook, new_callback(one, known, present, owners), actor
                )

    database.write(work)
    keep_house(database, every=0)
    return len(people)


def _scripts_of_old(database: Database, now: datetime | None) -> None:
    """Brings the scripts in as of old: the calls of the last days were led by them."""
    present = now or database.read(lambda unit: unit.now)
    database.set_clock(lambda: present - _KNOWN_FOR)
    take_shipped_in(database)
    database.set_clock(None if now is None else lambda: present)


def _refuse_unless_practice(url: str, file: Path) -> None:
    """Looks at what the file holds already: only an earlier practice database may be replaced."""
    if not file.exists() or not file.stat().st_size:
        return
    database = open_database(url)
    try:
        database.pretend(database.read(lambda unit: unit.now))
    finally:
        database.close()


def _remove(file: Path) -> None:
    for path in (file, *(Path(f"{file}{end}") for end in ("-wal", "-shm"))):
        path.unlink(missing_ok=True)
