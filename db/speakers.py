"""Who speaks a customer's language."""

from __future__ import annotations

import sqlalchemy as sa

from db.tables import callback, operator, person
from db.transaction import Unit


def speaker_for(unit: Unit, person_id: int, but_not: int) -> int | None:
    """A colleague who speaks the customer's language, the one with the least work waiting.

    Languages are compared as they were written down, whatever the case; none when the customer's
    is not known or nobody else is known to speak it.

    Args:
        unit: the transaction.
        person_id: the customer.
        but_not: the operator who could not make themselves understood.
    """
    language = unit.run(sa.select(person.c.language).where(person.c.id == person_id)).scalar()
    wanted = (language or "").strip().casefold()
    if not wanted:
        return None
    waiting = (
        sa.select(sa.func.count())
        .select_from(callback)
        .where(callback.c.assigned_to == operator.c.id, callback.c.state == "due")
        .scalar_subquery()
    )
    rows = unit.run(
        sa.select(operator.c.id, operator.c.language, operator.c.speaks)
        .where(operator.c.active, operator.c.id != but_not)
        .order_by(waiting, operator.c.id)
    )
    for row in rows:
        if wanted in {one.strip().casefold() for one in (row.language, *row.speaks)}:
            return int(row.id)
    return None
