"""The public SSH keys by which operators log in: adding, listing, revoking, and asking again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.losing import lose_seat
from db.operators import find_operator
from db.tables import operator, operator_key, seat
from db.topics import SEATS, seat_topic
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require
from domain.ssh_key import is_fingerprint, read_public_key

Standing = Literal["good", "revoked", "inactive", "changed"]


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """A key of an operator; instants in UTC.

    Attributes:
        id: its row.
        login: whose it is.
        name: the owner's name.
        type: OpenSSH's name of the kind of key.
        fingerprint: `SHA256:…`, as `ssh-keygen -l` prints it.
        note: the comment that stood behind the key.
        added_at: when it was added.
        revoked_at: when it was revoked; none while it stands.
        live: how many seats are open with it.
    """

    id: int
    login: str
    name: str
    type: str
    fingerprint: str
    note: str
    added_at: datetime
    revoked_at: datetime | None
    live: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Who comes in by a key.

    Attributes:
        key_id: the key's row.
        login: whose key it is.
    """

    key_id: int
    login: str


def add_key(database: Database, actor: Actor, login: str, text: str) -> OperatorKey:
    """Gives an operator a public key to log in with.

    Args:
        database: the database.
        actor: an admin.
        login: whose key it is.
        text: a public key file of OpenSSH's, or its one line.

    Raises:
        InputError: what `read_public_key` raises; `key_taken` (with `login`), `key_was_revoked`.
        RefusedError: `not_allowed`, `operator_unknown`.
    """

    def work(unit: Unit) -> OperatorKey:
        require(actor, "operators.keys")
        owner = find_operator(unit, login)
        key = read_public_key(text)
        _refuse_known(unit, key.fingerprint)
        made = unit.run(
            operator_key.insert().returning(operator_key.c.id),
            {
                "operator_id": owner.operator_id,
                "fingerprint": key.fingerprint,
                "public_key": key.line,
                "added_at": unit.now,
                "note": key.note or None,
                "added_by": actor.operator_id,
            },
        ).scalar_one()
        append_audit(
            unit,
            actor,
            "operator_key_add",
            "operator",
            owner.operator_id,
            details={"key": made, "fingerprint": key.fingerprint},
        )
        return _found(unit, operator_key.c.id == made)[0]

    return database.write(work)


def list_keys(
    database: Database, actor: Actor, login: str | None = None
) -> tuple[OperatorKey, ...]:
    """The keys, by login and age; revoked ones too.

    Raises:
        RefusedError: `not_allowed`, `operator_unknown`.
    """

    def work(unit: Unit) -> tuple[OperatorKey, ...]:
        require(actor, "operators.keys")
        if login is None:
            return _found(unit, sa.true())
        owner = operator.c.login == login
        if unit.run(sa.select(operator.c.id).where(owner)).first() is None:
            raise RefusedError("operator_unknown", login=login)
        return _found(unit, owner)

    return database.read(work)


def revoke_key(database: Database, actor: Actor, which: str) -> tuple[OperatorKey, int]:
    """Takes a key back and ends the seats that are open with it; their calls go to `check`.

    Returns the key and how many seats it ended. A key that was revoked already stays as it is.

    Args:
        database: the database.
        actor: an admin.
        which: the fingerprint, or its beginning where no other key begins so.

    Raises:
        InputError: `key_unknown`, `key_unclear`.
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[OperatorKey, int]:
        require(actor, "operators.keys")
        found = _named(unit, which)
        # Whoever logs in meanwhile waits for this row, and then finds the key revoked.
        unit.run(
            sa.select(operator_key.c.id).where(operator_key.c.id == found.id).with_for_update()
        )
        if found.revoked_at is None:
            unit.run(
                sa.update(operator_key)
                .where(operator_key.c.id == found.id)
                .values(revoked_at=unit.now, revoked_by=actor.operator_id)
            )
        ended = (
            unit.run(
                sa.select(seat.c.id).where(seat.c.key_id == found.id, seat.c.closed_at.is_(None))
            )
            .scalars()
            .all()
        )
        for seat_id in ended:
            lose_seat(unit, seat_id, "revoked", actor)
            unit.run(sa.update(seat).where(seat.c.id == seat_id).values(ended_by=actor.operator_id))
            unit.move(seat_topic(seat_id))
        if found.revoked_at is None:
            append_audit(
                unit,
                actor,
                "operator_key_revoke",
                "operator",
                _owner(unit, found.id),
                details={
                    "key": found.id,
                    "fingerprint": found.fingerprint,
                    "seats": list(ended),
                },
            )
        unit.move(SEATS)
        return _found(unit, operator_key.c.id == found.id)[0], len(ended)

    return database.write(work)


def entry_of(database: Database, fingerprint: str) -> Entry:
    """Who comes in by a key.

    Raises:
        RefusedError: `key_not_good` when it is unknown or revoked, or its owner has left.
    """

    def work(unit: Unit) -> Entry:
        row = unit.run(
            sa.select(operator_key.c.id, operator.c.login)
            .join(operator, operator.c.id == operator_key.c.operator_id)
            .where(
                operator_key.c.fingerprint == fingerprint,
                operator_key.c.revoked_at.is_(None),
                operator.c.active,
            )
        ).first()
        if row is None:
            raise RefusedError("key_not_good", fingerprint=fingerprint)
        return Entry(row.id, row.login)

    return database.read(work)


def standing(database: Database, key_id: int, actor: Actor) -> Standing:
    """Whether a seat may go on with its key: that stands, its owner too, in the same role."""

    def work(unit: Unit) -> Standing:
        row = unit.run(
            sa.select(operator_key.c.revoked_at, operator.c.active, operator.c.role)
            .join(operator, operator.c.id == operator_key.c.operator_id)
            .where(operator_key.c.id == key_id)
        ).first()
        if row is None or row.revoked_at is not None:
            return "revoked"
        if not row.active:
            return "inactive"
        return "good" if row.role == actor.role else "changed"

    return database.read(work)


def hold_key(unit: Unit, key_id: int, operator_id: int) -> None:
    """Makes sure that an operator's key stands until this transaction ends.

    Raises:
        RefusedError: `key_not_good`.
    """
    held = (
        sa.select(operator_key.c.id)
        .where(
            operator_key.c.id == key_id,
            operator_key.c.operator_id == operator_id,
            operator_key.c.revoked_at.is_(None),
        )
        .with_for_update(read=True)
    )
    if unit.run(held).first() is None:
        raise RefusedError("key_not_good", fingerprint=str(key_id))


def _owner(unit: Unit, key_id: int) -> int:
    return int(
        unit.run(
            sa.select(operator_key.c.operator_id).where(operator_key.c.id == key_id)
        ).scalar_one()
    )


def _refuse_known(unit: Unit, fingerprint: str) -> None:
    known = _found(unit, operator_key.c.fingerprint == fingerprint)
    if not known:
        return
    if known[0].revoked_at is not None:
        raise InputError("key_was_revoked", login=known[0].login, at=known[0].revoked_at)
    raise InputError("key_taken", login=known[0].login)


def _named(unit: Unit, which: str) -> OperatorKey:
    text = which.strip()
    if is_fingerprint(text):
        found = _found(unit, operator_key.c.fingerprint == text)
    else:
        beginning = "SHA256:" + text.removeprefix("SHA256:")
        enough = len(beginning) >= len("SHA256:") + 6
        match = operator_key.c.fingerprint.startswith(beginning, autoescape=True)
        found = _found(unit, match) if enough else ()
        # LIKE takes no notice of capitals; fingerprints do.
        found = tuple(key for key in found if key.fingerprint.startswith(beginning))
    if not found:
        raise InputError("key_unknown", key=text[:80])
    if len(found) > 1:
        raise InputError("key_unclear", key=text[:80], n=len(found))
    return found[0]


def _found(unit: Unit, condition: sa.ColumnElement[bool]) -> tuple[OperatorKey, ...]:
    live = (
        sa.select(sa.func.count())
        .select_from(seat)
        .where(seat.c.key_id == operator_key.c.id, seat.c.closed_at.is_(None))
        .scalar_subquery()
    )
    rows = unit.run(
        sa.select(operator_key, operator.c.login, operator.c.name, live.label("live"))
        .join(operator, operator.c.id == operator_key.c.operator_id)
        .where(condition)
        .order_by(operator.c.login, operator_key.c.id)
    ).mappings()
    return tuple(
        OperatorKey(
            id=row["id"],
            login=row["login"],
            name=row["name"],
            type=row["public_key"].partition(" ")[0],
            fingerprint=row["fingerprint"],
            note=row["note"] or "",
            added_at=row["added_at"],
            revoked_at=row["revoked_at"],
            live=row["live"],
        )
        for row in rows
    )
