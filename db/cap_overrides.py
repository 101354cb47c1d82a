"""Setting caps aside for one callback, with a reason: the house's by a lead, law by an admin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.caps import caps_on, subject_of
from db.engine import Database
from db.events import append_audit
from db.stops import stop_on
from db.tables import callback, callback_event, calling_window, campaign, cap_override
from db.transaction import Unit
from db.transitions import lock_callback, move
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require

REASON: Final = 500
"""Letters of a reason at most."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """What an override did.

    Attributes:
        callback_id: the callback.
        state: its state now.
        ready_at: from when on it may be rung (UTC), calling hours permitting.
        caps: codes of the caps that were set aside for its next attempt.
    """

    callback_id: int
    state: str
    ready_at: datetime
    caps: tuple[str, ...]


def override_caps(database: Database, actor: Actor, callback_id: int, reason: str) -> SetAside:
    """Lets a callback be rung once although its customer was rung often enough.

    It holds until an attempt is made. A retry that was planned behind the cap may be made at once;
    any other callback keeps its own time. Stops and calling hours are never set aside.

    Args:
        database: the database.
        actor: a lead; an admin where a rule of law is in the way.
        callback_id: a callback that waits.
        reason: why, in words.

    Raises:
        InputError: `override_needs_reason`.
        RefusedError: `not_allowed`, `callback_unknown`, `taken`, `callback_over`, `no_cap_holds`.
    """
    words = reason.strip()[:REASON]
    if not words:
        raise InputError("override_needs_reason")

    def work(unit: Unit) -> SetAside:
        require(actor, "caps.override")
        row = lock_callback(unit, callback_id)
        if row["state"] in ("claimed", "check"):
            raise RefusedError("taken", callback=callback_id)
        if row["state"] not in ("scheduled", "due"):
            raise RefusedError("callback_over", callback=callback_id, state=row["state"])
        known = _known(unit, row)
        held = caps_on(unit, database.rulebook, row, subject_of(known))
        if not held:
            raise RefusedError("no_cap_holds", callback=callback_id)
        if any(one.cap.is_law for one in held):
            require(actor, "caps.override_law")
        codes = [one.cap.code for one in held]
        made = unit.run(
            cap_override.insert().returning(cap_override.c.id),
            {
                "callback_id": callback_id,
                "caps": codes,
                "reason": words,
                "operator_id": actor.operator_id,
                "at": unit.now,
            },
        ).scalar_one()
        append_audit(
            unit, actor, "caps_overridden", "callback", callback_id,
            details={"caps": codes, "override": made},
        )  # fmt: skip
        return _set_free(unit, actor, row, known["purpose"], tuple(codes))

    return database.write(work)


def _known(unit: Unit, row: sa.RowMapping) -> dict[str, Any]:
    more = unit.run(
        sa.select(campaign.c.purpose, calling_window.c.places, calling_window.c.zones)
        .select_from(callback)
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .join(calling_window, calling_window.c.id == callback.c.window_id)
        .where(callback.c.id == row["id"])
    )
    return {**row, **more.mappings().one()}


def _set_free(
    unit: Unit, actor: Actor, row: sa.RowMapping, purpose: str, codes: tuple[str, ...]
) -> SetAside:
    due_at = min(row["due_at"], unit.now) if _planned_behind(unit, row, codes) else row["due_at"]
    stopped = stop_on(unit, row["person_id"], row["phone_id"], purpose)
    not_before = None if stopped is None else stopped.until
    ready_at = due_at if not_before is None else max(due_at, not_before)
    state = "due" if ready_at <= unit.now else "scheduled"
    move(
        unit, row, state, "cap_set_aside", actor=actor, data={"caps": list(codes)},
        due_at=due_at, not_before=not_before, ready_at=ready_at,
    )  # fmt: skip
    return SetAside(row["id"], state, ready_at, codes)


def _planned_behind(unit: Unit, row: sa.RowMapping, codes: tuple[str, ...]) -> bool:
    """Whether the time of a callback is that of a retry which one of the caps held up."""
    last = (
        sa.select(callback_event.c.data)
        .where(
            callback_event.c.callback_id == row["id"],
            callback_event.c.kind == "rescheduled",
        )
        .order_by(callback_event.c.id.desc())
        .limit(1)
    )
    data = unit.run(last).scalar()
    return data is not None and data.get("cap") in codes
