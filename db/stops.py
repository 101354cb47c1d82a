"""Do-not-call: whether a stop lies on a number or a person, and setting and lifting one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.callbacks import usable_numbers
from db.events import append_audit
from db.prepared import Prepared
from db.tables import callback, campaign, do_not_call
from db.transaction import Unit
from db.transitions import move
from domain.permissions import Actor

_STOP = (
    sa.select(do_not_call.c.reason, do_not_call.c.expires_at, do_not_call.c.person_id)
    .where(
        sa.or_(
            do_not_call.c.person_id == sa.bindparam("person"),
            do_not_call.c.phone_id == sa.bindparam("phone"),
        ),
        sa.or_(
            do_not_call.c.purpose == sa.literal_column("'any'"),
            do_not_call.c.purpose == sa.bindparam("purpose"),
        ),
        do_not_call.c.lifted_at.is_(None),
        sa.or_(do_not_call.c.expires_at.is_(None), do_not_call.c.expires_at > sa.bindparam("now")),
    )
    .order_by(do_not_call.c.id)
)
_ANY = Prepared(_STOP.with_only_columns(do_not_call.c.id, maintain_column_froms=True).limit(1))


@dataclass(frozen=True, slots=True)
class Stopped:
    """That a call is forbidden.

    Attributes:
        reason: code of the first stop in the way that lasts longest.
        until: when no stop is in the way any more (UTC); none for good.
        person: whether one lies on the person; else another number may do.
    """

    reason: str
    until: datetime | None
    person: bool


def stop_on(
    unit: Unit, person_id: int, phone_id: int | None, purpose: str, at: datetime | None = None
) -> Stopped | None:
    """The stops that forbid a call at an instant (UTC), now unless given; none where none does."""
    values = {"person": person_id, "phone": phone_id, "purpose": purpose, "now": at or unit.now}
    if _ANY.first(unit, values) is None:
        return None
    rows = unit.run(_STOP, values).all()
    for_good = [row for row in rows if row.expires_at is None]
    last = for_good[0] if for_good else max(rows, key=lambda row: row.expires_at)
    return Stopped(
        reason=last.reason,
        until=last.expires_at,
        person=any(row.person_id is not None for row in rows),
    )


def number_without_stop(
    unit: Unit, person_id: int, purpose: str, at: datetime | None = None
) -> int | None:
    """The first usable number of a person that may be called at an instant (UTC), now unless given.

    None where the person is stopped, or each number is, or none is usable.
    """
    for one in usable_numbers(unit, person_id):
        if stop_on(unit, person_id, one.id, purpose, at) is None:
            return int(one.id)
    return None


def add_stop(
    unit: Unit,
    actor: Actor | None,
    *,
    person_id: int | None,
    phone_id: int | None,
    reason: str,
    source: str,
    purpose: str = "any",
    expires_at: datetime | None = None,
    call_id: int | None = None,
) -> int:
    """Puts a stop on a person or number and cancels what waits for that person.

    A stop for one purpose cancels what waits for that purpose only, one that ends nothing.
    Returns the id of the stop. Callbacks in somebody's hands are left: they end with their call.
    """
    made = int(
        unit.run(
            do_not_call.insert().returning(do_not_call.c.id),
            {
                "person_id": person_id,
                "phone_id": phone_id,
                "purpose": purpose,
                "reason": reason,
                "source": source,
                "since": unit.now,
                "expires_at": expires_at,
                "operator_id": actor.operator_id if actor else None,
                "call_id": call_id,
            },
        ).scalar_one()
    )
    append_audit(
        unit,
        actor,
        "do_not_call",
        "person" if person_id is not None else "phone",
        person_id if person_id is not None else phone_id,
        fields=["do_not_call"],
        details={"reason": reason},
    )
    if person_id is not None and expires_at is None:
        waiting = (
            sa.select(callback)
            .where(
                callback.c.person_id == person_id,
                callback.c.state.in_(("scheduled", "due")),
            )
            .order_by(callback.c.id)
            .with_for_update()
        )
        if purpose != "any":
            kinds = sa.select(campaign.c.id).where(campaign.c.purpose == purpose)
            waiting = waiting.where(callback.c.campaign_id.in_(kinds))
        for row in unit.run(waiting).mappings().all():
            move(
                unit, row, "cancelled", "stopped", actor=actor, call_id=call_id,
                data={"reason": reason, "stop": made},
            )  # fmt: skip
    return made
