"""Pausing a kind of callback: nobody gets one of it until it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.campaigns import find_campaign
from db.engine import Database
from db.events import append_audit
from db.lead_record import begin_action, keep_result, spoken_reason
from db.seat_messages import tell_operator
from db.states import in_state
from db.tables import callback, campaign, seat
from db.topics import QUEUE, SEATS
from db.transaction import Unit
from domain.permissions import Actor, require


@dataclass(frozen=True, slots=True)
class CampaignState:
    """A kind of callback as a lead sees it; instants in UTC.

    Attributes:
        code: its code.
        name_zh: its name.
        name_en: its name.
        active: whether the rules have it switched on.
        paused_at: since when it is paused; none while it goes on.
        due: how many of it are due.
    """

    code: str
    name_zh: str
    name_en: str
    active: bool
    paused_at: datetime | None
    due: int


def list_campaigns(database: Database, actor: Actor) -> tuple[CampaignState, ...]:
    """All kinds of callbacks, in the order of their bands.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[CampaignState, ...]:
        require(actor, "campaigns.pause")
        counted = unit.run(
            sa.select(callback.c.campaign_id, sa.func.count())
            .where(in_state("due"))
            .group_by(callback.c.campaign_id)
        )
        due: dict[int, int] = {row[0]: row[1] for row in counted}
        rows = unit.run(sa.select(campaign).order_by(campaign.c.band, campaign.c.code)).mappings()
        return tuple(
            CampaignState(
                row["code"], row["name_zh"], row["name_en"], row["active"], row["paused_at"],
                due.get(row["id"], 0),
            )
            for row in rows
        )  # fmt: skip

    return database.read(work)


def pause_campaign(
    database: Database,
    actor: Actor,
    code: str,
    uuid: str,
    *,
    paused: bool = True,
    reason: str | None = None,
) -> bool:
    """Pauses a kind of callback, or lets it go on; says whether that changed anything.

    Calls in hand go on. Whoever is at a seat is told.

    Args:
        database: the database.
        actor: a lead.
        code: the campaign's.
        uuid: the client's own for this deed; a repeat gives the first result.
        paused: whether it is to be paused, or to go on.
        reason: why, in words.

    Raises:
        RefusedError: `not_allowed`, `lead_action_reused`.
        InputError: `campaign_unknown`, `lead_reason_long`.
    """
    words = spoken_reason(reason)
    kind = "campaign_pause" if paused else "campaign_resume"

    def work(unit: Unit) -> bool:
        require(actor, "campaigns.pause")
        action, new = begin_action(unit, actor, uuid, kind, {"campaign": code}, words)
        if not new:
            return bool(action["params"]["changed"])
        found = find_campaign(unit, code)
        row = (
            unit.run(sa.select(campaign).where(campaign.c.id == found["id"]).with_for_update())
            .mappings()
            .one()
        )
        changed = (row["paused_at"] is not None) != paused
        if changed:
            at = unit.now if paused else None
            unit.run(sa.update(campaign).where(campaign.c.id == row["id"]).values(paused_at=at))
            append_audit(unit, actor, kind, "campaign", row["id"], fields=["paused_at"])
            unit.move(QUEUE, SEATS)
            _tell(unit, actor, row, f"notice.{kind}", words)
        keep_result(unit, action, 0, changed=changed)
        return changed

    return database.write(work, settles=True)


def _tell(unit: Unit, actor: Actor, row: sa.RowMapping, key: str, why: str | None) -> None:
    people = unit.run(
        sa.select(seat.c.operator_id)
        .distinct()
        .where(seat.c.closed_at.is_(None), seat.c.kind == "working")
    ).scalars()
    params: dict[str, object] = {"campaign": {"zh": row["name_zh"], "en": row["name_en"]}}
    if why is not None:
        params["why"] = why
    for operator_id in people.all():
        tell_operator(unit, actor, operator_id, key, params)
