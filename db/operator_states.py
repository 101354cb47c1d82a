"""What an operator is doing at a seat: ready, dialling, talking, in wrap-up or paused.

The seat's row has the present state; `operator_state` keeps every stretch of time, so that logged,
handled and paused time add up from rows that nobody changes afterwards.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import sqlalchemy as sa

from db.tables import operator_state, seat
from db.topics import SEATS, seat_topic
from db.transaction import Unit

State = Literal["ready", "dialling", "talking", "wrap_up", "paused"]
STATES: Final[tuple[State, ...]] = ("ready", "dialling", "talking", "wrap_up", "paused")


def enter_state(
    unit: Unit,
    seat_id: int,
    state: State,
    *,
    pause_code: str | None = None,
    ends_at: datetime | None = None,
    forced_by: int | None = None,
) -> bool:
    """Puts a seat that is open into a state; says whether that changed anything.

    Args:
        unit: the transaction.
        seat_id: the seat.
        state: what the operator does from now on.
        pause_code: why it is a pause.
        ends_at: when the pause or the wrap-up should be over (UTC); none without a limit.
        forced_by: the lead who set the state; none for the operator's own doing.
    """
    row = unit.run(
        sa.select(seat.c.operator_id, seat.c.state, seat.c.pause_code, seat.c.state_ends_at).where(
            seat.c.id == seat_id, seat.c.closed_at.is_(None), seat.c.kind != "looking"
        )
    ).first()
    if row is None:
        return False
    same = (row.state, row.pause_code) == (state, pause_code)
    if same and row.state_ends_at == ends_at and forced_by is None:
        return False
    values: dict[str, object] = {"state_ends_at": ends_at, "forced_by": forced_by}
    if not same:
        values |= {"state": state, "pause_code": pause_code, "state_since": unit.now}
        end_state(unit, seat_id)
        _begin(unit, row.operator_id, seat_id, state, pause_code, forced_by)
    unit.run(sa.update(seat).where(seat.c.id == seat_id).values(**values))
    unit.move(SEATS, seat_topic(seat_id))
    return True


def begin_states(unit: Unit, operator_id: int, seat_id: int) -> None:
    """Begins the first stretch of a seat that was just opened: ready."""
    _begin(unit, operator_id, seat_id, "ready", None, None)


def end_state(unit: Unit, seat_id: int) -> None:
    """Ends the present stretch of a seat."""
    unit.run(
        sa.update(operator_state)
        .where(operator_state.c.seat_id == seat_id, operator_state.c.until.is_(None))
        .values(until=unit.now)
    )


def _begin(
    unit: Unit,
    operator_id: int,
    seat_id: int,
    state: State,
    pause_code: str | None,
    forced_by: int | None,
) -> None:
    unit.run(
        operator_state.insert(),
        {
            "operator_id": operator_id,
            "seat_id": seat_id,
            "state": state,
            "pause_code": pause_code,
            "since": unit.now,
            "forced_by": forced_by,
        },
    )
