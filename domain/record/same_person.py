"""Whether two records are one person: a shared number alone never says so.

A number and a similar name do, or a number and the same vehicle, or the same citizen number, or the
same vehicle and a similar name. Where citizen numbers or birthdays contradict, nobody is merged.
What is left over with a shared number is "possibly the same": a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from domain.record.names import is_chinese
from domain.record.rows import PersonRecord

Sameness = Literal["same", "possible", "different"]
MatchReason = Literal["number", "vin", "id_number", "name"]

# A number of more records than this is a switchboard: it says nothing about who is who.
SWITCHBOARD: Final = 12


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a person from another.

    Attributes:
        name: as it is shown.
        key: what spellings of the name have in common.
        sound: its pinyin.
        numbers: the numbers that can be called, each with its extension behind a comma.
        vins: right vehicle numbers.
        id_number: a right citizen number, else empty.
        birthday: as ISO text with its calendar, else empty.
    """

    name: str
    key: str
    sound: str
    numbers: frozenset[str]
    vins: frozenset[str]
    id_number: str
    birthday: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two are one, and what speaks for it."""

    sameness: Sameness
    reason: MatchReason


@dataclass(frozen=True, slots=True)
class Folded:
    """The persons of a file.

    Attributes:
        groups: for each person the places of its records, in the file's order; persons in the
            order of their first record.
        possible: pairs of places, the earlier first, that may be one person, and why.
    """

    groups: tuple[tuple[int, ...], ...]
    possible: tuple[tuple[int, int, MatchReason], ...]


def identity_of(person: PersonRecord) -> Identity:
    """What tells the person of a row from others."""
    birthday = person.fields.get("birthday")
    return Identity(
        name=person.name,
        key=person.key,
        sound=person.pinyin,
        numbers=frozenset(f"{number.e164},{number.extension}" for number in person.numbers),
        vins=frozenset([person.vin] if person.vin else []),
        id_number=person.id_number,
        birthday=f"{birthday} {person.fields['birthday_calendar']}" if birthday else "",
    )


def compare(one: Identity, other: Identity) -> Verdict:
    """Whether two records are one person."""
    number = bool(one.numbers & other.numbers)
    vin = bool(one.vins & other.vins)
    similar = similar_names(one, other)
    if one.id_number and one.id_number == other.id_number:
        return Verdict("same" if similar or number or vin else "possible", "id_number")
    if _contradict(one, other):
        return Verdict("possible" if number else "different", "number")
    if number and vin and not similar:
        return Verdict("same", "vin")
    if number:
        return Verdict("same" if similar else "possible", "number")
    if vin and similar:
        return Verdict("same", "vin")
    return Verdict("different", "name")


def similar_names(one: Identity, other: Identity) -> bool:
    """Whether two names may be spellings of one: alike, or Chinese names that sound alike.

    A family name alone, as in 王女士, fits every name of that family; no name fits any.
    """
    if not one.key or not other.key or one.key == other.key:
        return True
    if not (is_chinese(one.name) and is_chinese(other.name)):
        return False
    if len(one.name) == 1 or len(other.name) == 1:
        return one.name[0] == other.name[0]
    return one.sound == other.sound


def fold(records: Sequence[PersonRecord]) -> Folded:
    """Puts records of one file together that are one person.

    Records with the same customer number are one by that number.
    """
    identities = [identity_of(record) for record in records]
    joined = _Joined(len(records))
    for places in _sharing(range(len(records)), lambda at: _as_list(records[at].customer_number)):
        for place in places[1:]:
            joined.join(places[0], place)
    possible: dict[tuple[int, int], MatchReason] = {}
    for one, other in _worth_comparing(identities):
        verdict = compare(identities[one], identities[other])
        if verdict.sameness == "same":
            joined.join(one, other)
        elif verdict.sameness == "possible":
            possible.setdefault((one, other), verdict.reason)
    groups: dict[int, list[int]] = defaultdict(list)
    for place in range(len(records)):
        groups[joined.first(place)].append(place)
    return Folded(
        groups=tuple(tuple(groups[first]) for first in sorted(groups)),
        possible=tuple(
            (one, other, reason)
            for (one, other), reason in sorted(possible.items())
            if joined.first(one) != joined.first(other)
        ),
    )


class _Joined:
    """Places that belong together; the first of each stands for all."""

    def __init__(self, count: int) -> None:
        self._leader = list(range(count))

    def first(self, place: int) -> int:
        while self._leader[place] != place:
            self._leader[place] = self._leader[self._leader[place]]
            place = self._leader[place]
        return place

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.first(one), self.first(other)))
        self._leader[second] = first


def _worth_comparing(identities: Sequence[Identity]) -> Iterator[tuple[int, int]]:
    """Pairs of places that share a number, a vehicle or a citizen number, the earlier first."""
    keys: tuple[Callable[[int], Iterable[str]], ...] = (
        lambda at: _as_list(identities[at].id_number),
        lambda at: identities[at].numbers,
        lambda at: identities[at].vins,
    )
    for key in keys:
        for places in _sharing(range(len(identities)), key):
            if len(places) <= SWITCHBOARD:
                yield from combinations(places, 2)


def _contradict(one: Identity, other: Identity) -> bool:
    ids = bool(one.id_number and other.id_number)
    return ids or bool(one.birthday and other.birthday and one.birthday != other.birthday)


def _as_list(key: str) -> list[str]:
    return [key] if key else []


def _sharing(places: Iterable[int], key: Callable[[int], Iterable[str]]) -> list[list[int]]:
    """The places that share a key, for every key of more than one place, in order."""
    found: dict[str, list[int]] = defaultdict(list)
    for place in places:
        for one in key(place):
            found[one].append(place)
    return [sharing for sharing in found.values() if len(sharing) > 1]
