"""Samples of the queue through the day, every five minutes, for the board's trend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from db.board_operators import OFFLINE, operators_now
from db.board_queue import queue_now
from db.engine import Database
from db.tables import queue_sample
from db.transaction import Unit

EVERY: Final = timedelta(minutes=5)
LIMIT: Final = 10_000
"""Where a sample's counts of a class stop: the trend of a day needs no more."""
_EPOCH: Final = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
_PRUNED: Final = 500
_KEEP: Final = sa.text(
    "INSERT INTO queue_sample (at, figures) VALUES (:at, :figures) ON CONFLICT (at) DO NOTHING"
).bindparams(
    sa.bindparam("at", type_=queue_sample.c.at.type),
    sa.bindparam("figures", type_=queue_sample.c.figures.type),
)


def slot_of(now: datetime) -> datetime:
    """The five minutes that an instant belongs to, by their begin (UTC)."""
    return _EPOCH + (now - _EPOCH) // EVERY * EVERY


def take_sample(database: Database) -> bool:
    """Keeps the queue's figures once in five minutes, and forgets old ones; says whether it did.

    Counting reads only: nobody waits for it. Of two seats at once, one keeps its figures.

    Raises:
        StorageError: the database can't be reached, read or written.
    """

    def look(unit: Unit) -> tuple[datetime, Mapping[str, int]] | None:
        at = slot_of(unit.now)
        there = unit.run(sa.select(queue_sample.c.id).where(queue_sample.c.at == at)).first()
        return None if there is not None else (at, _figures(unit, database))

    found = database.read(look)
    if found is None:
        return False
    at, figures = found
    before = at - database.rulebook.board.keep

    def keep(unit: Unit) -> bool:
        old = sa.select(queue_sample.c.id).where(queue_sample.c.at < before).limit(_PRUNED)
        unit.run(sa.delete(queue_sample).where(queue_sample.c.id.in_(old)))
        return unit.run(_KEEP, {"at": at, "figures": figures}).rowcount > 0

    return database.write(keep)


def _figures(unit: Unit, database: Database) -> dict[str, int]:
    total = queue_now(unit, database, LIMIT, whole=LIMIT).total
    figures = {one.code: int(one.numerator) for one in total.figures()}
    states = [one.state for one in operators_now(unit)]
    figures["seated"] = sum(state != OFFLINE for state in states)
    figures["ready"] = states.count("ready")
    return figures
