"""What becomes of a chance: won with what it brought, lost with a reason, or open again."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.tables import chance
from db.topics import CASES
from db.transaction import Unit
from db.transitions import lock_callback, move
from domain.chance import ChanceState
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require

REASON: Final = 300
"""Letters of a reason at most."""


def settle_chance(
    database: Database,
    actor: Actor,
    chance_id: int,
    state: ChanceState,
    *,
    reason: str = "",
    brought: tuple[int, str] | None = None,
) -> None:
    """Says what became of a chance.

    A lost one takes its waiting callback with it; opened again, it has none.

    Args:
        database: the database.
        actor: whose chance it is, or a lead.
        chance_id: the chance.
        state: what became of it.
        reason: why; a lost one needs it.
        brought: for one that was won: what it brought in (hundredths, ISO 4217 code); what it was
            thought to bring unless given.

    Raises:
        InputError: `chance_needs_reason`.
        RefusedError: `not_allowed`, `chance_unknown`, `chance_not_yours`.
    """
    words = reason.strip()[:REASON]
    if state is ChanceState.LOST and not words:
        raise InputError("chance_needs_reason")

    def work(unit: Unit) -> None:
        require(actor, "chances.settle")
        row = (
            unit.run(sa.select(chance).where(chance.c.id == chance_id).with_for_update())
            .mappings()
            .first()
        )
        if row is None or row["state"] == "withdrawn":
            raise RefusedError("chance_unknown", chance=chance_id)
        if row["owner_id"] not in (None, actor.operator_id):
            require(actor, "chances.settle_others")
        settled = state is not ChanceState.OPEN
        amount = brought or (row["value"], row["currency"])
        value, currency = amount if state is ChanceState.WON else (None, None)
        unit.run(
            sa.update(chance)
            .where(chance.c.id == chance_id)
            .values(
                state=state,
                reason=words or None,
                settled_at=unit.now if settled else None,
                settled_by=actor.operator_id if settled else None,
                settled_value=value,
                settled_currency=currency,
            )
        )
        if state is ChanceState.LOST and row["callback_id"] is not None:
            waits = lock_callback(unit, row["callback_id"])
            if waits["state"] in ("scheduled", "due"):
                move(unit, waits, "cancelled", "chance_lost", actor=actor)
        append_audit(
            unit, actor, "chance_settled", "person", row["person_id"],
            fields=["chance"], details={"chance": chance_id, "state": state.value},
        )  # fmt: skip
        unit.move(CASES)

    database.write(work)
