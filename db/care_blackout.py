"""On a maker's blackout day what waits in the queue is put off too, if it could coach an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.care_facts import due_at
from db.states import in_state
from db.tables import asset, callback, campaign, person_asset
from db.transaction import Unit
from db.transitions import move
from domain.campaign import Campaigns, Purpose
from domain.care.book import day_in
from domain.care.facts import Car, Customer
from domain.care.plan import CarePlans

PUT_OFF: Final = "care_put_off"
"""The kind of event of a callback that was put off."""
_WAITS: Final = ("scheduled", "due")
_USUAL: Final = time(10)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A callback of a blackout day, and when it may be rung.

    Attributes:
        callback_id: the callback.
        to: when it falls due instead (UTC or aware).
        until: the last day of the blackout.
        calendar: code of the survey calendar.
    """

    callback_id: int
    to: datetime
    until: date
    calendar: str


def coaching(plans: CarePlans, campaigns: Campaigns) -> frozenset[str]:
    """The campaigns whose calls could coach an answer: by their plan, else those of a survey."""
    found = set()
    for one in campaigns:
        plan = plans.of(one.code)
        if plan.coaches if plan is not None else one.purpose is Purpose.SURVEY:
            found.add(one.code)
    return frozenset(found)


def waiting_in(
    unit: Unit, plans: CarePlans, campaigns: Campaigns, zone: str, after: int, limit: int
) -> tuple[int, list[Waiting]]:
    """The next callbacks by id that could be rung today, and must not be.

    What was promised to a customer by name is kept.

    Args:
        unit: the transaction.
        plans: the plans in force.
        campaigns: the kinds of callback.
        zone: the shop's clock (IANA name).
        after: the last callback that was looked at.
        limit: how many are looked at.

    Returns:
        The last callback that was looked at, 0 when there are no more; and those to put off.
    """
    today = day_in(unit.now, zone)
    if not any(one.holds(today) for one in plans.surveys.calendars):
        return 0, []
    tonight = due_at(today + timedelta(days=1), time(), zone)
    columns = callback.c
    rows = unit.run(
        sa.select(columns.id, columns.person_id, columns.asset_id, campaign.c.code, asset.c.model)
        .join(campaign, campaign.c.id == columns.campaign_id)
        .outerjoin(asset, asset.c.id == columns.asset_id)
        .where(
            columns.id > after,
            in_state(*_WAITS),
            columns.ready_at < tonight,
            sa.not_(columns.promised),
            campaign.c.code.in_(sorted(coaching(plans, campaigns))),
        )
        .order_by(columns.id)
        .limit(limit)
    ).all()
    models = _models(unit, [row.person_id for row in rows if row.asset_id is None])
    found = []
    for row in rows:
        theirs = models.get(row.person_id, []) if row.asset_id is None else [row.model]
        cars = tuple(Car(place, model=model) for place, model in enumerate(theirs))
        binding = plans.surveys.binding(Customer(row.person_id, cars=cars), None)
        on, put_off = plans.surveys.put_off(binding, today, today, 0)
        if put_off is None:
            continue
        plan = plans.of(row.code)
        to = due_at(on, plan.at if plan is not None else _USUAL, zone)
        code = next(one.code for one in binding if one.holds(today))
        found.append(Waiting(row.id, to, put_off.until, code))
    return (rows[-1].id if rows else 0), found


def put_off(unit: Unit, waiting: Sequence[Waiting]) -> int:
    """Puts callbacks off; returns how many, as some may have been taken up meanwhile."""
    done = 0
    ids = [one.callback_id for one in waiting]
    rows = {
        row["id"]: row
        for row in unit.run(
            sa.select(callback).where(callback.c.id.in_(ids), in_state(*_WAITS)).with_for_update()
        ).mappings()
    }
    for one in waiting:
        row = rows.get(one.callback_id)
        if row is None or row["ready_at"] >= one.to:
            continue
        changes: dict[str, Any] = {"due_at": one.to, "ready_at": one.to}
        if row["not_before"] is not None:
            changes["ready_at"] = max(one.to, row["not_before"])
        if row["grace_until"] is not None:
            changes["grace_until"] = row["grace_until"] + (one.to - row["due_at"])
        data = {"until": one.until.isoformat(), "calendar": one.calendar}
        move(unit, row, "scheduled", PUT_OFF, data=data, **changes)
        done += 1
    return done


def _models(unit: Unit, persons: Sequence[int]) -> dict[int, list[str | None]]:
    """The models of persons' present cars."""
    found: dict[int, list[str | None]] = {}
    for who, model in unit.run(
        sa.select(person_asset.c.person_id, asset.c.model)
        .join(asset, asset.c.id == person_asset.c.asset_id)
        .where(person_asset.c.person_id.in_(persons), person_asset.c.until.is_(None))
    ):
        found.setdefault(who, []).append(model)
    return found
