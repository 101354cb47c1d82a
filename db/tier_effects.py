"""What a confirmed tier does to the callbacks that wait: their band, and whose they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from db.callbacks import grace_end
from db.states import in_state
from db.tables import call, callback, campaign, operator, person
from db.topics import QUEUE
from db.transaction import Unit
from domain.bands import KEY_CUSTOMER, Priority, Tier, band_of
from domain.rulebook import Rulebook


def follow_tiers(unit: Unit, rulebook: Rulebook, persons: Sequence[int]) -> int:
    """Brings the waiting callbacks of customers in line with their tiers.

    Promised callbacks and steps of cases stay where they are. Where the tier's policy says so, a
    callback that was nobody's becomes the own operator's; a customer without one gets the operator
    who has talked with them most.

    Returns:
        How many callbacks changed.
    """
    rules = rulebook.tiers
    owners = _owners(unit, persons, [tier.value for tier in rules.owned])
    bands: dict[int, list[int]] = defaultdict(list)
    given: list[tuple[sa.RowMapping, int]] = []
    for row in unit.run(
        sa.select(
            callback.c.id,
            callback.c.person_id,
            callback.c.band,
            callback.c.priority,
            callback.c.due_at,
            callback.c.owner_id,
            callback.c.assigned_to,
            callback.c.avoid_operator_id,
            campaign.c.band.label("campaign_band"),
            campaign.c.grace_minutes,
            person.c.tier,
        )
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .join(person, person.c.id == callback.c.person_id)
        .where(
            callback.c.person_id.in_(persons),
            in_state("scheduled", "due"),
            sa.not_(callback.c.promised),
            callback.c.band >= KEY_CUSTOMER,
        )
        .with_for_update(of=callback)
    ).mappings():
        band = band_of(
            row["campaign_band"],
            priority=Priority(row["priority"] or Priority.NORMAL),
            tier=Tier(row["tier"]) if row["tier"] else None,
            tier_bands=rules.bands,
        ).band
        if band != row["band"]:
            bands[band].append(row["id"])
        owner = owners.get(row["person_id"])
        free = row["owner_id"] is None and row["assigned_to"] is None
        if owner is not None and free and row["avoid_operator_id"] != owner:
            given.append((row, owner))
    for band, ids in bands.items():
        unit.run(sa.update(callback).where(callback.c.id.in_(ids)).values(band=band))
    for row, owner in given:
        until = grace_end(row["due_at"], unit.now, row["grace_minutes"])
        unit.run(
            sa.update(callback)
            .where(callback.c.id == row["id"])
            .values(owner_id=owner, assigned_to=owner, grace_until=until)
        )
    changed = {one for ids in bands.values() for one in ids} | {row["id"] for row, _ in given}
    if changed:
        unit.move(QUEUE)
    return len(changed)


def _owners(unit: Unit, persons: Sequence[int], tiers: Sequence[str]) -> dict[int, int]:
    """The own operator of each customer of some tiers; new ones are written down."""
    rows = unit.run(
        sa.select(person.c.id, person.c.owner_id, operator.c.active)
        .outerjoin(operator, operator.c.id == person.c.owner_id)
        .where(person.c.id.in_(persons), person.c.tier.in_(tiers))
    ).all()
    owners = {row.id: row.owner_id for row in rows if row.active}
    without = [row.id for row in rows if not row.active]
    talks = (
        unit.run(
            sa.select(
                call.c.person_id,
                call.c.operator_id,
                sa.func.count().label("n"),
                sa.func.max(call.c.started_at).label("last"),
            )
            .join(operator, operator.c.id == call.c.operator_id)
            .where(call.c.person_id.in_(without), operator.c.active, call.c.phase == "ended")
            .group_by(call.c.person_id, call.c.operator_id)
        ).all()
        if without
        else []
    )
    for row in sorted(talks, key=lambda row: (row.n, row.last, row.operator_id)):
        owners[row.person_id] = row.operator_id
    for person_id in without:
        if person_id in owners:
            unit.run(
                sa.update(person)
                .where(person.c.id == person_id)
                .values(owner_id=owners[person_id], updated_at=unit.now)
            )
    return owners
