"""Why a callback stands where it stands: the rules that put it there, and what stops it now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.caps import attempts_of, caps_on, set_aside, subject_of
from db.care_why import care_reasons
from db.case_limits import limits_of, urgency_of
from db.engine import Database
from db.holds import hold_keys
from db.promises import promise_of
from db.stops import stop_on
from db.tables import (
    call,
    call_hold,
    callback,
    callback_event,
    calling_window,
    campaign,
    operator,
    person,
)
from db.transaction import Unit
from domain.bands import PROMISED, Priority, Tier, band_of
from domain.calling_hours import Decision, decide
from domain.errors import RefusedError
from domain.history import OVER
from domain.permissions import Actor, require
from domain.rulebook import Rulebook
from domain.said import Said
from domain.terms import read_terms, switched_on


@dataclass(frozen=True, slots=True)
class Block:
    """One rule that stops the callback, and when it stops stopping (UTC); none when unknown."""

    said: Said
    clears_at: datetime | None


@dataclass(frozen=True, slots=True)
class Why:
    """A decision explained.

    Attributes:
        callback_id: the callback.
        state: its state.
        callable_now: whether this operator may be given it at this minute.
        order: what put it where it stands in the queue.
        blocks: each rule that stops it now.
        clears_at: when it may be called if nothing else happens (UTC): all of them have cleared,
            and the hours are open then; none when one has no known end.
    """

    callback_id: int
    state: str
    callable_now: bool
    order: tuple[Said, ...]
    blocks: tuple[Block, ...]
    clears_at: datetime | None


def why(database: Database, actor: Actor, callback_id: int) -> Why:
    """Explains a callback to an operator.

    Raises:
        RefusedError: `callback_unknown`.
    """

    def work(unit: Unit) -> Why:
        require(actor, "queue.why")
        return explain(unit, database.rulebook, actor, callback_id)

    return database.read(work)


def explain(unit: Unit, rulebook: Rulebook, actor: Actor, callback_id: int) -> Why:
    """Explains a callback within a transaction.

    Raises:
        RefusedError: `callback_unknown`.
    """
    row = (
        unit.run(
            sa.select(
                callback,
                campaign.c.band.label("campaign_band"),
                campaign.c.purpose,
                campaign.c.paused_at,
                campaign.c.active,
                person.c.tier,
                calling_window.c.preferred,
                calling_window.c.places,
                calling_window.c.zones.label("window_zones"),
            )
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .join(person, person.c.id == callback.c.person_id)
            .join(calling_window, calling_window.c.id == callback.c.window_id)
            .where(callback.c.id == callback_id)
        )
        .mappings()
        .first()
    )
    if row is None:
        raise RefusedError("callback_unknown", callback=callback_id)
    over = row["state"] in OVER
    blocks = [_over(unit, row)] if over else _blocks(unit, rulebook, actor, row)
    clears = None if over else _callable_from(unit, rulebook, row, blocks)
    if not over:
        blocks += _closed_hours(unit, rulebook, row)
    return Why(
        callback_id=callback_id,
        state=row["state"],
        callable_now=not blocks,
        order=(
            *_order(unit, rulebook, row),
            *care_reasons(unit, rulebook.campaigns, callback_id),
            *_set_aside(unit, rulebook, row),
        ),
        blocks=tuple(blocks),
        clears_at=clears if blocks else None,
    )


def _order(unit: Unit, rulebook: Rulebook, row: sa.RowMapping) -> tuple[Said, ...]:
    case_id = row["complaint_id"]
    cases = {} if case_id is None else urgency_of(unit, [case_id])
    loose = case_id is None and row["band"] == PROMISED and not row["promised"]
    regulator, overdue = cases.get(case_id, (loose, False))
    banded = band_of(
        row["campaign_band"],
        priority=Priority(row["priority"] or Priority.NORMAL),
        promise=promise_of(unit, row),
        regulator_case=regulator,
        overdue_case=overdue,
        tier=Tier(row["tier"]) if row["tier"] else None,
        tier_bands=rulebook.tiers.bands,
    )
    said = [*banded.why, *_missed(unit, case_id), Said("queue.why.due", {"at": row["due_at"]})]
    if row["attempts"]:
        said.append(Said("queue.why.attempts", {"n": row["attempts"]}))
    if row["last_outcome"]:
        last = rulebook.outcomes.said(row["last_outcome"])
        said.append(Said("queue.why.last", {"outcome": last}))
    if row["promised"]:
        said.append(Said("queue.why.promised"))
    return tuple(said)


def _missed(unit: Unit, case_id: int | None) -> Iterator[Said]:
    """The limits of its case that we have missed."""
    if case_id is not None:
        for limit in limits_of(unit, [case_id], running=True)[case_id]:
            if limit.overdue(unit.now):
                given = {"case": case_id, "step": limit.rule.step_name, "at": limit.due_at}
                yield Said("case_db.why.overdue", given)


def _over(unit: Unit, row: sa.RowMapping) -> Block:
    last = Said(f"queue.event.{_last_event(unit, row)}")
    return Block(Said(f"queue.block.{row['state']}", {"kind": last}), None)


def _blocks(unit: Unit, rulebook: Rulebook, actor: Actor, row: sa.RowMapping) -> list[Block]:
    """Each rule that stops it now, but for the hours."""
    blocks: list[Block] = []
    state = row["state"]
    if state == "claimed":
        blocks.append(Block(Said("queue.block.claimed", {"name": _name(unit, row)}), None))
    elif state == "check":
        blocks.append(Block(Said("queue.block.check", {"name": _name(unit, row)}), None))
    capped = _capped(unit, rulebook, row)
    later = state == "scheduled" and row["ready_at"] > unit.now
    if later and row["ready_at"] not in {block.clears_at for block in capped}:
        blocks.append(Block(Said("queue.block.not_due", {"at": row["ready_at"]}), row["ready_at"]))
    stopped = stop_on(unit, row["person_id"], row["phone_id"], row["purpose"])
    if stopped is not None:
        said = Said("queue.block.stop", {"reason": Said(f"stop.{stopped.reason}")})
        blocks.append(Block(said, stopped.until))
    blocks += capped
    if not row["active"] or read_terms(row["preferred"]).off:
        blocks.append(Block(Said("queue.block.campaign_off"), None))
    if row["paused_at"] is not None:
        blocks.append(Block(Said("queue.block.campaign_paused"), None))
    reserved = row["grace_until"] is None or row["grace_until"] > unit.now
    if reserved and row["assigned_to"] not in (None, actor.operator_id):
        name = unit.run(
            sa.select(operator.c.name).where(operator.c.id == row["assigned_to"])
        ).scalar_one()
        blocks.append(
            Block(
                Said("queue.block.owned", {"name": name, "at": row["grace_until"]}),
                row["grace_until"],
            )
        )
    if row["avoid_operator_id"] == actor.operator_id and row["assigned_to"] is None:
        blocks.append(Block(Said("queue.block.another_operator"), None))
    _add_hold(unit, row, blocks)
    return blocks


def _set_aside(unit: Unit, rulebook: Rulebook, row: sa.RowMapping) -> tuple[Said, ...]:
    """Who set caps aside for it, and why; until an attempt is made."""
    if row["state"] in OVER:
        return ()
    attempts = attempts_of(unit, rulebook, [row["person_id"]]).get(row["person_id"], ())
    found = set_aside(unit, row["id"], attempts, row["call_id"])
    if found is None:
        return ()
    name = unit.run(sa.select(operator.c.name).where(operator.c.id == found["operator_id"]))
    given = {"name": name.scalar_one(), "reason": found["reason"], "at": found["until"]}
    return (Said("caps.set_aside_until" if found["until"] else "caps.set_aside", given),)


def _capped(unit: Unit, rulebook: Rulebook, row: sa.RowMapping) -> list[Block]:
    """Each cap that stops it now."""
    known = {**row, "zones": row["window_zones"]}
    caps = caps_on(unit, rulebook, row, subject_of(known, within=row["call_id"]))
    return [Block(cap.said, cap.until) for cap in caps]


def _closed_hours(unit: Unit, rulebook: Rulebook, row: sa.RowMapping) -> list[Block]:
    """Each rule of the calling hours that stops it now."""
    decision = _hours_at(rulebook, row, unit.now)
    if decision.allowed:
        return []
    reasons = decision.reasons or (Said("queue.block.hours"),)
    return [Block(said, decision.next_open) for said in reasons]


def _callable_from(
    unit: Unit, rulebook: Rulebook, row: sa.RowMapping, blocks: Sequence[Block]
) -> datetime | None:
    """When the hours are open once the other rules have cleared."""
    clears = unit.now
    for block in blocks:
        if block.clears_at is None:
            return None
        clears = max(clears, block.clears_at)
    decision = _hours_at(rulebook, row, clears)
    return clears if decision.allowed else decision.next_open


def _hours_at(rulebook: Rulebook, row: sa.RowMapping, at: datetime) -> Decision:
    return decide(
        rulebook.calling,
        zones=tuple(filter(None, row["window_zones"].split(","))),
        places=tuple(filter(None, row["places"].split(","))),
        purpose=row["purpose"],
        at=at,
        preferred=switched_on(row["preferred"]) or None,
    )


def _add_hold(unit: Unit, row: sa.RowMapping, blocks: list[Block]) -> None:
    held = unit.run(
        sa.select(call_hold.c.until, call_hold.c.key, operator.c.name)
        .outerjoin(call, call.c.id == call_hold.c.call_id)
        .outerjoin(operator, operator.c.id == call.c.operator_id)
        .where(
            call_hold.c.key.in_(hold_keys(row["person_id"], row["phone_id"])),
            sa.or_(call_hold.c.until.is_(None), call_hold.c.until > unit.now),
            call_hold.c.call_id != (row["call_id"] or 0),
        )
        .order_by(call_hold.c.until.is_(None).desc(), call_hold.c.until.desc())
        .limit(1)
    ).first()
    if held is None:
        return
    if held.until is None:
        blocks.append(Block(Said("queue.block.held", {"name": held.name or "?"}), None))
    else:
        blocks.append(Block(Said("queue.block.just_rung", {"at": held.until}), held.until))


def _name(unit: Unit, row: sa.RowMapping) -> str:
    return str(
        unit.run(sa.select(operator.c.name).where(operator.c.id == row["claimed_by"])).scalar()
    )


def _last_event(unit: Unit, row: sa.RowMapping) -> str:
    """The kind of event that brought a callback where it is; what came without a move is none."""
    return str(
        unit.run(
            sa.select(callback_event.c.kind)
            .where(
                callback_event.c.callback_id == row["id"],
                callback_event.c.to_state == row["state"],
                callback_event.c.from_state.is_distinct_from(row["state"]),
            )
            .order_by(callback_event.c.id.desc())
            .limit(1)
        ).scalar()
    )
