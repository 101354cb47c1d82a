"""Who in the database names a row of the rules, so that it can't be taken out."""

from __future__ import annotations

import sqlalchemy as sa

from db.engine import Database
from db.tables import callback, campaign, person
from db.transaction import Unit
from domain.permissions import Actor, require


def callbacks_of(database: Database, actor: Actor, code: str) -> int:
    """How many callbacks of a campaign there are or were.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> int:
        require(actor, "playbooks.publish")
        named = sa.select(campaign.c.id).where(campaign.c.code == code).scalar_subquery()
        counted = sa.select(sa.func.count()).where(callback.c.campaign_id == named)
        return int(unit.run(counted).scalar_one())

    return database.read(work)


def holders_of(database: Database, actor: Actor, level: str) -> int:
    """How many customers hold a membership card of a level.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> int:
        require(actor, "playbooks.publish")
        counted = sa.select(sa.func.count()).where(person.c.member_level == level)
        return int(unit.run(counted).scalar_one())

    return database.read(work)
