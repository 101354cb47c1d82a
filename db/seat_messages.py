"""Messages to operators: a lead's own words, and notices of what was done to their work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.tables import operator, seat, seat_message
from db.topics import seat_topic
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require

LONGEST: Final = 500
"""Letters of a message: what fits a notice on a screen of 80 columns."""


@dataclass(frozen=True, slots=True)
class SeatMessage:
    """A message as its reader sees it; instants in UTC.

    Attributes:
        id: its number, to say that it was read.
        sent_at: when.
        sender: the name of who sent or did it; none for the desk itself.
        key: the catalogue key of a notice; none for own words.
        params: of the notice: codes, numbers, instants as ISO text.
        text: a lead's own words; none for a notice.
    """

    id: int
    sent_at: datetime
    sender: str | None
    key: str | None
    params: Mapping[str, Any]
    text: str | None


def send_message(database: Database, actor: Actor, operator_id: int, text: str) -> None:
    """Sends a line to an operator; at once on screen where the operator has a seat open.

    Raises:
        RefusedError: `not_allowed`, `operator_unknown`.
        InputError: `message_empty`, `message_long`.
    """

    def work(unit: Unit) -> None:
        require(actor, "seats.message")
        send_words(unit, actor, operator_id, text)

    database.write(work)


def send_words(unit: Unit, actor: Actor, operator_id: int, text: str) -> None:
    """Sends a line within a use case that has asked for the permission.

    Raises:
        RefusedError: `operator_unknown`.
        InputError: `message_empty`, `message_long`.
    """
    words = text.strip()
    if not words:
        raise InputError("message_empty")
    if len(words) > LONGEST:
        raise InputError("message_long", n=len(words), most=LONGEST)
    known = sa.select(operator.c.id).where(operator.c.id == operator_id, operator.c.active)
    if unit.run(known).first() is None:
        raise RefusedError("operator_unknown", login=str(operator_id))
    _insert(unit, actor, operator_id, {"text": words})
    append_audit(unit, actor, "seat_message", "operator", operator_id)


def tell_operator(
    unit: Unit,
    actor: Actor | None,
    operator_id: int,
    key: str,
    params: Mapping[str, Any] | None = None,
) -> None:
    """Tells an operator what was done to their work; nobody is told of their own deeds.

    Args:
        unit: the transaction of the deed.
        actor: who did it; none for the desk itself.
        operator_id: whose work it is.
        key: the catalogue key of the sentence; it may use `{sender}`.
        params: codes, numbers and ISO instants; never a customer's name or number.
    """
    if actor is None or actor.operator_id != operator_id:
        _insert(unit, actor, operator_id, {"key": key, "params": dict(params or {})})


def unread(database: Database, actor: Actor) -> tuple[SeatMessage, ...]:
    """The operator's messages that were not read yet, the oldest first."""

    def work(unit: Unit) -> tuple[SeatMessage, ...]:
        sender = operator.alias("sender")
        columns = seat_message.c
        rows = unit.run(
            sa.select(
                columns.id, columns.sent_at, sender.c.name, columns.key, columns.params,
                columns.text,
            )
            .outerjoin(sender, sender.c.id == columns.sender_id)
            .where(columns.operator_id == actor.operator_id, columns.read_at.is_(None))
            .order_by(columns.id)
        )  # fmt: skip
        return tuple(SeatMessage(*row) for row in rows)

    return database.read(work)


def mark_read(database: Database, actor: Actor, ids: Collection[int]) -> None:
    """Says that the operator has read messages."""

    def work(unit: Unit) -> None:
        columns = seat_message.c
        unit.run(
            sa.update(seat_message)
            .where(columns.id.in_(ids), columns.operator_id == actor.operator_id)
            .values(read_at=unit.now)
        )

    if ids:
        database.write(work)


def _insert(unit: Unit, actor: Actor | None, operator_id: int, what: Mapping[str, Any]) -> None:
    unit.run(
        seat_message.insert(),
        {
            "operator_id": operator_id,
            "sender_id": actor.operator_id if actor else None,
            "sent_at": unit.now,
            "params": {},
            **what,
        },
    )
    seats = sa.select(seat.c.id).where(
        seat.c.operator_id == operator_id, seat.c.closed_at.is_(None)
    )
    unit.move(*(seat_topic(seat_id) for seat_id in unit.run(seats).scalars()))
