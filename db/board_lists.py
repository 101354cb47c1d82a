"""What lies behind a line of the board: its callbacks, or what an operator has in hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from db.engine import Database
from db.states import OPEN_STATES, in_phase, in_state
from db.tables import call, callback, campaign, operator, person, phone
from db.transaction import Unit
from domain.mask import mask
from domain.permissions import Actor, require

AT_MOST: Final = 300
"""Callbacks that are listed."""
What = Literal["band", "campaign", "callbacks", "operator", "check"]


@dataclass(frozen=True, slots=True)
class BoardCallback:
    """A callback behind a line of the board; instants in UTC.

    Attributes:
        id: the callback.
        person_id: the customer.
        name: the customer's name.
        number: the number to try next, masked; empty where there is none.
        campaign_zh: its kind, in Chinese.
        campaign_en: and in English.
        band: its urgency class.
        due_at: when it fell or falls due.
        state: scheduled, due, claimed or check.
        promised: whether the time was promised by name.
        whose: who has it in hand, else whose alone it is; empty for anybody's.
    """

    id: int
    person_id: int
    name: str
    number: str
    campaign_zh: str
    campaign_en: str
    band: int
    due_at: datetime
    state: str
    promised: bool
    whose: str


@dataclass(frozen=True, slots=True)
class PresentCall:
    """The call that an operator has open; instants in UTC, the number masked."""

    call_id: int
    name: str
    number: str
    direction: str
    started_at: datetime
    dialled_at: datetime | None
    talk_ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class OperatorWork:
    """What an operator has: the open call, and the callbacks that are theirs by now."""

    call: PresentCall | None
    callbacks: tuple[BoardCallback, ...]


def behind(
    database: Database, actor: Actor, what: What, which: int | Sequence[int], limit: int = AT_MOST
) -> tuple[BoardCallback, ...]:
    """The callbacks behind a line of the board, the longest due first.

    Args:
        database: the database.
        actor: a lead.
        what: band, campaign, callbacks (by their ids), operator, or check.
        which: the band, the campaign's or the operator's id, or the callbacks' ids.
        limit: at most so many.

    Raises:
        RefusedError: `not_allowed`.
        StorageError: the database can't be reached or read.
    """

    def work(unit: Unit) -> tuple[BoardCallback, ...]:
        require(actor, "board.read")
        return _listed(unit, _condition(unit, what, which), limit)

    return database.read(work)


def operator_work(database: Database, actor: Actor, operator_id: int) -> OperatorWork:
    """The open call of an operator, and what waits for them alone.

    Raises:
        RefusedError: `not_allowed`.
        StorageError: the database can't be reached or read.
    """

    def work(unit: Unit) -> OperatorWork:
        require(actor, "board.read")
        row = unit.run(_CALL.where(call.c.operator_id == operator_id)).first()
        present = None
        if row is not None:
            number = unit.run(_NUMBER.where(callback.c.call_id == row.id)).scalar()
            present = PresentCall(
                row.id, row.name, mask(number) if number else "", row.direction,
                row.started_at, row.dialled_at, row.talk_ended_at,
            )  # fmt: skip
        return OperatorWork(present, _listed(unit, _condition(unit, "operator", operator_id)))

    return database.read(work)


_CALL: Final = (
    sa.select(
        call.c.id,
        person.c.name,
        call.c.direction,
        call.c.started_at,
        call.c.dialled_at,
        call.c.talk_ended_at,
    )
    .join(person, person.c.id == call.c.person_id)
    .where(in_phase("open"))
)
_NUMBER: Final = (
    sa.select(phone.c.e164)
    .join(callback, callback.c.phone_id == phone.c.id)
    .where(callback.c.claimed_by.is_not(None))
    .limit(1)
)


def _condition(unit: Unit, what: What, which: int | Sequence[int]) -> sa.ColumnElement[bool]:
    if what == "callbacks":
        ids = [which] if isinstance(which, int) else list(which)
        return sa.and_(callback.c.id.in_(ids), in_state(*OPEN_STATES))
    if what == "check":
        return in_state("check")
    ready = sa.or_(callback.c.state != "scheduled", callback.c.due_at <= unit.now)
    if what == "band":
        return sa.and_(in_state(*OPEN_STATES), callback.c.band == which, ready)
    if what == "campaign":
        return sa.and_(in_state("due", "claimed", "check"), callback.c.campaign_id == which)
    theirs = sa.or_(
        sa.and_(callback.c.assigned_to == which, in_state("due")),
        sa.and_(callback.c.claimed_by == which, callback.c.claimed_by.is_not(None)),
    )
    return sa.and_(theirs, in_state("due", "claimed", "check"))


def _listed(
    unit: Unit, condition: sa.ColumnElement[bool], limit: int = AT_MOST
) -> tuple[BoardCallback, ...]:
    whose = operator.alias("whose")
    rows = unit.run(
        sa.select(
            callback.c.id,
            callback.c.person_id,
            person.c.name,
            phone.c.e164,
            campaign.c.name_zh,
            campaign.c.name_en,
            callback.c.band,
            callback.c.due_at,
            callback.c.state,
            callback.c.promised,
            whose.c.name.label("whose"),
        )
        .join(person, person.c.id == callback.c.person_id)
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .outerjoin(phone, phone.c.id == callback.c.phone_id)
        .outerjoin(
            whose, whose.c.id == sa.func.coalesce(callback.c.claimed_by, callback.c.assigned_to)
        )
        .where(condition)
        .order_by(callback.c.due_at, callback.c.id)
        .limit(limit)
    )
    return tuple(_callback(row) for row in rows)


def _callback(row: Any) -> BoardCallback:
    return BoardCallback(
        id=row.id,
        person_id=row.person_id,
        name=row.name,
        number=mask(row.e164) if row.e164 else "",
        campaign_zh=row.name_zh,
        campaign_en=row.name_en,
        band=row.band,
        due_at=row.due_at,
        state=row.state,
        promised=row.promised,
        whose=row.whose or "",
    )
