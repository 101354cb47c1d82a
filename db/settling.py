"""What an outcome does to a callback: over, waiting again, or followed by an agreed call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from db.callbacks import (
    NewCallback,
    create_callback,
    grace_end,
    usable_numbers,
    window_of,
)
from db.cap_waits import OWN_TIME, own_time
from db.caps import caps_on, subject_of
from db.case_limits import urgency_of
from db.decisions import CallEnd, Effects
from db.first_try import tried_at
from db.next_owner import given_on
from db.numbers import marks, spoken_number
from db.operators import operator_named
from db.promises import owes_deed
from db.speakers import speaker_for
from db.stops import number_without_stop, stop_on
from db.tables import call_leg, callback, calling_window, campaign, operator, person, phone
from db.transaction import Unit
from db.transitions import move
from domain.bands import Priority, Tier, band_of
from domain.calling_hours import current_or_next_window
from domain.caps import Held
from domain.errors import InputError, RefusedError
from domain.outcome import Assigned, NumberEffect, Outcome, Then
from domain.retries import NextState, NextStep, next_step
from domain.rulebook import Rulebook
from domain.terms import named_too, switched_on
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
    asked: datetime | None,
    effects: Effects,
) -> Ending:
    """Carries out an outcome on a callback that is in hand; its columns before are in `effects`.

    A retry is the same row, scheduled again. A time that the customer agreed to makes a new row
    with its origin named, which inherits the memory of tries; the old one is done.

    Raises:
        RefusedError: `agreed_call_stopped` when the agreed call would run into a stop.
        InputError: `outcome_needs_time`, `outcome_takes_no_time`, `asked_time_past`,
            `colleague_unknown`.
    """
    outcome = end.outcome
    if asked is not None and outcome.next is not None and outcome.next.then is not Then.RETRY:
        raise InputError("outcome_takes_no_time", outcome=outcome.code)
    number, rule, left = _number_to_try(unit, end, row)
    window_id = _window_to_wait_in(unit, end, row, number)
    step, held, own = _next_step(unit, end, row, rule, asked, (number, window_id, left))
    data: dict[str, Any] = {"outcome": outcome.code, "counts": step.counts_attempt}
    if held is not None:
        data |= {"cap": held.cap.code, OWN_TIME: own_time(own)}
    known: dict[str, Any] = {
        "attempts": step.tries.attempts,
        "tries": step.tries.to_dict(),
        "last_outcome": step.ends_as or outcome.code,
    }
    if outcome.rang and row["first_tried_at"] is None:
        known["first_tried_at"] = tried_at(end.call)
    if step.state in _ENDS:
        state = _ENDS[step.state]
        kind = "data_repair" if step.state is NextState.DATA_REPAIR else "finished"
        move(unit, row, state, kind, actor=end.actor, data=data, **known)
        return Ending(step, state, None, None)
    at = step.at or end.at
    if asked is not None and outcome.contacted:
        move(unit, row, "done", "finished", actor=end.actor, data=data, **known)
        made = _follow_up(unit, end, row, step, at)
        effects.made_callbacks.append(made)
        return Ending(step, "done", at, made)
    known |= {"phone_id": number, "window_id": window_id}
    if _made_good(unit, row, outcome):
        # We rang as promised; what is left to do waits its turn like any other retry.
        known |= {"promised": False, "band": ordinary_band(unit, end.rulebook, row)}
    state = "due" if at <= unit.now else "scheduled"
    move(
        unit, row, state, "rescheduled", actor=end.actor,
        data=data, due_at=at, ready_at=at, not_before=None, **known,
        **_assignment(unit, end, row, step.assigned, at),
    )  # fmt: skip
    return Ending(step, state, at, None)


def _made_good(unit: Unit, row: sa.RowMapping, outcome: Outcome) -> bool:
    """Whether ringing was all that was promised, and we rang; a deed is owed until it is done."""
    return bool(row["promised"] and outcome.rang and not owes_deed(unit, row["id"]))


def _number_to_try(unit: Unit, end: CallEnd, row: sa.RowMapping) -> tuple[int | None, Outcome, int]:
    """The number to try next, the outcome whose rule holds, and how many are left in this call.

    A bad number says nothing about the others: where all of them were tried in this call, the
    result of one that is still good decides; where none is good, the data is to be repaired.
    """
    outcome = end.outcome
    usable = [one.id for one in usable_numbers(unit, row["person_id"])]
    results: dict[int, str | None] = {
        leg.phone_id: leg.result
        for leg in unit.run(
            sa.select(call_leg.c.phone_id, call_leg.c.result)
            .where(call_leg.c.call_id == end.call["id"])
            .order_by(call_leg.c.id)
        )
    }
    tried: set[int | None] = {*results}
    if tried or outcome.number is not NumberEffect.NONE:
        tried.add(spoken_number(unit, end, row))
    left = [one for one in usable if one not in tried]
    if not marks(outcome.number):
        if outcome.number is NumberEffect.SUSPENDED and left:
            return left[0], outcome, len(left)
        stays = row["phone_id"] in usable or not usable
        return row["phone_id"] if stays else usable[0], outcome, len(left)
    if left:
        return left[0], outcome, len(left)
    if not usable:
        return row["phone_id"], _to_repair(outcome), 0
    said = results.get(usable[0])
    if said is not None:
        return usable[0], end.rulebook.outcomes[said], 0
    return usable[0], outcome, len(usable)


def _to_repair(outcome: Outcome) -> Outcome:
    rule = outcome.next
    return outcome if rule is None else replace(outcome, next=replace(rule, then=Then.REPAIR))


def _window_to_wait_in(unit: Unit, end: CallEnd, row: sa.RowMapping, number: int | None) -> int:
    """The window of a retry: of its number, and by house hours, since its time is our own."""
    if number is None or (not end.outcome.rang and number == row["phone_id"]):
        waits: int = row["window_id"]
        return waits
    return window_of(
        unit,
        end.rulebook,
        number,
        person_id=row["person_id"],
        campaign_id=row["campaign_id"],
    )


def ordinary_band(unit: Unit, rulebook: Rulebook, row: sa.RowMapping) -> int:
    """The urgency class of a callback for which nothing was promised; its case may move it up."""
    kind = (
        unit.run(
            sa.select(campaign.c.band, person.c.tier)
            .select_from(callback)
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .join(person, person.c.id == callback.c.person_id)
            .where(callback.c.id == row["id"])
        )
        .mappings()
        .one()
    )
    case_id = row["complaint_id"]
    cases = {} if case_id is None else urgency_of(unit, [case_id])
    regulator, overdue = cases.get(case_id, (False, False))
    return band_of(
        kind["band"],
        priority=Priority(row["priority"] or Priority.NORMAL),
        regulator_case=regulator,
        overdue_case=overdue,
        tier=Tier(kind["tier"]) if kind["tier"] else None,
        tier_bands=rulebook.tiers.bands,
    ).band


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
    place: tuple[int | None, int, int],
) -> tuple[NextStep, Held | None, datetime]:
    """The next step.

    Behind it the cap that held up a retry at our own time, and when it would be without.
    """
    number, window_id, left = place
    window = (
        unit.run(sa.select(calling_window).where(calling_window.c.id == window_id)).mappings().one()
    )

    # A call that is in hand is planned on as ever; it waits until its campaign is on again.
    preferred = switched_on(window["preferred"])
    held_by = _rung_enough(unit, end, row, window)

    def callable_from(at: datetime, *, named: bool, capped: bool = True) -> datetime | None:
        held = held_by(named=named) if capped else None
        at = at if held is None else max(at, held.until)
        found = current_or_next_window(
            end.rulebook.calling,
            zones=tuple(filter(None, window["zones"].split(","))),
            places=tuple(filter(None, window["places"].split(","))),
            purpose=window["purpose"],
            preferred=named_too(preferred) if named else preferred,
            at=at,
        )
        return None if found is None else max(at, found[0])

    def planned(*, capped: bool) -> NextStep:
        return next_step(
            outcome,
            Tries.from_dict(row["tries"]),
            now=end.at,
            zone=customer_zone(unit, row["person_id"], number),
            next_callable=lambda at: callable_from(at, named=False, capped=capped),
            # House hours give way to a time that the customer named, not to one of our own.
            next_lawful=((lambda at: callable_from(at, named=True)) if outcome.contacted else None),
            asked_time=asked,
            numbers_left=left,
        )

    step = planned(capped=True)
    if asked is not None or step.at is None:
        return step, None, end.at
    held = held_by(named=False)
    return step, held, step.at if held is None else planned(capped=False).at or step.at


def _rung_enough(
    unit: Unit, end: CallEnd, row: sa.RowMapping, window: sa.RowMapping
) -> Callable[..., Held | None]:
    """The cap that holds up the next attempt: one at a named time, or one of our own choosing."""
    kept = not _made_good(unit, row, end.outcome)
    known = {**row, **window}
    band = row["band"] if kept else ordinary_band(unit, end.rulebook, row)

    def longest(*, named: bool) -> Held | None:
        subject = subject_of(known, named=named or (kept and row["promised"]), band=band)
        return next(iter(caps_on(unit, end.rulebook, row, subject)), None)

    return cache(longest)


def _follow_up(unit: Unit, end: CallEnd, row: sa.RowMapping, step: NextStep, at: datetime) -> int:
    code, purpose = unit.run(
        sa.select(campaign.c.code, campaign.c.purpose).where(campaign.c.id == row["campaign_id"])
    ).one()
    whose: Mapping[str, Any] = _assignment(unit, end, row, step.assigned, at)
    if end.decision.next_owner is not None and step.assigned is Assigned.SAME:
        whose = given_on(unit, end.decision.next_owner, whose)
    usable = [one.id for one in usable_numbers(unit, row["person_id"])]
    spoken = None if end.decision.new_number is not None else spoken_number(unit, end, row)
    number = spoken if spoken in usable or not usable else usable[0]
    if stop_on(unit, row["person_id"], number, purpose, at) is not None:
        number = number_without_stop(unit, row["person_id"], purpose, at)
        if number is None:
            raise RefusedError("agreed_call_stopped")
    made = create_callback(
        unit,
        end.rulebook,
        NewCallback(
            person_id=row["person_id"],
            campaign=code,
            due_at=at,
            phone_id=number,
            promised=True,
            named_by_customer=True,
            priority=Priority(row["priority"] or Priority.NORMAL),
            note=end.decision.note,
            owner_id=whose["assigned_to"],
            avoid_operator_id=whose["avoid_operator_id"],
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
    # Somebody else was to try once; whoever it was has done so now.
    avoid: int | None = row["avoid_operator_id"]
    if avoid != end.caller:
        avoid = None
    if assigned is Assigned.SAME:
        owner = mine = end.caller
    elif assigned is Assigned.POOL:
        mine = None
    elif assigned in (Assigned.OTHER, Assigned.SPEAKER):
        speaks = assigned is Assigned.SPEAKER
        mine = speaker_for(unit, row["person_id"], end.caller) if speaks else None
        if _has_colleague(unit, end.caller):
            avoid = end.caller
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


def _has_colleague(unit: Unit, operator_id: int) -> bool:
    """Whether anybody else works here: alone at a desk, nobody else can make the next attempt."""
    other = sa.select(operator.c.id).where(operator.c.active, operator.c.id != operator_id)
    return unit.run(other.limit(1)).first() is not None
