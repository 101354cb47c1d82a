"""An operator's own pauses: at once, or after the call; and the way back to the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.operator_states import (
    IN_CALL,
    ask_later,
    back_to_ready,
    enter_state,
    hold_seat,
    seat_state,
)
from db.states import in_phase
from db.tables import call, operator, seat
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require

_CARRIED: Final = timedelta(hours=1)
"""How long after the end of its seat a lead's pause without a limit still holds for the next."""


@dataclass(frozen=True, slots=True)
class PauseAsked:
    """What became of asking for a pause.

    Attributes:
        code: the pause.
        at_once: whether it has begun; else it begins after the call.
        ends_at: when it should be over (UTC); none without a limit, or where it has not begun.
    """

    code: str
    at_once: bool
    ends_at: datetime | None


def ask_pause(database: Database, actor: Actor, code: str) -> PauseAsked:
    """Pauses an operator: now, or after the call that is open at this seat.

    Raises:
        RefusedError: `not_allowed`, `no_seat`, `seat_closed`, `pause_forced` while a lead's pause
            lasts.
        InputError: `pause_unknown`.
    """
    pause = database.rulebook.day.pause(code)
    if pause is None:
        known = ", ".join(one.code for one in database.rulebook.day.pauses)
        raise InputError("pause_unknown", pause=code, known=known)

    def work(unit: Unit) -> PauseAsked:
        require(actor, "seats.pause")
        row = _own_seat(unit, actor)
        refuse_if_forced(unit, row)
        if row.state in IN_CALL or _has_open_call(unit, actor):
            ask_later(unit, row, code)
            return PauseAsked(code, at_once=False, ends_at=None)
        ends_at = pause.ends_at(unit.now)
        enter_state(unit, row.id, "paused", pause_code=code, ends_at=ends_at)
        return PauseAsked(code, at_once=True, ends_at=ends_at)

    return database.write(work)


def go_on(database: Database, actor: Actor) -> bool:
    """Ends an operator's pause, or takes back the one asked for; says whether there was any.

    Raises:
        RefusedError: `not_allowed`, `no_seat`, `seat_closed`, `pause_forced`.
    """

    def work(unit: Unit) -> bool:
        require(actor, "seats.pause")
        row = _own_seat(unit, actor)
        refuse_if_forced(unit, row)
        if row.state == "paused":
            return back_to_ready(unit, row)
        return row.next_pause is not None and ask_later(unit, row, None)

    return database.write(work)


def end_pause(unit: Unit, seat_id: int) -> None:
    """Ends the pause of a seat whose operator asks for a customer.

    Raises:
        RefusedError: `pause_forced`.
    """
    row = seat_state(unit, seat_id)
    if row is not None and row.state == "paused":
        refuse_if_forced(unit, row)
        back_to_ready(unit, row)


def refuse_if_forced(unit: Unit, row: sa.Row[Any]) -> None:
    """Refuses what only the lead may do who set a pause, as long as that pause lasts.

    Raises:
        RefusedError: `pause_forced` (by, until).
    """
    lasts = row.state_ends_at is None or row.state_ends_at > unit.now
    if row.forced_by in (None, row.operator_id) or row.state != "paused" or not lasts:
        return
    by = unit.run(sa.select(operator.c.name).where(operator.c.id == row.forced_by)).scalar()
    if row.state_ends_at is None:
        raise RefusedError("pause_forced", by=by or "?")
    raise RefusedError("pause_forced_until", by=by or "?", until=row.state_ends_at)


def carry_forced_pause(unit: Unit, operator_id: int, seat_id: int) -> None:
    """Lets a lead's pause that still lasts go on at a new seat: a restart is no way out of it.

    A pause of one's own ends with its seat.
    """
    before = unit.run(
        sa.select(
            seat.c.state,
            seat.c.pause_code,
            seat.c.state_ends_at,
            seat.c.forced_by,
            seat.c.closed_at,
        )
        .where(seat.c.operator_id == operator_id, seat.c.id < seat_id, seat.c.kind == "working")
        .order_by(seat.c.id.desc())
        .limit(1)
    ).first()
    if before is None or before.state != "paused" or before.forced_by is None:
        return
    lasts_until = before.state_ends_at or (before.closed_at or unit.now) + _CARRIED
    if lasts_until > unit.now:
        enter_state(
            unit, seat_id, "paused", pause_code=before.pause_code,
            ends_at=before.state_ends_at, forced_by=before.forced_by,
        )  # fmt: skip


def _own_seat(unit: Unit, actor: Actor) -> sa.Row[Any]:
    if actor.seat_id is None:
        raise RefusedError("no_seat")
    hold_seat(unit, actor.seat_id)
    row = seat_state(unit, actor.seat_id)
    if row is None:
        raise RefusedError("seat_closed")
    return row


def _has_open_call(unit: Unit, actor: Actor) -> bool:
    mine = sa.select(call.c.id).where(
        call.c.operator_id == actor.operator_id, call.c.seat_id == actor.seat_id, in_phase("open")
    )
    return unit.run(mine).first() is not None
