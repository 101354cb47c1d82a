"""A customer rings back: found, put into this operator's hands, every open callback with them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from db.callbacks import NewCallback, create_callback
from db.claiming import Taken, claim_columns, insert_call, open_call_of, regain
from db.engine import Database
from db.holds import hold_keys, take_holds
from db.operator_states import enter_state
from db.seats import may_work
from db.tables import call, call_callback, call_hold, callback, campaign, operator
from db.topics import SEATS
from db.transaction import Unit
from db.transitions import move
from domain.errors import RefusedError
from domain.permissions import Actor, require

FALLBACK = "general"
"""The campaign of a call that no callback was waiting for."""


def inbound(database: Database, actor: Actor, person_id: int) -> Taken:
    """Opens an inbound call with a customer; the open call, if any, is parked.

    A call with this customer that the operator has put aside is taken up again.

    All callbacks of the person that wait (scheduled or due) are settled with it; where none does,
    one is made, so that the call has an outcome to give. Calling hours don't bind: the customer
    rang us.

    Raises:
        RefusedError: `not_allowed`, `no_seat`, `person_with_somebody` (who has them on the line).
    """

    def work(unit: Unit) -> Taken:
        require(actor, "calls.inbound")
        may_work(unit, actor)
        current = open_call_of(unit, actor.operator_id)
        if current is not None and current["person_id"] == person_id:
            return _same_person(unit, current)
        if current is not None:
            unit.run(sa.update(call).where(call.c.id == current["id"]).values(phase="parked"))
        put_aside = _own_parked(unit, actor, person_id)
        if put_aside is not None:
            return regain(unit, actor, put_aside, "rang_back")
        rows = _waiting(unit, person_id)
        if not rows:
            new = NewCallback(person_id, FALLBACK, unit.now, source="inbound")
            create_callback(unit, database.rulebook, new, actor)
            rows = _waiting(unit, person_id)
        kind = (
            unit.run(sa.select(campaign).where(campaign.c.id == rows[0]["campaign_id"]))
            .mappings()
            .one()
        )
        fence = max(row["fence"] for row in rows) + 1
        call_id = insert_call(
            unit,
            actor,
            person_id=person_id,
            release=database.rulebook.release,
            playbook=kind["playbook"],
            survey=kind["survey"],
            fence=fence,
            direction="in",
        )
        keys = hold_keys(person_id, rows[0]["phone_id"])
        _release_lingering(unit, keys)
        if not take_holds(unit, call_id, keys):
            raise RefusedError("person_with_somebody", name=_holder(unit, keys))
        for position, row in enumerate(rows):
            _take_in(unit, actor, row, call_id, position, fence)
        unit.run(sa.update(call).where(call.c.id == call_id).values(dialled_at=unit.now))
        if actor.seat_id is not None:
            enter_state(unit, actor.seat_id, "talking")
        unit.move(SEATS)
        return Taken(call_id, rows[0]["id"], fence)

    return database.write(work)


def _take_in(
    unit: Unit, actor: Actor, row: sa.RowMapping, call_id: int, position: int, fence: int
) -> None:
    columns: dict[str, Any] = claim_columns(unit, actor)
    move(unit, row, "claimed", "rang_back", actor=actor, call_id=call_id, fence_to=fence, **columns)
    unit.run(
        call_callback.insert(),
        {"call_id": call_id, "callback_id": row["id"], "position": position, "fence": fence},
    )


def _waiting(unit: Unit, person_id: int) -> list[sa.RowMapping]:
    return list(
        unit.run(
            sa.select(callback)
            .where(callback.c.person_id == person_id, callback.c.state.in_(("scheduled", "due")))
            .order_by(callback.c.band, callback.c.due_at, callback.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )


def _same_person(unit: Unit, current: sa.RowMapping) -> Taken:
    first = unit.run(
        sa.select(call_callback.c.callback_id)
        .where(call_callback.c.call_id == current["id"])
        .order_by(call_callback.c.position)
        .limit(1)
    ).scalar_one()
    return Taken(current["id"], first, current["fence"], resumed=True)


def _own_parked(unit: Unit, actor: Actor, person_id: int) -> sa.RowMapping | None:
    """The call with this person that the operator has put aside or lost; taken up again."""
    return (
        unit.run(
            sa.select(call)
            .where(
                call.c.person_id == person_id,
                call.c.operator_id == actor.operator_id,
                call.c.phase == "parked",
            )
            .order_by(call.c.id)
            .limit(1)
            .with_for_update()
        )
        .mappings()
        .first()
    )


def _release_lingering(unit: Unit, keys: list[str]) -> None:
    """Holds of ended calls keep us from ringing; a customer who rings us is not kept waiting."""
    unit.run(sa.delete(call_hold).where(call_hold.c.key.in_(keys), call_hold.c.until.is_not(None)))


def _holder(unit: Unit, keys: list[str]) -> str:
    return str(
        unit.run(
            sa.select(operator.c.name)
            .join(call, call.c.operator_id == operator.c.id)
            .join(call_hold, call_hold.c.call_id == call.c.id)
            .where(call_hold.c.key.in_(keys))
            .limit(1)
        ).scalar()
    )
