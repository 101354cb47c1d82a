"""The demo: a practice database of invented customers, some of whom may always be called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from content.demo import DemoContent, DemoModel, DemoPlace, Tongue, demo_content, filled
from content.name_sounds import name_sound
from content.rulebook import load_shipped
from content.translations import Language
from db import operators, schema
from db.callbacks import NewCallback, create_callback
from db.engine import Database, open_database
from db.people import NewAsset, NewPerson, add_asset, add_number, add_person
from db.place import read_place
from db.transaction import Unit
from domain.bands import Priority, Tier
from domain.calling_hours import decide
from domain.decision import NewNumber
from domain.errors import InputError
from domain.permissions import Actor
from domain.phone import Number, read_number
from domain.record.marks import read_plate
from domain.rulebook import Rulebook
from domain.salutation import Sex, salutation

COLLEAGUES: Final = (
    ("li.na", "李娜", "operator", "zh"),
    ("wang.wei", "王伟", "lead", "zh"),
    ("ann", "Ann Carter", "operator", "en"),
)
"""Who else works at the demo's desk: login, name, role, language."""

_AGO: Final = (4, 11, 25, 42, 58, 85, 130, 200, 310, 480, 700, 1500)
_AHEAD: Final = (15, 35, 60, 120, 240, 480, 1440, 2880)
_PROMISED: Final = (-95, -6, 9, 24, 50, 100)
_DELIVERED: Final = {"delivery-3day": 3, "delivery-7day": 7}
_KILOMETRES_A_DAY: Final = 41
_LATER_EACH: Final = 9
_KEY_EACH: Final = 11


@dataclass(frozen=True, slots=True)
class Role:
    """What an invented callback is in the queue.

    Attributes:
        due_in: minutes from the present at which it is due; negative for what is due already.
        promised: whether the time was promised by name.
        owner: login of the one whose it is, `me` for the first operator; none: anybody's.
    """

    due_in: int
    promised: bool = False
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Invented:
    """A customer to be made, with one callback.

    Attributes:
        place: where they live.
        name: the full name.
        sex: female or male.
        number: what to dial.
        plate: of their car.
        model: their car.
        colour: its colour.
        car_days: how many days ago it was bought.
        tier: what they contribute.
        campaign: what they are rung for.
        role: when, and whose.
        note: what came with it.
    """

    place: DemoPlace
    name: str
    sex: Sex
    number: Number
    plate: str
    model: DemoModel
    colour: str
    car_days: int
    tier: Tier
    campaign: str
    role: Role
    note: str | None


@dataclass(frozen=True, slots=True)
class MadeDemo:
    """What was made: where, how many customers, and the logins that work there."""

    database: str
    customers: int
    logins: tuple[str, ...]


def make_demo(url: str, *, login: str, language: Language, now: datetime | None = None) -> MadeDemo:
    """Makes a practice database with invented customers; an earlier one in its file is replaced.

    Args:
        url: the database; a file that holds no practice database is never touched.
        login: the first operator, an admin.
        language: of the first operator.
        now: the present to take (UTC); the database's own unless given.

    Raises:
        RefusedError: `not_a_practice_database` when there is something else,
            `already_initialised` on a server.
        StorageError: it can't be written.
    """
    _clear(url)
    database = open_database(url, rulebook=load_shipped(), must_exist=False)
    try:
        schema.create(database)
        if now is not None:
            database.set_clock(lambda: now)
        operators.initialise(database, login=login, name=login, language=language, practice=True)
        actor = operators.actor_of(database, login)
        for colleague, name, role, tongue in COLLEAGUES:
            if colleague != login:
                operators.add(
                    database, actor, login=colleague, name=name, role=role, language=tongue
                )
        made = fill(database, actor, demo_content())
    finally:
        database.close()
    logins = (login, *(each for each, *_ in COLLEAGUES if each != login))
    return MadeDemo(read_place(url).shown, made, logins)


def fill(database: Database, actor: Actor, content: DemoContent) -> int:
    """Adds the invented customers with their callbacks and returns how many they are."""
    owners = {one.login: one.id for one in operators.list_all(database)}
    owners["me"] = actor.operator_id

    def work(unit: Unit) -> int:
        people = invent(content, database.rulebook, unit.now)
        for one in people:
            _add(unit, database, actor, one, owners)
        return len(people)

    return database.write(work)


def invent(content: DemoContent, rulebook: Rulebook, now: datetime) -> tuple[Invented, ...]:
    """The customers with their callbacks, the places mixed; the same for the same present.

    Promises and callbacks of one's own are given to customers who may be called now, so that
    nobody seems to have asked for a call at night.

    Args:
        content: what they are invented from.
        rulebook: the rules that say who may be called.
        now: the present, aware.
    """
    roles = _roles()
    spoken: Counter[Tongue] = Counter()
    people = []
    for position, (place, running) in enumerate(_mixed(content.places)):
        campaign = place.campaigns[(running - 1) % len(place.campaigns)]
        decision = decide(
            rulebook.calling,
            zones=(place.zone,),
            places=(place.country,),
            purpose=rulebook.campaigns[campaign].purpose,
            at=now,
        )
        role = next(roles, None) if decision.allowed else None
        name, sex = _name(content, place.language, spoken[place.language])
        spoken[place.language] += 1
        models = [model for model in content.models if model.language == place.language]
        model = models[running % len(models)]
        notes = content.notes.get(campaign, {}).get(place.language, ())
        people.append(
            Invented(
                place=place,
                name=name,
                sex=sex,
                number=_number(place, running),
                plate=filled(place.plate, running),
                model=model,
                colour=model.colours[running % len(model.colours)],
                car_days=_DELIVERED.get(campaign, 90 + 37 * position % 900),
                tier=_tier(position),
                campaign=campaign,
                role=role or _ordinary(position),
                note=notes[running % len(notes)] if notes else None,
            )
        )
    return tuple(people)


def _roles() -> Iterator[Role]:
    """What the first customers who may be called now are, beyond the ordinary."""
    promised = [Role(minutes, promised=True) for minutes in _PROMISED]
    mine = [Role(-minutes, owner="me") for minutes in (3, 18, 33)]
    others = [Role(-minutes, owner="li.na") for minutes in (7, 22)]
    # Not one after the other: every second customer stays an ordinary one.
    for place, role in enumerate((*promised, *mine, *others)):
        yield role
        yield Role(-_AGO[place])


def _ordinary(position: int) -> Role:
    """Due some while ago, every ninth some while ahead."""
    if position % _LATER_EACH == _LATER_EACH - 1:
        return Role(_AHEAD[position % len(_AHEAD)])
    return Role(-_AGO[position % len(_AGO)])


def _tier(position: int) -> Tier:
    if position % _KEY_EACH == 0:
        return Tier.KEY
    return Tier.REGULAR if position % 3 else Tier.SMALL


def _mixed(places: Sequence[DemoPlace]) -> list[tuple[DemoPlace, int]]:
    """Every customer's place and running number there, the places mixed evenly."""
    everybody = [
        ((running - 0.5) / place.people, order, place, running)
        for order, place in enumerate(places)
        for running in range(1, place.people + 1)
    ]
    return [(place, running) for _, _, place, running in sorted(everybody, key=lambda one: one[:2])]


def _name(content: DemoContent, language: Tongue, count: int) -> tuple[str, Sex]:
    """A full name that no earlier customer of the language has, and whose it can be."""
    names = content.names[language]
    sex: Sex = "female" if count % 2 else "male"
    given = names.female if sex == "female" else names.male
    family = names.family[count * 5 % len(names.family)]
    own = given[(count // len(names.family) + count) % len(given)]
    return (f"{family}{own}" if language is Tongue.ZH else f"{own} {family}"), sex


def _number(place: DemoPlace, running: int) -> Number:
    text = filled(place.number, running)
    number = read_number(text, place.country)
    if not isinstance(number, Number):
        raise InputError("number_bad", number=text)
    return number


def _add(
    unit: Unit, database: Database, actor: Actor, one: Invented, owners: dict[str, int]
) -> None:
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
    phone_id = add_number(unit, person_id, number, source="demo")
    create_callback(
        unit,
        database.rulebook,
        NewCallback(
            person_id=person_id,
            campaign=one.campaign,
            due_at=unit.now + timedelta(minutes=one.role.due_in),
            phone_id=phone_id,
            asset_id=_add_car(unit, person_id, one),
            promised=one.role.promised,
            named_by_customer=one.role.promised,
            priority=Priority.HIGH if one.campaign == "complaint-follow-up" else Priority.NORMAL,
            note=one.note,
            owner_id=owners[one.role.owner] if one.role.owner else None,
            source="demo",
            source_key=one.number.e164,
        ),
        actor,
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


def _clear(url: str) -> None:
    """Removes an earlier practice database from its file."""
    file = read_place(url).file
    if file is None or not file.exists():
        return
    if file.stat().st_size:
        database = open_database(url)
        try:
            database.pretend(database.read(lambda unit: unit.now))
        finally:
            database.close()
    for path in (file, *(Path(f"{file}{end}") for end in ("-wal", "-shm"))):
        path.unlink(missing_ok=True)
