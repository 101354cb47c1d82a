"""Finding the persons of the desk that a file's persons may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from db.import_memory import pieces
from db.tables import asset, person, person_asset, person_phone, phone
from db.transaction import Unit
from domain.record.names import name_key
from domain.record.same_person import SWITCHBOARD, Identity, Verdict, compare

ERASED = "erased"


def find_matches(unit: Unit, identities: Sequence[Identity]) -> list[list[tuple[int, Verdict]]]:
    """For each identity the persons of the desk that are the same or may be, the surest first.

    Persons that were merged into others or erased are left out; a closed one is found, so that
    nobody who died comes back as a new customer.
    """
    by_number = _by_number(unit, {number for one in identities for number in one.numbers})
    by_id = _by_id_number(unit, {one.id_number for one in identities if one.id_number})
    by_vin = _by_vin(unit, {vin for one in identities for vin in one.vins})
    sharing: list[set[int]] = []
    for one in identities:
        persons = set(by_id.get(one.id_number, ()))
        for number in one.numbers:
            others = by_number.get(number, set())
            persons |= others if len(others) <= SWITCHBOARD else set()
        for vin in one.vins:
            persons |= by_vin.get(vin, set())
        sharing.append(persons)
    known = _identities(unit, set().union(*sharing))
    found = []
    for one, persons in zip(identities, sharing, strict=True):
        verdicts = [(who, compare(one, known[who])) for who in sorted(persons) if who in known]
        matches = [match for match in verdicts if match[1].sameness != "different"]
        found.append(sorted(matches, key=lambda match: match[1].sameness != "same"))
    return found


def _by_number(unit: Unit, numbers: set[str]) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    e164s = sorted({number.partition(",")[0] for number in numbers})
    for some in pieces(e164s):
        rows = unit.run(
            sa.select(person_phone.c.person_id, phone.c.e164, phone.c.extension)
            .join(phone, phone.c.id == person_phone.c.phone_id)
            .where(
                phone.c.e164.in_(some),
                person_phone.c.until.is_(None),
                person_phone.c.role != "fax",
            )
        )
        for person_id, e164, extension in rows:
            found[f"{e164},{extension}"].add(person_id)
    return found


def _by_id_number(unit: Unit, id_numbers: set[str]) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for some in pieces(sorted(id_numbers)):
        rows = unit.run(
            sa.select(person.c.id, person.c.id_number).where(person.c.id_number.in_(some))
        )
        for person_id, id_number in rows:
            found[id_number].add(person_id)
    return found


def _by_vin(unit: Unit, vins: set[str]) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for some in pieces(sorted(vins)):
        rows = unit.run(
            sa.select(person_asset.c.person_id, asset.c.vin)
            .join(asset, asset.c.id == person_asset.c.asset_id)
            .where(asset.c.vin.in_(some), person_asset.c.until.is_(None))
        )
        for person_id, vin in rows:
            found[vin].add(person_id)
    return found


def _identities(unit: Unit, persons: Iterable[int]) -> dict[int, Identity]:
    found: dict[int, Identity] = {}
    for some in pieces(sorted(persons)):
        numbers = _values(
            unit,
            sa.select(person_phone.c.person_id, phone.c.e164 + "," + phone.c.extension)
            .join(phone, phone.c.id == person_phone.c.phone_id)
            .where(
                person_phone.c.person_id.in_(some),
                person_phone.c.until.is_(None),
                person_phone.c.role != "fax",
            ),
        )
        vins = _values(
            unit,
            sa.select(person_asset.c.person_id, asset.c.vin)
            .join(asset, asset.c.id == person_asset.c.asset_id)
            .where(
                person_asset.c.person_id.in_(some),
                person_asset.c.until.is_(None),
                asset.c.vin.is_not(None),
                asset.c.vin_problem.is_(None),
            ),
        )
        rows = unit.run(
            sa.select(
                person.c.id,
                person.c.name,
                person.c.pinyin,
                person.c.id_number,
                person.c.birthday,
                person.c.birthday_calendar,
                person.c.record_faults,
            ).where(
                person.c.id.in_(some),
                person.c.merged_into.is_(None),
                sa.or_(person.c.closed_because.is_(None), person.c.closed_because != ERASED),
            )
        ).mappings()
        for row in rows:
            who = row["id"]
            found[who] = _identity(row, numbers.get(who, set()), vins.get(who, set()))
    return found


def _identity(row: Mapping[Any, Any], numbers: set[str], vins: set[str]) -> Identity:
    wrong_id = any(fault.startswith("id_number_") for fault in row["record_faults"])
    birthday = row["birthday"]
    return Identity(
        name=row["name"],
        key=name_key(row["name"]),
        sound=row["pinyin"],
        numbers=frozenset(numbers),
        vins=frozenset(vins),
        id_number="" if wrong_id else row["id_number"] or "",
        birthday=f"{birthday} {row['birthday_calendar']}" if birthday else "",
    )


def _values(unit: Unit, query: sa.Select[*tuple[Any, ...]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for who, value in unit.run(query):
        found[who].add(value)
    return found
