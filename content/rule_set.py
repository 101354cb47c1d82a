"""The rules as files of a release: read and checked together, and made into a rulebook."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

from content.calling_hours import calling_hours_in
from content.campaigns import campaigns_in
from content.caps import caps_in
from content.care_plans import care_plans, care_plans_in
from content.case_timers import case_timers_in
from content.complaints import case_rules_in
from content.outcomes import outcomes_in
from content.rule_files import FILES, release_of, shipped_rules
from content.rulebook import load_shipped
from content.surveys import surveys
from content.tiers import tier_rules_in
from domain.campaign import Campaigns
from domain.care.plan import CarePlans
from domain.case_rules import CaseRules
from domain.case_timer import Timers
from domain.errors import InputError
from domain.outcome import OutcomeTable
from domain.rulebook import Rulebook
from domain.said import Said

_AT_LINE: Final = re.compile(r"\(at line (\d+),")
_ENTRY: Final = re.compile(r"^\S+ ([a-z_]+) (\d+)\b")
_CODE: Final = re.compile(r"\(([a-z0-9-]+)\)$")

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong in one file of rules; `line` counts from 1, the first for the whole file."""

    name: str
    line: int
    error: InputError


@dataclass(frozen=True, slots=True)
class ReadRules:
    """Files of rules read together.

    Attributes:
        rulebook: what they say; none where something is wrong.
        outcomes: the endings that scripts may name; the shipped ones where they can't be read.
        plans: the care plans; the shipped ones where they can't be read.
        faults: everything that is wrong.
    """

    rulebook: Rulebook | None
    outcomes: OutcomeTable
    plans: CarePlans
    faults: tuple[RuleFault, ...]


def rulebook_of(files: Mapping[str, str]) -> Rulebook:
    """The rulebook of a release's files; what it has not got is as the program ships it.

    Args:
        files: the texts by name; names that this program does not know are left alone.

    Raises:
        InputError: `content_bad` or one of the calling hours', naming the place.
    """
    read = read_rules(files, in_force=True)
    if read.rulebook is None:
        raise read.faults[0].error
    return read.rulebook


def plans_of(files: Mapping[str, str]) -> CarePlans:
    """The care plans of a release's files; where it has none, those that the program ships.

    Raises:
        InputError: `content_bad`, naming the place.
    """
    read = read_rules(files, in_force=True)
    if read.faults:
        raise read.faults[0].error
    return read.plans


def read_rules(
    files: Mapping[str, str],
    playbooks: Collection[str] | None = None,
    *,
    in_force: bool = False,
) -> ReadRules:
    """Files of rules read and checked together; what is wrong is a fault.

    Args:
        files: the texts by name; a file that is not given is as the program ships it.
        playbooks: the scripts that campaigns may name; not looked at unless given.
        in_force: whether they hold already, maybe since an earlier version of the program: kinds
            of callback that came with a later one are then as it ships them, and no fault.
    """
    own = shipped_rules()
    texts = {name: files.get(name, text) for name, text in own.items()}
    shipped = load_shipped()
    reading = _Reading(texts, own)
    outcomes = reading.read("outcomes", outcomes_in, shipped.outcomes)
    reading.check("outcomes", _codes_missing({one.code for one in outcomes}, _outcome_codes()))
    campaigns = reading.read(
        "campaigns", lambda text, where: campaigns_in(text, where, surveys()), shipped.campaigns
    )
    if in_force:
        campaigns = _completed(campaigns, shipped.campaigns)
    reading.check("campaigns", _codes_missing({one.code for one in campaigns}, _campaign_codes()))
    if playbooks is not None:
        reading.check("campaigns", _without_script(campaigns, playbooks))
    calling = reading.read("calling_hours", calling_hours_in, shipped.calling)
    caps = reading.read("caps", lambda text, where: caps_in(text, where, outcomes), shipped.caps)
    tiers = reading.read("tiers", tier_rules_in, shipped.tiers)
    plans = reading.read(
        "care_plans", lambda text, where: care_plans_in(text, where, campaigns), care_plans()
    )
    timers = reading.read("case_timers", case_timers_in, shipped.timers)
    reading.check("case_timers", _codes_missing(_names_of(timers), _names_of(shipped.timers)))
    cases = reading.read(
        "complaints",
        lambda text, where: case_rules_in(text, where, campaigns, timers),
        shipped.cases,
    )
    reading.check("complaints", _codes_missing(_codes_of(cases), _codes_of(shipped.cases)))
    rulebook = shipped if {**texts, **files} == own else None
    if rulebook is None and not reading.faults:
        hours, every = release_of({**texts, **files})
        rulebook = Rulebook(
            release=every,
            calling_release=hours,
            calling=calling,
            outcomes=outcomes,
            campaigns=campaigns,
            caps=caps,
            tiers=tiers,
            timers=timers,
            cases=cases,
            day=shipped.day,
            searches=shipped.searches,
            board=shipped.board,
        )
    if reading.faults:
        rulebook = None
    return ReadRules(rulebook, outcomes, plans, tuple(reading.faults))


class _Reading:
    """Reads file after file and goes on after faults.

    Args:
        texts: of every file, by name.
        shipped: what the program ships of it, which is read already.
    """

    def __init__(self, texts: Mapping[str, str], shipped: Mapping[str, str]) -> None:
        self._texts = texts
        self._shipped = shipped
        self.faults: list[RuleFault] = []

    def read(self, name: str, reader: Callable[[str, str], R], instead: R) -> R:
        """What a file says; where it can't be read, the others are checked against the shipped."""
        if self._texts[name] == self._shipped[name]:
            return instead
        try:
            return reader(self._texts[name], FILES[name])
        except InputError as error:
            self._note(name, error)
            return instead

    def check(self, name: str, problems: Iterator[tuple[str, Said]]) -> None:
        """Notes what is wrong with entries of a file that could be read."""
        for code, problem in problems:
            where = f"{FILES[name]} ({code})"
            self._note(name, InputError("content_bad", where=where, problem=problem))

    def _note(self, name: str, error: InputError) -> None:
        self.faults.append(RuleFault(name, _line_of(self._texts[name], error), error))


def _completed(campaigns: Campaigns, shipped: Campaigns) -> Campaigns:
    """The campaigns with those that only the program has; the shop's own names come first."""
    known = {one.code for one in campaigns}
    missing = [one for one in shipped if one.code not in known]
    return Campaigns((*campaigns, *missing)) if missing else campaigns


def _codes_missing(known: Collection[str], needed: Collection[str]) -> Iterator[tuple[str, Said]]:
    """The program itself, its scripts and what is in the database name these codes."""
    for code in sorted(set(needed) - set(known)):
        yield code, Said("rule_files.code_missing", {"code": code})


def _without_script(campaigns: Campaigns, playbooks: Collection[str]) -> Iterator[tuple[str, Said]]:
    for campaign in campaigns:
        if campaign.playbook not in playbooks:
            yield campaign.code, Said("rule_files.no_script", {"playbook": campaign.playbook})


def _names_of(timers: Timers) -> list[str]:
    return [f"{row.regime} {row.step}" for row in timers]


def _codes_of(cases: CaseRules) -> list[str]:
    """Codes that stand in stored cases."""
    return [*cases.categories, *cases.causes, *cases.verdicts]


@cache
def _outcome_codes() -> frozenset[str]:
    return frozenset(one.code for one in load_shipped().outcomes)


@cache
def _campaign_codes() -> frozenset[str]:
    return frozenset(one.code for one in load_shipped().campaigns)


def _line_of(text: str, error: InputError) -> int:
    """Where a fault stands: what the reader says, else the entry that it names, else the top."""
    if "line" in error.params:
        return int(str(error.params["line"]))
    if found := _AT_LINE.search(str(error.params.get("problem", ""))):
        return int(found[1])
    where = str(error.params.get("where", ""))
    rows = text.split("\n")
    if entry := _ENTRY.match(where):
        heads = [n for n, row in enumerate(rows, 1) if row.strip() == f"[[{entry[1]}]]"]
        place = int(entry[2])
        return heads[place - 1] if 0 < place <= len(heads) else 1
    if code := _CODE.search(where):
        wanted = re.compile(rf'\s*code\s*=\s*"{re.escape(code[1])}"')
        return next((n for n, row in enumerate(rows, 1) if wanted.match(row)), 1)
    return 1
