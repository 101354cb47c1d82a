"""What an operator decides at the end of a call, as plain values, and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Final, Literal

from domain.chance import GivenChance
from domain.gap import GivenGap


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer as it is stored.

    Attributes:
        survey: the survey's id.
        version: the survey's version.
        question: the question's id.
        status: `answered`, `dont_know`, `refused` or `not_applicable`.
        number: a scale value or number; yes is 1 and no is 0.
        text: open text, or a date as ISO text.
        choices: the ids of the options chosen.
    """

    survey: str
    version: str
    question: str
    status: str
    number: float | None = None
    text: str | None = None
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class GivenScore:
    """A satisfaction score of this call: metric, value, from how many answers."""

    metric: str
    value: float
    n: int


@dataclass(frozen=True, slots=True)
class GivenUse:
    """A step, wording, objection or rung that was put before the operator.

    `wording` is the fingerprint of the words, the same in every version that has them; `shown` is
    their place (from 1) in the order that the call offered.
    """

    kind: str
    playbook: str
    version: str
    step: str
    variant: int | None
    language: str
    result: str | None = None
    wording: str = ""
    shown: int | None = None


@dataclass(frozen=True, slots=True)
class GivenPromise:
    """What we promised: by an instant (UTC), or under a condition.

    `kind` is `call` (that we ring: it makes a callback) or `deed` (that something is done: it makes
    a callback too, so that somebody tells the customer). An agreed call alone has no text.
    """

    text: str
    due_at: datetime | None = None
    condition: str | None = None
    kind: Literal["call", "deed"] = "call"


@dataclass(frozen=True, slots=True)
class GivenWord:
    """What was said in the call about a promise that we owe.

    `told`: the customer was told what was done; `let_off`: the customer let us off. Either is said
    in words, `text`.
    """

    promise_id: int
    what: Literal["told", "let_off"]
    text: str


@dataclass(frozen=True, slots=True)
class GivenWish:
    """A wish of the customer and what became of it: open, accepted, shelved or refused.

    `wish_id` names the stored wish of a case that this says something new about; `need` is what
    kind of need it is: basic, expected or delight.
    """

    text: str
    state: str
    possible: bool | None = None
    reason: str | None = None
    offer: str | None = None
    answer_by: datetime | None = None
    wish_id: int | None = None
    need: str | None = None


@dataclass(frozen=True, slots=True)
class GivenComplaint:
    """A grumble (answered within a day, department named) or a complaint that was noted.

    `level` is local, skip_level or regulator; a grumble is always local, and what is with the
    regulator is an appeal. `cause` and `category` are codes of the rules of cases, `customer_class`
    is A to D, and `notice_due` is the date or instant that a regulator's notice names.
    """

    weight: Literal["grumble", "complaint", "appeal"]
    description: str
    category: str | None = None
    department: str | None = None
    level: Literal["local", "skip_level", "regulator"] = "local"
    cause: str | None = None
    customer_class: str | None = None
    notice_due: date | datetime | None = None


BY_DEFAULT: Final = "by-default"
"""The flag of an outcome that the desk saved by itself at the end of wrap-up."""

Recovery = Literal["grumble", "case", "skipped"]
"""What became of a customer who was unhappy at the end of a call."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome of a further callback of the same person, settled in the same call."""

    callback_id: int
    outcome: str
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewNumber:
    """A number that the customer gave: E.164, extension, country, kind and zones."""

    e164: str
    extension: str
    country: str | None
    kind: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextOwner:
    """Who makes an agreed call in the place of the one who agreed to it; none for the pool."""

    operator_id: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """How a call ended; instants in UTC.

    Attributes:
        uuid: the client's own; a repeat with the same content gives the first result.
        outcome: code of the ending.
        next_at: when to ring again, where the customer named it.
        note: what the operator wrote.
        mood_start: light at the start: red, yellow or green.
        mood_end: light at the end.
        answers: to the survey.
        scores: of this call.
        uses: of the script.
        promises: made in the call.
        owed: what was said about earlier promises.
        wishes: heard in the call.
        chances: heard in the call.
        gaps: what was expected and what was received, factor by factor.
        flags: praise and the like, noted beside any ending.
        complaint: a grumble or complaint.
        settled: further callbacks of this person.
        phone_id: the number that the ending speaks of; the last leg's unless given.
        new_number: another number of the person.
        colleague: login of the colleague, where the outcome names one.
        recovery: what became of an unhappy customer; none for one who was not.
        recovery_reason: why such a one was left without a grumble and without a case.
        next_owner: who makes the agreed call; none for the one who agreed to it.
    """

    uuid: str
    outcome: str
    next_at: datetime | None = None
    note: str | None = None
    mood_start: str | None = None
    mood_end: str | None = None
    answers: tuple[GivenAnswer, ...] = ()
    scores: tuple[GivenScore, ...] = ()
    uses: tuple[GivenUse, ...] = ()
    promises: tuple[GivenPromise, ...] = ()
    owed: tuple[GivenWord, ...] = ()
    wishes: tuple[GivenWish, ...] = ()
    chances: tuple[GivenChance, ...] = ()
    gaps: tuple[GivenGap, ...] = ()
    flags: tuple[str, ...] = ()
    complaint: GivenComplaint | None = None
    settled: tuple[Settled, ...] = ()
    phone_id: int | None = None
    new_number: NewNumber | None = None
    colleague: str | None = None
    recovery: Recovery | None = None
    recovery_reason: str | None = None
    next_owner: NextOwner | None = None

    def fingerprint(self, call_id: int) -> str:
        """Tells a repeat from another content under the same uuid: SHA-256 over all values."""
        values = asdict(self)
        if self.next_owner is None:
            # As an earlier program wrote it, so that its repeat is known for one.
            del values["next_owner"]
        plain = json.dumps(
            {"call": call_id, **values}, default=_plain, sort_keys=True, ensure_ascii=False
        )
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no plain value: {value!r}")
