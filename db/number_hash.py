"""The keyed hash of a number: what is left of it after its person was erased.

It stops imports and calls without telling anybody the number; the key is the database's own secret.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

import sqlalchemy as sa

from db.tables import desk_fact, do_not_call
from db.transaction import Unit
from domain.errors import StorageError


def hash_number(unit: Unit, e164: str) -> str:
    """The keyed hash of a number, in hexadecimal.

    Raises:
        StorageError: `database_empty` when the database was never initialised.
    """
    return _hash(_secret(unit), e164)


def erased_numbers(unit: Unit, numbers: Iterable[str]) -> frozenset[str]:
    """Those of the numbers (E.164) and import keys that belonged to a person who was erased."""
    columns = do_not_call.c
    hashed = sa.select(columns.number_hash).where(columns.number_hash.is_not(None))
    if unit.run(hashed.limit(1)).first() is None:
        return frozenset()
    secret = _secret(unit)
    by_hash = {_hash(secret, number): number for number in numbers}
    found = unit.run(hashed.where(columns.number_hash.in_(by_hash), columns.lifted_at.is_(None)))
    return frozenset(by_hash[one] for one in found.scalars())


def _secret(unit: Unit) -> bytes:
    secret = unit.run(sa.select(desk_fact.c.value).where(desk_fact.c.name == "secret")).scalar()
    if secret is None:
        raise StorageError("database_empty", database="")
    return bytes.fromhex(str(secret))


def _hash(secret: bytes, e164: str) -> str:
    return hmac.new(secret, e164.encode(), hashlib.sha256).hexdigest()
