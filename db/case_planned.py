"""What is planned for cases: their calls, the replies that departments owe, the next action."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from db.case_limits import Limit
from db.states import OPEN_STATES
from db.tables import callback, dispatch_slip
from db.transaction import Unit
from domain.case import CaseState
from domain.case_next import Coming, NextAction, next_action
from domain.case_timer import Duty
from domain.rulebook import Rulebook


def owed_calls(unit: Unit, cases: Collection[int]) -> dict[int, list[Coming]]:
    """The open callbacks of cases, by case, the soonest first."""
    found: dict[int, list[Coming]] = {case_id: [] for case_id in cases}
    for row in unit.run(
        sa.select(
            callback.c.id, callback.c.complaint_id, callback.c.ready_at, callback.c.assigned_to
        )
        .where(callback.c.complaint_id.in_(cases), callback.c.state.in_(OPEN_STATES))
        .order_by(callback.c.ready_at, callback.c.id)
    ):
        found[row.complaint_id].append(Coming(row.ready_at, row.assigned_to, id=row.id))
    return found


def owed_replies(unit: Unit, cases: Collection[int]) -> dict[int, list[Coming]]:
    """The replies that departments owe about cases, by case."""
    found: dict[int, list[Coming]] = {case_id: [] for case_id in cases}
    columns = dispatch_slip.c
    for row in unit.run(
        sa.select(columns.id, columns.complaint_id, columns.reply_by)
        .where(
            columns.complaint_id.in_(cases),
            columns.replied_at.is_(None),
            columns.withdrawn_at.is_(None),
        )
        .order_by(columns.reply_by, columns.id)
    ):
        found[row.complaint_id].append(Coming(row.reply_by, id=row.id))
    return found


def next_actions(
    unit: Unit,
    rulebook: Rulebook,
    rows: Sequence[Mapping[Any, Any]],
    states: Mapping[int, CaseState],
    limits: Mapping[int, Sequence[Limit]],
    calls: Mapping[int, Sequence[Coming]],
) -> dict[int, NextAction | None]:
    """The next action of each case.

    Args:
        unit: the transaction.
        rulebook: the rules in force.
        rows: the cases' rows.
        states: how each stands.
        limits: the limits of each, those that are over too.
        calls: as `owed_calls` has them.
    """
    slips = owed_replies(unit, [row["id"] for row in rows])
    return {
        row["id"]: next_action(
            states[row["id"]],
            rulebook.cases.course,
            now=unit.now,
            changed_at=row["updated_at"],
            calls=calls[row["id"]],
            timers=[
                Coming(limit.due_at, row["owner_id"], limit.rule.step_name, limit.id)
                for limit in limits[row["id"]]
                if limit.runs and limit.rule.duty is Duty.US and limit.paused_since is None
            ],
            slips=slips[row["id"]],
        )
        for row in rows
    }
