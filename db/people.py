"""Adding persons and their links; imports, the demo and the desk itself all add them here."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from db.numbers import find_or_add_number
from db.tables import person, person_phone
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
