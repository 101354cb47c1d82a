"""Adding persons and their links; imports, the demo and the desk itself all add them here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from db.numbers import find_or_add_number
from db.tables import asset, person, person_asset, person_phone
from db.transaction import Unit
from domain.decision import NewNumber


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be added; `pinyin` and `initials` are lower-case, for searching."""

    name: str
    pinyin: str = ""
    initials: str = ""
    salutation: str | None = None
    sex: str | None = None
    country: str | None = None
    language: str | None = None
    zone: str | None = None
    tier: str | None = None
    member_level: str | None = None
    email: str | None = None
    spent: int | None = None
    currency: str | None = None
    customer_class: str | None = None


def add_person(unit: Unit, new: NewPerson) -> int:
    """Adds a person and returns the id."""
    return int(
        unit.run(
            person.insert().returning(person.c.id),
            {
                "name": new.name,
                "pinyin": new.pinyin,
                "initials": new.initials,
                "salutation": new.salutation,
                "sex": new.sex,
                "birthday_calendar": "solar",
                "country": new.country,
                "language": new.language,
                "zone": new.zone,
                "tier": new.tier,
                "tier_pinned": False,
                "member_level": new.member_level,
                "email": new.email,
                "spent": new.spent,
                "currency": new.currency,
                "customer_class": new.customer_class,
                "record_faults": [],
                "created_at": unit.now,
                "updated_at": unit.now,
            },
        ).scalar_one()
    )


def add_number(
    unit: Unit, person_id: int, new: NewNumber, *, role: str = "mobile", source: str = "desk"
) -> int:
    """Gives a person a number, last in line, and returns the number's id."""
    phone_id = find_or_add_number(unit, new)
    last = unit.run(
        sa.select(sa.func.max(person_phone.c.position)).where(person_phone.c.person_id == person_id)
    ).scalar()
    unit.run(
        person_phone.insert(),
        {
            "person_id": person_id,
            "phone_id": phone_id,
            "role": role,
            "position": 0 if last is None else last + 1,
            "source": source,
            "since": unit.now,
        },
    )
    return phone_id


@dataclass(frozen=True, slots=True)
class NewAsset:
    """A car, contract or line to be added; `plate_key` is the bare plate, for searching."""

    kind: str = "car"
    plate: str | None = None
    plate_key: str | None = None
    model: str | None = None
    colour: str | None = None
    bought_on: date | None = None
    mileage: int | None = None


def add_asset(unit: Unit, person_id: int, new: NewAsset, *, role: str = "owner") -> int:
    """Adds an asset with a person's part in it, last in line, and returns the asset's id."""
    made = int(
        unit.run(
            asset.insert().returning(asset.c.id),
            {
                "kind": new.kind,
                "plate": new.plate,
                "plate_key": new.plate_key,
                "model": new.model,
                "colour": new.colour,
                "bought_on": new.bought_on,
                "mileage": new.mileage,
                "mileage_on": unit.now.date() if new.mileage is not None else None,
                "created_at": unit.now,
                "updated_at": unit.now,
            },
        ).scalar_one()
    )
    last = unit.run(
        sa.select(sa.func.max(person_asset.c.position)).where(person_asset.c.person_id == person_id)
    ).scalar()
    unit.run(
        person_asset.insert(),
        {
            "person_id": person_id,
            "asset_id": made,
            "role": role,
            "position": 0 if last is None else last + 1,
            "since": unit.now,
        },
    )
    return made
