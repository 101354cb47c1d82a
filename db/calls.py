"""A call as its screen shows it: what is to be settled, the customer, and what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.customer_card import CustomerCard, as_seen, card_of
from db.dialling import Leg, legs_of
from db.drafts import LeftDraft, left_drafts
from db.engine import Database
from db.sight import sight_on
from db.tables import call, call_callback, callback, campaign, draft, phone
from db.transaction import Unit
from domain.errors import RefusedError
from domain.permissions import Actor, require


@dataclass(frozen=True, slots=True)
class CallbackLine:
    """A callback that a call is to settle."""

    id: int
    state: str
    campaign_code: str
    campaign_zh: str
    campaign_en: str
    due_at: datetime
    promised: bool
    note: str | None
    attempts: int
    band: int


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call as its screen shows it.

    Attributes:
        call_id: the call.
        fence: the right to finish; handed back with the outcome.
        phase: open, parked or ended.
        direction: out or in.
        read_only: the right to finish went elsewhere: look, but the outcome would be late.
        callbacks: what is to be settled, the one it was opened for first.
        phone_id: the number to try next.
        zones: the zones that the customer's clock may stand in.
        purpose: the purpose of the campaign.
        playbook: the script's id.
        survey: the bundle of questions; "" where nothing is asked.
        release: the rules that the call began with.
        script_release: the scripts that it began with; none means those that the program ships.
        started_at: when it was opened (UTC).
        dialled_at: when the first number was dialled.
        talk_ended_at: when wrap-up began; a dropped line never resets it.
        legs: numbers tried.
        card: the customer.
        draft: what was typed and is not decided yet.
        draft_revision: its revision; the next save must be higher.
        left_drafts: what was typed in earlier calls of these callbacks that came to no outcome.
    """

    call_id: int
    fence: int
    phase: str
    direction: str
    read_only: bool
    callbacks: tuple[CallbackLine, ...]
    phone_id: int | None
    zones: tuple[str, ...]
    purpose: str
    playbook: str
    survey: str
    release: str
    script_release: str | None
    started_at: datetime
    dialled_at: datetime | None
    talk_ended_at: datetime | None
    legs: tuple[Leg, ...]
    card: CustomerCard
    draft: Mapping[str, Any]
    draft_revision: int
    left_drafts: tuple[LeftDraft, ...]


def show_call(database: Database, actor: Actor, call_id: int) -> OpenCall:
    """Everything that the call screen needs of a call.

    Numbers are masked for whoever neither holds the call nor has a callback of the customer.

    Raises:
        RefusedError: `call_unknown`.
    """

    def work(unit: Unit) -> OpenCall:
        require(actor, "calls.open")
        return _read(unit, actor, call_id)

    return database.read(work)


def _read(unit: Unit, actor: Actor, call_id: int) -> OpenCall:
    row = unit.run(sa.select(call).where(call.c.id == call_id)).mappings().first()
    if row is None:
        raise RefusedError("call_unknown", call=call_id)
    lines = (
        unit.run(
            sa.select(
                callback,
                campaign.c.code,
                campaign.c.name_zh,
                campaign.c.name_en,
                campaign.c.purpose,
            )
            .join(call_callback, call_callback.c.callback_id == callback.c.id)
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .where(call_callback.c.call_id == call_id)
            .order_by(call_callback.c.position)
        )
        .mappings()
        .all()
    )
    card = as_seen(card_of(unit, row["person_id"]), sight_on(unit, actor, row["person_id"]))
    kept = unit.run(sa.select(draft).where(draft.c.call_id == call_id)).mappings().first()
    phone_id = lines[0]["phone_id"] if lines else None
    mine = row["operator_id"] == actor.operator_id and row["seat_id"] == actor.seat_id
    return OpenCall(
        call_id=call_id,
        fence=row["fence"],
        phase=row["phase"],
        direction=row["direction"],
        read_only=not mine or row["phase"] == "ended",
        callbacks=tuple(
            CallbackLine(
                id=line["id"],
                state=line["state"],
                campaign_code=line["code"],
                campaign_zh=line["name_zh"],
                campaign_en=line["name_en"],
                due_at=line["due_at"],
                promised=line["promised"],
                note=line["note"],
                attempts=line["attempts"],
                band=line["band"],
            )
            for line in lines
        ),
        phone_id=phone_id,
        zones=_zones_of(unit, card, phone_id),
        purpose=lines[0]["purpose"] if lines else "service",
        playbook=row["playbook"],
        survey=row["survey"],
        release=row["release"],
        script_release=row["script_release"],
        started_at=row["started_at"],
        dialled_at=row["dialled_at"],
        talk_ended_at=row["talk_ended_at"],
        legs=legs_of(unit, call_id),
        card=card,
        draft={} if kept is None else kept["body"],
        draft_revision=0 if kept is None else kept["revision"],
        left_drafts=left_drafts(unit, call_id, [line["id"] for line in lines]),
    )


def _zones_of(unit: Unit, card: CustomerCard, phone_id: int | None) -> tuple[str, ...]:
    """The zones that a customer's clock may stand in; the own setting before the number's."""
    if card.zone:
        return (card.zone,)
    if phone_id is None:
        return ()
    zones = unit.run(sa.select(phone.c.zones).where(phone.c.id == phone_id)).scalar()
    return tuple(zones or ())
