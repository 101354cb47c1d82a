"""Cases of those who are away: the deputy answers for those in which a step falls due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from db.case_follow import follow, hand_calls_over
from db.case_hand import save_case, take_case
from db.states import in_state
from db.tables import callback, case_timer, complaint
from db.transaction import Unit
from domain.case import LIVE, EntryKind
from domain.permissions import Actor
from domain.rulebook import Rulebook

_FEW: Final = 5
"""Cases of one batch: some 10 ms, for which nobody else can write."""


def due_cases(who: int, ends: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """What makes a case one of somebody's in which a limit or a call is due before an instant."""
    limits = sa.exists().where(
        case_timer.c.complaint_id == complaint.c.id,
        case_timer.c.met_at.is_(None),
        case_timer.c.stopped_at.is_(None),
        case_timer.c.due_at < ends,
    )
    calls = sa.exists().where(
        callback.c.complaint_id == complaint.c.id,
        in_state("scheduled", "due"),
        callback.c.due_at < ends,
    )
    return (
        complaint.c.owner_id == who,
        complaint.c.status.in_([str(one) for one in LIVE]),
        sa.or_(limits, calls),
    )


def cases_over(unit: Unit, who: int, ends: datetime) -> tuple[list[int], bool]:
    """Cases of somebody in which a limit or a call is due before the end of a leave (UTC).

    Returns:
        A few of them, locked, and whether there are more.
    """
    found = list(
        unit.run(
            sa.select(complaint.c.id)
            .where(*due_cases(who, ends))
            .order_by(complaint.c.id)
            .limit(_FEW)
            .with_for_update(skip_locked=True)
        ).scalars()
    )
    return found, len(found) >= _FEW


def deputise_cases(
    unit: Unit, rulebook: Rulebook, ids: Sequence[int], who: int, deputy: int, leave_id: int
) -> list[int]:
    """Makes the deputy the owner of cases, with their calls; returns their numbers."""
    for case_id in ids:
        _pass_on(unit, rulebook, None, case_id, (who, deputy), leave_id)
    return list(ids)


def cases_back(
    unit: Unit,
    rulebook: Rulebook,
    actor: Actor,
    given: Iterable[tuple[int, int]],
    to: int,
    leave_id: int,
) -> Counter[int]:
    """Gives cases back that go on and are still the deputy's; how many came from whom."""
    deputies = dict(given)
    rows = unit.run(
        sa.select(complaint.c.id, complaint.c.owner_id)
        .where(
            complaint.c.id.in_(sorted(deputies)), complaint.c.status.in_([str(one) for one in LIVE])
        )
        .order_by(complaint.c.id)
    ).all()
    back = Counter[int]()
    for row in rows:
        if row.owner_id == deputies[row.id]:
            _pass_on(unit, rulebook, actor, row.id, (row.owner_id, to), leave_id)
            back[row.owner_id] += 1
    return back


def _pass_on(
    unit: Unit,
    rulebook: Rulebook,
    actor: Actor | None,
    case_id: int,
    change: tuple[int, int],
    leave_id: int,
) -> None:
    before, to = change
    case = take_case(unit, rulebook, actor, case_id)
    asked = case.row["handover_to"]
    if asked is not None:
        case.enter(EntryKind.HANDOVER_WITHDRAWN, {"to": asked})
    case.change(owner_id=to, handover_to=None)
    case.enter(EntryKind.HANDOVER_ACCEPTED, {"from": before, "to": to, "leave": leave_id})
    hand_calls_over(case, before, to)
    follow(case)
    save_case(case, "case_deputised", to=to, leave=leave_id)
