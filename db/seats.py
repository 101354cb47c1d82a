"""Seats: one row for each running program of an operator, kept alive by its own heartbeat."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from db.engine import Database
from db.losing import lose_seat, steady_since
from db.operator_keys import hold_key
from db.operator_states import begin_states
from db.operators import find_operator
from db.pauses import carry_forced_pause, end_pause
from db.prepared import Prepared
from db.states import in_state
from db.tables import callback, operator, seat
from db.topics import SEATS
from db.transaction import Unit
from domain.errors import RefusedError
from domain.permissions import Actor

# Shared, so that a seat is not closed between this look at it and the claim's commit: what it
# claims then would be nobody's to lose.
_STANDING = Prepared(
    sa.select(seat.c.kind, seat.c.closed_at, seat.c.state)
    .where(seat.c.id == sa.bindparam("seat"))
    .with_for_update(read=True)
)

Kind = Literal["working", "looking", "headless"]
Other = Literal["ask", "take_over", "look"]


@dataclass(frozen=True, slots=True)
class OpenSeat:
    """A seat as it was opened.

    Attributes:
        actor: who sits there; every use case wants it.
        kind: working, looking or headless.
        waiting: callbacks of this operator in `check`, whose calls can be resumed.
        taken_over: how many seats of the same operator this one replaced.
    """

    actor: Actor
    kind: Kind
    waiting: int
    taken_over: int


@dataclass(frozen=True, slots=True)
class Beat:
    """What a seat learns from its own heartbeat.

    Attributes:
        state: `ok`; `lost` when others declared it lost; `taken` when the operator sat down
            elsewhere; `closed` when it was closed; `revoked` with its key; `dismissed` by a lead.
        steady: whether its beats have succeeded without a gap for a whole lease, so that it may
            declare others lost.
    """

    state: Literal["ok", "lost", "taken", "closed", "revoked", "dismissed"]
    steady: bool


def open_seat(
    database: Database,
    login: str,
    *,
    kind: Kind = "working",
    other: Other = "ask",
    lease: timedelta | None = None,
    key_id: int | None = None,
    remote: str | None = None,
) -> OpenSeat:
    """Opens a seat for an operator.

    Args:
        database: the database.
        login: the operator's login.
        kind: a working seat claims; a looking one (boards) never; a headless one has no heart and
            ends by itself.
        other: what to do about another live working seat of the same operator.
        lease: how long a headless seat lasts; the timing's own unless given.
        key_id: the SSH key by which the operator came; with its end the seat ends.
        remote: the address from which the operator came.

    Raises:
        RefusedError: `operator_unknown`; `key_not_good`; `second_seat` (with `since`, `host`) when
            another working seat lives and `other` is `ask`.
    """
    timing = database.timing

    def work(unit: Unit) -> OpenSeat:
        who = find_operator(unit, login)
        if key_id is not None:
            hold_key(unit, key_id, who.operator_id)
        # Two seats that open at once are told apart by the lock on their operator.
        unit.run(
            sa.select(operator.c.id)
            .where(operator.c.id == who.operator_id)
            .with_for_update(key_share=True)
        )
        taken = 0
        now_kind: Kind = kind
        if kind == "working":
            now_kind, taken = _make_room(unit, who.operator_id, other, timing.lease)
        elif kind == "headless":
            found = _extend_headless(unit, who, lease, timing.headless_lease)
            if found is not None:
                return OpenSeat(found, "headless", _waiting(unit, who.operator_id), 0)
        expires = None
        if now_kind == "headless":
            expires = unit.now + (lease or timedelta(seconds=timing.headless_lease))
        seat_id = _insert(unit, who.operator_id, now_kind, expires, key_id, remote)
        if now_kind == "working":
            carry_forced_pause(unit, who.operator_id, seat_id)
        unit.move(SEATS)
        return OpenSeat(
            replace(who, seat_id=seat_id), now_kind, _waiting(unit, who.operator_id), taken
        )

    return database.write(work)


def beat(database: Database, actor: Actor) -> Beat:
    """Beats a seat's heart and says whether the seat still stands.

    A gap begins a new run of steady beats. The beat notifies nobody.
    """
    lease = database.timing.lease

    def work(unit: Unit) -> Beat:
        row = (
            unit.run(
                sa.select(
                    seat.c.beat_at, seat.c.steady_since, seat.c.closed_at, seat.c.ended
                ).where(seat.c.id == actor.seat_id)
            )
            .mappings()
            .one()
        )
        if row["closed_at"] is not None:
            return Beat(row["ended"], steady=False)
        since = steady_since(unit.now, row["beat_at"], row["steady_since"], lease)
        unit.run(
            sa.update(seat)
            .where(seat.c.id == actor.seat_id)
            .values(beat_at=unit.now, steady_since=since)
        )
        return Beat("ok", unit.now - since >= timedelta(seconds=lease))

    return database.write(work)


def close_seat(database: Database, actor: Actor) -> None:
    """Closes a seat; its open and parked calls go to `check`."""

    def work(unit: Unit) -> None:
        if actor.seat_id is not None:
            lose_seat(unit, actor.seat_id, "closed", actor)

    database.write(work)


def may_work(unit: Unit, actor: Actor) -> Kind:
    """Makes sure that an actor's seat is open and may claim; returns its kind.

    The seat can't be closed before this transaction ends.

    Raises:
        RefusedError: `no_seat`, `seat_closed` or `seat_only_looks`.
    """
    return _standing(unit, actor.seat_id)[0]


def may_claim(unit: Unit, actor: Actor) -> Kind:
    """As `may_work`; who asks for a customer is no longer paused.

    Raises:
        RefusedError: as `may_work`; `pause_forced`, `pause_forced_until` while a lead's pause
            lasts.
    """
    kind, state = _standing(unit, actor.seat_id)
    if state == "paused" and actor.seat_id is not None:
        end_pause(unit, actor.seat_id)
    return kind


def _standing(unit: Unit, seat_id: int | None) -> tuple[Kind, str]:
    if seat_id is None:
        raise RefusedError("no_seat")
    row = _STANDING.first(unit, {"seat": seat_id})
    if row is None or row[1] is not None:
        raise RefusedError("seat_closed")
    if row[0] == "looking":
        raise RefusedError("seat_only_looks")
    return row[0], row[2]


def is_at_work(unit: Unit, seat_id: int | None) -> bool:
    """Whether a seat is a working one that is open."""
    open_one = sa.select(seat.c.id).where(
        seat.c.id == seat_id, seat.c.kind == "working", seat.c.closed_at.is_(None)
    )
    return unit.run(open_one).first() is not None


def _make_room(unit: Unit, operator_id: int, other: Other, lease: float) -> tuple[Kind, int]:
    """The kind of a seat beside the operator's other ones, and how many it replaces."""
    living = _live_working_seats(unit, operator_id, lease)
    if living and other == "ask":
        row = living[0]
        raise RefusedError("second_seat", host=row["host"], since=row["started_at"], seat=row["id"])
    if living and other == "look":
        return "looking", 0
    for row in living:
        lose_seat(unit, row["id"], "taken")
    return "working", len(living)


def _live_working_seats(unit: Unit, operator_id: int, lease: float) -> list[sa.RowMapping]:
    rows = (
        unit.run(
            sa.select(seat)
            .where(
                seat.c.operator_id == operator_id,
                seat.c.closed_at.is_(None),
                seat.c.kind == "working",
            )
            .with_for_update()
        )
        .mappings()
        .all()
    )
    living = []
    for row in rows:
        if unit.now - row["beat_at"] >= timedelta(seconds=lease):
            lose_seat(unit, row["id"], "lost")
        else:
            living.append(row)
    return living


def _extend_headless(
    unit: Unit, who: Actor, lease: timedelta | None, default: float
) -> Actor | None:
    row = unit.run(
        sa.select(seat.c.id, seat.c.expires_at).where(
            seat.c.operator_id == who.operator_id,
            seat.c.kind == "headless",
            seat.c.closed_at.is_(None),
        )
    ).first()
    if row is None:
        return None
    if row.expires_at is not None and row.expires_at <= unit.now:
        lose_seat(unit, row.id, "lost")
        return None
    if lease is not None:
        until = unit.now + lease
    else:
        until = max(row.expires_at, unit.now + timedelta(seconds=default))
    unit.run(sa.update(seat).where(seat.c.id == row.id).values(beat_at=unit.now, expires_at=until))
    return replace(who, seat_id=row.id)


def _insert(
    unit: Unit,
    operator_id: int,
    kind: Kind,
    expires: datetime | None,
    key_id: int | None,
    remote: str | None,
) -> int:
    made = unit.run(
        seat.insert().returning(seat.c.id),
        {
            "operator_id": operator_id,
            "kind": kind,
            "started_at": unit.now,
            "beat_at": unit.now,
            "steady_since": unit.now,
            "expires_at": expires,
            "host": socket.gethostname()[:255],
            "process": os.getpid(),
            "state": "ready",
            "state_since": unit.now,
            "key_id": key_id,
            "remote": remote,
        },
    ).scalar_one()
    if kind != "looking":
        begin_states(unit, operator_id, made)
    return int(made)


def _waiting(unit: Unit, operator_id: int) -> int:
    return int(
        unit.run(
            sa.select(sa.func.count())
            .select_from(callback)
            .where(in_state("check"), callback.c.claimed_by == operator_id)
        ).scalar_one()
    )
