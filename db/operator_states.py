"""What an operator is doing at a seat: ready, dialling, talking, in wrap-up or paused.

The seat's row has the present state; `operator_state` keeps every stretch of time, so that logged,
handled and paused time add up from rows that nobody changes afterwards.

A pause that is asked for while a call goes on waits in `seat.next_pause` until the call has ended.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from db.prepared import Prepared
from db.tables import operator_state, seat
from db.topics import SEATS, seat_topic
from db.transaction import Unit
from domain.day_rules import DayRules

State = Literal["ready", "dialling", "talking", "wrap_up", "paused"]
STATES: Final[tuple[State, ...]] = ("ready", "dialling", "talking", "wrap_up", "paused")
IN_CALL: Final = frozenset({"dialling", "talking", "wrap_up"})

_SEAT = sa.select(
    seat.c.id,
    seat.c.operator_id,
    seat.c.state,
    seat.c.pause_code,
    seat.c.state_ends_at,
    seat.c.forced_by,
    seat.c.next_pause,
).where(seat.c.id == sa.bindparam("seat"), seat.c.closed_at.is_(None), seat.c.kind != "looking")
_HOLD = Prepared(sa.select(seat.c.id).where(seat.c.id == sa.bindparam("seat")).with_for_update())
_END = Prepared(
    sa.update(operator_state)
    .where(operator_state.c.seat_id == sa.bindparam("seat"), operator_state.c.until.is_(None))
    .values(until=sa.bindparam("now", type_=operator_state.c.until.type))
)
_BEGIN = Prepared(operator_state.insert().inline())


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

    A lead's pause that comes in the middle of a call begins when the call has ended; one that is
    interrupted by a call goes on after it.

    Args:
        unit: the transaction.
        seat_id: the seat.
        state: what the operator does from now on.
        pause_code: why it is a pause.
        ends_at: when the pause or the wrap-up should be over (UTC); none without a limit.
        forced_by: the lead who set the state; none for the operator's own doing.
    """
    row = seat_state(unit, seat_id)
    if row is None:
        return False
    if forced_by is not None and state == "paused" and row.state in IN_CALL:
        return _update(unit, row, {"next_pause": pause_code, "forced_by": forced_by})
    later, by = (row.next_pause, row.forced_by) if row.next_pause else (None, None)
    if state == "paused" or forced_by is not None:
        later, by = None, forced_by
    elif row.state == "paused" and row.forced_by is not None:
        later, by = row.pause_code, row.forced_by
    return _change(unit, row, state, pause_code, ends_at, by, later)


def after_call(unit: Unit, seat_id: int | None, rules: DayRules | None = None) -> None:
    """Puts a seat whose call has ended into the pause that was asked for, else it is ready.

    Args:
        unit: the transaction.
        seat_id: the seat; none for a call without one.
        rules: the pauses and their limits; without them the pause has no limit.
    """
    if seat_id is None:
        return
    # Whoever ended the call: a screen at that seat may still show it.
    unit.move(seat_topic(seat_id))
    row = seat_state(unit, seat_id)
    if row is None or row.state == "paused":
        return
    if row.next_pause is None:
        _change(unit, row, "ready", None, None, None, None)
        return
    pause = rules.pause(row.next_pause) if rules else None
    ends_at = pause.ends_at(unit.now) if pause else None
    _change(unit, row, "paused", row.next_pause, ends_at, row.forced_by, None)


def back_to_ready(unit: Unit, row: sa.Row[Any]) -> bool:
    """Ends whatever a seat does or has asked for; says whether that changed anything."""
    return _change(unit, row, "ready", None, None, None, None)


def ask_later(unit: Unit, row: sa.Row[Any], pause_code: str | None) -> bool:
    """Notes which pause begins once the call has ended; none for none any more."""
    return _update(unit, row, {"next_pause": pause_code, "forced_by": None})


def seat_state(unit: Unit, seat_id: int) -> sa.Row[Any] | None:
    """The present state of a seat that is open and works; none for another."""
    return unit.run(_SEAT, {"seat": seat_id}).first()


def hold_seat(unit: Unit, seat_id: int | None) -> None:
    """Locks a seat before its call, as everywhere: who ends a seat locks both, too."""
    if seat_id is not None and not unit.embedded:
        _HOLD.rows(unit, {"seat": seat_id})


def state_of_call(row: sa.RowMapping) -> State:
    """What an operator does who has a call open: as far as the desk knows it."""
    if row["talk_ended_at"] is not None:
        return "wrap_up"
    if row["direction"] == "in":
        return "talking"
    return "ready" if row["dialled_at"] is None else "dialling"


def begin_states(unit: Unit, operator_id: int, seat_id: int) -> None:
    """Begins the first stretch of a seat that was just opened: ready."""
    _begin(unit, operator_id, seat_id, "ready", None, None)


def end_state(unit: Unit, seat_id: int) -> None:
    """Ends the present stretch of a seat."""
    _END.rows(unit, {"seat": seat_id, "now": unit.now})


def _change(
    unit: Unit,
    row: sa.Row[Any],
    state: State,
    pause_code: str | None,
    ends_at: datetime | None,
    forced_by: int | None,
    later: str | None,
) -> bool:
    same = (row.state, row.pause_code) == (state, pause_code)
    values: dict[str, Any] = {
        "state_ends_at": ends_at,
        "forced_by": forced_by,
        "next_pause": later,
    }
    if same and all(getattr(row, name) == value for name, value in values.items()):
        return False
    if not same:
        values |= {"state": state, "pause_code": pause_code, "state_since": unit.now}
        end_state(unit, row.id)
        _begin(unit, row.operator_id, row.id, state, pause_code, forced_by)
    return _update(unit, row, values)


def _update(unit: Unit, row: sa.Row[Any], values: dict[str, Any]) -> bool:
    unit.run(sa.update(seat).where(seat.c.id == row.id).values(**values))
    unit.move(SEATS, seat_topic(row.id))
    return True


def _begin(
    unit: Unit,
    operator_id: int,
    seat_id: int,
    state: State,
    pause_code: str | None,
    forced_by: int | None,
) -> None:
    _BEGIN.rows(
        unit,
        {
            "operator_id": operator_id,
            "seat_id": seat_id,
            "state": state,
            "pause_code": pause_code,
            "since": unit.now,
            "forced_by": forced_by,
        },
    )
