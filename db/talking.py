"""What only the operator can tell: somebody answered, the talk is over, wrap-up takes more."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from db.engine import Database
from db.operator_states import enter_state, hold_seat, seat_state
from db.tables import call, call_leg
from db.topics import SEATS
from db.transaction import Unit
from db.whose_call import own_live_call
from domain.permissions import Actor, require


def begin_talk(database: Database, actor: Actor, call_id: int) -> None:
    """Notes that somebody answered: the operator talks; nothing where wrap-up runs already.

    Raises:
        RefusedError: `not_yours`, `call_over`.
    """

    def work(unit: Unit) -> None:
        require(actor, "calls.dial")
        hold_seat(unit, actor.seat_id)
        row = own_live_call(unit, actor, call_id)
        on_line = row["talk_ended_at"] is None and row["dialled_at"] is not None
        if on_line and row["phase"] == "open" and actor.seat_id is not None:
            enter_state(unit, actor.seat_id, "talking")

    database.write(work)


def hang_up(
    database: Database, actor: Actor, call_id: int, wrap_up: timedelta | None = None
) -> datetime:
    """Notes that the talk is over and wrap-up runs; said twice, the first instant stays.

    Args:
        database: the database.
        actor: whose call it is.
        call_id: the call.
        wrap_up: how long wrap-up should take; none without a limit.

    Raises:
        RefusedError: `not_yours`, `call_over`.
    """

    def work(unit: Unit) -> datetime:
        require(actor, "calls.dial")
        hold_seat(unit, actor.seat_id)
        row = own_live_call(unit, actor, call_id)
        if row["talk_ended_at"] is not None:
            first: datetime = row["talk_ended_at"]
            return first
        unit.run(sa.update(call).where(call.c.id == call_id).values(talk_ended_at=unit.now))
        unit.run(
            sa.update(call_leg)
            .where(call_leg.c.call_id == call_id, call_leg.c.ended_at.is_(None))
            .values(ended_at=unit.now)
        )
        if actor.seat_id is not None and row["phase"] == "open":
            ends_at = None if wrap_up is None else unit.now + wrap_up
            enter_state(unit, actor.seat_id, "wrap_up", ends_at=ends_at)
        unit.move(SEATS)
        return unit.now

    return database.write(work)


def limit_wrap_up(
    database: Database, actor: Actor, call_id: int, more: timedelta
) -> datetime | None:
    """Gives wrap-up so much more time from now, or from its present limit where that is later.

    Returns when it should be over (UTC); none where no wrap-up of this call runs at the seat.

    Raises:
        RefusedError: `not_yours`, `call_over`.
    """

    def work(unit: Unit) -> datetime | None:
        require(actor, "calls.finish")
        hold_seat(unit, actor.seat_id)
        row = own_live_call(unit, actor, call_id)
        if row["talk_ended_at"] is None or row["phase"] != "open" or actor.seat_id is None:
            return None
        state = seat_state(unit, actor.seat_id)
        if state is None:
            return None
        ends_at = max(state.state_ends_at or unit.now, unit.now) + more
        enter_state(unit, actor.seat_id, "wrap_up", ends_at=ends_at)
        return ends_at

    return database.write(work)
