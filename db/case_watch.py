"""What time does to cases: limits run out, calls get lost; looked at a few at a time.

A case says itself when it has to be looked at. It may be late: what is overdue is decided by the
limit's own row.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from db.case_follow import follow
from db.case_hand import CaseInHand, save_case, take_case
from db.case_opening import enter_opening
from db.tables import case_entry, complaint, operator
from db.topics import CASES
from db.transaction import Unit
from domain.permissions import Role
from domain.rulebook import Rulebook

_FEW: Final = 5
"""Cases of one batch: some 10 ms, for which nobody else can write."""


def watch_cases(unit: Unit, rulebook: Rulebook, limit: int = _FEW) -> bool:
    """Lets what time has brought follow for cases that are to be looked at now.

    Returns:
        Whether more are waiting.
    """
    ids = (
        unit.run(
            sa.select(complaint.c.id)
            .where(complaint.c.look_at <= unit.now)
            .order_by(complaint.c.look_at, complaint.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        .scalars()
        .all()
    )
    for case_id in ids:
        _watch(take_case(unit, rulebook, None, case_id))
    return len(ids) == limit


def _watch(case: CaseInHand) -> None:
    taken_in = case.live and _take_in(case)
    follow(case)
    if taken_in:
        save_case(case, "case_taken_in")
        return
    # Nothing that anybody sees of the case has changed: its version stays.
    case.unit.run(
        sa.update(complaint).where(complaint.c.id == case.id).values(look_at=case.row["look_at"])
    )
    case.unit.move(CASES)


def _take_in(case: CaseInHand) -> bool:
    """Gives a case of an earlier program what it lacks; says whether anything was missing."""
    unit = case.unit
    if case.row["owner_id"] is None:
        case.change(owner_id=_somebody(unit))
    known = sa.select(case_entry.c.id).where(case_entry.c.complaint_id == case.id).limit(1)
    if unit.run(known).first() is not None:
        return bool(case.changed)
    enter_opening(case)
    return True


def _somebody(unit: Unit) -> int:
    """Who answers for a case that nobody had: the lead who has been here longest, else anybody."""
    ranks = {str(Role.LEAD): 0, str(Role.ADMIN): 1}
    order = sa.case(ranks, value=operator.c.role, else_=len(ranks))
    return int(
        unit.run(
            sa.select(operator.c.id)
            .order_by(operator.c.active.desc(), order, operator.c.id)
            .limit(1)
        ).scalar_one()
    )
