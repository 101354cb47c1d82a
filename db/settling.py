"""What an outcome does to a callback: over, waiting again, or followed by an agreed call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.callbacks import (
    NewCallback,
    create_callback,
    grace_end,
    usable_numbers,
    window_of,
)
from db.decisions import CallEnd, Effects, plain_columns
from db.operators import operator_named
from db.tables import call_leg, callback, calling_window, campaign, person, phone
from db.transaction import Unit
from db.transitions import move
from domain.bands import Priority, Tier, band_of
from domain.calling_hours import NAMED_BY_CUSTOMER, current_or_next_window
from domain.errors import InputError
from domain.outcome import Assigned, NumberEffect, Outcome
from domain.retries import NextState, NextStep, next_step
from domain.tries import Tries

_ENDS = {
    NextState.DONE: "done",
    NextState.EXHAUSTED: "exhausted",
    NextState.DATA_REPAIR: "cancelled",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of one callback: its state, when it is rung again (UTC), and the follow-up."""

    step: NextStep
    state: str
    next_at: datetime | None
    follow_up: int | None


def settle(
    unit: Unit,
    end: CallEnd,
    row: sa.RowMapping,
    outcome: Outcome,
    asked: datetime | None,
    effects: Effects,
) -> Ending:
    """Carries out an outcome on a callback that is in hand.

    A retry is the same row, scheduled again. A time that the customer agreed to makes a new row
    with its origin named, which inherits the memory of tries; the old one is done.

    Raises:
        InputError: `outcome_needs_time`, `asked_time_past`, `colleague_unknown`.
    """
    effects.callbacks[str(row["id"])] = plain_columns(row)
    left = numbers_left(unit, end, row, outcome)
    step = _next_step(unit, end, row, outcome, asked, len(left))
    data = {"outcome": outcome.code, "counts": step.counts_attempt}
    known: dict[str, Any] = {
        "attempts": step.tries.attempts,
        "tries": step.tries.to_dict(),
        "last_outcome": step.ends_as or outcome.code,
    }
    if step.state in _ENDS:
        state = _ENDS[step.state]
        kind = "data_repair" if step.state is NextState.DATA_REPAIR else "finished"
        move(unit, row, state, kind, actor=end.actor, data=data, **known)
        return Ending(step, state, None, None)
    at = step.at or unit.now
    if asked is not None and outcome.contacted:
        move(unit, row, "done", "finished", actor=end.actor, data=data, **known)
        made = _follow_up(unit, end, row, step, at)
        effects.made_callbacks.append(made)
        return Ending(step, "done", at, made)
    if outcome.number is not NumberEffect.NONE and left:
        known["phone_id"] = left[0]
    if row["promised"]:
        # We rang as promised; what is left to do waits its turn like any other retry.
        known |= _ordinary_again(unit, end, row)
    move(
        unit, row, "due" if at <= unit.now else "scheduled", "rescheduled", actor=end.actor,
        data=data, due_at=at, ready_at=at, not_before=None, **known,
        **_assignment(unit, end, row, step.assigned, at),
    )  # fmt: skip
    return Ending(step, "scheduled", at, None)


def _ordinary_again(unit: Unit, end: CallEnd, row: sa.RowMapping) -> dict[str, Any]:
    kind = (
        unit.run(
            sa.select(campaign.c.band, campaign.c.purpose, person.c.tier, person.c.zone)
            .select_from(callback)
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .join(person, person.c.id == callback.c.person_id)
            .where(callback.c.id == row["id"])
        )
        .mappings()
        .one()
    )
    banded = band_of(
        kind["band"],
        priority=Priority(row["priority"] or Priority.NORMAL),
        tier=Tier(kind["tier"]) if kind["tier"] else None,
    )
    window_id = window_of(
        unit, end.rulebook, row["phone_id"], zone=kind["zone"], purpose=kind["purpose"]
    )
    return {"promised": False, "band": banded.band, "window_id": window_id}


def numbers_left(unit: Unit, end: CallEnd, row: sa.RowMapping, outcome: Outcome) -> list[int]:
    """Usable numbers of the person that were not tried in this call."""
    tried = set(
        unit.run(
            sa.select(call_leg.c.phone_id).where(call_leg.c.call_id == end.call["id"])
        ).scalars()
    )
    spoken_of = end.decision.phone_id or row["phone_id"]
    if outcome.number is not NumberEffect.NONE or tried:
        tried.add(spoken_of)
    return [one.id for one in usable_numbers(unit, row["person_id"]) if one.id not in tried]


def customer_zone(unit: Unit, person_id: int, phone_id: int | None) -> str:
    """The zone whose clock stands for the customer's: their own, else the number's first.

    UTC where nobody knows; then day-parts are read off UTC's clock.
    """
    zone = unit.run(sa.select(person.c.zone).where(person.c.id == person_id)).scalar()
    if zone is None and phone_id is not None:
        zones = unit.run(sa.select(phone.c.zones).where(phone.c.id == phone_id)).scalar()
        zone = zones[0] if zones else None
    return zone or "UTC"


def _next_step(
    unit: Unit,
    end: CallEnd,
    row: sa.RowMapping,
    outcome: Outcome,
    asked: datetime | None,
    left: int,
) -> NextStep:
    window = (
        unit.run(sa.select(calling_window).where(calling_window.c.id == row["window_id"]))
        .mappings()
        .one()
    )

    def callable_from(at: datetime, preferred: str | None) -> datetime | None:
        found = current_or_next_window(
            end.rulebook.calling,
            zones=tuple(filter(None, window["zones"].split(","))),
            places=tuple(filter(None, window["places"].split(","))),
            purpose=window["purpose"],
            preferred=preferred,
            at=at,
        )
        return None if found is None else max(at, found[0])

    return next_step(
        outcome,
        Tries.from_dict(row["tries"]),
        now=unit.now,
        zone=customer_zone(unit, row["person_id"], row["phone_id"]),
        next_callable=lambda at: callable_from(at, window["preferred"] or None),
        next_lawful=lambda at: callable_from(at, NAMED_BY_CUSTOMER),
        asked_time=asked,
        numbers_left=left,
    )


def _follow_up(unit: Unit, end: CallEnd, row: sa.RowMapping, step: NextStep, at: datetime) -> int:
    code = unit.run(
        sa.select(campaign.c.code).where(campaign.c.id == row["campaign_id"])
    ).scalar_one()
    owner = _assignment(unit, end, row, step.assigned, at)["owner_id"]
    made = create_callback(
        unit,
        end.rulebook,
        NewCallback(
            person_id=row["person_id"],
            campaign=code,
            due_at=at,
            phone_id=end.decision.phone_id or row["phone_id"],
            promised=True,
            named_by_customer=True,
            priority=Priority(row["priority"] or Priority.NORMAL),
            note=end.decision.note,
            owner_id=owner,
            asset_id=row["asset_id"],
            complaint_id=row["complaint_id"],
            origin_id=row["id"],
            origin_call_id=end.call["id"],
            source="call",
        ),
        end.actor,
    )
    unit.run(
        sa.update(callback)
        .where(callback.c.id == made)
        .values(attempts=step.tries.attempts, tries=step.tries.to_dict())
    )
    return made


def _assignment(
    unit: Unit, end: CallEnd, row: sa.RowMapping, assigned: Assigned, at: datetime
) -> dict[str, Any]:
    owner: int | None = row["owner_id"]
    mine: int | None = row["assigned_to"]
    avoid: int | None = row["avoid_operator_id"]
    if assigned is Assigned.SAME:
        owner = mine = end.actor.operator_id
    elif assigned is Assigned.POOL:
        mine = None
    elif assigned is Assigned.OTHER:
        mine, avoid = None, end.actor.operator_id
    elif assigned is Assigned.NAMED:
        found = operator_named(unit, end.decision.colleague or "")
        if found is None:
            raise InputError("colleague_unknown", name=end.decision.colleague or "")
        owner = mine = found
    minutes = unit.run(
        sa.select(campaign.c.grace_minutes).where(campaign.c.id == row["campaign_id"])
    ).scalar_one()
    return {
        "owner_id": owner,
        "assigned_to": mine,
        "avoid_operator_id": avoid,
        "grace_until": None if mine is None else grace_end(at, unit.now, minutes),
    }
