"""Caps on the queue: whoever was rung often enough waits until it may be done again.

Nothing is looked up when a callback is claimed: an attempt writes into the person's waiting
callbacks from when on they may be rung. A dial looks at the attempts themselves once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from db.decisions import Effects, columns_before
from db.tables import (
    asset,
    call,
    call_callback,
    call_decision,
    call_leg,
    callback,
    calling_window,
    campaign,
    cap_override,
    person_asset,
    service_order,
)
from db.transaction import Unit
from db.transitions import CallbackRow, move
from domain.bands import OVERDUE_CASE
from domain.caps import Attempt, Held, Subject
from domain.outcome import Outcome, OutcomeType
from domain.rulebook import Rulebook

_RECENT = (
    sa.select(
        call.c.id,
        call.c.person_id,
        call.c.direction,
        call.c.phase,
        call.c.dialled_at,
        sa.func.coalesce(call.c.talk_ended_at, call.c.ended_at).label("over_at"),
        campaign.c.purpose,
        callback.c.id.label("callback_id"),
        callback.c.asset_id,
        callback.c.campaign_id,
    )
    .join(call_callback, call_callback.c.call_id == call.c.id)
    .join(callback, callback.c.id == call_callback.c.callback_id)
    .join(campaign, campaign.c.id == callback.c.campaign_id)
    .where(call_callback.c.position == 0)
    .order_by(call.c.id)
)
_WAITING = (
    sa.select(
        callback,
        campaign.c.purpose,
        campaign.c.grace_minutes,
        calling_window.c.places,
        calling_window.c.zones,
    )
    .join(campaign, campaign.c.id == callback.c.campaign_id)
    .join(calling_window, calling_window.c.id == callback.c.window_id)
    .where(callback.c.state.in_(("scheduled", "due")))
    .order_by(callback.c.id)
)


def attempts_of(
    unit: Unit, rulebook: Rulebook, persons: Collection[int]
) -> Mapping[int, Sequence[Attempt]]:
    """What was tried with each of some persons, as far back as a cap can count it.

    A call that was given back, or said not to have been made, is none.
    """
    calls = unit.run(
        _RECENT.where(
            call.c.person_id.in_(sorted(persons)),
            call.c.started_at > unit.now - rulebook.caps.memory,
        )
    ).all()
    if not calls:
        return {}
    outcomes = {outcome.code: outcome for outcome in rulebook.outcomes}
    ids = [row.id for row in calls]
    decided: dict[int, list[str]] = defaultdict(list)
    for one in unit.run(
        sa.select(call_decision.c.call_id, call_decision.c.outcome).where(
            call_decision.c.call_id.in_(ids),
            call_decision.c.superseded_at.is_(None),
            call_decision.c.kind != "undo",
        )
    ):
        decided[one.call_id].append(one.outcome)
    legs: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for leg in unit.run(
        sa.select(call_leg.c.call_id, call_leg.c.started_at, call_leg.c.result)
        .where(call_leg.c.call_id.in_(ids))
        .order_by(call_leg.c.id)
    ):
        legs[leg.call_id].append(leg)
    found: dict[int, list[Attempt]] = defaultdict(list)
    for row in calls:
        if row.phase != "ended" or decided[row.id]:
            said = _Said(outcomes, tuple(decided[row.id]))
            found[row.person_id] += _attempts(unit, row, said, legs[row.id])
    return found


@dataclass(frozen=True, slots=True)
class _Said:
    """How a call ended: the codes of its outcomes in force; a late one stands beside another."""

    known: Mapping[str, Outcome]
    codes: tuple[str, ...]

    def rang(self, code: str) -> bool:
        """Whether a telephone rang; it did unless the outcome is known to say otherwise."""
        return code not in self.known or self.known[code].rang

    @property
    def conversed(self) -> bool:
        """Whether a human had answered."""
        return any(code in self.known and self.known[code].contacted for code in self.codes)

    @property
    def refused(self) -> bool:
        """Whether the customer refused."""
        return any(
            code in self.known and self.known[code].kind is OutcomeType.REFUSAL
            for code in self.codes
        )


def _attempts(
    unit: Unit, row: sa.Row[Any], said: _Said, legs: Sequence[sa.Row[Any]]
) -> Iterator[Attempt]:
    ended = said.codes[-1] if said.codes else ""
    over_at: datetime = row.over_at or unit.now
    if row.direction == "out":
        last = len(legs) - 1
        dials = [
            (leg.started_at, leg.result or (ended if place == last else ""))
            for place, leg in enumerate(legs)
        ]
        dials = [dial for dial in dials if said.rang(dial[1])]
        if not dials and any(map(said.rang, said.codes)):
            dials = [(row.dialled_at or over_at, ended)]
        for place, (at, result) in enumerate(dials):
            yield Attempt(
                row.id, at, row.purpose, row.callback_id, row.asset_id, row.campaign_id, result,
                dialled=True, first=not place,
            )  # fmt: skip
    if said.conversed or said.refused:
        yield Attempt(
            row.id, over_at, row.purpose, row.callback_id, row.asset_id, row.campaign_id, ended,
            conversed=said.conversed, refused=said.refused,
        )  # fmt: skip


def subject_of(
    row: CallbackRow,
    *,
    named: bool | None = None,
    band: int | None = None,
    within: int | None = None,
) -> Subject:
    """What the caps want to know of a callback.

    Args:
        row: its columns, with `purpose` of its campaign and `places`, `zones` of its window.
        named: whether the customer named the time; whether it was promised unless given.
        band: the band that it will have; its own unless given.
        within: the call in which a further number is dialled.
    """
    return Subject(
        places=_split(row["places"]),
        zones=_split(row["zones"]),
        purpose=row["purpose"],
        asset_id=row["asset_id"],
        campaign_id=row["campaign_id"],
        named=row["promised"] if named is None else named,
        urgent=(row["band"] if band is None else band) <= OVERDUE_CASE,
        within=within,
    )


def caps_on(unit: Unit, rulebook: Rulebook, row: CallbackRow, subject: Subject) -> tuple[Held, ...]:
    """The caps that forbid a callback's call now, the one that lasts longest first.

    Those that somebody has set aside for it are no longer among them.
    """
    attempts = attempts_of(unit, rulebook, [row["person_id"]]).get(row["person_id"], ())
    return _holding(unit, rulebook, attempts, row, subject)


def set_aside(
    unit: Unit, callback_id: int, attempts: Sequence[Attempt], within: int | None = None
) -> sa.RowMapping | None:
    """The override that stands for a callback: until an attempt is made after it, or its end.

    Args:
        unit: the transaction.
        callback_id: the callback.
        attempts: what was tried with the person.
        within: the call under way, whose own attempts do not use it up.
    """
    last = max(
        (
            one.at
            for one in attempts
            if one.callback_id == callback_id and one.dialled and one.call_id != within
        ),
        default=None,
    )
    found = sa.select(cap_override).where(
        cap_override.c.callback_id == callback_id,
        cap_override.c.ended_at.is_(None),
        sa.or_(cap_override.c.until.is_(None), cap_override.c.until > unit.now),
    )
    if last is not None:
        found = found.where(cap_override.c.at > last)
    return unit.run(found.order_by(cap_override.c.id.desc()).limit(1)).mappings().first()


def _holding(
    unit: Unit,
    rulebook: Rulebook,
    attempts: Sequence[Attempt],
    row: CallbackRow,
    subject: Subject,
) -> tuple[Held, ...]:
    held = rulebook.caps.holding(attempts, subject, unit.now)
    if any(one.cap.relationship_months for one in held):
        known = replace(subject, dealt_on=_dealt_on(unit, row["person_id"]))
        held = rulebook.caps.holding(attempts, known, unit.now)
    if not held:
        return ()
    spared = set_aside(unit, row["id"], attempts, subject.within)
    return tuple(one for one in held if spared is None or one.cap.code not in spared["caps"])


def _dealt_on(unit: Unit, person_id: int) -> date | None:
    """The last day on which a customer came in, or bought what they have of us."""
    visit = sa.select(sa.func.max(service_order.c.visited_on)).where(
        service_order.c.person_id == person_id, service_order.c.visited_on <= unit.now.date()
    )
    bought = (
        sa.select(sa.func.max(asset.c.bought_on))
        .join(person_asset, person_asset.c.asset_id == asset.c.id)
        .where(
            person_asset.c.person_id == person_id,
            asset.c.sold_by_us,
            asset.c.bought_on <= unit.now.date(),
        )
    )
    days: list[date] = [
        day for ask in (visit, bought) if (day := unit.run(ask).scalar()) is not None
    ]
    return max(days, default=None)


def hold_back(
    unit: Unit,
    rulebook: Rulebook,
    persons: Collection[int],
    *,
    only: Collection[int] | None = None,
    effects: Effects | None = None,
) -> int:
    """Lets the waiting callbacks of persons wait until their caps have cleared.

    It touches nothing that is over or in somebody's hands, and makes no wait shorter.

    Args:
        unit: the transaction.
        rulebook: the caps in force.
        persons: whose callbacks.
        only: these callbacks alone.
        effects: where an undo finds the columns before.

    Returns:
        How many wait longer now.
    """
    held_back = 0
    for row, held in held_of(unit, rulebook, persons, only=only):
        if held and held[0].until > row["ready_at"]:
            if effects is not None and str(row["id"]) not in effects.callbacks:
                effects.cancelled.setdefault(str(row["id"]), columns_before(row))
            _wait(unit, row, held[0])
            held_back += 1
    return held_back


def held_of(
    unit: Unit,
    rulebook: Rulebook,
    persons: Collection[int],
    *,
    only: Collection[int] | None = None,
    untried: bool = False,
    locked: bool = True,
) -> Iterator[tuple[sa.RowMapping, tuple[Held, ...]]]:
    """The waiting callbacks of persons, each with the caps that hold it now.

    Args:
        unit: the transaction.
        rulebook: the caps in force.
        persons: whose callbacks.
        only: these callbacks alone.
        untried: whether those of persons with whom nothing was tried are wanted, too.
        locked: whether nobody else may change them meanwhile; not for who only looks.
    """
    attempts = attempts_of(unit, rulebook, persons)
    whose = sorted(persons if untried else attempts)
    if not whose:
        return
    waiting = _WAITING.where(callback.c.person_id.in_(whose))
    if only is not None:
        waiting = waiting.where(callback.c.id.in_(sorted(only)))
    if locked:
        waiting = waiting.with_for_update(of=callback)
    for row in unit.run(waiting).mappings().all():
        tried = attempts.get(row["person_id"], ())
        yield row, _holding(unit, rulebook, tried, row, subject_of(row))


def _wait(unit: Unit, row: sa.RowMapping, held: Held) -> None:
    values: dict[str, Any] = {"not_before": held.until, "ready_at": held.until}
    if row["assigned_to"] is not None and row["grace_until"] is not None:
        values["grace_until"] = held.until + timedelta(minutes=row["grace_minutes"])
    if row["state"] == "due":
        move(unit, row, "scheduled", "capped", data={"cap": held.cap.code}, **values)
        return
    unit.run(
        sa.update(callback).where(callback.c.id == row["id"]).values(updated_at=unit.now, **values)
    )


def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(",")) if joined else ()
