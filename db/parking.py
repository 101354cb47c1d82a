"""A call put aside while another one is opened, and taken up again."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from db.claiming import open_call_of, regain
from db.engine import Database
from db.operator_states import after_call, enter_state, hold_seat, state_of_call
from db.seats import may_work
from db.tables import call, callback, person
from db.topics import SEATS
from db.transaction import Unit
from db.whose_call import own_live_call
from domain.errors import RefusedError
from domain.permissions import Actor, require


def park(database: Database, actor: Actor, call_id: int) -> None:
    """Puts wrap-up aside, so that another call can be opened; it stays in this operator's hands.

    Raises:
        RefusedError: `not_yours`, `call_over`.
    """

    def work(unit: Unit) -> None:
        require(actor, "calls.park")
        hold_seat(unit, actor.seat_id)
        row = own_live_call(unit, actor, call_id)
        unit.run(sa.update(call).where(call.c.id == call_id).values(phase="parked"))
        if row["phase"] == "open" and row["seat_id"] == actor.seat_id:
            after_call(unit, actor.seat_id, database.rulebook.day)
        unit.move(SEATS)

    database.write(work)


def unpark(database: Database, actor: Actor, call_id: int) -> None:
    """Takes a parked call up again.

    Raises:
        RefusedError: `not_yours`, `call_over`, `seat_closed`, `open_call` while another one is
            open.
    """

    def work(unit: Unit) -> None:
        require(actor, "calls.park")
        may_work(unit, actor)
        row = own_live_call(unit, actor, call_id)
        current = open_call_of(unit, actor.operator_id)
        if current is not None and current["id"] != call_id:
            raise RefusedError("open_call", call=current["id"])
        states = unit.run(
            sa.select(callback.c.state).where(callback.c.call_id == call_id)
        ).scalars()
        if row["seat_id"] != actor.seat_id or "check" in states.all():
            regain(unit, actor, row, "resumed")
            return
        unit.run(sa.update(call).where(call.c.id == call_id).values(phase="open"))
        if actor.seat_id is not None:
            enter_state(unit, actor.seat_id, state_of_call(row))
        unit.move(SEATS)

    database.write(work)


def parked_calls(database: Database, actor: Actor) -> tuple[tuple[int, str, datetime], ...]:
    """The parked calls of an operator: call, customer's name, when it was opened (UTC)."""
    require(actor, "calls.park")
    return database.read(
        lambda unit: tuple(
            (row.id, row.name, row.started_at)
            for row in unit.run(
                sa.select(call.c.id, person.c.name, call.c.started_at)
                .join(person, person.c.id == call.c.person_id)
                .where(call.c.operator_id == actor.operator_id, call.c.phase == "parked")
                .order_by(call.c.id)
            )
        )
    )
