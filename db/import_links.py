"""Numbers and assets of imported persons, written many at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from db.import_batch import Batch
from db.import_memory import pieces
from db.many import insert_many
from db.tables import asset, person_asset, person_phone, phone
from domain.phone import Number
from domain.record.rows import PhoneCell, Value

ASSET_KIND = "car"
_DAYS = ("bought_on", "first_visit_on")
_PLAIN = (
    "plate",
    "plate_key",
    "vin",
    "vin_problem",
    "colour",
    "model",
    "sold_by_us",
    "first_mileage",
)
NumberKey = tuple[str, str]


def key_of(number: Number) -> NumberKey:
    """What makes a number one row: E.164 and extension."""
    return number.e164, number.extension


def ensure_numbers(batch: Batch, cells: Iterable[PhoneCell]) -> dict[NumberKey, int]:
    """The rows of all numbers of the cells; new ones are added."""
    wanted = {key_of(cell.number): cell for cell in cells if cell.number is not None}
    found = find_numbers(batch, wanted)
    missing = [cell for key, cell in wanted.items() if key not in found]
    if missing:
        insert = sqlite.insert if batch.unit.embedded else postgresql.insert
        batch.unit.run(
            insert(phone).on_conflict_do_nothing(),
            [_phone_values(batch, cell) for cell in missing],
        )
        found |= find_numbers(batch, {key_of(cell.number) for cell in missing if cell.number})
    return found


def find_numbers(batch: Batch, keys: Iterable[NumberKey]) -> dict[NumberKey, int]:
    """The rows of those numbers that are known."""
    wanted = set(keys)
    found: dict[NumberKey, int] = {}
    for some in pieces(sorted({e164 for e164, _ in wanted})):
        rows = batch.unit.run(
            sa.select(phone.c.id, phone.c.e164, phone.c.extension).where(phone.c.e164.in_(some))
        )
        for phone_id, e164, extension in rows:
            if (e164, extension) in wanted:
                found[e164, extension] = phone_id
    return found


def link_values(
    batch: Batch,
    person_id: int,
    cells: Sequence[PhoneCell],
    numbers: Mapping[NumberKey, int],
    first: int = 0,
) -> list[dict[str, Any]]:
    """The links of a person to the numbers of its cells, in the order in which to try them."""
    return [
        {
            "person_id": person_id,
            "phone_id": numbers[key_of(cell.number)] if cell.number else None,
            "role": cell.role,
            "position": place,
            "raw": None if cell.number else cell.raw,
            "problem": cell.problem,
            "source": batch.source,
            "since": batch.unit.now,
        }
        for place, cell in enumerate(cells, start=first)
    ]


def insert_links(batch: Batch, values: Sequence[Mapping[str, Any]]) -> None:
    """Adds links of persons to numbers."""
    if values:
        batch.unit.run(person_phone.insert(), values)


def add_assets(batch: Batch, wanted: Sequence[tuple[int, Mapping[str, Value]]]) -> None:
    """Links persons to assets; an asset that is known by its vehicle number is not made again.

    Args:
        batch: the batch.
        wanted: for each asset its person and its columns.
    """
    if not wanted:
        return
    known = _known_assets(batch, [columns for _, columns in wanted])
    fresh: dict[str, list[int]] = {}
    values: list[dict[str, Any]] = []
    owners: list[tuple[int, int]] = []
    for person_id, columns in wanted:
        key = _asset_key(columns) or f"#{len(values)}"
        if key in known:
            owners.append((person_id, known[key]))
        elif key in fresh:
            fresh[key].append(person_id)
        else:
            fresh[key] = [person_id]
            values.append(asset_values(batch, columns))
    if values:
        made = insert_many(batch.unit, asset, values)
        for asset_id, persons in zip(made, fresh.values(), strict=True):
            owners.extend((person_id, asset_id) for person_id in persons)
    places: Counter[int] = Counter()
    links = []
    for person_id, asset_id in owners:
        links.append(
            {
                "person_id": person_id,
                "asset_id": asset_id,
                "role": "owner",
                "position": places[person_id],
                "since": batch.unit.now,
            }
        )
        places[person_id] += 1
    batch.unit.run(person_asset.insert(), links)


def asset_values(batch: Batch, columns: Mapping[str, Value]) -> dict[str, Any]:
    """The row of a new asset; every column is named, so that many go in one statement."""
    values: dict[str, Any] = {name: columns.get(name) for name in _PLAIN}
    values.update((name, as_column(name, columns.get(name))) for name in _DAYS)
    return {
        "kind": ASSET_KIND,
        **values,
        "mileage": columns.get("first_mileage"),
        "mileage_on": values["first_visit_on"] if columns.get("first_mileage") else None,
        "created_at": batch.unit.now,
        "updated_at": batch.unit.now,
    }


def as_column(name: str, value: object) -> object:
    """A remembered value as its column of the table of assets takes it."""
    return date.fromisoformat(str(value)) if value is not None and name in _DAYS else value


def _asset_key(columns: Mapping[str, Value]) -> str:
    return "" if columns.get("vin_problem") else str(columns.get("vin", ""))


def _known_assets(batch: Batch, wanted: Sequence[Mapping[str, Value]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in pieces(sorted({key for columns in wanted if (key := _asset_key(columns))})):
        rows = batch.unit.run(
            sa.select(asset.c.vin, asset.c.id)
            .where(asset.c.vin.in_(some), asset.c.vin_problem.is_(None))
            .order_by(asset.c.id.desc())
        )
        found.update((vin, asset_id) for vin, asset_id in rows)
    return found


def _phone_values(batch: Batch, cell: PhoneCell) -> dict[str, Any]:
    number = cell.number
    if number is None:
        raise ValueError("a cell without a number has no row of its own")
    return {
        "e164": number.e164,
        "extension": number.extension,
        "country": number.region if number.region.isalpha() else None,
        "kind": number.kind,
        "place": batch.place_of(number) or None if batch.place_of else None,
        "zones": list(cell.zones),
        "status": "ok",
        "last4": number.e164[-4:],
    }
