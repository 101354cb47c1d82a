"""What is on screen about a customer during a call: names, numbers, asset, debts, history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa

from db.case_limits import limits_of, pressing_limit
from db.gaps import GapLine, gaps_of_case
from db.promises import PromiseLine, open_promises
from db.tables import (
    asset,
    call,
    call_decision,
    callback,
    campaign,
    complaint,
    contact,
    operator,
    person,
    person_asset,
    person_phone,
    phone,
    score,
)
from db.tier_list import Standing, standing_of
from db.transaction import Unit
from db.wishes import StandingWish, standing_wishes
from domain.bands import Tier
from domain.campaign import ContentKind
from domain.mask import mask, mask_digits
from domain.sight import Sight
from domain.touch import only_sold

OVER = ("closed", "withdrawn")
"""Statuses of a complaint that nobody waits for; a file may say closed without saying when."""


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A number of a person; without `phone_id` the cell was no number, and `problem` says why."""

    phone_id: int | None
    e164: str | None
    extension: str
    role: str
    status: str
    country: str | None
    place: str | None
    ask_for: str | None
    raw: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class AssetLine:
    """A car, contract or line of a person."""

    id: int
    role: str
    plate: str | None
    vin: str | None
    model: str | None
    colour: str | None
    bought_on: date | None
    mileage: int | None


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call of the history; `scores` by metric; instants in UTC."""

    call_id: int
    at: datetime
    direction: str
    operator: str
    campaign_zh: str
    campaign_en: str
    outcome: str | None
    late: bool
    note: str | None
    mood: str | None
    scores: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """A complaint that is not closed: its wishes, and what was expected and received.

    `phase` says how the most pressing of our limits stands: overdue, warned, running, paused, or
    empty where none runs; `due_at` is when it runs out (UTC).
    """

    id: int
    number: str | None
    weight: str
    level: str
    category: str | None
    description: str
    status: str
    reply_by: datetime | None
    wishes: tuple[StandingWish, ...]
    gaps: tuple[GapLine, ...]
    phase: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A customer as the call screen shows them.

    `wishes` are all of theirs, of closed cases too; those of open ones stand with `complaints`.
    `only_sold` says of a key customer that all our touches so far told of what there is to buy.
    """

    person_id: int
    name: str
    pinyin: str
    salutation: str | None
    sex: str | None
    country: str | None
    language: str | None
    zone: str | None
    tier: str | None
    member_level: str | None
    spent: int | None
    currency: str | None
    customer_class: str | None
    standing: Standing
    only_sold: bool
    phones: tuple[PhoneLine, ...]
    assets: tuple[AssetLine, ...]
    promises: tuple[PromiseLine, ...]
    complaints: tuple[ComplaintLine, ...]
    wishes: tuple[StandingWish, ...]
    history: tuple[PastCall, ...]


def card_of(unit: Unit, person_id: int, history: int = 8) -> CustomerCard:
    """The card of a person with the last calls, newest first."""
    row = unit.run(sa.select(person).where(person.c.id == person_id)).mappings().one()
    wishes = standing_wishes(unit, person_id)
    return CustomerCard(
        person_id=person_id,
        name=row["name"],
        pinyin=row["pinyin"],
        salutation=row["salutation"],
        sex=row["sex"],
        country=row["country"],
        language=row["language"],
        zone=row["zone"],
        tier=row["tier"],
        member_level=row["member_level"],
        spent=row["spent"],
        currency=row["currency"],
        customer_class=row["customer_class"],
        standing=standing_of(unit, person_id),
        only_sold=row["tier"] == Tier.KEY and _heard_only_sales(unit, person_id),
        phones=phones_of(unit, person_id),
        assets=assets_of(unit, person_id),
        promises=open_promises(unit, person_id),
        complaints=open_complaints(unit, person_id, wishes),
        wishes=wishes,
        history=past_calls(unit, person_id, history),
    )


def as_seen(card: CustomerCard, sight: Sight) -> CustomerCard:
    """A card with its numbers masked unless they may be seen."""
    if sight.numbers:
        return card
    return replace(card, phones=tuple(_masked(line) for line in card.phones))


def _masked(line: PhoneLine) -> PhoneLine:
    return replace(
        line,
        e164=mask(line.e164) if line.e164 else None,
        raw=mask_digits(line.raw) if line.raw else line.raw,
    )


def phones_of(unit: Unit, person_id: int) -> tuple[PhoneLine, ...]:
    """The numbers of a person in the order of tries, unusable cells included."""
    rows = unit.run(
        sa.select(
            person_phone.c.phone_id,
            person_phone.c.role,
            person_phone.c.ask_for,
            person_phone.c.raw,
            person_phone.c.problem,
            phone.c.e164,
            phone.c.extension,
            phone.c.status,
            phone.c.country,
            phone.c.place,
        )
        .outerjoin(phone, phone.c.id == person_phone.c.phone_id)
        .where(person_phone.c.person_id == person_id, person_phone.c.until.is_(None))
        .order_by(person_phone.c.position, person_phone.c.id)
    ).mappings()
    return tuple(
        PhoneLine(
            phone_id=row["phone_id"],
            e164=row["e164"],
            extension=row["extension"] or "",
            role=row["role"],
            status=row["status"] or "unusable",
            country=row["country"],
            place=row["place"],
            ask_for=row["ask_for"],
            raw=row["raw"],
            problem=row["problem"],
        )
        for row in rows
    )


def assets_of(unit: Unit, person_id: int) -> tuple[AssetLine, ...]:
    """The assets that a person has a part in now."""
    rows = unit.run(
        sa.select(
            asset.c.id,
            person_asset.c.role,
            asset.c.plate,
            asset.c.vin,
            asset.c.model,
            asset.c.colour,
            asset.c.bought_on,
            asset.c.mileage,
        )
        .join(person_asset, person_asset.c.asset_id == asset.c.id)
        .where(person_asset.c.person_id == person_id, person_asset.c.until.is_(None))
        .order_by(person_asset.c.position, asset.c.id)
    )
    return tuple(AssetLine(*row) for row in rows)


def open_complaints(
    unit: Unit, person_id: int, standing: Sequence[StandingWish]
) -> tuple[ComplaintLine, ...]:
    """The complaints of a person that are not closed, the oldest first."""
    rows = (
        unit.run(
            sa.select(complaint)
            .where(complaint.c.person_id == person_id, complaint.c.status.not_in(OVER))
            .order_by(complaint.c.received_at, complaint.c.id)
        )
        .mappings()
        .all()
    )
    wishes: dict[int | None, list[StandingWish]] = {}
    for one in standing:
        wishes.setdefault(one.complaint_id, []).append(one)
    limits = limits_of(unit, [row["id"] for row in rows], running=True) if rows else {}
    pressing = {case_id: pressing_limit(ours, unit.now) for case_id, ours in limits.items()}
    return tuple(
        ComplaintLine(
            id=row["id"],
            number=row["number"],
            weight=row["weight"],
            level=row["level"],
            category=row["category"],
            description=row["description"],
            status=row["status"],
            reply_by=row["reply_by"],
            wishes=tuple(wishes.get(row["id"], ())),
            gaps=gaps_of_case(unit, row["id"]),
            phase=pressing[row["id"]][0],
            due_at=pressing[row["id"]][1],
        )
        for row in rows
    )


def past_calls(unit: Unit, person_id: int, limit: int) -> tuple[PastCall, ...]:
    """The last calls with a person that have an outcome in force, newest first."""
    rows = (
        unit.run(
            sa.select(
                call.c.id,
                call.c.started_at,
                call.c.direction,
                sa.func.coalesce(call.c.mood_end, call.c.mood_start).label("mood"),
                operator.c.name,
                campaign.c.name_zh,
                campaign.c.name_en,
                call_decision.c.outcome,
                call_decision.c.late,
                call_decision.c.note,
            )
            .join(call_decision, call_decision.c.call_id == call.c.id)
            .join(callback, callback.c.id == call_decision.c.callback_id)
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .join(operator, operator.c.id == call.c.operator_id)
            .where(
                call.c.person_id == person_id,
                call_decision.c.superseded_at.is_(None),
                call_decision.c.kind != "undo",
            )
            .order_by(call.c.started_at.desc(), call.c.id.desc())
            .limit(limit)
        )
        .mappings()
        .all()
    )
    scores = _scores(unit, [row["id"] for row in rows])
    return tuple(
        PastCall(
            call_id=row["id"],
            at=row["started_at"],
            direction=row["direction"],
            operator=row["name"],
            campaign_zh=row["name_zh"],
            campaign_en=row["name_en"],
            outcome=row["outcome"],
            late=row["late"],
            note=row["note"],
            mood=row["mood"],
            scores=tuple(scores.get(row["id"], ())),
        )
        for row in rows
    )


def _scores(unit: Unit, calls: Sequence[int]) -> dict[int, list[tuple[str, float]]]:
    found: dict[int, list[tuple[str, float]]] = {}
    if calls:
        rows = unit.run(
            sa.select(score.c.call_id, score.c.metric, score.c.value)
            .join(call_decision, call_decision.c.id == score.c.decision_id)
            .where(score.c.call_id.in_(calls), call_decision.c.superseded_at.is_(None))
            .order_by(score.c.id)
        )
        for row in rows:
            found.setdefault(row.call_id, []).append((row.metric, row.value))
    return found


def _heard_only_sales(unit: Unit, person_id: int) -> bool:
    """Whether all our touches of a customer told of what there is to buy."""
    informing = sa.case((contact.c.content_kind == ContentKind.INFORMATION, 1), else_=0)
    row = unit.run(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(informing), 0)).where(
            contact.c.person_id == person_id, contact.c.direction == "out"
        )
    ).one()
    return only_sold(int(row[0]), int(row[1]))
