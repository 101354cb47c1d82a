"""When other caps would let callbacks of today be rung: what waits longer, and what shorter.

Nothing is written and nothing locked. Only callbacks whose day could change are looked at: those
that may be rung today whose customer was rung lately, and those that wait for more than their time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Final

import sqlalchemy as sa

from db.cap_waits import shortest_wait
from db.caps import held_of
from db.engine import Database
from db.states import in_state
from db.tables import call, callback
from db.transaction import Unit
from domain.rulebook import Rulebook

_BATCH: Final = 200
"""Customers of one transaction."""


def ready_by(database: Database, rulebook: Rulebook, ends: datetime) -> Mapping[int, datetime]:
    """The instants (UTC) from which callbacks might be rung, where caps would change them.

    Args:
        database: the database, which works by the rules that hold.
        rulebook: the rules to try.
        ends: when today is over.
    """
    if database.rulebook.caps == rulebook.caps and not _counts_otherwise(database, rulebook):
        return {}
    found: dict[int, datetime] = {}
    after = 0
    while True:
        persons = database.read(partial(_persons, rulebook=rulebook, ends=ends, after=after))
        if not persons:
            return found
        found |= database.read(partial(_ready, rulebook=rulebook, persons=persons))
        after = persons[-1]


def _counts_otherwise(database: Database, rulebook: Rulebook) -> bool:
    """Whether calls of the past count in another way: their outcomes say what they were."""
    old, new = (
        {one.code: (one.rang, one.contacted, one.kind) for one in book.outcomes}
        for book in (database.rulebook, rulebook)
    )
    return old != new


def _persons(unit: Unit, *, rulebook: Rulebook, ends: datetime, after: int) -> list[int]:
    """The next customers of whom a callback could be rung on another day."""
    rung = sa.exists().where(
        call.c.person_id == callback.c.person_id,
        call.c.started_at > unit.now - rulebook.caps.memory,
    )
    waits = sa.or_(
        callback.c.not_before > unit.now,
        sa.and_(callback.c.ready_at > unit.now, callback.c.attempts > 0),
    )
    return list(
        unit.run(
            sa.select(callback.c.person_id)
            .where(
                in_state("scheduled", "due"),
                callback.c.person_id > after,
                sa.or_(sa.and_(callback.c.ready_at < ends, rung), waits),
            )
            .group_by(callback.c.person_id)
            .order_by(callback.c.person_id)
            .limit(_BATCH)
        ).scalars()
    )


def _ready(unit: Unit, *, rulebook: Rulebook, persons: Collection[int]) -> dict[int, datetime]:
    found = {}
    for row, held in held_of(unit, rulebook, persons, untried=True, locked=False):
        if held and held[0].until > row["ready_at"]:
            found[row["id"]] = held[0].until
        else:
            wait = shortest_wait(unit, row, held)
            if wait is not None:
                found[row["id"]] = wait.ready_at
    return found
