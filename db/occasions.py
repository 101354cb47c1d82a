"""Occasions noted at the desk: appointments, parts that came in, changes of member level."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, get_args

import sqlalchemy as sa

from db.customer_edit import living_person
from db.engine import Database
from db.events import append_audit
from db.tables import occasion, person_asset
from db.transaction import Unit
from domain.care.facts import OccasionKind
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require

Ending = Literal["kept", "missed", "cancelled"]
"""How an occasion ends: the customer came, didn't come, or it was called off."""
ENDINGS: Final[tuple[Ending, ...]] = get_args(Ending)


def note_occasion(
    database: Database,
    actor: Actor,
    person_id: int,
    kind: OccasionKind,
    day: date,
    *,
    asset_id: int | None = None,
) -> int:
    """Notes an occasion, from which the care plan makes its calls, and returns its id.

    Args:
        database: the database.
        actor: who notes it.
        person_id: whom it concerns.
        kind: what it is.
        day: the shop's calendar day.
        asset_id: the car that it is about.

    Raises:
        RefusedError: `not_allowed`, `person_unknown`, `person_erased`, `asset_not_theirs`.
    """

    def work(unit: Unit) -> int:
        require(actor, "care.note")
        left = int(living_person(unit, person_id)["id"])
        if asset_id is not None:
            theirs = sa.select(person_asset.c.id).where(
                person_asset.c.person_id == left,
                person_asset.c.asset_id == asset_id,
                person_asset.c.until.is_(None),
            )
            if unit.run(theirs).first() is None:
                raise RefusedError("asset_not_theirs", asset=asset_id)
        return add_occasion(unit, actor, left, kind, day, asset_id=asset_id)

    return database.write(work)


def add_occasion(
    unit: Unit,
    actor: Actor | None,
    person_id: int,
    kind: OccasionKind,
    day: date,
    *,
    asset_id: int | None = None,
) -> int:
    """Adds an occasion within a transaction of somebody else's, and returns its id."""
    made = int(
        unit.run(
            occasion.insert().returning(occasion.c.id),
            {
                "person_id": person_id,
                "asset_id": asset_id,
                "kind": kind.value,
                "day": day,
                "state": "open",
                "noted_at": unit.now,
                "operator_id": actor.operator_id if actor else None,
            },
        ).scalar_one()
    )
    details = {"kind": kind.value, "occasion": made}
    append_audit(unit, actor, "noted", "person", person_id, fields=["occasion"], details=details)
    return made


def settle_occasion(
    database: Database, actor: Actor, occasion_id: int, ending: str
) -> tuple[str, str]:
    """Ends an occasion, so that the plan asks no more about it; a missed one is asked about.

    Returns:
        Its kind and its state now.

    Raises:
        InputError: `occasion_ending_unknown`.
        RefusedError: `not_allowed`, `occasion_unknown`, `occasion_settled` when it ended otherwise.
    """
    if ending not in ENDINGS:
        raise InputError("occasion_ending_unknown", ending=ending, known=", ".join(ENDINGS))

    def work(unit: Unit) -> tuple[str, str]:
        require(actor, "care.note")
        query = sa.select(occasion).where(occasion.c.id == occasion_id).with_for_update()
        row = unit.run(query).mappings().first()
        if row is None:
            raise RefusedError("occasion_unknown", occasion=occasion_id)
        if row["state"] not in ("open", ending):
            raise RefusedError("occasion_settled", occasion=occasion_id)
        if row["state"] == "open":
            unit.run(sa.update(occasion).where(occasion.c.id == occasion_id).values(state=ending))
            append_audit(
                unit, actor, "noted", "person", row["person_id"], fields=["occasion"],
                details={"occasion": occasion_id, "state": ending},
            )  # fmt: skip
        return row["kind"], ending

    return database.write(work)
