"""How busy a time is: callbacks that fall due around an instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from db.engine import Database
from db.tables import callback
from db.transaction import Unit
from domain.permissions import Actor, require

AROUND: Final = timedelta(minutes=30)
"""Half the width of a slot: an hour holds what one operator can do in it."""

LIMIT: Final = 200
"""Where counting stops: a slot so full is full."""


def load_around(database: Database, actor: Actor, at: datetime) -> int:
    """How many scheduled callbacks fall due within half an hour of an instant.

    Counts what is this operator's or anybody's, up to `LIMIT`.

    Args:
        database: the database.
        actor: who plans.
        at: the instant, aware.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> int:
        require(actor, "queue.list")
        columns = callback.c
        near = (
            sa.select(columns.id)
            .where(
                columns.state == sa.literal_column("'scheduled'"),
                columns.ready_at >= at - AROUND,
                columns.ready_at < at + AROUND,
                sa.or_(columns.assigned_to.is_(None), columns.assigned_to == actor.operator_id),
            )
            .limit(LIMIT)
            .subquery()
        )
        return int(unit.run(sa.select(sa.func.count()).select_from(near)).scalar_one())

    return database.read(work)
