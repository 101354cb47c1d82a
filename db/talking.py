"""What only the operator can tell the desk: that somebody answered, and that wrap-up takes more."""

from __future__ import annotations

from datetime import datetime, timedelta

from db.calls import own_live_call
from db.engine import Database
from db.operator_states import enter_state, hold_seat, seat_state
from db.transaction import Unit
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
