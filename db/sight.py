"""What an actor sees of a person's data, looked up once for a whole answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from db.import_memory import pieces
from db.tables import call, callback
from db.transaction import Unit
from domain.permissions import Actor
from domain.sight import Sight, sight_of

_WAITING: Final = ("scheduled", "due", "claimed", "check")


def sight_on(unit: Unit, actor: Actor, person_id: int, *, revealed: bool = False) -> Sight:
    """What an actor sees of one person; `revealed` only after it was written down."""
    own = person_id in own_persons(unit, actor, [person_id])
    return sight_of(actor.role, own=own, revealed=revealed)


def own_persons(unit: Unit, actor: Actor, persons: Iterable[int]) -> frozenset[int]:
    """Those of some persons who are in an actor's call that is not over, or wait for the actor.

    Two looks by index for a whole page of a list, however long it is.
    """
    me, found = actor.operator_id, set[int]()
    for some in pieces(sorted(set(persons))):
        live = sa.select(call.c.person_id).where(
            call.c.person_id.in_(some), call.c.operator_id == me, call.c.phase != "ended"
        )
        mine = sa.select(callback.c.person_id).where(
            callback.c.person_id.in_(some),
            callback.c.state.in_(_WAITING),
            sa.or_(
                callback.c.assigned_to == me, callback.c.owner_id == me, callback.c.claimed_by == me
            ),
        )
        found |= set(unit.run(live.union(mine)).scalars())
    return frozenset(found)
