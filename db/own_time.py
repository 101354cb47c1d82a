"""Whether one is at work at a time that one is about to promise, and who else would be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from db.engine import Database
from db.roster import left_people, load_roster, zone_of
from db.tables import operator
from db.transaction import Unit
from domain.permissions import Actor, require

_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class OwnAway:
    """One is not at work at an instant; instants in UTC.

    Attributes:
        at: the instant.
        reason: why one is on leave; none where one is free by the roster.
        until: when one is at work again; none where nobody knows.
        deputy_id: who stands in and is at work then; none for the pool.
        deputy: their name.
    """

    at: datetime
    reason: str | None
    until: datetime | None
    deputy_id: int | None
    deputy: str | None


def away_at(database: Database, actor: Actor, at: datetime) -> OwnAway | None:
    """Whether the roster says that one is not at work at an instant; none where one is.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> OwnAway | None:
        require(actor, "roster.read")
        roster = load_roster(unit, zone_of(database.rulebook), at, at + _AHEAD)
        away = roster.away(actor.operator_id, at)
        if away is None:
            return None
        gone = left_people(unit)
        deputy = roster.stand_in(actor.operator_id, at, at_work=True, but=gone)
        name = None
        if deputy is not None:
            name = unit.run(sa.select(operator.c.name).where(operator.c.id == deputy)).scalar()
        reason = None if away.leave is None else away.leave.reason
        return OwnAway(at, reason, away.until, deputy, name)

    return database.read(work)
