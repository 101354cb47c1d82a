"""Cases: grumbles, complaints and appeals, how each stands, and who may do what with it.

House rules: whoever receives a case answers for it until somebody has accepted it; the customer's
verdict is asked by another than the one who handled the case; a case is closed without a verdict
only after as many documented attempts to get one as the rules ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.errors import RefusedError
from domain.permissions import Actor, allowed, require


class Weight(StrEnum):
    """How heavy it is: noted and answered within a day, worked as a case, or by the book."""

    GRUMBLE = "grumble"
    COMPLAINT = "complaint"
    APPEAL = "appeal"


class Level(StrEnum):
    """Where the customer took it, from the lowest to the highest."""

    LOCAL = "local"
    SKIP_LEVEL = "skip_level"
    REGULATOR = "regulator"


LEVELS: Final = tuple(Level)


class Status(StrEnum):
    """How far it is; `withdrawn` is one whose opening was taken back."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


LIVE: Final = (Status.OPEN, Status.IN_PROGRESS, Status.WAITING, Status.REOPENED)
"""Statuses in which somebody has to do something."""


def fitting(weight: Weight, level: Level) -> tuple[Weight, Level]:
    """Weight and level that go together: a grumble is local; an appeal is what the regulator has.

    A complaint with the regulator becomes an appeal, and an appeal's level is the regulator's.
    """
    if weight is Weight.GRUMBLE:
        return weight, Level.LOCAL
    if Weight.APPEAL is weight or level is Level.REGULATOR:
        return Weight.APPEAL, Level.REGULATOR
    return weight, level


class EntryKind(StrEnum):
    """What can happen to a case; every one of them is an entry of its diary."""

    OPENED = "opened"
    RAISED = "raised"
    NOTE = "note"
    CALL = "call"
    HANDOVER_OFFERED = "handover_offered"
    HANDOVER_ACCEPTED = "handover_accepted"
    HANDOVER_DECLINED = "handover_declined"
    HANDOVER_WITHDRAWN = "handover_withdrawn"
    ESCALATED = "escalated"
    DEESCALATED = "deescalated"
    TIMER_STARTED = "timer_started"
    TIMER_MET = "timer_met"
    TIMER_STOPPED = "timer_stopped"
    PAUSED = "paused"
    RESUMED = "resumed"
    SLIP_SENT = "slip_sent"
    SLIP_ANSWERED = "slip_answered"
    SLIP_WITHDRAWN = "slip_withdrawn"
    INSPECTION = "inspection"
    UNDERSTANDING = "understanding"
    OFFER = "offer"
    RESOLUTION = "resolution"
    VERDICT_TRY = "verdict_try"
    VERDICT = "verdict"
    REVIEW = "review"
    CLOSED = "closed"
    REOPENED = "reopened"
    CHANGED = "changed"


NOTES: Final = (EntryKind.NOTE, EntryKind.INSPECTION, EntryKind.UNDERSTANDING)
"""What a person may write into the diary by hand."""


class Act(StrEnum):
    """What a person can do with a case."""

    NOTE = "note"
    CHANGE = "change"
    RAISE = "raise"
    OFFER_HANDOVER = "offer_handover"
    TAKE_OVER = "take_over"
    ANSWER_HANDOVER = "answer_handover"
    WITHDRAW_HANDOVER = "withdraw_handover"
    ESCALATE = "escalate"
    DEESCALATE = "deescalate"
    TIMERS = "timers"
    RESOLVE = "resolve"
    TRY_VERDICT = "try_verdict"
    VERDICT = "verdict"
    REVIEW = "review"
    CLOSE = "close"
    REOPEN = "reopen"


_OVER: Final = frozenset([Act.NOTE, Act.REVIEW, Act.REOPEN])
"""What can still be done with a closed case."""
_ANYBODY: Final[Mapping[Act, str]] = {
    Act.NOTE: "complaints.note",
    Act.REOPEN: "complaints.open",
    Act.TRY_VERDICT: "complaints.note",
    Act.VERDICT: "complaints.note",
}
"""What whoever speaks with the customer may do, whosever case it is."""
_CASES_ONLY: Final = frozenset(
    [Act.ESCALATE, Act.DEESCALATE, Act.TRY_VERDICT, Act.VERDICT, Act.REVIEW]
)
"""What a grumble has none of."""


@dataclass(frozen=True, slots=True)
class CaseState:
    """What of a case decides who may do what.

    Attributes:
        weight: grumble, complaint or appeal.
        level: where the customer took it.
        status: how far it is.
        owner_id: who answers for it.
        handover_to: whom the owner has asked to take it over; none where nobody is asked.
        handlers: who had a hand in it: the owner, and who wrote the resolution.
        resolved: whether a resolution is written.
        verdict: code of the customer's verdict on it; none before.
        verdict_closes: whether that verdict lets the case be closed.
        tries: documented attempts to get a verdict on this resolution.
        tries_asked: how many are asked for before the case is closed without one.
        alone: whether nobody else works at this desk who could ask for the verdict.
    """

    weight: Weight
    level: Level
    status: Status
    owner_id: int | None
    handover_to: int | None = None
    handlers: frozenset[int] = frozenset()
    resolved: bool = False
    verdict: str | None = None
    verdict_closes: bool = False
    tries: int = 0
    tries_asked: int = 3
    alone: bool = False

    @property
    def live(self) -> bool:
        """Whether somebody has to do something."""
        return self.status in LIVE

    @property
    def wants_verdict(self) -> bool:
        """Whether somebody else has to ask the customer what they think of the resolution."""
        asked = self.weight is Weight.GRUMBLE or self.verdict is not None
        return self.live and self.resolved and not asked and self.tries < self.tries_asked


def refusal(act: Act, case: CaseState, actor: Actor) -> RefusedError | None:
    """Why an actor may not do something with a case at this moment; none where they may."""
    return _by_status(act, case) or _by_role(act, case, actor) or _by_course(act, case, actor)


def require_act(act: Act, case: CaseState, actor: Actor) -> None:
    """Refuses an act unless the case and the actor's rights allow it.

    Raises:
        RefusedError: `not_allowed`; `case_withdrawn`, `case_closed`, `case_not_closed`;
            `case_grumble` for what only a case has, `case_no_grumble`; `case_not_yours`,
            `case_regulator_not_yours`; `case_not_offered` (to the actor), `case_offer_none`;
            `case_level_highest`, `case_level_lowest`; `case_no_resolution`;
            `case_verdict_by_handler`; `case_verdict_missing` (tries, asked);
            `case_verdict_against`.
    """
    error = refusal(act, case, actor)
    if error is not None:
        raise error


def acts_allowed(case: CaseState, actor: Actor) -> frozenset[Act]:
    """Everything that an actor may do with a case at this moment."""
    return frozenset(act for act in Act if refusal(act, case, actor) is None)


def verdict_needs_lead(case: CaseState) -> bool:
    """Whether closing goes against the customer's last word, which only a lead may do."""
    return case.verdict is not None and not case.verdict_closes


def _by_status(act: Act, case: CaseState) -> RefusedError | None:
    if case.status is Status.WITHDRAWN:
        return RefusedError("case_withdrawn")
    if case.status is Status.CLOSED and act not in _OVER:
        return RefusedError("case_closed")
    if case.status is not Status.CLOSED and act is Act.REOPEN:
        return RefusedError("case_not_closed")
    grumble = case.weight is Weight.GRUMBLE
    if grumble and act in _CASES_ONLY:
        return RefusedError("case_grumble")
    if not grumble and act is Act.RAISE:
        return RefusedError("case_no_grumble")
    return None


def _by_role(act: Act, case: CaseState, actor: Actor) -> RefusedError | None:
    try:
        require(actor, _ANYBODY.get(act, "complaints.handle"))
    except RefusedError as error:
        return error
    mine = case.owner_id == actor.operator_id
    if act in _ANYBODY or mine or (act is Act.ANSWER_HANDOVER):
        return None
    if case.level is Level.REGULATOR and not allowed(actor.role, "complaints.regulator_others"):
        return RefusedError("case_regulator_not_yours")
    if not allowed(actor.role, "complaints.handle_others"):
        return RefusedError("case_not_yours")
    return None


def _by_course(act: Act, case: CaseState, actor: Actor) -> RefusedError | None:
    match act:
        case Act.TAKE_OVER if case.owner_id == actor.operator_id:
            return RefusedError("case_yours_already")
        case Act.ANSWER_HANDOVER if case.handover_to != actor.operator_id:
            return RefusedError("case_not_offered")
        case Act.WITHDRAW_HANDOVER if case.handover_to is None:
            return RefusedError("case_offer_none")
        case Act.ESCALATE if case.level is LEVELS[-1]:
            return RefusedError("case_level_highest")
        case Act.DEESCALATE if case.level is LEVELS[0]:
            return RefusedError("case_level_lowest")
        case Act.TRY_VERDICT | Act.VERDICT:
            if not case.resolved:
                return RefusedError("case_no_resolution")
            if actor.operator_id in case.handlers and not case.alone:
                return RefusedError("case_verdict_by_handler")
        case Act.CLOSE:
            return _closing(case, actor)
    return None


def _closing(case: CaseState, actor: Actor) -> RefusedError | None:
    if not case.resolved:
        return RefusedError("case_no_resolution")
    if case.weight is Weight.GRUMBLE:
        return None
    if case.verdict is None and case.tries < case.tries_asked:
        return RefusedError("case_verdict_missing", tries=case.tries, asked=case.tries_asked)
    if verdict_needs_lead(case) and not allowed(actor.role, "complaints.handle_others"):
        return RefusedError("case_verdict_against")
    return None
