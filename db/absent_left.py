"""What those who are on leave have left with nobody to stand in: shown to the lead."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from db.absent_cases import due_cases
from db.engine import Database
from db.promises import OWED
from db.roster import left_people, load_roster, zone_of
from db.tables import complaint, operator, promise
from db.transaction import Unit
from domain.permissions import Actor, require


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Promises and cases of a person on leave that are due meanwhile and have no deputy."""

    operator_id: int
    name: str
    promises: int
    cases: int


def left_alone(database: Database, actor: Actor) -> tuple[LeftAlone, ...]:
    """Who is on leave without a deputy and has promises or cases due meanwhile, by login.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[LeftAlone, ...]:
        require(actor, "operators.roster")
        roster = load_roster(unit, zone_of(database.rulebook), unit.now, unit.now)
        gone = left_people(unit)
        names = sa.select(operator.c.id, operator.c.name).where(operator.c.active)
        found = []
        for row in unit.run(names.order_by(operator.c.login)):
            away = roster.leave_at(row.id, unit.now) is not None
            if not away or roster.stand_in(row.id, unit.now, but=gone) is not None:
                continue
            ends = roster.leave_ends(row.id, unit.now)
            owed = sa.select(sa.func.count()).where(
                promise.c.owner_id == row.id, promise.c.state.in_(OWED), promise.c.due_at < ends
            )
            cases = sa.select(sa.func.count(complaint.c.id)).where(*due_cases(row.id, ends))
            one = LeftAlone(
                row.id, row.name, unit.run(owed).scalar_one(), unit.run(cases).scalar_one()
            )
            if one.promises or one.cases:
                found.append(one)
        return tuple(found)

    return database.read(work)
