"""Which line of advice stands beside a step of the script.

The rule is data: places, the most urgent first, each with the facts under which its lines fit. The
most urgent place that fits has half of the steps, the next one half of the rest, and so on: what
matters now is read most often, and yet every list comes up where it fits. The choice hangs on the
call and the step alone, so that a line stays while its step does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from domain.bands import Tier
from domain.library import Advice, Library
from domain.playbook import BookKind, LinkKind
from domain.walk import Walk

UNKNOWN: Final = "none"
"""The value of a fact that nobody knows, as a place names it."""

ANY: Final = frozenset[str]()
"""Stands for the values of a fact that are no closed list."""

FACTS: Final[Mapping[str, frozenset[str]]] = {
    "light": frozenset({"red", "yellow", "green", UNKNOWN}),
    "shown": frozenset({"script", "objection", "rung"}),
    "moment": frozenset({"opening", "talk", "closing"}),
    "asks": frozenset({"yes", UNKNOWN}),
    "class": frozenset({"a", "b", "c", "d", UNKNOWN}),
    "tier": frozenset({*Tier, UNKNOWN}),
    "level": frozenset({"local", "skip_level", "regulator", UNKNOWN}),
    "weight": frozenset({"grumble", "complaint", UNKNOWN}),
    "direction": frozenset({"in", "out"}),
    "script": ANY,
    "book": ANY,
    "step": ANY,
}
"""What a place may ask for, with the values it may name."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known where the conversation stands.

    Attributes:
        facts: a value for every fact of `FACTS`.
        call: the call's id.
    """

    facts: Mapping[str, str]
    call: int

    @property
    def seed(self) -> int:
        """A large number that only another call or another step changes."""
        told = f"{self.call}/{self.facts['book']}/{self.facts['step']}"
        return int.from_bytes(hashlib.blake2b(told.encode(), digest_size=16).digest(), "big")


@dataclass(frozen=True, slots=True)
class Place:
    """Where some lines of advice fit.

    Attributes:
        show: groups (`taboos`), entries (`mood/red`), or entries named by a fact
            (`class/{class}`: the entry `a`, or `a-…`, for a customer of class A).
        when: the values that each fact may have; facts not named don't matter.
        line: its line in the file, counted from 1.
    """

    show: tuple[str, ...]
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    line: int = 0

    def fits(self, situation: Situation) -> bool:
        """Whether everything it asks for is so."""
        return all(situation.facts[fact] in values for fact, values in self.when.items())


def situation_of(
    walk: Walk,
    *,
    call: int,
    light: str | None = None,
    asks: bool = False,
    customer_class: str | None = None,
    tier: str | None = None,
    level: str | None = None,
    weight: str | None = None,
    direction: str = "out",
) -> Situation:
    """The situation of a call, from where its script stands and what is known of the customer.

    Args:
        walk: where the script stands.
        call: the call's id.
        light: the mood light that was set last.
        asks: whether a question of the survey is open.
        customer_class: A to D, as the customer's record has it.
        tier: key, regular, small or poor.
        level: of the customer's open complaint: local, skip_level or regulator.
        weight: what was noted in this call: grumble or complaint.
        direction: `in` or `out`.
    """
    shown = {BookKind.OBJECTIONS: "objection", BookKind.LADDER: "rung"}
    return Situation(
        {
            "light": light or UNKNOWN,
            "shown": shown.get(walk.book.kind, "script"),
            "moment": _moment(walk),
            "asks": "yes" if asks else UNKNOWN,
            "class": (customer_class or UNKNOWN).lower(),
            "tier": tier or UNKNOWN,
            "level": level or UNKNOWN,
            "weight": weight or UNKNOWN,
            "direction": direction,
            "script": walk.playbook.id,
            "book": walk.book.id,
            "step": walk.step.id,
        },
        call,
    )


def advise(situation: Situation, places: Sequence[Place], library: Library) -> Advice | None:
    """The line for a situation; none where no place fits that has lines.

    Args:
        situation: what is known.
        places: the rule, the most urgent first.
        library: the lines, in the language that is spoken.
    """
    fitting = [
        items
        for place in places
        if place.fits(situation)
        if (items := [lines for name in place.show if (lines := _lines(name, situation, library))])
    ]
    if not fitting:
        return None
    seed = situation.seed
    # The number of zeros at its end: none in half of all numbers, one in a quarter, and so on.
    zeros = (seed & -seed).bit_length() - 1
    items = fitting[min(zeros, len(fitting) - 1)]
    seed >>= 32
    lines = items[seed % len(items)]
    return lines[(seed >> 32) % len(lines)]


def lines_named(name: str, library: Library, value: str = "") -> tuple[Advice, ...]:
    """The lines that a place's `show` names.

    Args:
        name: a group, an entry, or an entry named by a fact.
        library: the lines.
        value: the fact's value; only asked for by a name that holds a fact.
    """
    group, _, entry = name.partition("/")
    lines = library.advise(group)
    if not entry:
        return lines
    if fact_of(name) is None:
        return tuple(line for line in lines if line.id == entry)
    wanted = value.replace("_", "-")
    return tuple(line for line in lines if line.id == wanted or line.id.startswith(f"{wanted}-"))


def fact_of(name: str) -> str | None:
    """The fact that names the entry in `class/{class}`; none in a plain name."""
    _, _, entry = name.partition("/")
    return entry[1:-1] if entry.startswith("{") and entry.endswith("}") else None


def _lines(name: str, situation: Situation, library: Library) -> tuple[Advice, ...]:
    fact = fact_of(name)
    return lines_named(name, library, "" if fact is None else situation.facts[fact])


def _moment(walk: Walk) -> str:
    """Before the right person is on the line, on the way, or where the call can only end."""
    book, step = walk.book, walk.step
    if book.kind is BookKind.PLAYBOOK and book.confirmed is not None:
        ids: Iterator[str] = (one.id for one in book.steps)
        if next(id_ for id_ in ids if id_ in (step.id, book.confirmed)) != book.confirmed:
            return "opening"
    ends = any(choice.ends for choice in walk.choices)
    onward = any(choice.link.kind is LinkKind.STEP for choice in walk.choices)
    return "closing" if ends and not onward else "talk"
