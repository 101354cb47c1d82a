"""What an operator must hear at their own seat: its state, how it ended, messages, a call taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.engine import Database
from db.seat_messages import SeatMessage
from db.tables import (
    call,
    call_callback,
    callback,
    callback_event,
    operator,
    person,
    seat,
    seat_message,
)
from db.transaction import Unit
from domain.permissions import Actor

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SeatNews:
    """How an operator's own seat stands; instants in UTC.

    Attributes:
        at: when this was read, by the database's clock.
        ended: how the seat ended: closed, lost, taken, revoked, dismissed; none while it is open.
        ended_by: the name of who ended it; none for the desk itself.
        state: ready, dialling, talking, wrap_up or paused.
        since: since when.
        pause: the code of the pause.
        ends_at: when the pause or the wrap-up should be over; none without a limit.
        forced_by: the name of the lead who set a pause; none for one's own.
        next_pause: the pause that begins once the call has ended.
        messages: what was not read yet, the oldest first.
    """

    at: datetime
    ended: str | None
    ended_by: str | None
    state: str
    since: datetime
    pause: str | None
    ends_at: datetime | None
    forced_by: str | None
    next_pause: str | None
    messages: tuple[SeatMessage, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What somebody else did to a call's callback: who, what kind of deed, when (UTC), and why."""

    by: str | None
    kind: str
    at: datetime
    why: str


def seat_news(database: Database, actor: Actor) -> SeatNews | None:
    """How one's own seat stands, and what was not read yet; none for an actor without a seat."""

    def work(unit: Unit) -> SeatNews | None:
        lead, ender = operator.alias("lead"), operator.alias("ender")
        row = unit.run(
            sa.select(seat, lead.c.name.label("lead"), ender.c.name.label("ender"))
            .outerjoin(lead, sa.and_(lead.c.id == seat.c.forced_by, lead.c.id != actor.operator_id))
            .outerjoin(ender, ender.c.id == seat.c.ended_by)
            .where(seat.c.id == actor.seat_id)
        ).first()
        if row is None:
            return None
        return SeatNews(
            at=unit.now,
            ended=row.ended if row.closed_at is not None else None,
            ended_by=row.ender,
            state=row.state,
            since=row.state_since,
            pause=row.pause_code,
            ends_at=row.state_ends_at,
            forced_by=row.lead,
            next_pause=row.next_pause,
            messages=_messages(unit, actor, seat_message.c.read_at.is_(None)),
        )

    return database.read(work)


def past_messages(database: Database, actor: Actor) -> tuple[SeatMessage, ...]:
    """An operator's last messages, read or not, the newest first."""
    return database.read(lambda unit: _messages(unit, actor, sa.true())[::-1])


def taken_away(database: Database, actor: Actor, call_id: int) -> Taken | None:
    """Who last did something to a callback of a call that is no longer in this actor's hands.

    None where nobody else did: the seat was lost, or its operator sat down elsewhere.
    """

    def work(unit: Unit) -> Taken | None:
        row = unit.run(
            sa.select(
                operator.c.name, callback_event.c.kind, callback_event.c.at, callback_event.c.data
            )
            .join(operator, operator.c.id == callback_event.c.operator_id)
            .where(
                callback_event.c.callback_id.in_(
                    sa.select(call_callback.c.callback_id).where(call_callback.c.call_id == call_id)
                ),
                callback_event.c.operator_id != actor.operator_id,
            )
            .order_by(callback_event.c.id.desc())
            .limit(1)
        ).first()
        if row is None:
            return None
        return Taken(row.name, row.kind, row.at, str(row.data.get("why") or ""))

    return database.read(work)


def _messages(unit: Unit, actor: Actor, which: sa.ColumnElement[bool]) -> tuple[SeatMessage, ...]:
    sender, columns = operator.alias("sender"), seat_message.c
    newest = (
        sa.select(columns.id)
        .where(columns.operator_id == actor.operator_id, which)
        .order_by(columns.id.desc())
        .limit(_SHOWN)
    )
    rows = unit.run(
        sa.select(
            columns.id, columns.sent_at, sender.c.name, columns.key, columns.params, columns.text
        )
        .outerjoin(sender, sender.c.id == columns.sender_id)
        .where(columns.id.in_(newest))
        .order_by(columns.id)
    ).all()
    named = _customers(unit, [row.params for row in rows])
    return tuple(
        SeatMessage(
            row.id, row.sent_at, row.name, row.key, {**_named(row.params, named), **row.params},
            row.text,
        )
        for row in rows
    )  # fmt: skip


def _named(params: dict[str, Any], names: dict[tuple[str, int], str]) -> dict[str, str]:
    found = (names.get((kind, params[kind])) for kind in ("callback", "call") if kind in params)
    return next(({"customer": name} for name in found if name is not None), {})


def _customers(unit: Unit, every: list[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """The names of the customers whom messages are about: messages themselves keep none."""
    found: dict[tuple[str, int], str] = {}
    for kind, table in (("callback", callback), ("call", call)):
        ids = {params[kind] for params in every if isinstance(params.get(kind), int)}
        if ids:
            rows = unit.run(
                sa.select(table.c.id, person.c.name)
                .join(person, person.c.id == table.c.person_id)
                .where(table.c.id.in_(ids))
            )
            found |= {(kind, row.id): row.name for row in rows}
    return found
