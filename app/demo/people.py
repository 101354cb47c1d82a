"""Who the invented customers are, worked out anew for each present; nothing is stored here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from content.demo import DemoContent, DemoModel, DemoPlace, Tongue, filled
from domain.bands import Tier
from domain.calling_hours import decide
from domain.errors import InputError
from domain.phone import Number, read_number
from domain.rulebook import Rulebook
from domain.salutation import Sex

_AGO: Final = (4, 11, 25, 42, 58, 85, 130, 200, 310, 480, 700, 1500)
_AHEAD: Final = (15, 35, 60, 120, 240, 480, 1440, 2880)
_PROMISED: Final = (-95, -6, 9, 24, 50, 100)
_DELIVERED: Final = {"delivery-3day": 3, "delivery-7day": 7}
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
        raise InputError("demo_number_bad", number=text)
    return number
