"""What a change of a customer's numbers, address or hours means for what waits for them."""

from __future__ import annotations

import sqlalchemy as sa

from db.callbacks import usable_numbers, window_of
from db.tables import callback, calling_window
from db.topics import QUEUE
from db.transaction import Unit
from db.transitions import move
from domain.permissions import Actor
from domain.rulebook import Rulebook
from domain.terms import read_terms

_WAITING = ("scheduled", "due")


def point_anew(unit: Unit, rulebook: Rulebook, person_id: int, actor: Actor) -> int:
    """Points a person's callbacks to a usable number and its window; returns how many moved.

    One that waits and has no number left is cancelled for data repair; one in somebody's hands
    keeps its number and only its hours follow.
    """
    usable = [row.id for row in usable_numbers(unit, person_id)]
    rows = (
        unit.run(
            sa.select(callback, calling_window.c.preferred)
            .join(calling_window, calling_window.c.id == callback.c.window_id)
            .where(
                callback.c.person_id == person_id,
                callback.c.state.in_((*_WAITING, "claimed", "check")),
            )
            .order_by(callback.c.id)
            .with_for_update(of=callback)
        )
        .mappings()
        .all()
    )
    moved = 0
    for row in rows:
        number = row["phone_id"]
        if row["state"] in _WAITING and number not in usable:
            number = usable[0] if usable else None
            if number is None:
                move(unit, row, "cancelled", "data_repair", actor=actor)
                moved += 1
                continue
        if number is None:
            continue
        window_id = window_of(
            unit,
            rulebook,
            number,
            person_id=person_id,
            campaign_id=row["campaign_id"],
            named_by_customer=read_terms(row["preferred"]).named,
        )
        if (number, window_id) != (row["phone_id"], row["window_id"]):
            unit.run(
                sa.update(callback)
                .where(callback.c.id == row["id"])
                .values(phone_id=number, window_id=window_id, updated_at=unit.now)
            )
            moved += 1
    if moved:
        unit.move(QUEUE)
    return moved
