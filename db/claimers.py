"""In whose hands a call or callback is: whom a command without a screen acts for."""

from __future__ import annotations

import sqlalchemy as sa

from db.engine import Database
from db.operators import find_operator
from db.tables import call, callback, operator
from db.transaction import Unit
from domain.errors import RefusedError
from domain.permissions import Actor


def claimer_of_call(database: Database, call_id: int) -> Actor:
    """The operator whose call it is or was, at no seat.

    Raises:
        RefusedError: `call_unknown`; `operator_unknown` when the operator has left.
    """

    def work(unit: Unit) -> Actor:
        login = unit.run(
            sa.select(operator.c.login)
            .join(call, call.c.operator_id == operator.c.id)
            .where(call.c.id == call_id)
        ).scalar()
        if login is None:
            raise RefusedError("call_unknown", call=call_id)
        return find_operator(unit, login)

    return database.read(work)


def claimer_of_callback(database: Database, callback_id: int) -> Actor:
    """The operator who has a callback in hand, at no seat.

    Raises:
        RefusedError: `callback_unknown`, `not_claimed`; `operator_unknown` when the operator has
            left.
    """

    def work(unit: Unit) -> Actor:
        row = unit.run(
            sa.select(operator.c.login)
            .select_from(callback)
            .outerjoin(operator, operator.c.id == callback.c.claimed_by)
            .where(callback.c.id == callback_id)
        ).first()
        if row is None:
            raise RefusedError("callback_unknown", callback=callback_id)
        if row.login is None:
            raise RefusedError("not_claimed", callback=callback_id)
        return find_operator(unit, row.login)

    return database.read(work)
