"""Writing the workshop orders of a file."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa

from db.import_batch import Batch
from db.import_changes import follow
from db.import_memory import (
    Remembered,
    pieces,
    recall,
    recall_records,
    remember,
    remember_anew,
    shortened,
)
from db.import_people import KIND as PERSONS
from db.many import insert_many
from db.matching import ERASED
from db.number_hash import erased_numbers
from db.tables import asset, person, person_asset, service_order
from domain.record.rows import OrderRow

KIND: Final = "orders"
_FIELDS: Final = ("service", "visited_on", "mileage", "amount", "advisor")


@dataclass(frozen=True, slots=True)
class OrderUnit:
    """The rows of a file with one order number, in the file's order; the first one stands."""

    rows: tuple[OrderRow, ...]


class OrderWriter:
    """Writes orders of customers that the desk knows; units come in the order of their days.

    Args:
        batch: the batch.
        units: the orders.
    """

    def __init__(self, batch: Batch, units: Sequence[OrderUnit]) -> None:
        self._batch: Final = batch
        self._units: Final = units
        firsts = [unit.rows[0] for unit in units]
        self._memory: Final = recall(
            batch.unit, KIND, batch.source, (shortened(row.number) for row in firsts)
        )
        fresh = [row for row in firsts if shortened(row.number) not in self._memory]
        self._persons: Final = _persons_by_number(batch, fresh)
        self._owners: Final = _owners_of_assets(batch, fresh)
        unknown = {row.customer_number for row in fresh} - set(self._persons)
        self._erased: Final = erased_numbers(batch.unit, map(shortened, unknown))
        who = {one for row in fresh if (one := self._person_of(row)) is not None}
        self._assets: Final = _assets_of(batch, who)
        self._visits: Final = _visits_of(batch, who)

    def write(self) -> None:
        """Writes all orders; every row gets its end in the batch's tally."""
        fresh: list[tuple[OrderRow, dict[str, Any]]] = []
        for unit in self._units:
            first = unit.rows[0]
            known = self._memory.get(shortened(first.number))
            if known is not None:
                self._compare(first, known)
                self._fold(unit, None)
                continue
            person_id = self._person_of(first)
            if person_id is None:
                erased = shortened(first.customer_number) in self._erased
                for row in unit.rows:
                    reason = "erased" if erased else "unknown_customer"
                    self._batch.tally.end(row.row, "rejected", reason)
            else:
                fresh.append((first, self._values(first, person_id)))
        made = self._insert(fresh)
        for unit in self._units:
            if unit.rows[0].number in made:
                self._fold(unit, made[unit.rows[0].number])
        self._move_mileage(fresh)

    def _insert(self, fresh: Sequence[tuple[OrderRow, dict[str, Any]]]) -> dict[str, int]:
        """Adds new orders and returns their ids by order number."""
        if not fresh:
            return {}
        batch = self._batch
        ids = insert_many(batch.unit, service_order, [values for _, values in fresh])
        records = []
        made = {}
        for (row, values), order_id in zip(fresh, ids, strict=True):
            made[row.number] = order_id
            fields = {**_remembered_values(row), "customer": row.customer_number}
            records.append((shortened(row.number), order_id, fields, True))
            batch.tally.end(row.row, "added")
            for fault in values["faults"]:
                batch.tally.notices[fault] += 1
        remember(batch.unit, KIND, batch.source, batch.import_id, records)
        return made

    def _fold(self, unit: OrderUnit, order_id: int | None) -> None:
        """Further rows of one number: the first stands; what differs from a new one is listed."""
        first, *others = unit.rows
        for row in others:
            differs = [name for name in _FIELDS if getattr(row, name) != getattr(first, name)]
            for name in differs:
                self._batch.tally.notices[f"{name}_differs"] += 1
            if order_id is not None:
                self._batch.conflict("order", order_id, differs, row.row)
            reason = f"{differs[0]}_differs" if differs else ""
            self._batch.tally.end(row.row, "merged", reason, with_row=first.row)

    def _compare(self, row: OrderRow, known: Remembered) -> None:
        values = _remembered_values(row)
        changed = {name: one for name, one in values.items() if known.fields.get(name) != one}
        batch = self._batch
        if not changed:
            batch.tally.end(row.row, "unchanged")
            return
        columns = {
            name: date.fromisoformat(one) if name == "visited_on" else one
            for name, one in changed.items()
        }
        batch.unit.run(
            sa.update(service_order).where(service_order.c.id == known.row_id).values(**columns)
        )
        batch.audit_all("import", "order", {known.row_id: sorted(changed)})
        remember_anew(batch.unit, batch.import_id, known, changed)
        batch.tally.end(row.row, "updated")

    def _values(self, row: OrderRow, person_id: int) -> dict[str, Any]:
        faults = list(row.faults)
        asset_id = self._asset_of(row, person_id)
        if row.mileage is not None:
            visits = self._visits[row.customer_number]
            place = bisect_right(visits, row.visited_on, key=itemgetter(0))
            if place and row.mileage < visits[place - 1][1]:
                faults.append("mileage_below_previous")
            visits.insert(place, (row.visited_on, row.mileage))
        return {
            "number": row.number,
            "person_id": person_id,
            "asset_id": asset_id,
            "service": row.service,
            "visited_on": row.visited_on,
            "mileage": row.mileage,
            "amount": row.amount,
            "currency": row.currency,
            "advisor": row.advisor or None,
            "faults": faults,
            "created_at": self._batch.unit.now,
        }

    def _person_of(self, row: OrderRow) -> int | None:
        if row.customer_number:
            return self._persons.get(row.customer_number)
        return self._owners.get(row.vin or row.plate_key)

    def _asset_of(self, row: OrderRow, person_id: int) -> int | None:
        assets = self._assets.get(person_id, [])
        for one in assets:
            if (row.vin and one.vin == row.vin) or (
                row.plate_key and one.plate_key == row.plate_key
            ):
                return int(one.id)
        return int(assets[0].id) if len(assets) == 1 else None

    def _move_mileage(self, fresh: Sequence[tuple[OrderRow, dict[str, Any]]]) -> None:
        """Brings the mileage of assets up to their newest order that is not below an older one."""
        newest: dict[int, OrderRow] = {}
        for row, values in fresh:
            asset_id = values["asset_id"]
            if asset_id is None or row.mileage is None:
                continue
            if "mileage_below_previous" in values["faults"]:
                continue
            if asset_id not in newest or newest[asset_id].visited_on <= row.visited_on:
                newest[asset_id] = row
        columns = asset.c
        if newest:
            self._batch.unit.run(
                sa.update(asset)
                .where(
                    columns.id == sa.bindparam("of"),
                    sa.or_(columns.mileage_on.is_(None), columns.mileage_on <= sa.bindparam("day")),
                )
                .values(
                    mileage=sa.bindparam("reached"),
                    mileage_on=sa.bindparam("day"),
                    updated_at=self._batch.unit.now,
                ),
                [
                    {"of": asset_id, "reached": row.mileage, "day": row.visited_on}
                    for asset_id, row in newest.items()
                ],
            )


def _remembered_values(row: OrderRow) -> dict[str, Any]:
    return {
        "service": row.service,
        "visited_on": row.visited_on.isoformat(),
        "mileage": row.mileage,
        "amount": row.amount,
        "advisor": row.advisor or None,
    }


def _persons_by_number(batch: Batch, rows: Sequence[OrderRow]) -> dict[str, int]:
    keys = {
        shortened(row.customer_number): row.customer_number for row in rows if row.customer_number
    }
    known = recall(batch.unit, PERSONS, batch.source, keys)
    left = follow(batch.unit, {one.row_id for one in known.values()})
    erased: set[int] = set()
    for some in pieces(sorted(set(left.values()))):
        erased |= set(
            batch.unit.run(
                sa.select(person.c.id).where(
                    person.c.id.in_(some), person.c.closed_because == ERASED
                )
            ).scalars()
        )
    return {
        keys[key]: left[one.row_id] for key, one in known.items() if left[one.row_id] not in erased
    }


def _owners_of_assets(batch: Batch, rows: Sequence[OrderRow]) -> dict[str, int]:
    """For rows without a customer number: the one person of the vehicle number or plate."""
    keys = {row.vin or row.plate_key for row in rows if not row.customer_number}
    found: dict[str, set[int]] = defaultdict(set)
    for some in pieces(sorted(keys)):
        linked = batch.unit.run(
            sa.select(asset.c.vin, asset.c.plate_key, person_asset.c.person_id)
            .join(person_asset, person_asset.c.asset_id == asset.c.id)
            .where(
                sa.or_(asset.c.vin.in_(some), asset.c.plate_key.in_(some)),
                person_asset.c.until.is_(None),
            )
        )
        for vin, plate_key, person_id in linked:
            for key in {vin, plate_key} & keys:
                found[key].add(person_id)
    return {key: next(iter(persons)) for key, persons in found.items() if len(persons) == 1}


def _assets_of(batch: Batch, persons: set[int]) -> Mapping[int, Sequence[sa.Row[Any]]]:
    found: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for some in pieces(sorted(persons)):
        rows = batch.unit.run(
            sa.select(person_asset.c.person_id, asset.c.id, asset.c.vin, asset.c.plate_key)
            .join(asset, asset.c.id == person_asset.c.asset_id)
            .where(person_asset.c.person_id.in_(some), person_asset.c.until.is_(None))
            .order_by(person_asset.c.position, asset.c.id)
        )
        for row in rows:
            found[row.person_id].append(row)
    return found


def _visits_of(batch: Batch, persons: set[int]) -> dict[str, list[tuple[date, int]]]:
    """Day and mileage of known orders by customer number, in the order of their days.

    A person may have several customer numbers; mileages are compared within one.
    """
    columns = service_order.c
    orders = [
        row
        for some in pieces(sorted(persons))
        for row in batch.unit.run(
            sa.select(columns.id, columns.visited_on, columns.mileage)
            .where(
                columns.person_id.in_(some),
                columns.visited_on.is_not(None),
                columns.mileage.is_not(None),
            )
            .order_by(columns.visited_on, columns.id)
        )
    ]
    memory = recall_records(batch.unit, KIND, (row.id for row in orders))
    found: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for row in sorted(orders, key=lambda row: (row.visited_on, row.id)):
        for known in memory.get(row.id, ()):
            found[str(known.fields.get("customer", ""))].append((row.visited_on, row.mileage))
    return found
