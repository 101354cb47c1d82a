"""Who sits where and does what, since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from db.tables import operator, seat, shift
from db.transaction import Unit

OFFLINE: Final = "offline"
_LONGEST_SHIFT: Final = timedelta(days=1)
_KINDS: Final = ("working", "headless")


@dataclass(frozen=True, slots=True)
class OperatorNow:
    """An operator at an instant; instants in UTC.

    Attributes:
        id: the operator.
        login: the account.
        name: as people read it.
        team: the team; none where nobody said.
        state: ready, dialling, talking, wrap_up, paused or offline.
        since: since when; none for who is offline.
        pause_code: why it is a pause.
        ends_at: when a pause or wrap-up should be over; none without a limit.
        forced: whether a lead set the state.
        seat_id: the seat; none for who is offline.
        on_shift: whether the roster says that they work now.
    """

    id: int
    login: str
    name: str
    team: str | None
    state: str
    since: datetime | None
    pause_code: str | None
    ends_at: datetime | None
    forced: bool
    seat_id: int | None
    on_shift: bool


def operators_now(unit: Unit) -> tuple[OperatorNow, ...]:
    """Every operator who is active or sits somewhere, those at work first, then by name."""
    found: dict[int, OperatorNow] = {}
    rostered = set(
        unit.run(_ROSTERED, {"now": unit.now, "since": unit.now - _LONGEST_SHIFT}).scalars()
    )
    for row in unit.run(_NOW):
        before = found.get(row.id)
        # Who has several seats is where work is done, the youngest of them first.
        if before is not None and before.seat_id is not None:
            continue
        there = row.seat_id is not None
        found[row.id] = OperatorNow(
            id=row.id,
            login=row.login,
            name=row.name,
            team=row.team,
            state=row.state if there else OFFLINE,
            since=row.state_since,
            pause_code=row.pause_code,
            ends_at=row.state_ends_at,
            forced=row.forced_by is not None,
            seat_id=row.seat_id,
            on_shift=row.id in rostered,
        )
    ordered = sorted(found.values(), key=lambda one: (one.state == OFFLINE, one.name, one.id))
    return tuple(ordered)


_ROSTERED: Final = (
    sa.select(shift.c.operator_id)
    .where(
        shift.c.starts_at <= sa.bindparam("now"),
        shift.c.starts_at > sa.bindparam("since"),
        shift.c.ends_at > sa.bindparam("now"),
    )
    .distinct()
)
_NOW: Final = (
    sa.select(
        operator.c.id,
        operator.c.login,
        operator.c.name,
        operator.c.team,
        seat.c.id.label("seat_id"),
        seat.c.state,
        seat.c.state_since,
        seat.c.pause_code,
        seat.c.state_ends_at,
        seat.c.forced_by,
    )
    .select_from(
        operator.outerjoin(
            seat,
            sa.and_(
                seat.c.operator_id == operator.c.id,
                seat.c.closed_at.is_(None),
                seat.c.kind.in_(_KINDS),
            ),
        )
    )
    .where(sa.or_(operator.c.active, seat.c.id.is_not(None)))
    .order_by(operator.c.id, seat.c.kind.desc(), seat.c.id.desc())
)
