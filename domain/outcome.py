"""How a call can end, and what each ending means for the callback, the number and the person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from domain.aapor import Standard
from domain.bilingual import Bilingual
from domain.entry import Entry
from domain.errors import InputError
from domain.said import Said


class OutcomeType(StrEnum):
    """What sort of ending it is; a flag is no ending but is noted beside one."""

    FINAL = "final"
    RETRY = "retry"
    APPOINTMENT = "appointment"
    REFUSAL = "refusal"
    SUPERVISOR = "supervisor"
    DATA = "data"
    SAME_CALL = "same-call"
    FLAG = "flag"


class TimeAsked(StrEnum):
    """Whether the finish modal asks for a time that the customer named."""

    NO = "no"
    OFFERED = "offered"
    REQUIRED = "required"


class Then(StrEnum):
    """What becomes of the callback: `repair` tries another number, else the data is repaired."""

    DONE = "done"
    RETRY = "retry"
    SAME_CALL = "same-call"
    REPAIR = "repair"


class PartRule(StrEnum):
    """Which day-part a retry wants: any, another than now, or another that was not tried yet."""

    ANY = "any"
    OTHER = "other"
    UNTRIED = "untried"


class Assigned(StrEnum):
    """Who makes the next attempt.

    `keep` leaves the assignment as it is; `same` is the operator of this call; `pool` is anybody;
    `other` is anybody but the operator of this call; `named` is the colleague whom the finish
    names; `speaker` is a colleague who speaks the customer's language, else `other`.
    """

    KEEP = "keep"
    SAME = "same"
    POOL = "pool"
    OTHER = "other"
    NAMED = "named"
    SPEAKER = "speaker"


class Notice(StrEnum):
    """When a text that announces the next call is offered for copying."""

    NO = "no"
    FIRST = "first"
    ALWAYS = "always"


class Per(StrEnum):
    """Over what an outcome is counted: the customer's day, or the whole callback."""

    DAY = "day"
    CALLBACK = "callback"


class NumberEffect(StrEnum):
    """What a result says about the number of its leg; the values are statuses of a number."""

    NONE = "none"
    WRONG = "wrong"
    DEAD = "dead"
    SUSPENDED = "suspended"
    FAX = "fax"
    CHANGED = "changed"


class PersonEffect(StrEnum):
    """What a result says about the person."""

    NONE = "none"
    DO_NOT_CALL = "do-not-call"
    DECEASED = "deceased"
    SOLD_ASSET = "sold-asset"


@dataclass(frozen=True, slots=True)
class NextRule:
    """The default next step of an outcome.

    Attributes:
        then: what becomes of the callback.
        minutes: least wait before a retry.
        days: wait before a retry in days of the customer's calendar, at the same wall time.
        part: the day-part that the retry wants.
        assigned: who makes it.
        notice: whether a text that announces it is offered.
        tell_lead: whether the team's lead is told.
        times: how often this rule holds before `otherwise` does; 0 is without limit.
        per: over what `times` is counted.
        otherwise: the rule once `times` is used up.
    """

    then: Then
    minutes: int = 0
    days: int = 0
    part: PartRule = PartRule.ANY
    assigned: Assigned = Assigned.KEEP
    notice: Notice = Notice.NO
    tell_lead: bool = False
    times: int = 0
    per: Per = Per.CALLBACK
    otherwise: NextRule | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a call, or a leg of it, can end.

    Attributes:
        code: what is stored, such as `no-answer`.
        key: the key of the finish modal: a digit or letter, unique.
        other_key: a second key that is not a letter: a sign, or `f2` to `f12`; none if "".
        name: what the operator reads.
        aapor: the code of the AAPOR standard definitions; "" where none applies. `2.0`, `3.0`,
            `4.0` stand for a whole family.
        aapor_contacted: the code instead, once a person was reached in any attempt; "" if alike.
        kind: the sort of ending.
        contacted: whether a human answered.
        needs_note: whether the finish asks for a note before it is accepted.
        time: whether the finish asks for the time that the customer named.
        counts_attempt: whether the call counts against the attempt cap.
        by_rule: set by a rule of the desk only, never chosen by a person.
        leg: whether it may also be the result of one number within a call.
        number: what it says about the number.
        person: what it says about the person.
        next: the default next step; none for a flag.
    """

    code: str
    key: str
    other_key: str
    name: Bilingual
    aapor: str
    aapor_contacted: str
    kind: OutcomeType
    contacted: bool
    needs_note: bool
    time: TimeAsked
    counts_attempt: bool
    by_rule: bool
    leg: bool
    number: NumberEffect
    person: PersonEffect
    next: NextRule | None

    @property
    def rang(self) -> bool:
        """Whether a telephone rang: it did unless the trouble was on our own side."""
        return self.contacted or self.counts_attempt


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    """All outcomes in the order in which the finish modal shows them.

    `standard` holds the checked codes of the AAPOR standard; only these are shown as such.
    """

    outcomes: tuple[Outcome, ...]
    standard: Standard = field(default_factory=Standard)

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.outcomes)

    def __getitem__(self, code: str) -> Outcome:
        """The outcome of a code.

        Raises:
            InputError: `outcome_unknown`.
        """
        for outcome in self.outcomes:
            if outcome.code == code:
                return outcome
        raise InputError("outcome_unknown", outcome=code)

    def name_of(self, code: str) -> Bilingual:
        """What people read of an outcome; the code itself where the rules have it no more."""
        found = next((one for one in self.outcomes if one.code == code), None)
        return Bilingual(code, code) if found is None else found.name

    def said(self, code: str) -> Said:
        """An outcome in words, with its code of the AAPOR standard and whether it was checked."""
        found = next((one for one in self.outcomes if one.code == code), None)
        if found is None or not found.aapor:
            return Said("outcome.plain", {"outcome": self.name_of(code)})
        given = {"outcome": found.name, "aapor": self.standard.said(found.aapor)}
        return Said("outcome.with_code", given)

    def ending(self, code: str) -> Outcome:
        """The outcome of a code with which a person may end a call.

        Raises:
            InputError: `outcome_unknown`, or `outcome_no_ending` for flags and for those that only
                a rule sets.
        """
        outcome = self[code]
        if outcome.next is None or outcome.by_rule:
            raise InputError("outcome_no_ending", outcome=code)
        return outcome

    def flag(self, code: str) -> Outcome:
        """The flag of a code.

        Raises:
            InputError: `outcome_unknown`, or `outcome_no_flag` for an ending.
        """
        outcome = self[code]
        if outcome.kind is not OutcomeType.FLAG:
            raise InputError("outcome_no_flag", outcome=code)
        return outcome

    def by_key(self, key: str) -> Outcome | None:
        """The outcome of a key of the finish modal; none where the key means nothing.

        Args:
            key: a character, or the name of a function key.
        """
        for outcome in self.outcomes:
            if key in (outcome.key, outcome.other_key) and key:
                return outcome
        return None

    @property
    def endings(self) -> tuple[Outcome, ...]:
        """What the finish modal offers."""
        return tuple(one for one in self.outcomes if one.next is not None and not one.by_rule)

    @property
    def flags(self) -> tuple[Outcome, ...]:
        """What can be noted beside any ending: a grumble, a complaint, praise."""
        return tuple(one for one in self.outcomes if one.kind is OutcomeType.FLAG)

    @property
    def legs(self) -> tuple[Outcome, ...]:
        """What can come of one number within a call."""
        return tuple(one for one in self.outcomes if one.leg)


def outcome_table(data: object, where: str) -> OutcomeTable:
    """The table of a parsed data file: a list `outcome` of tables.

    Args:
        data: the parsed file.
        where: its name, for errors.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    file = Entry(where, data)
    table = OutcomeTable(tuple(_outcome(record) for record in file.entries("outcome")))
    file.close()
    _check_unique(file, table)
    return table


def _outcome(record: Entry) -> Outcome:
    code = record.text("code")
    record.where = f"{record.where} ({code})"
    kind = record.one_of("type", OutcomeType)
    by_rule = record.flag("by_rule", default=False)
    rule = None if kind is OutcomeType.FLAG else _next_rule(record.entry("next"))
    outcome = Outcome(
        code=code,
        key="" if by_rule else record.text("key"),
        other_key=record.text("other_key") if record.has("other_key") else "",
        name=record.both("name"),
        aapor=record.text("aapor") if record.has("aapor") else "",
        aapor_contacted=record.text("aapor_contacted") if record.has("aapor_contacted") else "",
        kind=kind,
        contacted=record.flag("contacted", default=False),
        needs_note=record.flag("needs_note", default=False),
        time=record.one_of("time", TimeAsked, TimeAsked.NO),
        counts_attempt=record.flag("counts_attempt", default=True),
        by_rule=by_rule,
        leg=record.flag("leg", default=False),
        number=record.one_of("number", NumberEffect, NumberEffect.NONE),
        person=record.one_of("person", PersonEffect, PersonEffect.NONE),
        next=rule,
    )
    record.close()
    return outcome


def _next_rule(record: Entry) -> NextRule:
    rule = NextRule(
        then=record.one_of("then", Then, Then.RETRY),
        minutes=record.whole("minutes", 0),
        days=record.whole("days", 0),
        part=record.one_of("part", PartRule, PartRule.ANY),
        assigned=record.one_of("assigned", Assigned, Assigned.KEEP),
        notice=record.one_of("notice", Notice, Notice.NO),
        tell_lead=record.flag("tell_lead", default=False),
        times=record.whole("times", 0),
        per=record.one_of("per", Per, Per.CALLBACK),
        otherwise=_next_rule(record.entry("otherwise")) if record.has("otherwise") else None,
    )
    record.close()
    if bool(rule.times) != (rule.otherwise is not None):
        raise record.bad(Said("rules.bad.times_without_otherwise"))
    return rule


def _check_unique(file: Entry, table: OutcomeTable) -> None:
    codes: set[str] = set()
    keys: set[str] = set()
    for outcome in table:
        mine = [key for key in (outcome.key, outcome.other_key) if key]
        twice = [outcome.code] if outcome.code in codes else [key for key in mine if key in keys]
        if twice:
            raise file.bad(Said("rules.bad.twice", {"value": twice[0]}))
        codes.add(outcome.code)
        keys.update(mine)
