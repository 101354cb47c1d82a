"""What becomes of a promise: decided by what happened, never by a tick."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.outcome import Outcome, OutcomeType
from domain.said import Said

TOLERANCE: Final = timedelta(minutes=5)
"""How late a call may be and still be on time; house rule, by the desk's one clock."""


class PromiseKind(StrEnum):
    """What was promised: that we ring, that something is done, or that something is answered."""

    CALL = "call"
    DEED = "deed"
    REPLY = "reply"


class PromiseState(StrEnum):
    """Where a promise stands; `broken` turns into `late` once it is made good."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class PromiseEvent(StrEnum):
    """What the history of a promise tells.

    `told_again` is the same promise in another word of the same call, which makes no second one;
    `taken_over` passes it to the outcome in force, `handed_back` to the late one. `told` and
    `let_off` are what was said to or by the customer about it; `undone` and `reopened` are a call
    that was taken back.
    """

    MADE = "made"
    TOLD_AGAIN = "told_again"
    TAKEN_OVER = "taken_over"
    HANDED_BACK = "handed_back"
    TOLD = "told"
    LET_OFF = "let_off"
    BROKEN = "broken"
    KEPT = "kept"
    LATE = "late"
    WITHDRAWN = "withdrawn"
    OWNER = "owner"
    NEXT_CALL = "next_call"
    UNDONE = "undone"
    REOPENED = "reopened"


class EvidenceKind(StrEnum):
    """The facts that can fulfil a promised deed; none is a mere tick.

    A call in which the customer was told, a dispatch slip that was answered, an appointment that
    was noted, or an entry in the diary of a case.
    """

    CALL = "call"
    SLIP = "slip"
    BOOKING = "booking"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The fact that fulfils a promise: its kind and the number under which the desk keeps it."""

    kind: EvidenceKind
    id: int


class Happening(StrEnum):
    """What can happen to a promise."""

    CALLED = "called"
    DONE = "done"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event that bears on a promise.

    Attributes:
        what: we rang the customer (answered or not), the deed was done, or the customer let us
            off.
        at: the instant, aware.
    """

    what: Happening
    at: datetime


def promise_state(
    kind: PromiseKind,
    *,
    made_at: datetime,
    due_at: datetime | None,
    happened: Iterable[Happened],
    now: datetime,
) -> PromiseState:
    """Where a promise stands.

    An attempt to ring keeps a promised call, whoever answers: what we promised is that we ring.

    Args:
        kind: what was promised.
        made_at: when, aware; what happened before bears on nothing.
        due_at: by when, aware; none for a promise with a condition instead of a date.
        happened: the events that bear on it, in any order; those after `now` are not looked at.
        now: the instant of asking, aware.
    """
    fulfils = fulfilled_by(kind)
    seen = sorted((one for one in happened if made_at <= one.at <= now), key=lambda one: one.at)
    for one in seen:
        if one.what is fulfils:
            return settled_as(due_at, one.at)
        if one.what is Happening.WITHDRAWN:
            return PromiseState.WITHDRAWN
    if due_at is not None and now > due_at + TOLERANCE:
        return PromiseState.BROKEN
    return PromiseState.OPEN


def fulfilled_by(kind: PromiseKind) -> Happening:
    """What fulfils a promise of a kind: ringing, or the deed."""
    return Happening.CALLED if kind is PromiseKind.CALL else Happening.DONE


def tells(outcome: Outcome) -> bool:
    """Whether a call that ended so had the customer told all: it was talked to its end."""
    return outcome.kind is OutcomeType.FINAL and outcome.contacted and outcome.aapor.startswith("1")


def settled_as(due_at: datetime | None, at: datetime) -> PromiseState:
    """Kept or late: what a promise becomes by what fulfilled it at an instant."""
    late = due_at is not None and at > due_at + TOLERANCE
    return PromiseState.LATE if late else PromiseState.KEPT


def left_said(due_at: datetime, now: datetime) -> Said:
    """How long there is left, or for how long it has been overdue, in at most two units."""
    seconds = int((due_at - now).total_seconds())
    minutes = abs(seconds) // 60
    when = "left" if seconds >= 0 else "over"
    days, hours = minutes // (24 * 60), minutes // 60
    if days:
        return Said(f"promise.{when}.days", {"days": days, "hours": hours % 24})
    if hours:
        return Said(f"promise.{when}.hours", {"hours": hours, "minutes": minutes % 60})
    if not minutes:
        return Said("promise.now")
    return Said(f"promise.{when}.minutes", {"minutes": minutes})
