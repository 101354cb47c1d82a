"""The lines of a customer's whole record but the calls, read table by table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa

from db.promises import state_at
from db.tables import (
    asset,
    callback,
    campaign,
    complaint,
    consent,
    contact,
    do_not_call,
    operator,
    person,
    person_phone,
    phone,
    promise,
    service_order,
)
from db.transaction import Unit
from db.wishes import StandingWish, standing_wishes
from domain.history import OVER


@dataclass(frozen=True, slots=True)
class CallbackLine:
    """A callback of a customer, over or not; instants in UTC."""

    id: int
    state: str
    campaign_code: str
    campaign_zh: str
    campaign_en: str
    band: int
    due_at: datetime
    first_due_at: datetime
    promised: bool
    attempts: int
    last_outcome: str | None
    note: str | None
    owner: str | None
    claimed_by: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PromiseEntry:
    """A promise in the ledger, settled or not; instants in UTC.

    `zone` is the customer's own, else that of the number to be rung; none where nobody knows.
    """

    id: int
    kind: str
    text: str
    condition: str | None
    due_at: datetime | None
    state: str
    owner: str | None
    made_at: datetime
    settled_at: datetime | None
    zone: str | None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A grumble, complaint or appeal with its wishes; instants in UTC."""

    id: int
    number: str | None
    weight: str
    level: str
    category: str | None
    channel: str
    description: str
    status: str
    received_at: datetime
    reply_by: datetime | None
    closed_at: datetime | None
    owner: str | None
    wishes: tuple[StandingWish, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A visit to the workshop; `amount` in minor units of `currency`."""

    number: str
    service: str
    visited_on: date | None
    plate: str | None
    mileage: int | None
    amount: int | None
    currency: str
    advisor: str | None


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A touch of any kind; `at` in UTC."""

    at: datetime
    direction: str
    channel: str
    content_kind: str
    operator: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class StopLine:
    """A do-not-call entry, lifted or not; `number` is empty where it lies on the person."""

    id: int
    number: str
    purpose: str
    reason: str
    source: str
    since: datetime
    expires_at: datetime | None
    lifted_at: datetime | None
    operator: str | None


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """Leave given or refused for a purpose; instants in UTC."""

    purpose: str
    granted: bool
    evidence: str
    since: datetime
    until: datetime | None


def callback_lines(unit: Unit, person_id: int) -> tuple[CallbackLine, ...]:
    """All callbacks of a person, those not over first, then the latest first."""
    owner, hand = operator.alias("owner"), operator.alias("hand")
    over = callback.c.state.in_(OVER)
    rows = unit.run(
        sa.select(
            callback.c.id,
            callback.c.state,
            campaign.c.code,
            campaign.c.name_zh,
            campaign.c.name_en,
            callback.c.band,
            callback.c.due_at,
            callback.c.first_due_at,
            callback.c.promised,
            callback.c.attempts,
            callback.c.last_outcome,
            callback.c.note,
            owner.c.name,
            hand.c.name,
            callback.c.created_at,
            callback.c.updated_at,
        )
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .outerjoin(owner, owner.c.id == callback.c.owner_id)
        .outerjoin(hand, hand.c.id == callback.c.claimed_by)
        .where(callback.c.person_id == person_id)
        .order_by(sa.case((over, 1), else_=0), callback.c.due_at.desc(), callback.c.id.desc())
    )
    return tuple(CallbackLine(*row) for row in rows)


def promise_lines(unit: Unit, person_id: int) -> tuple[PromiseEntry, ...]:
    """All promises to a person, the latest first."""
    rows = unit.run(
        sa.select(
            promise.c.id,
            promise.c.kind,
            promise.c.text,
            promise.c.condition,
            promise.c.due_at,
            state_at(unit.now).label("state"),
            operator.c.name.label("owner"),
            promise.c.made_at,
            promise.c.settled_at,
            person.c.zone,
            phone.c.zones,
        )
        .join(person, person.c.id == promise.c.person_id)
        .outerjoin(operator, operator.c.id == promise.c.owner_id)
        .outerjoin(callback, callback.c.id == promise.c.callback_id)
        .outerjoin(phone, phone.c.id == callback.c.phone_id)
        .where(promise.c.person_id == person_id)
        .order_by(promise.c.made_at.desc(), promise.c.id.desc())
    ).mappings()
    return tuple(
        PromiseEntry(
            id=row["id"],
            kind=row["kind"],
            text=row["text"],
            condition=row["condition"],
            due_at=row["due_at"],
            state=row["state"],
            owner=row["owner"],
            made_at=row["made_at"],
            settled_at=row["settled_at"],
            zone=row["zone"] or (row["zones"][0] if row["zones"] else None),
        )
        for row in rows
    )


def case_lines(unit: Unit, person_id: int) -> tuple[CaseLine, ...]:
    """All complaints of a person with their wishes, the latest first."""
    rows = unit.run(
        sa.select(
            complaint.c.id,
            complaint.c.number,
            complaint.c.weight,
            complaint.c.level,
            complaint.c.category,
            complaint.c.channel,
            complaint.c.description,
            complaint.c.status,
            complaint.c.received_at,
            complaint.c.reply_by,
            complaint.c.closed_at,
            operator.c.name,
        )
        .outerjoin(operator, operator.c.id == complaint.c.owner_id)
        .where(complaint.c.person_id == person_id)
        .order_by(complaint.c.received_at.desc(), complaint.c.id.desc())
    ).all()
    wishes = _wishes(unit, person_id)
    return tuple(replace(CaseLine(*row), wishes=tuple(wishes.get(row.id, ()))) for row in rows)


def loose_wishes(unit: Unit, person_id: int) -> tuple[StandingWish, ...]:
    """Wishes of a person that belong to no complaint."""
    return tuple(_wishes(unit, person_id).get(None, ()))


def order_lines(unit: Unit, person_id: int) -> tuple[OrderLine, ...]:
    """All service orders of a person, the latest visit first."""
    rows = unit.run(
        sa.select(
            service_order.c.number,
            service_order.c.service,
            service_order.c.visited_on,
            asset.c.plate,
            service_order.c.mileage,
            service_order.c.amount,
            service_order.c.currency,
            service_order.c.advisor,
        )
        .outerjoin(asset, asset.c.id == service_order.c.asset_id)
        .where(service_order.c.person_id == person_id)
        .order_by(
            service_order.c.visited_on.is_(None),
            service_order.c.visited_on.desc(),
            service_order.c.id.desc(),
        )
    )
    return tuple(OrderLine(*row) for row in rows)


def contact_lines(unit: Unit, person_id: int) -> tuple[ContactLine, ...]:
    """All touches of a person, the latest first."""
    rows = unit.run(
        sa.select(
            contact.c.at,
            contact.c.direction,
            contact.c.channel,
            contact.c.content_kind,
            operator.c.name,
            contact.c.note,
        )
        .outerjoin(operator, operator.c.id == contact.c.operator_id)
        .where(contact.c.person_id == person_id)
        .order_by(contact.c.at.desc(), contact.c.id.desc())
    )
    return tuple(ContactLine(*row) for row in rows)


def stop_lines(unit: Unit, person_id: int, shown: Callable[[str], str]) -> tuple[StopLine, ...]:
    """All stops on a person or their numbers, the latest first; numbers as `shown` shows them."""
    numbers = sa.select(person_phone.c.phone_id).where(
        person_phone.c.person_id == person_id,
        person_phone.c.until.is_(None),
        person_phone.c.phone_id.is_not(None),
    )
    rows = unit.run(
        sa.select(do_not_call, phone.c.e164, operator.c.name.label("operator"))
        .outerjoin(phone, phone.c.id == do_not_call.c.phone_id)
        .outerjoin(operator, operator.c.id == do_not_call.c.operator_id)
        .where(sa.or_(do_not_call.c.person_id == person_id, do_not_call.c.phone_id.in_(numbers)))
        .order_by(do_not_call.c.since.desc(), do_not_call.c.id.desc())
    ).mappings()
    return tuple(
        StopLine(
            id=row["id"],
            number=shown(row["e164"]) if row["e164"] else "",
            purpose=row["purpose"],
            reason=row["reason"],
            source=row["source"],
            since=row["since"],
            expires_at=row["expires_at"],
            lifted_at=row["lifted_at"],
            operator=row["operator"],
        )
        for row in rows
    )


def consent_lines(unit: Unit, person_id: int) -> tuple[ConsentLine, ...]:
    """All leave given or refused by a person, the latest first."""
    rows = unit.run(
        sa.select(
            consent.c.purpose,
            consent.c.granted,
            consent.c.evidence,
            consent.c.since,
            consent.c.until,
        )
        .where(consent.c.person_id == person_id)
        .order_by(consent.c.since.desc(), consent.c.id.desc())
    )
    return tuple(ConsentLine(*row) for row in rows)


def _wishes(unit: Unit, person_id: int) -> dict[int | None, list[StandingWish]]:
    found: dict[int | None, list[StandingWish]] = {}
    for one in standing_wishes(unit, person_id):
        found.setdefault(one.complaint_id, []).append(one)
    return found
