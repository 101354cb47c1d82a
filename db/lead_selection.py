"""Which callbacks a lead means: some by number, or all that a filter shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from db.states import OPEN_STATES, in_state
from db.tables import callback, campaign, operator, person
from db.transaction import Unit

MOST: Final = 1_000
"""Callbacks of one action at most: what a person can still answer for."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a lead picked; a filter's parts all have to hold. Instants are UTC.

    Attributes:
        ids: these callbacks alone, whatever their state; empty: all that the rest shows.
        operator_id: whose they are for now, or in whose hands.
        owner_id: whose they were made.
        team: whose operator, as `operator_id`, is in this team.
        pool: only what is anybody's.
        campaign: code of their kind.
        bands: their bands; empty for any.
        states: their states; empty for all that are not over.
        due_from: their time is not before this.
        due_before: their time is before this.
        overdue: only those whose time has come.
        tier: the tier of their customers.
    """

    ids: tuple[int, ...] = ()
    operator_id: int | None = None
    owner_id: int | None = None
    team: str | None = None
    pool: bool = False
    campaign: str | None = None
    bands: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    due_from: datetime | None = None
    due_before: datetime | None = None
    overdue: bool = False
    tier: str | None = None


def find_ids(unit: Unit, wanted: Selection) -> tuple[list[int], int]:
    """The callbacks that are meant, in the queue's order, and how many more there are than `MOST`.

    Those named by number come in the order in which they were named.
    """
    if wanted.ids:
        named = list(dict.fromkeys(wanted.ids))
        return named[:MOST], max(0, len(named) - MOST)
    columns = callback.c
    found = (
        sa.select(columns.id)
        .where(columns.id.in_(_whose(wanted)), *_conditions(unit, wanted))
        .order_by(columns.band, columns.due_at, columns.id)
    )
    ids = list(unit.run(found.limit(MOST)).scalars())
    if len(ids) < MOST:
        return ids, 0
    total = unit.run(sa.select(sa.func.count()).select_from(found.subquery())).scalar_one()
    return ids, total - len(ids)


def _whose(wanted: Selection) -> sa.Select[int]:
    """Whose they are, asked so that the index of each state is used."""
    columns, states = callback.c, wanted.states or OPEN_STATES
    if wanted.operator_id is None and wanted.team is None:
        free = sa.select(columns.id).where(in_state(*states))
        return free.where(columns.assigned_to.is_(None)) if wanted.pool else free
    people = (
        sa.select(operator.c.id).where(operator.c.team == wanted.team, operator.c.active)
        if wanted.operator_id is None
        else sa.select(sa.literal(wanted.operator_id))
    )
    parts = [
        sa.select(columns.id).where(in_state(state), columns.assigned_to.in_(people))
        for state in ("due", "scheduled")
        if state in states
    ]
    hands = [state for state in ("claimed", "check") if state in states]
    if hands:
        parts.append(sa.select(columns.id).where(columns.claimed_by.in_(people), in_state(*hands)))
    if not parts:
        return sa.select(columns.id).where(sa.false())
    return sa.select(sa.union_all(*parts).subquery().c.id)


def _conditions(unit: Unit, wanted: Selection) -> list[sa.ColumnElement[bool]]:
    columns = callback.c
    found: list[sa.ColumnElement[bool]] = []
    if wanted.owner_id is not None:
        found.append(columns.owner_id == wanted.owner_id)
    if wanted.pool:
        found.append(columns.assigned_to.is_(None))
    if wanted.campaign is not None:
        kinds = sa.select(campaign.c.id).where(campaign.c.code == wanted.campaign)
        found.append(columns.campaign_id.in_(kinds))
    if wanted.bands:
        found.append(columns.band.in_(wanted.bands))
    if wanted.due_from is not None:
        found.append(columns.due_at >= wanted.due_from)
    if wanted.due_before is not None:
        found.append(columns.due_at < wanted.due_before)
    if wanted.overdue:
        found.append(columns.ready_at <= unit.now)
    if wanted.tier is not None:
        people = sa.select(person.c.id).where(person.c.tier == wanted.tier)
        found.append(columns.person_id.in_(people))
    return found
