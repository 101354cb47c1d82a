"""When a callback was first tried: by the first dial, else by the first outcome that rang."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from db.tables import call_callback, callback
from db.transaction import Unit


def note_first_try(unit: Unit, call_id: int, at: datetime | None = None) -> None:
    """Notes that the callback for which a call was opened is tried; the first time stays.

    Others that the call took along count once an outcome settles them: who did not answer was not
    asked about them.

    Args:
        unit: the transaction.
        call_id: the call.
        at: when (UTC); now unless given.
    """
    opened_for = sa.select(call_callback.c.callback_id).where(
        call_callback.c.call_id == call_id, call_callback.c.position == 0
    )
    unit.run(
        sa.update(callback)
        .where(callback.c.id == opened_for.scalar_subquery(), callback.c.first_tried_at.is_(None))
        .values(first_tried_at=unit.now if at is None else at)
    )


def tried_at(call: sa.RowMapping) -> datetime:
    """When a call tried to reach the customer (UTC): its first dial.

    Where it was dialled by hand and nobody noted it, the call's begin.
    """
    at: datetime = call["dialled_at"] or call["started_at"]
    return at
