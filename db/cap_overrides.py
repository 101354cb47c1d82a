"""Setting caps aside for one callback, with a reason: the house's by a lead, law by an admin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.caps import attempts_of, caps_on, hold_back, set_aside, subject_of
from db.engine import Database
from db.events import append_audit
from db.stops import stop_on
from db.tables import (
    callback,
    callback_event,
    calling_window,
    campaign,
    cap_override,
    operator,
    person,
)
from db.topics import QUEUE
from db.transaction import Unit
from db.transitions import lock_callback, move
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require
from domain.rulebook import Rulebook

REASON: Final = 500
"""Letters of a reason at most."""
_SHOWN: Final = 200


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


@dataclass(frozen=True, slots=True)
class Override:
    """An override in force; instants in UTC.

    Attributes:
        id: of the override.
        callback_id: the callback that may be rung once more.
        person_id: its customer.
        person: as the customer is shown.
        caps: codes of the caps that are set aside.
        reason: why.
        name: who set them aside.
        at: when.
        until: when it ends, if no attempt ends it before; none where nothing else does.
    """

    id: int
    callback_id: int
    person_id: int
    person: str
    caps: tuple[str, ...]
    reason: str
    name: str
    at: datetime
    until: datetime | None


def override_caps(
    database: Database,
    actor: Actor,
    callback_id: int,
    reason: str,
    until: datetime | None = None,
) -> SetAside:
    """Lets a callback be rung once although its customer was rung often enough.

    It holds until an attempt is made, or its end has come. A retry that was planned behind the cap
    may be made at once; any other callback keeps its own time. Stops and calling hours are never
    set aside.

    Args:
        database: the database.
        actor: a lead; an admin where a rule of law is in the way.
        callback_id: a callback that waits.
        reason: why, in words.
        until: when it ends (UTC) even if nobody has rung.

    Raises:
        InputError: `override_needs_reason`, `override_over_already`.
        RefusedError: `not_allowed`, `callback_unknown`, `taken`, `callback_over`, `no_cap_holds`.
    """
    words = reason.strip()[:REASON]
    if not words:
        raise InputError("override_needs_reason")

    def work(unit: Unit) -> SetAside:
        require(actor, "caps.override")
        if until is not None and until <= unit.now:
            raise InputError("override_over_already", at=until)
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
                "until": until,
            },
        ).scalar_one()
        append_audit(
            unit, actor, "caps_overridden", "callback", callback_id,
            details={"caps": codes, "override": made},
        )  # fmt: skip
        return _set_free(unit, actor, row, known["purpose"], tuple(codes))

    return database.write(work)


def overrides_in_force(database: Database, actor: Actor) -> tuple[Override, ...]:
    """The overrides that stand, the latest first.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[Override, ...]:
        require(actor, "caps.override")
        rows = unit.run(
            sa.select(
                cap_override,
                callback.c.person_id,
                callback.c.call_id,
                person.c.name.label("person"),
                operator.c.name,
            )
            .join(callback, callback.c.id == cap_override.c.callback_id)
            .join(person, person.c.id == callback.c.person_id)
            .join(operator, operator.c.id == cap_override.c.operator_id)
            .where(
                cap_override.c.ended_at.is_(None),
                callback.c.state.in_(("scheduled", "due", "claimed", "check")),
            )
            .order_by(cap_override.c.id.desc())
            .limit(_SHOWN)
        )
        read = rows.mappings().all()
        attempts = attempts_of(unit, database.rulebook, {row["person_id"] for row in read})
        found = []
        for row in read:
            tried = attempts.get(row["person_id"], ())
            stands = set_aside(unit, row["callback_id"], tried, row["call_id"])
            if stands is not None and stands["id"] == row["id"]:
                found.append(_override(row))
        return tuple(found)

    return database.read(work)


def revoke_override(database: Database, actor: Actor, override_id: int) -> None:
    """Takes an override back; its callback waits for its caps again.

    Raises:
        RefusedError: `not_allowed`, `override_unknown`, also for one that is over.
    """

    def work(unit: Unit) -> None:
        require(actor, "caps.override")
        row = (
            unit.run(
                sa.select(cap_override).where(cap_override.c.id == override_id).with_for_update()
            )
            .mappings()
            .first()
        )
        if row is None or row["ended_at"] is not None:
            raise RefusedError("override_unknown", override=override_id)
        if _is_law(database.rulebook, row["caps"]):
            require(actor, "caps.override_law")
        _end(unit, database.rulebook, row, actor)

    database.write(work)


def end_overrides(unit: Unit, rulebook: Rulebook) -> int:
    """Ends the overrides whose end has come; returns how many."""
    over = (
        unit.run(
            sa.select(cap_override)
            .where(cap_override.c.ended_at.is_(None), cap_override.c.until <= unit.now)
            .order_by(cap_override.c.id)
            .limit(_SHOWN)
            .with_for_update(skip_locked=True)
        )
        .mappings()
        .all()
    )
    for row in over:
        _end(unit, rulebook, row, None)
    return len(over)


def _end(unit: Unit, rulebook: Rulebook, row: sa.RowMapping, actor: Actor | None) -> None:
    unit.run(
        sa.update(cap_override)
        .where(cap_override.c.id == row["id"])
        .values(ended_at=unit.now, ended_by=actor.operator_id if actor else None)
    )
    whose = unit.run(
        sa.select(callback.c.person_id).where(callback.c.id == row["callback_id"])
    ).scalar_one()
    hold_back(unit, rulebook, [whose], only=[row["callback_id"]])
    if actor is not None:
        append_audit(
            unit, actor, "caps_override_ended", "callback", row["callback_id"],
            details={"caps": row["caps"], "override": row["id"]},
        )  # fmt: skip
    unit.move(QUEUE)


def _is_law(rulebook: Rulebook, codes: Collection[str]) -> bool:
    return any(cap.is_law for cap in rulebook.caps.caps if cap.code in codes)


def _override(row: sa.RowMapping) -> Override:
    return Override(
        id=row["id"],
        callback_id=row["callback_id"],
        person_id=row["person_id"],
        person=row["person"],
        caps=tuple(row["caps"]),
        reason=row["reason"],
        name=row["name"],
        at=row["at"],
        until=row["until"],
    )


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
