"""The end of a case: resolution, the customer's verdict, review, closing, and reopening."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from db.case_follow import call_by, level_rule
from db.case_hand import CaseInHand
from db.case_limits import contact_happened, limits_of, start_bound, stop_limits
from db.cases import choice, needed_reason, on_case, said_text, written
from db.engine import Database
from db.tables import operator
from db.transaction import Unit
from domain.case import Act, EntryKind, Status, Weight, verdict_needs_lead
from domain.errors import InputError
from domain.permissions import Actor


def resolve(
    database: Database,
    actor: Actor,
    case_id: int,
    text: str,
    *,
    told: bool = False,
    at: datetime | None = None,
    version: int | None = None,
) -> int:
    """Writes what was done for the customer; a verdict on an earlier resolution counts no more.

    Of a case it plans the call in which somebody else asks for the verdict. Returns the version.

    Args:
        database: the database.
        actor: the owner or a lead.
        case_id: the case.
        text: what was done.
        told: whether the customer knows it already; else the next talk with them tells it.
        at: when the customer was told (UTC); now unless given.
        version: the version that the actor has seen.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_text_missing`, `case_ahead`.
    """
    words = written(text)

    def work(case: CaseInHand) -> None:
        when = at or case.unit.now
        if when > case.unit.now:
            raise InputError("case_ahead", at=when)
        case.change(resolution=words, verdict=None, verdict_by=None, verdict_at=None)
        case.begin_work()
        case.enter(EntryKind.RESOLUTION, {"told": told}, words)
        if told:
            contact_happened(case, when, answered=True)
        if case.row["weight"] != Weight.GRUMBLE:
            avoid = None if case.state.alone else actor.operator_id
            by = case.unit.now + case.rulebook.cases.course.verdict
            call_by(case, by, level_rule(case).onward, avoid=avoid)

    return on_case(
        database, actor, case_id, Act.RESOLVE, work, version=version, action="case_resolved"
    )


def try_verdict(
    database: Database,
    actor: Actor,
    case_id: int,
    text: str,
    *,
    at: datetime | None = None,
    version: int | None = None,
) -> int:
    """Documents an attempt to get the verdict that came to nothing. Returns the version.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_text_missing`, `case_ahead`.
    """
    words = written(text)

    def work(case: CaseInHand) -> None:
        when = at or case.unit.now
        if when > case.unit.now:
            raise InputError("case_ahead", at=when)
        case.enter(EntryKind.VERDICT_TRY, {}, words, at=when)

    return on_case(
        database,
        actor,
        case_id,
        Act.TRY_VERDICT,
        work,
        version=version,
        action="case_verdict_tried",
    )


def give_verdict(
    database: Database,
    actor: Actor,
    case_id: int,
    verdict: str,
    *,
    text: str | None = None,
    version: int | None = None,
) -> int:
    """Records the customer's verdict, asked by somebody else than the handler.

    One that does not close the case asks for another resolution. Returns the version.

    Args:
        database: the database.
        actor: who asked.
        case_id: the case.
        verdict: a code of `content/complaints.toml`.
        text: the customer's words.
        version: the version that the actor has seen.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_code_unknown`.
    """
    code = choice("verdict", verdict, tuple(database.rulebook.cases.verdicts))

    def work(case: CaseInHand) -> None:
        case.change(verdict=code, verdict_by=actor.operator_id, verdict_at=case.unit.now)
        data = {"verdict": code, "alone": case.state.alone}
        case.enter(EntryKind.VERDICT, data, said_text(text))
        contact_happened(case, case.unit.now, answered=True)
        if not case.rulebook.cases.verdicts[code].closes:
            rule = level_rule(case)
            call_by(case, case.unit.now + rule.first, rule.onward)

    return on_case(
        database, actor, case_id, Act.VERDICT, work, version=version, action="case_verdict"
    )


def review_case(
    database: Database, actor: Actor, case_id: int, text: str, *, version: int | None = None
) -> int:
    """Writes what we learn from a case; before or after it is closed. Returns the version.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_text_missing`.
    """
    words = written(text)

    def work(case: CaseInHand) -> None:
        case.change(review=words)
        case.enter(EntryKind.REVIEW, {}, words)

    return on_case(
        database, actor, case_id, Act.REVIEW, work, version=version, action="case_reviewed"
    )


def close_case(
    database: Database,
    actor: Actor,
    case_id: int,
    *,
    reason: str | None = None,
    version: int | None = None,
) -> int:
    """Closes a case: upon its verdict, or without one after the documented attempts.

    Limits that still run are let go, calls that were not promised are cancelled, an offer to hand
    it over is withdrawn. Returns the version.

    Args:
        database: the database.
        actor: the owner or a lead.
        case_id: the case.
        reason: needed from a lead who closes it against the customer's verdict.
        version: the version that the actor has seen.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_reason_missing`.
    """

    def work(case: CaseInHand) -> None:
        state = case.state
        words = needed_reason(reason) if verdict_needs_lead(state) else said_text(reason)
        if case.row["handover_to"] is not None:
            case.enter(EntryKind.HANDOVER_WITHDRAWN, {"to": case.row["handover_to"]})
        running = limits_of(case.unit, [case.id], running=True)[case.id]
        stop_limits(case, running, "closed")
        case.change(handover_to=None, status=str(Status.CLOSED), closed_at=case.unit.now)
        case.enter(EntryKind.CLOSED, {"verdict": state.verdict, "tries": state.tries}, words)

    return on_case(database, actor, case_id, Act.CLOSE, work, version=version, action="case_closed")


def reopen_case(
    database: Database, actor: Actor, case_id: int, reason: str, *, version: int | None = None
) -> int:
    """Opens a closed case again: its limits run anew, and the customer is rung soon.

    Its owner stays; where they work here no more, it is whoever reopens it. Returns the version.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`.
        InputError: `case_reason_missing`.
    """
    words = needed_reason(reason)

    return on_case(
        database, actor, case_id, Act.REOPEN, lambda case: _reopen(case, words),
        version=version, action="case_reopened",
    )  # fmt: skip


def _reopen(case: CaseInHand, words: str) -> None:
    unit, owner = case.unit, case.row["owner_id"]
    if not _works_here(unit, owner) and case.actor is not None:
        owner = case.actor.operator_id
    case.change(
        status=str(Status.REOPENED),
        closed_at=None,
        resolution=None,
        verdict=None,
        verdict_by=None,
        verdict_at=None,
        owner_id=owner,
    )
    case.enter(EntryKind.REOPENED, {"owner": owner}, words)
    start_bound(case, unit.now, anew=True)
    rule = level_rule(case)
    call_by(case, unit.now + rule.first, rule.onward)


def _works_here(unit: Unit, operator_id: int | None) -> bool:
    found = sa.select(operator.c.id).where(operator.c.id == operator_id, operator.c.active)
    return unit.run(found).first() is not None
