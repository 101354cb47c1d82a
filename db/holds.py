"""What a call holds: its person and the numbers it uses, so that nobody is rung by two at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from db.prepared import Prepared
from db.tables import call_hold
from db.transaction import Unit


@cache
def _taking(keys: int) -> Prepared:
    """The statement that takes as many keys, in their order, and returns those it took."""
    rows = ", ".join(f"(:key{number}, :call_id, NULL)" for number in range(keys))
    statement = sa.text(
        f"INSERT INTO call_hold (key, call_id, until) VALUES {rows}"  # noqa: S608 - bound values
        " ON CONFLICT (key) DO UPDATE SET call_id = excluded.call_id, until = NULL"
        " WHERE call_hold.until <= :now OR call_hold.call_id = excluded.call_id"
        " RETURNING key"
    ).bindparams(sa.bindparam("now", type_=call_hold.c.until.type))
    return Prepared(statement)


def hold_keys(person_id: int, phone_id: int | None) -> list[str]:
    """The keys of a person and a number, in the order in which every call takes them."""
    numbers = [] if phone_id is None else [f"n{phone_id}"]
    return [*numbers, f"p{person_id}"]


def take_holds(unit: Unit, call_id: int, keys: Iterable[str]) -> bool:
    """Takes keys for a call; false where another call holds one (then some may be taken)."""
    wanted = {f"key{number}": key for number, key in enumerate(keys)}
    values = {**wanted, "call_id": call_id, "now": unit.now}
    return len(_taking(len(wanted)).rows(unit, values)) == len(wanted)


def linger(unit: Unit, call_id: int, until: datetime) -> None:
    """Lets the holds of an ended call outlive it until an instant."""
    unit.run(sa.update(call_hold).where(call_hold.c.call_id == call_id).values(until=until))


def drop_holds(unit: Unit, call_id: int) -> None:
    """Gives back what a call holds, at once: nobody was rung."""
    unit.run(sa.delete(call_hold).where(call_hold.c.call_id == call_id))


def holder_of(unit: Unit, keys: Iterable[str]) -> int | None:
    """The call that holds one of the keys now; none when all are free."""
    return unit.run(
        sa.select(call_hold.c.call_id)
        .where(
            call_hold.c.key.in_(list(keys)),
            sa.or_(call_hold.c.until.is_(None), call_hold.c.until > unit.now),
        )
        .order_by(call_hold.c.id)
        .limit(1)
    ).scalar()
