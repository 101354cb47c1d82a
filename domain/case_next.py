"""The next action of a case: what, by when, and whose. An open case always has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.bilingual import Bilingual
from domain.case import CaseState
from domain.case_rules import Course


class NextKind(StrEnum):
    """What is to be done next.

    `look`: nobody can be rung and no limit runs, so somebody looks at the case.
    """

    CALL = "call"
    TIMER = "timer"
    SLIP = "slip"
    VERDICT = "verdict"
    CLOSE = "close"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Coming:
    """Something of a case that has a time.

    Attributes:
        at: UTC instant.
        whose: the operator whose it is; none for whoever is free.
        what: the limit or the department, for people; none for a call.
        id: its row.
    """

    at: datetime
    whose: int | None = None
    what: Bilingual | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class NextAction:
    """The next action.

    Attributes:
        kind: what.
        by: UTC instant.
        whose: operator id; none for whoever is free, or for any but the handlers (verdict).
        what: the limit or department that waits, for people.
        overdue: whether its time is over.
        reachable: whether a call about the case is planned; where not, nobody can be rung.
    """

    kind: NextKind
    by: datetime
    whose: int | None
    what: Bilingual | None
    overdue: bool
    reachable: bool


def next_action(
    case: CaseState,
    course: Course,
    *,
    now: datetime,
    changed_at: datetime,
    calls: Sequence[Coming],
    timers: Sequence[Coming],
    slips: Sequence[Coming],
) -> NextAction | None:
    """The next action of a case; none once it is closed or withdrawn.

    Args:
        case: how it stands.
        course: how cases go on.
        now: UTC instant.
        changed_at: when it was changed last (UTC).
        calls: open callbacks about it.
        timers: our own limits that run.
        slips: replies that departments owe.
    """
    if not case.live:
        return None
    reachable = bool(calls)

    def made(kind: NextKind, one: Coming) -> NextAction:
        return NextAction(kind, one.at, one.whose, one.what, one.at < now, reachable)

    if case.wants_verdict:
        asked = min(calls, key=_at, default=Coming(changed_at + course.verdict))
        return made(NextKind.VERDICT, asked)
    if case.resolved and (case.verdict is None or case.verdict_closes):
        return made(NextKind.CLOSE, Coming(changed_at + course.verdict, case.owner_id))
    coming = [
        *((one.at, 0, NextKind.CALL, one) for one in calls),
        *((one.at, 1, NextKind.TIMER, one) for one in timers),
        *((one.at, 2, NextKind.SLIP, one) for one in slips),
    ]
    if not coming:
        return made(NextKind.LOOK, Coming(changed_at + course.silent, case.owner_id))
    _, _, kind, first = min(coming, key=lambda one: one[:2])
    return made(kind, first)


def _at(one: Coming) -> datetime:
    return one.at
