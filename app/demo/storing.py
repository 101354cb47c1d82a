"""Invented customers as the database takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.demo.people import Invented
from content.name_sounds import name_sound
from db.callbacks import NewCallback
from db.people import NewAsset, NewPerson, add_asset, add_number, add_person
from db.transaction import Unit
from domain.bands import Priority
from domain.decision import NewNumber
from domain.record.marks import read_plate
from domain.salutation import salutation

SOURCE: Final = "demo"
_KILOMETRES_A_DAY: Final = 41


@dataclass(frozen=True, slots=True)
class Stored:
    """The rows of a customer."""

    person_id: int
    phone_id: int
    asset_id: int


def add_customer(unit: Unit, one: Invented) -> Stored:
    """Adds a customer with number and car."""
    sound = name_sound(one.name)
    language = str(one.place.language)
    person_id = add_person(
        unit,
        NewPerson(
            name=one.name,
            pinyin=sound.pinyin,
            initials=sound.initials,
            salutation=salutation(one.name, one.sex, language, latin=sound.pinyin),
            sex=one.sex[0],
            country=one.place.country,
            language=language,
            zone=one.place.zone,
            tier=one.tier,
        ),
    )
    number = NewNumber(
        e164=one.number.e164,
        extension="",
        country=one.number.region,
        kind=one.number.kind,
        zones=(one.place.zone,),
    )
    phone_id = add_number(unit, person_id, number, source=SOURCE)
    return Stored(person_id, phone_id, _add_car(unit, person_id, one))


def new_callback(
    one: Invented, stored: Stored, now: datetime, owners: Mapping[str, int]
) -> NewCallback:
    """The callback of a customer, its time told from the present."""
    return NewCallback(
        person_id=stored.person_id,
        campaign=one.campaign,
        due_at=now + timedelta(minutes=one.role.due_in),
        phone_id=stored.phone_id,
        asset_id=stored.asset_id,
        promised=one.role.promised,
        named_by_customer=one.role.promised,
        priority=Priority.HIGH if one.campaign == "complaint-follow-up" else Priority.NORMAL,
        note=one.note,
        owner_id=owners[one.role.owner] if one.role.owner else None,
        source=SOURCE,
        source_key=one.number.e164,
    )


def _add_car(unit: Unit, person_id: int, one: Invented) -> int:
    plate = read_plate(one.plate)
    return add_asset(
        unit,
        person_id,
        NewAsset(
            plate=one.plate,
            plate_key=plate.key if plate else None,
            model=one.model.name,
            colour=one.colour,
            bought_on=(unit.now - timedelta(days=one.car_days)).date(),
            mileage=one.car_days * _KILOMETRES_A_DAY,
        ),
    )
