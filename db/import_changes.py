"""Changing persons that the desk knows: only what the file changed, never what a person changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from db.customer_windows import point_anew
from db.hours_input import PERSON_FIELDS
from db.import_batch import Batch
from db.import_links import (
    NumberKey,
    add_assets,
    as_column,
    ensure_numbers,
    insert_links,
    key_of,
    link_values,
)
from db.import_memory import Remembered, pieces, recall_records, remember_anew
from db.matching import ERASED
from db.tables import asset, person, person_asset, person_phone, phone
from db.transaction import Unit
from domain.record.one_person import same_asset
from domain.record.rows import PersonRecord, PhoneCell

_KIND: Final = "customers"
_ASIDE: Final = frozenset(["consent", "stop", "faults"])


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person of the desk as it is now; of merged ones the one that is left.

    Attributes:
        id: the row of the person that is left.
        row: its columns.
        erased: whether the person was erased on demand.
    """

    id: int
    row: sa.RowMapping
    erased: bool


def load_known(unit: Unit, persons: Collection[int]) -> dict[int, KnownPerson]:
    """The persons of row numbers, those that were merged into others followed to the end."""
    left = follow(unit, persons)
    rows: dict[int, sa.RowMapping] = {}
    for some in pieces(sorted(set(left.values()))):
        found = unit.run(sa.select(person).where(person.c.id.in_(some))).mappings()
        rows.update((row["id"], row) for row in found)
    return {
        one: KnownPerson(last, rows[last], rows[last]["closed_because"] == ERASED)
        for one, last in left.items()
    }


def follow(unit: Unit, persons: Collection[int]) -> dict[int, int]:
    """For each person the one that is left of it after merging."""
    into: dict[int, int | None] = {}
    wanted = set(persons)
    while wanted:
        for some in pieces(sorted(wanted)):
            into.update(
                (row.id, row.merged_into)
                for row in unit.run(
                    sa.select(person.c.id, person.c.merged_into).where(person.c.id.in_(some))
                )
            )
        wanted = {other for other in into.values() if other is not None} - set(into)
    left = {}
    for one in persons:
        last = one
        while (other := into[last]) is not None:
            last = other
        left[one] = last
    return left


def write_changes(
    batch: Batch,
    target: KnownPerson,
    record: PersonRecord,
    changed: Mapping[str, Any],
    known: Remembered,
    row: int,
) -> list[str]:
    """Writes what a file changed since it was imported last, and remembers it.

    A field that holds neither value that a file ever brought was edited at the desk: it stays and
    becomes a listed conflict.

    Returns:
        The names of the fields that were written.
    """
    columns, conflicts = _news(batch, target, changed)
    if "name" in columns:
        columns["pinyin"], columns["initials"] = record.pinyin, record.initials
    written = list(columns)
    if "faults" in changed:
        columns["record_faults"] = list(record.faults)
        written.append("faults")
    if columns:
        batch.unit.run(
            sa.update(person)
            .where(person.c.id == target.id)
            .values(**columns, updated_at=batch.unit.now)
        )
    written += _change_numbers(batch, target, record, changed, known)
    _follow(batch, target, columns)
    asset_written, asset_conflicts = _change_asset(batch, target, record, changed, known)
    written += asset_written
    conflicts += asset_conflicts
    written += [name for name in ("consent", "stop") if name in changed]
    batch.conflict("person", target.id, conflicts, row)
    remember_anew(batch.unit, batch.import_id, known, changed)
    return written


def _follow(batch: Batch, target: KnownPerson, columns: Mapping[str, Any]) -> None:
    """Points what waits for a person to the hours of their new zone or address."""
    if PERSON_FIELDS & columns.keys():
        point_anew(batch.unit, batch.rulebook, target.id, batch.actor)


def fill_in(
    batch: Batch,
    target: KnownPerson,
    record: PersonRecord,
    numbers: Mapping[NumberKey, int],
) -> list[str]:
    """Adds to a person what a further record knows and the desk does not; overwrites nothing.

    Returns:
        The names of the fields that were written.
    """
    columns = {
        name: value for name, value in record.fields.items() if target.row[name] in (None, "")
    }
    if "birthday" not in columns:
        columns.pop("birthday_calendar", None)
    else:
        columns["birthday_calendar"] = record.fields["birthday_calendar"]
    if columns:
        batch.unit.run(
            sa.update(person)
            .where(person.c.id == target.id)
            .values(**columns, updated_at=batch.unit.now)
        )
    written = list(columns)
    if _link_new(batch, target.id, [cell for cell in record.phones if cell.number], numbers):
        written.append("phone")
    _follow(batch, target, columns)
    if record.asset and not any(same_asset(one, record.asset) for one in _assets(batch, target.id)):
        add_assets(batch, [(target.id, record.asset)])
        written.append("asset")
    return written


def _news(
    batch: Batch, target: KnownPerson, changed: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The columns of the person that the file may write, and those that the desk has edited."""
    names = [name for name in changed if name not in _ASIDE and "." not in name]
    if not names:
        return {}, []
    imported = recall_records(batch.unit, _KIND, [target.id])[target.id]
    columns: dict[str, Any] = {}
    conflicts = []
    for name in names:
        present = target.row[name]
        last = [memory.fields.get(name) for memory in imported]
        if name == "birthday_calendar" and target.row["birthday"] is None:
            present = None
        if present == changed[name]:
            continue
        if present in (None, "", *last):
            columns[name] = changed[name]
        else:
            conflicts.append(name)
    return columns, conflicts


def _link_new(
    batch: Batch,
    person_id: int,
    cells: Sequence[PhoneCell],
    numbers: Mapping[NumberKey, int],
) -> bool:
    """Links a person to those numbers that it does not have; one that ended stays ended."""
    rows = batch.unit.run(
        sa.select(person_phone.c.phone_id, person_phone.c.position).where(
            person_phone.c.person_id == person_id
        )
    ).all()
    has = {row.phone_id for row in rows}
    fresh = [cell for cell in cells if cell.number and numbers[key_of(cell.number)] not in has]
    first = 1 + max((row.position for row in rows), default=-1)
    insert_links(batch, link_values(batch, person_id, fresh, numbers, first))
    return bool(fresh)


def _change_numbers(
    batch: Batch,
    target: KnownPerson,
    record: PersonRecord,
    changed: Mapping[str, Any],
    known: Remembered,
) -> list[str]:
    """Replaces numbers that the file replaced; a cell that became none takes nothing away."""
    cells = [cell for cell in record.phones if f"phone.{cell.role}" in changed]
    if not cells:
        return []
    numbers = ensure_numbers(batch, cells)
    for cell in cells:
        before = str(known.fields.get(f"phone.{cell.role}", ""))
        if cell.number is None:
            if before.startswith("?") or not before:
                _replace_bad(batch, target.id, cell)
            continue
        position = _end_link(batch, target.id, cell.role, before)
        has = batch.unit.run(
            sa.select(person_phone.c.id).where(
                person_phone.c.person_id == target.id,
                person_phone.c.phone_id == numbers[key_of(cell.number)],
                person_phone.c.until.is_(None),
            )
        ).first()
        if has is None:
            insert_links(batch, link_values(batch, target.id, [cell], numbers, position))
    return [f"phone.{cell.role}" for cell in cells]


def _end_link(batch: Batch, person_id: int, role: str, before: str) -> int:
    """Ends the link that the file's last value made; returns the place that it had in the tries."""
    columns = person_phone.c
    mine = sa.and_(columns.person_id == person_id, columns.role == role, columns.until.is_(None))
    if before.startswith("?") or not before:
        ended = mine & columns.phone_id.is_(None)
    else:
        e164, _, extension = before.partition(",")
        same = sa.select(phone.c.id).where(phone.c.e164 == e164, phone.c.extension == extension)
        ended = mine & columns.phone_id.in_(same)
    places = (
        batch.unit.run(
            sa.update(person_phone)
            .where(ended)
            .values(until=batch.unit.now)
            .returning(columns.position)
        )
        .scalars()
        .all()
    )
    if places:
        return int(min(places))
    last: int | None = batch.unit.run(
        sa.select(sa.func.max(columns.position)).where(columns.person_id == person_id)
    ).scalar()
    return 0 if last is None else last + 1


def _replace_bad(batch: Batch, person_id: int, cell: PhoneCell) -> None:
    """Keeps the newest text of a cell that is no number, for whoever repairs the record."""
    columns = person_phone.c
    updated = batch.unit.run(
        sa.update(person_phone)
        .where(
            columns.person_id == person_id,
            columns.role == cell.role,
            columns.phone_id.is_(None),
            columns.until.is_(None),
        )
        .values(raw=cell.raw, problem=cell.problem)
    )
    if updated.rowcount == 0:
        insert_links(batch, link_values(batch, person_id, [cell], {}, first=9))


def _change_asset(
    batch: Batch,
    target: KnownPerson,
    record: PersonRecord,
    changed: Mapping[str, Any],
    known: Remembered,
) -> tuple[list[str], list[str]]:
    """Writes changed columns of the asset or adds another: names written, names in conflict."""
    names = [name.removeprefix("asset.") for name in changed if name.startswith("asset.")]
    if not names:
        return [], []
    before = {
        name.removeprefix("asset."): value
        for name, value in known.fields.items()
        if name.startswith("asset.")
    }
    mine = _assets(batch, target.id)
    meant = record.asset if not before or _is_another(before, record.asset) else before
    present = next((one for one in mine if same_asset(one, meant)), None)
    if present is None:
        add_assets(batch, [(target.id, record.asset)])
        return [f"asset.{name}" for name in names], []
    columns: dict[str, Any] = {}
    conflicts = []
    for name in names:
        value = as_column(name, record.asset[name])
        if present[name] == value:
            continue
        if present[name] is not None and present[name] != as_column(name, before.get(name)):
            conflicts.append(f"asset.{name}")
        else:
            columns[name] = value
    if "vin" in columns:
        columns["vin_problem"] = record.asset.get("vin_problem")
    if columns:
        batch.unit.run(
            sa.update(asset)
            .where(asset.c.id == present["id"])
            .values(**columns, updated_at=batch.unit.now)
        )
    return [f"asset.{name}" for name in columns], conflicts


def _is_another(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a row speaks of another asset than before: a new plate alone makes no new car."""
    both = [(before.get(key), now.get(key)) for key in ("vin", "plate_key")]
    known = [one == other for one, other in both if one and other]
    return bool(known) and not any(known)


def _assets(batch: Batch, person_id: int) -> list[Mapping[str, Any]]:
    rows = batch.unit.run(
        sa.select(asset)
        .join(person_asset, person_asset.c.asset_id == asset.c.id)
        .where(person_asset.c.person_id == person_id, person_asset.c.until.is_(None))
        .order_by(person_asset.c.position, asset.c.id)
    ).mappings()
    return [{str(name): value for name, value in row.items()} for row in rows]
