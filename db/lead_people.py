"""What a lead chooses from: callbacks as they stand, and people who could ring them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.engine import Database
from db.lead_selection import Selection, find_ids
from db.lead_standing import Stood, standing_of
from db.tables import callback, operator, seat
from db.transaction import Unit
from domain.lead import Deed, DeedKind, Standing
from domain.permissions import Actor, require


@dataclass(frozen=True, slots=True)
class Subject:
    """A callback to which something is to be done; instants in UTC.

    Attributes:
        callback_id: the callback.
        name: the customer's name.
        standing: how it stands.
        whose: the name of whoever has it alone for now; none for the pool.
        holder_id: in whose hands it is; none where it is in nobody's.
        campaign: code of its kind.
        campaign_zh: its kind.
        campaign_en: its kind.
        campaign_paused: whether its kind is paused.
        zone: the customer's zone; none when nobody knows.
        country: the customer's country.
    """

    callback_id: int
    name: str
    standing: Standing
    whose: str | None
    holder_id: int | None
    campaign: str
    campaign_zh: str
    campaign_en: str
    campaign_paused: bool
    zone: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who could ring; instants in UTC.

    Attributes:
        id: the operator.
        login: the login.
        name: the name.
        team: the team; none for none.
        state: what they do at their working seat; none where they are not there.
        since: since when.
        waiting: how many callbacks wait for them alone.
    """

    id: int
    login: str
    name: str
    team: str | None
    state: str | None
    since: datetime | None
    waiting: int


def look_at(database: Database, actor: Actor, wanted: Selection) -> tuple[tuple[Subject, ...], int]:
    """The callbacks that are meant, and how many more than one action takes.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[tuple[Subject, ...], int]:
        require(actor, "queue.reassign")
        ids, beyond = find_ids(unit, wanted)
        stood = standing_of(unit, database.rulebook, Deed(DeedKind.RELEASE), ids)
        return tuple(_subject(stood[one]) for one in ids if one in stood), beyond

    return database.read(work)


def _subject(one: Stood) -> Subject:
    row = one.row
    zones = row["phone_zones"] or []
    return Subject(
        callback_id=row["id"],
        name=row["name"],
        standing=one.standing,
        whose=row["whose"],
        holder_id=row["claimed_by"],
        campaign=row["code"],
        campaign_zh=row["name_zh"],
        campaign_en=row["name_en"],
        campaign_paused=row["paused_at"] is not None,
        zone=row["zone"] or (zones[0] if zones else None),
        country=row["country"],
    )


def list_colleagues(database: Database, actor: Actor) -> tuple[Colleague, ...]:
    """Everybody who works here, by name; who sits at a working seat with what they do.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[Colleague, ...]:
        require(actor, "queue.reassign")
        waiting = (
            sa.select(sa.func.count())
            .where(
                callback.c.assigned_to == operator.c.id,
                callback.c.state.in_(("scheduled", "due")),
            )
            .correlate(operator)
            .scalar_subquery()
        )
        here = {
            row.operator_id: row
            for row in unit.run(
                sa.select(seat.c.operator_id, seat.c.state, seat.c.state_since)
                .where(seat.c.closed_at.is_(None), seat.c.kind == "working")
                .order_by(seat.c.id)
            )
        }
        rows = unit.run(
            sa.select(
                operator.c.id, operator.c.login, operator.c.name, operator.c.team,
                waiting.label("waiting"),
            )
            .where(operator.c.active)
            .order_by(operator.c.name, operator.c.id)
        )  # fmt: skip
        return tuple(
            Colleague(
                row.id,
                row.login,
                row.name,
                row.team,
                here[row.id].state if row.id in here else None,
                here[row.id].state_since if row.id in here else None,
                row.waiting,
            )
            for row in rows
        )

    return database.read(work)


def members_of(unit: Unit, team: str) -> list[int]:
    """Who works in a team, those who sit at a working seat alone where anybody does."""
    people = list(
        unit.run(
            sa.select(operator.c.id)
            .where(operator.c.team == team, operator.c.active)
            .order_by(operator.c.name, operator.c.id)
        ).scalars()
    )
    here = set(
        unit.run(
            sa.select(seat.c.operator_id).where(
                seat.c.closed_at.is_(None),
                seat.c.kind == "working",
                seat.c.operator_id.in_(people),
            )
        ).scalars()
    )
    return [one for one in people if one in here] or people
