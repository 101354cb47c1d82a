"""Ending the cases of an erased customer: no words are left, and nobody has to do anything."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from db.tables import case_entry, case_pause, case_timer, complaint, dispatch_slip
from db.transaction import Unit
from domain.case import LIVE, EntryKind, Status


def end_and_blank_cases(unit: Unit, cases: Sequence[int]) -> None:
    """Closes cases that are open and blanks what was written about all of them.

    Codes, instants and limits stay: they are figures of the desk.
    """
    if not cases:
        return
    live = [str(one) for one in LIVE]
    ended = unit.run(
        sa.update(complaint)
        .where(complaint.c.id.in_(cases), complaint.c.status.in_(live))
        .values(status=str(Status.CLOSED), closed_at=unit.now, handover_to=None)
        .returning(complaint.c.id)
    ).scalars()
    entries = [
        {
            "complaint_id": case_id,
            "at": unit.now,
            "kind": str(EntryKind.CLOSED),
            "data": {"because": "erased"},
        }
        for case_id in sorted(ended)
    ]
    if entries:
        unit.run(case_entry.insert(), entries)
    of_cases = case_timer.c.complaint_id.in_(cases)
    unit.run(
        sa.update(case_timer)
        .where(of_cases, case_timer.c.met_at.is_(None), case_timer.c.stopped_at.is_(None))
        .values(stopped_at=unit.now, stopped_because="erased")
    )
    timers = sa.select(case_timer.c.id).where(of_cases)
    unit.run(sa.update(case_pause).where(case_pause.c.timer_id.in_(timers)).values(reason=""))
    unit.run(sa.update(case_entry).where(case_entry.c.complaint_id.in_(cases)).values(text=None))
    unit.run(
        sa.update(dispatch_slip)
        .where(dispatch_slip.c.complaint_id.in_(cases))
        .values(ask="", reply=None)
    )
    unit.run(sa.update(complaint).where(complaint.c.id.in_(cases)).values(look_at=None))
