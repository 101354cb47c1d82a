"""Departments as the desk rings them: one person of the house each, who is nobody's customer."""

from __future__ import annotations

import sqlalchemy as sa

from db.people import NewPerson, add_number, add_person
from db.tables import person, person_phone, phone
from db.transaction import Unit
from domain.case_rules import CaseRules
from domain.decision import NewNumber
from domain.phone import Number, read_number
from domain.zones import zones_of_number


def contact_of(unit: Unit, rules: CaseRules, code: str) -> int | None:
    """The person by whom a department is rung, made where there is none; none without a number.

    Another number in the rules takes the place of the one before.
    """
    department = rules.departments[code]
    if not department.phone:
        return None
    number = read_number(department.phone, rules.shop.country)
    if not isinstance(number, Number):
        return None
    person_id: int | None = unit.run(
        sa.select(person.c.id).where(person.c.department == code, person.c.closed_at.is_(None))
    ).scalar()
    if person_id is None:
        person_id = add_person(
            unit,
            NewPerson(
                f"{department.name.zh} {department.name.en}",
                country=rules.shop.country,
                zone=rules.shop.zone,
            ),
        )
        unit.run(sa.update(person).where(person.c.id == person_id).values(department=code))
    _point_at(unit, person_id, number)
    return person_id


def _point_at(unit: Unit, person_id: int, number: Number) -> None:
    links = unit.run(
        sa.select(person_phone.c.id, phone.c.e164)
        .join(phone, phone.c.id == person_phone.c.phone_id)
        .where(person_phone.c.person_id == person_id, person_phone.c.until.is_(None))
    ).all()
    stale = [link.id for link in links if link.e164 != number.e164]
    if stale:
        unit.run(sa.update(person_phone).where(person_phone.c.id.in_(stale)).values(until=unit.now))
    if len(stale) == len(links):
        zones = zones_of_number(number.e164)
        new = NewNumber(number.e164, number.extension, number.region, number.kind, zones)
        add_number(unit, person_id, new, role="work")
