"""Dealing work out among people: equally, by weight, or leaving what somebody has.

Several callbacks of one person stay together. Nobody gets a customer whom they are to avoid; a
customer whose language is known goes to somebody who speaks it, as long as anybody does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final

FULL: Final = 100
"""The weight of an ordinary share."""
MOST_WEIGHT: Final = 500


class DealMode(StrEnum):
    """How it is dealt out: to all alike, by their weights, or to those who have it already."""

    EQUAL = "equal"
    WEIGHT = "weight"
    KEEP = "keep"


class DealWhy(StrEnum):
    """Why a callback goes where it goes, or stays.

    `share`: it was their turn · `kept`: they had it already · `language`: only some speak the
    customer's language, and they are among them · `only`: nobody else may have it · `avoided`: all
    who are here are to avoid the customer · `nobody`: nobody takes part.
    """

    SHARE = "share"
    KEPT = "kept"
    LANGUAGE = "language"
    ONLY = "only"
    AVOIDED = "avoided"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Work:
    """A callback to be dealt out.

    Attributes:
        id: the callback.
        person_id: the customer.
        band: its urgency.
        due_at: when it is due (UTC).
        owner_id: whose it is now; none for the pool.
        avoid_id: who shall not make the next attempt.
        language: what the customer speaks, as written down; empty where nobody knows.
    """

    id: int
    person_id: int
    band: int
    due_at: datetime
    owner_id: int | None = None
    avoid_id: int | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who takes part: what they speak, and their share in percent of an ordinary one."""

    operator_id: int
    speaks: frozenset[str]
    weight: int = FULL


@dataclass(frozen=True, slots=True)
class Share:
    """Where a callback goes: to whom (none: it stays where it is), and why."""

    work: Work
    to: int | None
    why: DealWhy


@dataclass(frozen=True, slots=True)
class _Group:
    """The callbacks of one person, who may have them, and whether language narrowed that."""

    works: tuple[Work, ...]
    able: frozenset[int]
    spoken: bool

    @property
    def size(self) -> int:
        return len(self.works)

    @property
    def order(self) -> tuple[int, datetime, int]:
        return min((work.band, work.due_at, work.id) for work in self.works)


def deal_out(works: Iterable[Work], hands: Sequence[Hand], mode: DealMode) -> tuple[Share, ...]:
    """Deals work out; the same input always gives the same result.

    Without languages and people to be avoided, the numbers of two hands of the same weight differ
    by no more than the callbacks of one person.

    Args:
        works: what is dealt out.
        hands: who takes part; a weight of 0 gets nothing but what it keeps.
        mode: see `DealMode`.

    Returns:
        A share for each callback, the most urgent first.
    """
    ordered = sorted(works, key=lambda work: (work.band, work.due_at, work.id))
    weights = {
        hand.operator_id: Fraction(hand.weight if mode is DealMode.WEIGHT else FULL, FULL)
        for hand in hands
    }
    takers = [hand for hand in hands if weights[hand.operator_id] > 0]
    groups = _groups(ordered, takers)
    given: dict[int, int] = {}
    loads = dict.fromkeys(weights, 0)
    kept = _kept(groups, weights) if mode is DealMode.KEEP else {}
    for group in groups:
        who = kept.get(group.works[0].person_id)
        if who is not None:
            given[group.works[0].person_id] = who
            loads[who] += group.size
    free = [group for group in groups if group.able and group.works[0].person_id not in given]
    for group in sorted(free, key=lambda one: (len(one.able), -one.size, one.order)):
        who = min(group.able, key=lambda one: _cost(loads[one] + group.size, weights[one], one))
        given[group.works[0].person_id] = who
        loads[who] += group.size
    _even_out(free, given, loads, weights)
    by_person = {group.works[0].person_id: group for group in groups}
    return tuple(
        _share(work, by_person[work.person_id], given, kept, len(takers)) for work in ordered
    )


def counts_of(shares: Iterable[Share]) -> Mapping[int | None, int]:
    """How many callbacks each gets; under none those that stay."""
    counts: dict[int | None, int] = {}
    for share in shares:
        counts[share.to] = counts.get(share.to, 0) + 1
    return counts


def _groups(works: Sequence[Work], hands: Sequence[Hand]) -> list[_Group]:
    by_person: dict[int, list[Work]] = {}
    for work in works:
        by_person.setdefault(work.person_id, []).append(work)
    return [_group(tuple(own), hands) for own in by_person.values()]


def _group(works: tuple[Work, ...], hands: Sequence[Hand]) -> _Group:
    avoided = {work.avoid_id for work in works}
    able = frozenset(hand.operator_id for hand in hands if hand.operator_id not in avoided)
    wanted = {work.language.strip().casefold() for work in works} - {""}
    speakers = frozenset(
        hand.operator_id
        for hand in hands
        if hand.operator_id in able and wanted <= {one.strip().casefold() for one in hand.speaks}
    )
    if wanted and speakers:
        return _Group(works, speakers, spoken=speakers != able)
    return _Group(works, able, spoken=False)


def _kept(groups: Iterable[_Group], weights: Mapping[int, Fraction]) -> dict[int, int]:
    """Who keeps whom: the one who has a person's most urgent callback, if they take part."""
    found = {}
    for group in groups:
        owner = min(
            (work for work in group.works if work.owner_id is not None),
            key=lambda work: (work.band, work.due_at, work.id),
            default=None,
        )
        if owner is None or owner.owner_id is None or owner.owner_id not in weights:
            continue
        if owner.owner_id not in {work.avoid_id for work in group.works}:
            found[group.works[0].person_id] = owner.owner_id
    return found


def _cost(load: int, weight: Fraction, operator_id: int) -> tuple[Fraction, int]:
    return load / weight, operator_id


def _even_out(
    groups: Sequence[_Group],
    given: dict[int, int],
    loads: dict[int, int],
    weights: Mapping[int, Fraction],
) -> None:
    """Moves people from the fuller hand to the emptier one as long as that evens them out.

    The sum of squares, each by its weight, falls with every move: so it ends.
    """
    moved = True
    while moved:
        moved = False
        for group in groups:
            person = group.works[0].person_id
            here = given[person]
            for there in sorted(group.able - {here}):
                size = group.size
                before = loads[here] ** 2 / weights[here] + loads[there] ** 2 / weights[there]
                after = (loads[here] - size) ** 2 / weights[here]
                after += (loads[there] + size) ** 2 / weights[there]
                if after < before:
                    loads[here] -= size
                    loads[there] += size
                    given[person] = here = there
                    moved = True


def _share(
    work: Work, group: _Group, given: Mapping[int, int], kept: Mapping[int, int], hands: int
) -> Share:
    to = given.get(work.person_id)
    if to is None:
        return Share(work, None, DealWhy.AVOIDED if hands else DealWhy.NOBODY)
    if work.owner_id == to or (work.person_id in kept and work.owner_id is None):
        return Share(work, to, DealWhy.KEPT)
    if group.spoken:
        return Share(work, to, DealWhy.LANGUAGE)
    if len(group.able) == 1 and hands > 1:
        return Share(work, to, DealWhy.ONLY)
    return Share(work, to, DealWhy.SHARE)
