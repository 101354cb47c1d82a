"""Whose call it is: in an operator's hands now, or once."""

from __future__ import annotations

import sqlalchemy as sa

from db.claiming import lock_call
from db.tables import call_callback, callback_event
from db.topics import seat_topic
from db.transaction import Unit
from domain.errors import RefusedError
from domain.permissions import Actor


def own_live_call(unit: Unit, actor: Actor, call_id: int) -> sa.RowMapping:
    """A call that has not ended and is this operator's, locked to be written.

    Raises:
        RefusedError: `call_unknown`, `not_yours`, `call_over`.
    """
    row = lock_call(unit, call_id)
    if row["operator_id"] != actor.operator_id:
        raise RefusedError("not_yours", call=call_id)
    if row["phase"] == "ended":
        raise RefusedError("call_over", call=call_id)
    tell_its_seat(unit, actor, row)
    return row


def tell_its_seat(unit: Unit, actor: Actor, row: sa.RowMapping) -> None:
    """Tells the seat at which a call is open that something is done to it from elsewhere."""
    if row["seat_id"] is not None and row["seat_id"] != actor.seat_id:
        unit.move(seat_topic(row["seat_id"]))


def had_in_hand(unit: Unit, actor: Actor, call_id: int) -> bool:
    """Whether a call is or was once in an operator's hands."""
    once = sa.select(callback_event.c.id).where(
        callback_event.c.callback_id.in_(
            sa.select(call_callback.c.callback_id).where(call_callback.c.call_id == call_id)
        ),
        callback_event.c.call_id == call_id,
        callback_event.c.operator_id == actor.operator_id,
        callback_event.c.to_state == "claimed",
    )
    return unit.run(once.limit(1)).first() is not None
