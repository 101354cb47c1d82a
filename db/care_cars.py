"""The cars of a batch of customers, with the visits of each, as planning needs them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from db.tables import asset, person_asset, service_order
from db.transaction import Unit
from domain.care.facts import Car, Visit

_OWNER: Final = "owner"
_BELOW: Final = "mileage_below_previous"


@dataclass(frozen=True, slots=True)
class Batch:
    """The persons of a batch, from the first to the last: a range keeps statements the same."""

    first: int
    last: int

    def has(self, column: sa.Column[int] | sa.Column[int | None]) -> sa.ColumnElement[bool]:
        """Whether a column names a person of the batch."""
        return column.between(self.first, self.last)

    @property
    def assets(self) -> sa.Select[*tuple[int]]:
        """The assets with which they have, or had, to do."""
        return sa.select(person_asset.c.asset_id).where(self.has(person_asset.c.person_id))


def cars_and_visits(
    unit: Unit, ids: Batch
) -> tuple[Mapping[int, tuple[Car, ...]], Mapping[int, tuple[Visit, ...]]]:
    """The cars of persons with their visits, and the persons' own visits."""
    first = _first_persons(unit, ids)
    own, of_asset = _visits(unit, ids)
    cars: dict[int, dict[int, Car]] = defaultdict(dict)
    for (
        who,
        asset_id,
        gone,
        model,
        bought_on,
        sold_by_us,
        first_visit_on,
        first_mileage,
    ) in unit.each(
        sa.select(
            person_asset.c.person_id,
            person_asset.c.asset_id,
            person_asset.c.until.is_not(None),
            asset.c.model,
            asset.c.bought_on,
            asset.c.sold_by_us,
            asset.c.first_visit_on,
            asset.c.first_mileage,
        )
        .join(asset, asset.c.id == person_asset.c.asset_id)
        .where(ids.has(person_asset.c.person_id))
        # A link that ended counts only where none goes on.
        .order_by(person_asset.c.until.is_not(None), person_asset.c.position, person_asset.c.id)
    ):
        theirs = cars[who]
        if asset_id in theirs:
            continue
        theirs[asset_id] = Car(
            id=asset_id,
            model=model,
            bought_on=bought_on,
            sold_by_us=sold_by_us,
            first_visit_on=first_visit_on,
            first_mileage=first_mileage,
            # Who had it last is asked about as long as nobody has it now, and then suppressed.
            mine=first.get(asset_id, who) == who,
            gone=gone,
            visits=tuple(of_asset.get(asset_id, ())),
        )
    return (
        {who: tuple(theirs.values()) for who, theirs in cars.items()},
        {who: tuple(theirs) for who, theirs in own.items()},
    )


def _first_persons(unit: Unit, ids: Batch) -> Mapping[int, int]:
    """Who is rung about an asset: its owner, else the first of those who have to do with it."""
    first: dict[int, int] = {}
    for asset_id, who in unit.each(
        sa.select(person_asset.c.asset_id, person_asset.c.person_id)
        .where(person_asset.c.asset_id.in_(ids.assets), person_asset.c.until.is_(None))
        .order_by(person_asset.c.role != _OWNER, person_asset.c.position, person_asset.c.id)
    ):
        first.setdefault(asset_id, who)
    return first


def _visits(unit: Unit, ids: Batch) -> tuple[Mapping[int, list[Visit]], Mapping[int, list[Visit]]]:
    """Visits by person and by asset, each in the order of their days."""
    columns = service_order.c
    # Read as text: to parse the list of each order would take longer than all the rest.
    doubtful = sa.cast(columns.faults, sa.Text).contains(_BELOW)
    own: dict[int, list[Visit]] = defaultdict(list)
    of_asset: dict[int, list[Visit]] = defaultdict(list)
    for order_id, person_id, asset_id, day, service, mileage, wrong in unit.each(
        sa.select(
            columns.id,
            columns.person_id,
            columns.asset_id,
            columns.visited_on,
            columns.service,
            columns.mileage,
            doubtful,
        )
        .where(
            sa.or_(ids.has(columns.person_id), columns.asset_id.in_(ids.assets)),
            columns.visited_on.is_not(None),
        )
        .order_by(columns.visited_on, columns.id)
    ):
        visit = Visit(order_id, day, service, None if wrong else mileage, asset_id)
        own[person_id].append(visit)
        if asset_id is not None:
            of_asset[asset_id].append(visit)
    return own, of_asset
