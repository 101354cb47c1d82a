"""Operators: who works at this desk, and as what."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.tables import desk_fact, operator
from db.topics import SEATS
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, Role, require


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who works at the desk, as others may see it."""

    id: int
    login: str
    name: str
    role: str
    language: str
    speaks: tuple[str, ...]
    active: bool


def initialise(
    database: Database, *, login: str, name: str, language: str, practice: bool = False
) -> Operator:
    """Puts the first operator (an admin), the campaigns and the facts into an empty database.

    Raises:
        RefusedError: `already_initialised` when there is an operator.
    """
    from db.campaigns import install_campaigns  # noqa: PLC0415 - a new database only

    def work(unit: Unit) -> Operator:
        if unit.run(sa.select(operator.c.id).limit(1)).first() is not None:
            raise RefusedError("already_initialised", database=database.place.shown)
        facts = {"practice": "yes" if practice else "no", "secret": secrets.token_hex(32)}
        unit.run(desk_fact.insert(), [{"name": key, "value": facts[key]} for key in facts])
        install_campaigns(unit, database.rulebook.campaigns)
        return _insert(unit, login, name, "admin", language, ())

    return database.write(work)


def add(
    database: Database,
    actor: Actor,
    *,
    login: str,
    name: str,
    role: str = "operator",
    language: str = "zh",
    speaks: Sequence[str] = (),
) -> Operator:
    """Adds an operator.

    Raises:
        InputError: `operator_exists`, `role_unknown`, `login_bad`.
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> Operator:
        require(actor, "operators.edit")
        made = _insert(unit, login, name, role, language, speaks)
        append_audit(unit, actor, "operator_add", "operator", made.id, fields=["login", "role"])
        unit.move(SEATS)
        return made

    return database.write(work)


def list_all(database: Database) -> tuple[Operator, ...]:
    """All operators by login."""
    return database.read(
        lambda unit: tuple(
            _as_operator(row)
            for row in unit.run(sa.select(operator).order_by(operator.c.login)).mappings()
        )
    )


def actor_of(database: Database, login: str) -> Actor:
    """The actor of a login, at no seat.

    Raises:
        RefusedError: `operator_unknown`.
    """
    return database.read(lambda unit: find_operator(unit, login))


def find_operator(unit: Unit, login: str) -> Actor:
    """The actor of a login within a transaction.

    Raises:
        RefusedError: `operator_unknown`.
    """
    row = (
        unit.run(sa.select(operator).where(operator.c.login == login, operator.c.active))
        .mappings()
        .first()
    )
    if row is None:
        raise RefusedError("operator_unknown", login=login)
    return Actor(
        operator_id=row["id"],
        login=row["login"],
        name=row["name"],
        role=Role(row["role"]),
        language=row["language"],
    )


def operator_named(unit: Unit, name: str) -> int | None:
    """The operator whose login or name is the text; none where nobody or several are."""
    rows = (
        unit.run(
            sa.select(operator.c.id)
            .where(operator.c.active, sa.or_(operator.c.login == name, operator.c.name == name))
            .limit(2)
        )
        .scalars()
        .all()
    )
    return rows[0] if len(rows) == 1 else None


def _insert(
    unit: Unit, login: str, name: str, role: str, language: str, speaks: Sequence[str]
) -> Operator:
    if not login or login != login.strip() or len(login) > 64 or not login.isprintable():
        raise InputError("login_bad", login=login)
    if role not in tuple(Role):
        raise InputError("role_unknown", role=role)
    if unit.run(sa.select(operator.c.id).where(operator.c.login == login)).first():
        raise InputError("operator_exists", login=login)
    row = (
        unit.run(
            operator.insert().returning(operator),
            {
                "login": login,
                "name": name or login,
                "role": role,
                "language": language,
                "speaks": list(speaks),
                "settings": {},
                "active": True,
                "created_at": unit.now,
            },
        )
        .mappings()
        .one()
    )
    return _as_operator(row)


def _as_operator(row: sa.RowMapping) -> Operator:
    return Operator(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        role=row["role"],
        language=row["language"],
        speaks=tuple(row["speaks"]),
        active=row["active"],
    )
