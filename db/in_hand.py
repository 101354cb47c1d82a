"""Whether somebody has a customer in hand, so that the record must stand still."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from db.tables import call, callback, operator
from db.transaction import Unit
from domain.errors import RefusedError


def refuse_in_hand(unit: Unit, persons: Sequence[int]) -> None:
    """Refuses while one of the persons is in a call that is not over, or waits for a word on one.

    Raises:
        RefusedError: `person_in_hand` with the operator's name.
    """
    # Locked in the order in which claims lock, so that no claim slips in before the commit.
    unit.run(
        sa.select(callback.c.id)
        .where(callback.c.person_id.in_(persons))
        .order_by(callback.c.id)
        .with_for_update()
    )
    name = unit.run(
        sa.select(operator.c.name)
        .join(callback, callback.c.claimed_by == operator.c.id)
        .where(callback.c.person_id.in_(persons), callback.c.state.in_(("claimed", "check")))
        .limit(1)
    ).scalar()
    if name is None:
        name = unit.run(
            sa.select(operator.c.name)
            .join(call, call.c.operator_id == operator.c.id)
            .where(call.c.person_id.in_(persons), call.c.phase != "ended")
            .limit(1)
        ).scalar()
    if name is not None:
        raise RefusedError("person_in_hand", name=str(name))
