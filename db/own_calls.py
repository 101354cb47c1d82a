"""One's own calls of today, each with the outcome that can still be put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from db.engine import Database
from db.tables import call, call_decision, callback, campaign, person
from db.transaction import Unit
from domain.permissions import Actor, require

_LONGEST_CALL: Final = timedelta(hours=12)
"""A call that was decided today began at most so long before the day."""


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A call that one has decided; instants in UTC.

    Attributes:
        call_id: the call.
        person_id: the customer.
        name: the customer's name.
        country: ISO code of the customer's country; none where nobody knows.
        at: when it was decided.
        campaign_zh: why we rang.
        campaign_en: the same in English.
        outcome: code of the ending in force.
        note: what was noted.
        next_at: when the customer is rung again; none when it is over.
        amended: whether the outcome was put right already.
        callbacks: how many callbacks it settled.
    """

    call_id: int
    person_id: int
    name: str
    country: str | None
    at: datetime
    campaign_zh: str
    campaign_en: str
    outcome: str
    note: str | None
    next_at: datetime | None
    amended: bool
    callbacks: int


def own_calls(database: Database, actor: Actor, since: datetime) -> tuple[OwnCall, ...]:
    """The calls that one has decided since an instant (UTC), the latest first.

    What was taken back is left out, and so is what came late: neither can be put right.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[OwnCall, ...]:
        require(actor, "calls.amend_own")
        rows = unit.run(
            sa.select(
                call.c.id,
                person.c.id.label("person_id"),
                person.c.name,
                person.c.country,
                call_decision.c.at,
                campaign.c.name_zh,
                campaign.c.name_en,
                call_decision.c.outcome,
                call_decision.c.note,
                call_decision.c.next_at,
                call_decision.c.kind,
                call_decision.c.before,
            )
            .join(call_decision, call_decision.c.call_id == call.c.id)
            .join(person, person.c.id == call.c.person_id)
            .join(callback, callback.c.id == call_decision.c.callback_id)
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .where(
                call.c.operator_id == actor.operator_id,
                call.c.started_at >= since - _LONGEST_CALL,
                call_decision.c.operator_id == actor.operator_id,
                call_decision.c.at >= since,
                call_decision.c.kind != "undo",
                call_decision.c.late.is_(False),
                call_decision.c.superseded_at.is_(None),
            )
            .order_by(call_decision.c.at.desc(), call_decision.c.id.desc())
        )
        return tuple(
            OwnCall(
                call_id=row.id,
                person_id=row.person_id,
                name=row.name,
                country=row.country,
                at=row.at,
                campaign_zh=row.name_zh,
                campaign_en=row.name_en,
                outcome=row.outcome,
                note=row.note,
                next_at=row.next_at,
                amended=row.kind == "amend",
                callbacks=len(row.before["callbacks"]),
            )
            for row in rows
        )

    return database.read(work)
