"""The proposals that wait, page by page, and the standing of one customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from db.engine import Database
from db.paging import Side, page_rows
from db.tables import person, tier_proposal
from db.tier_facts import contribution_now
from db.transaction import Unit
from domain.permissions import Actor, require
from domain.said import Said, said_from_plain

_COLUMNS: Final = tier_proposal.c


@dataclass(frozen=True, slots=True)
class Proposal:
    """A tier or card level that a customer should get.

    Attributes:
        id: of the proposal.
        person_id: whom it concerns.
        name: as it is shown.
        kind: tier or level.
        before: what the customer has; none for nothing.
        after: what they should get.
        direction: first, up or down.
        why: the reasons, the deciding one first.
        contribution: what they have spent so far, in minor units.
        currency: its currency.
        made_at: when it was first proposed (UTC).
    """

    id: int
    person_id: int
    name: str
    kind: str
    before: str | None
    after: str
    direction: str
    why: tuple[Said, ...]
    contribution: int
    currency: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Proposals:
    """A page of proposals, who brings most first; `waiting` counts all of them."""

    rows: tuple[Proposal, ...]
    more_before: bool
    more_after: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a customer stands.

    Attributes:
        contribution: what they have spent so far, in minor units; none where nobody knows.
        currency: its currency.
        loyalty: class of loyalty.
        trend: where their custom is going.
        pinned: whether a lead set the tier.
        why: why the tier is what it is; empty where nobody decided it here.
    """

    contribution: int | None
    currency: str | None
    loyalty: str | None
    trend: str | None
    pinned: bool
    why: tuple[Said, ...]


def proposals(
    database: Database,
    actor: Actor,
    *,
    kind: str | None = None,
    side: Side = "after",
    anchor: int | None = None,
    limit: int = 200,
) -> Proposals:
    """The proposals that wait, who brings most first.

    Args:
        database: the database.
        actor: a lead.
        kind: tier or level; both unless given.
        side: whether the page lies after, before or from (the anchor included) the anchor; without
            an anchor it is the first page, before nothing the last one.
        anchor: id of a proposal, also of one that waits no more.
        limit: how many at most.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> Proposals:
        require(actor, "tiers.decide")
        waiting = [_COLUMNS.state == sa.literal_column("'open'")]
        if kind is not None:
            waiting.append(_COLUMNS.kind == kind)
        place = (_COLUMNS.contribution, _COLUMNS.id)
        here = unit.run(sa.select(*place).where(_COLUMNS.id == anchor)).first()
        query = (
            sa.select(tier_proposal, person.c.name)
            .join(person, person.c.id == _COLUMNS.person_id)
            .where(*waiting)
        )
        found = page_rows(unit, query, place, here, side=side, limit=limit)
        count = unit.run(sa.select(sa.func.count()).select_from(tier_proposal).where(*waiting))
        return Proposals(
            tuple(_proposal(row) for row in found.rows),
            more_before=found.more_before,
            more_after=found.more_after,
            waiting=count.scalar_one(),
        )

    return database.read(work)


def standing_of(unit: Unit, person_id: int) -> Standing:
    """Where a customer stands; the reason is that of the decision that made the present tier."""
    who = unit.run(
        sa.select(person.c.tier, person.c.tier_pinned, person.c.loyalty, person.c.trend).where(
            person.c.id == person_id
        )
    ).one()
    decided = unit.run(
        sa.select(_COLUMNS.reasons, _COLUMNS.to_value)
        .where(
            _COLUMNS.person_id == person_id,
            _COLUMNS.kind == "tier",
            _COLUMNS.state.in_(("confirmed", "pinned")),
        )
        .order_by(_COLUMNS.decided_at.desc(), _COLUMNS.id.desc())
        .limit(1)
    ).first()
    known = contribution_now(unit, person_id)
    fits = decided is not None and decided.to_value == who.tier
    return Standing(
        contribution=known.amount if known else None,
        currency=known.currency if known else None,
        loyalty=who.loyalty,
        trend=who.trend,
        pinned=who.tier_pinned,
        why=tuple(said_from_plain(one) for one in decided.reasons) if decided and fits else (),
    )


def _proposal(row: sa.RowMapping) -> Proposal:
    return Proposal(
        id=row["id"],
        person_id=row["person_id"],
        name=row["name"],
        kind=row["kind"],
        before=row["from_value"],
        after=row["to_value"],
        direction=row["direction"],
        why=tuple(said_from_plain(one) for one in row["reasons"]),
        contribution=row["contribution"],
        currency=row["currency"],
        made_at=row["made_at"],
    )
