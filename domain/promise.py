"""What becomes of a promise: decided by what happened, never by a tick."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

TOLERANCE: Final = timedelta(minutes=5)
"""How late a call may be and still be on time; house rule, by the desk's one clock."""


class PromiseKind(StrEnum):
    """What was promised: that we ring, or that something is done."""

    CALL = "call"
    DEED = "deed"


class PromiseState(StrEnum):
    """Where a promise stands; `broken` turns into `late` once it is made good."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


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
    fulfils = Happening.CALLED if kind is PromiseKind.CALL else Happening.DONE
    seen = sorted((one for one in happened if made_at <= one.at <= now), key=lambda one: one.at)
    for one in seen:
        if one.what is fulfils:
            late = due_at is not None and one.at > due_at + TOLERANCE
            return PromiseState.LATE if late else PromiseState.KEPT
        if one.what is Happening.WITHDRAWN:
            return PromiseState.WITHDRAWN
    if due_at is not None and now > due_at + TOLERANCE:
        return PromiseState.BROKEN
    return PromiseState.OPEN
