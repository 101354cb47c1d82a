"""The rules of cases, as a data file gives them: lists, steps, levels, and how a case goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.bilingual import Bilingual
from domain.case import Level
from domain.case_timer import TimerKey
from domain.entry import Entry
from domain.said import Said
from domain.shop import FIELDS, Shop
from domain.zones import is_zone

CLASSES: Final = ("A", "B", "C", "D")
STEPS: Final = 8
_COUNTRY_LENGTH: Final = 2
_LONGEST_CODE: Final = 32
_LONGEST_VERDICT: Final = 16
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class Course:
    """How a case goes on.

    Attributes:
        tries: documented attempts to get a verdict before a case is closed without one.
        verdict: from the resolution to the question for the verdict.
        next: from a talk to the next one at the latest.
        silent: until somebody looks again where nobody can be rung.
    """

    tries: int
    verdict: timedelta
    next: timedelta
    silent: timedelta


@dataclass(frozen=True, slots=True)
class LevelRule:
    """What a level means for the calls of its cases.

    Attributes:
        name: for people.
        rule: what it asks of us.
        first: from the opening to the first call.
        opening: campaign of that call.
        onward: campaign of the calls after it.
    """

    name: Bilingual
    rule: Bilingual
    first: timedelta
    opening: str
    onward: str


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a customer complained; `hours` feeds the hours at which they are not rung."""

    name: Bilingual
    hours: bool = False


@dataclass(frozen=True, slots=True)
class VerdictRule:
    """A customer's verdict; `closes` says that the case may be closed upon it."""

    name: Bilingual
    closes: bool


@dataclass(frozen=True, slots=True)
class ClassRule:
    """A class of customers who complain, and how to speak with them."""

    name: Bilingual
    technique: Bilingual


@dataclass(frozen=True, slots=True)
class StepRule:
    """One of the eight steps, and what ticks it off; see `domain.case_steps`."""

    code: str
    name: Bilingual
    filled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Department:
    """A department of the house; `phone` (E.164) is rung for a missed reply, empty for nobody."""

    code: str
    name: Bilingual
    phone: str


@dataclass(frozen=True, slots=True)
class SlipRules:
    """How departments are asked: the timer of a reply, and the campaign of a chasing call."""

    timer: TimerKey
    chase: str


@dataclass(frozen=True, slots=True)
class CaseRules:
    """All rules of cases; the limits are in `domain.case_timer.Timers`.

    Attributes:
        shop: the shop; of rules as they stand in their file, only what they say of it.
        course: how a case goes on.
        levels: local, skip_level, regulator.
        categories: what it is about, by code, in order.
        causes: why, by code, in order.
        verdicts: the customer's, by code, in order.
        classes: A to D.
        steps: the eight steps in order.
        slips: how departments are asked.
        departments: by code, in order.
        met_by_contact: timers that a talk or a letter meets.
        met_by_answer: timers that telling the resolution meets.
    """

    shop: Shop
    course: Course
    levels: Mapping[Level, LevelRule]
    categories: Mapping[str, Bilingual]
    causes: Mapping[str, Cause]
    verdicts: Mapping[str, VerdictRule]
    classes: Mapping[str, ClassRule]
    steps: tuple[StepRule, ...]
    slips: SlipRules
    departments: Mapping[str, Department]
    met_by_contact: frozenset[TimerKey]
    met_by_answer: frozenset[TimerKey]

    @property
    def campaigns(self) -> frozenset[str]:
        """Every kind of callback that a case makes."""
        levels = (code for one in self.levels.values() for code in (one.opening, one.onward))
        return frozenset([*levels, self.slips.chase])


def case_rules_of(data: object, where: str) -> CaseRules:
    """The rules of a parsed data file.

    Raises:
        InputError: `content_bad`, naming the place and what is wrong with it.
    """
    file = Entry(where, data)
    met = file.entry("met")
    rules = CaseRules(
        shop=_shop(file.entry("shop")),
        course=_course(file.entry("course")),
        levels=_levels(file),
        categories={code: entry.both("name") for code, entry in _coded(file, "category")},
        causes={
            code: Cause(entry.both("name"), entry.flag("hours", default=False))
            for code, entry in _coded(file, "cause")
        },
        verdicts={
            code: VerdictRule(entry.both("name"), entry.flag("closes", default=False))
            for code, entry in _coded(file, "verdict", _LONGEST_VERDICT)
        },
        classes=_classes(file),
        steps=_steps(file),
        slips=_slips(file.entry("slips")),
        departments={
            code: Department(code, entry.both("name"), _phone(entry))
            for code, entry in _coded(file, "department")
        },
        met_by_contact=_timers(met, "contact"),
        met_by_answer=_timers(met, "answer"),
    )
    met.close()
    file.close()
    if not any(verdict.closes for verdict in rules.verdicts.values()):
        raise file.bad(Said("rules.bad.missing_field", {"field": "verdict closes"}))
    return rules


def _shop(entry: Entry) -> Shop:
    """What the rules say of the shop; what is empty there is the desk's own."""
    country, zone, trade = (str(entry.value(name)).strip() for name in FIELDS)
    entry.close()
    if country and (len(country) != _COUNTRY_LENGTH or not country.isupper()):
        raise entry.bad(Said("rules.bad.text", {"field": "country"}))
    if zone and not is_zone(zone):
        raise entry.bad(Said("rules.bad.text", {"field": "zone"}))
    return Shop(country, zone, trade)


def _course(entry: Entry) -> Course:
    def hours(field: str) -> timedelta:
        return timedelta(hours=_some(entry, field))

    course = Course(_some(entry, "tries"), hours("verdict"), hours("next"), hours("silent"))
    entry.close()
    return course


def _levels(file: Entry) -> dict[Level, LevelRule]:
    found = {
        code: LevelRule(
            entry.both("name"),
            entry.both("rule"),
            timedelta(minutes=_some(entry, "first")),
            entry.text("opening"),
            entry.text("onward"),
        )
        for code, entry in _coded(file, "level")
    }
    _all_there(file, "level", found, Level)
    return {level: found[level] for level in Level}


def _slips(entry: Entry) -> SlipRules:
    timer = entry.text("timer").split("/")
    if len(timer) != len(("regime", "step")):
        raise entry.bad(Said("rules.bad.text", {"field": "timer"}))
    rules = SlipRules((timer[0], timer[1]), entry.text("chase"))
    entry.close()
    return rules


def _phone(entry: Entry) -> str:
    number = str(entry.value("phone"))
    if number and not _E164.fullmatch(number):
        raise entry.bad(Said("rules.bad.text", {"field": "phone"}))
    return number


def _classes(file: Entry) -> dict[str, ClassRule]:
    found = {
        code: ClassRule(entry.both("name"), entry.both("technique"))
        for code, entry in _coded(file, "class")
    }
    _all_there(file, "class", found, CLASSES)
    return found


def _steps(file: Entry) -> tuple[StepRule, ...]:
    steps = tuple(
        StepRule(code, entry.both("name"), entry.texts("filled"))
        for code, entry in _coded(file, "step")
    )
    if len(steps) != STEPS or not all(step.filled for step in steps):
        raise file.bad(Said("rules.bad.missing_field", {"field": "step"}))
    return steps


def _coded(file: Entry, kind: str, longest: int = _LONGEST_CODE) -> Iterable[tuple[str, Entry]]:
    """The entries of a list with their codes; each is closed once it has been read."""
    known: set[str] = set()
    for entry in file.entries(kind):
        code = entry.text("code")
        if code in known:
            raise file.bad(Said("rules.bad.twice", {"value": code}))
        if len(code) > longest:
            raise entry.bad(Said("rules.bad.text", {"field": "code"}))
        known.add(code)
        entry.where = f"{entry.where} ({code})"
        yield code, entry
        entry.close()
    if not known:
        raise file.bad(Said("rules.bad.missing_field", {"field": kind}))


def _all_there(file: Entry, kind: str, found: Mapping[str, object], wanted: Iterable[str]) -> None:
    if set(found) != set(wanted):
        known = ", ".join(wanted)
        raise file.bad(Said("rules.bad.choice", {"field": kind, "known": known}))


def _timers(entry: Entry, field: str) -> frozenset[TimerKey]:
    keys = [tuple(one.split("/")) for one in entry.texts(field)]
    if any(len(key) != len(("regime", "step")) for key in keys):
        raise entry.bad(Said("rules.bad.texts", {"field": field}))
    return frozenset((key[0], key[1]) for key in keys)


def _some(entry: Entry, field: str) -> int:
    value = entry.whole(field)
    if not value:
        raise entry.bad(Said("rules.bad.number", {"field": field}))
    return value
