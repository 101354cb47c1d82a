"""Limits of a case by hand: started, met, let go, paused and resumed, each with its entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import sqlalchemy as sa

from db.case_hand import CaseInHand
from db.case_limits import (
    Limit,
    contact_happened,
    end_pause,
    limits_of,
    meet_limit,
    start_limit,
    stop_limits,
)
from db.cases import needed_reason, on_case, said_text
from db.engine import Database
from db.tables import case_pause, case_timer
from db.transaction import Unit
from domain.case import Act, EntryKind, Status
from domain.case_timer import Unit as Counted
from domain.errors import InputError, RefusedError
from domain.permissions import Actor


def start_timer(
    database: Database,
    actor: Actor,
    case_id: int,
    regime: str,
    step: str,
    *,
    at: datetime | None = None,
    typed: date | datetime | None = None,
    version: int | None = None,
) -> int:
    """Starts a limit by codes or names of regime and step. Returns the version.

    Args:
        database: the database.
        actor: the case's owner or a lead.
        case_id: the case.
        regime: of `content/case_timers.csv`.
        step: of that regime.
        at: when what starts it happened (UTC); now unless given.
        typed: the date or instant on a notice; it wins.
        version: the version that the actor has seen.

    Raises:
        RefusedError: `case_unknown`, `case_changed`, those of `domain.case.require_act`,
            `case_timer_runs`.
        InputError: `timer_regime_unknown`, `timer_step_unknown`, `case_ahead`,
            `case_timer_needs_date`, `deadline_never`.
    """
    timer = database.rulebook.timers.named(regime, step)

    def work(case: CaseInHand) -> None:
        begins = at or case.unit.now
        if begins > case.unit.now:
            raise InputError("case_ahead", at=begins)
        if timer.unit is Counted.TYPED_DATE and typed is None:
            raise InputError("case_timer_needs_date")
        running = limits_of(case.unit, [case.id], running=True)[case.id]
        if any(limit.rule.key == timer.key for limit in running):
            raise RefusedError("case_timer_runs")
        start_limit(case, timer, begins, typed=typed)

    return on_case(
        database, actor, case_id, Act.TIMERS, work, version=version, action="case_timer_started"
    )


def meet_timer(
    database: Database, actor: Actor, timer_id: int, *, at: datetime | None = None
) -> int:
    """Ticks a limit off that nothing meets by itself, at an instant (UTC). Returns the version.

    An update of the customer that was given elsewhere starts the next one.

    Raises:
        RefusedError: `case_timer_unknown`, `case_timer_over`, those of `domain.case.require_act`.
        InputError: `case_ahead`.
    """

    def work(case: CaseInHand, limit: Limit) -> None:
        met_at = at or case.unit.now
        if met_at > case.unit.now:
            raise InputError("case_ahead", at=met_at)
        if limit.rule.key in case.rulebook.cases.met_by_contact:
            contact_happened(case, met_at, answered=False)
        else:
            meet_limit(case, limit, met_at)

    return _on_limit(database, actor, timer_id, work, "case_timer_met")


def stop_timer(database: Database, actor: Actor, timer_id: int, reason: str) -> int:
    """Lets a limit go that does not apply, with the reason. Returns the case's version.

    Raises:
        RefusedError: `case_timer_unknown`, `case_timer_over`, those of `domain.case.require_act`.
        InputError: `case_reason_missing`.
    """
    words = needed_reason(reason)

    def work(case: CaseInHand, limit: Limit) -> None:
        stop_limits(case, [limit], "by_hand", words)

    return _on_limit(database, actor, timer_id, work, "case_timer_stopped")


def pause_timer(database: Database, actor: Actor, timer_id: int, reason: str) -> int:
    """Lets a limit stand, with the reason; the case waits while all of its limits do.

    Returns the case's version.

    Raises:
        RefusedError: `case_timer_unknown`, `case_timer_over`, `case_timer_paused`, those of
            `domain.case.require_act`.
        InputError: `case_reason_missing`.
    """
    words = needed_reason(reason)

    def work(case: CaseInHand, limit: Limit) -> None:
        if limit.paused_since is not None:
            raise RefusedError("case_timer_paused")
        case.unit.run(
            case_pause.insert(),
            {
                "timer_id": limit.id,
                "from_at": case.unit.now,
                "reason": words,
                "operator_id": actor.operator_id,
            },
        )
        case.enter(EntryKind.PAUSED, _of(limit), words)
        running = limits_of(case.unit, [case.id], running=True)[case.id]
        if all(one.paused_since is not None for one in running):
            case.change(status=str(Status.WAITING))

    return _on_limit(database, actor, timer_id, work, "case_timer_paused")


def resume_timer(
    database: Database, actor: Actor, timer_id: int, *, reason: str | None = None
) -> int:
    """Lets a limit run on; its deadline moves by what it stood. Returns the case's version.

    Raises:
        RefusedError: `case_timer_unknown`, `case_timer_over`, `case_timer_not_paused`, those of
            `domain.case.require_act`.
    """

    def work(case: CaseInHand, limit: Limit) -> None:
        if not end_pause(case, limit):
            raise RefusedError("case_timer_not_paused")
        case.enter(EntryKind.RESUMED, _of(limit), said_text(reason))
        if case.row["status"] == Status.WAITING:
            case.change(status=str(Status.IN_PROGRESS))

    return _on_limit(database, actor, timer_id, work, "case_timer_resumed")


def _on_limit(
    database: Database,
    actor: Actor,
    timer_id: int,
    work: Callable[[CaseInHand, Limit], None],
    action: str,
) -> int:
    case_id = database.read(lambda unit: _case_of(unit, timer_id))

    def within(case: CaseInHand) -> None:
        # Read behind the lock: somebody may have met it meanwhile.
        limits = limits_of(case.unit, [case.id])[case.id]
        limit = next(one for one in limits if one.id == timer_id)
        if not limit.runs:
            raise RefusedError("case_timer_over")
        work(case, limit)

    return on_case(database, actor, case_id, Act.TIMERS, within, action=action)


def _case_of(unit: Unit, timer_id: int) -> int:
    found: int | None = unit.run(
        sa.select(case_timer.c.complaint_id).where(case_timer.c.id == timer_id)
    ).scalar()
    if found is None:
        raise RefusedError("case_timer_unknown", timer=timer_id)
    return found


def _of(limit: Limit) -> dict[str, int | str]:
    return {"timer": limit.id, "regime": limit.rule.regime, "step": limit.rule.step}
