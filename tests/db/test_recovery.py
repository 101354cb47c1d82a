"""What became of an unhappy customer is stored with the decision, and survives its correction."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from db.decision_record import decision_in_force
from db.finish import finish
from db.queue import claim_next
from db.tables import call_decision, complaint
from db.undo import amend
from domain.decision import Decision, GivenComplaint
from tests.databases import Desk


def test_the_reason_for_skipping_is_kept_with_the_outcome_and_with_its_correction(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    skipped = Decision(
        str(uuid.uuid4()), "completed", recovery="skipped", recovery_reason="只是信号不好"
    )
    finish(desk.database, actor, taken.call_id, taken.fence, skipped)
    stored = decision_in_force(desk.database, actor, taken.call_id)
    assert stored == skipped
    fixed = replace(stored, uuid=str(uuid.uuid4()), note="回拨过")
    since = desk.clock.now - timedelta(hours=1)
    amend(desk.database, actor, stored.uuid, fixed, since=since)
    rows = desk.rows(sa.select(call_decision).order_by(call_decision.c.id))
    assert {(row["recovery"], row["recovery_reason"]) for row in rows} == {
        ("skipped", "只是信号不好")
    }


def test_category_level_and_department_of_a_complaint_are_kept(desk: Desk):
    desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    given = GivenComplaint("complaint", "修了三次", "product_quality", "workshop", "skip_level")
    decision = Decision(str(uuid.uuid4()), "completed", complaint=given, recovery="case")
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    (row,) = desk.rows(sa.select(complaint))
    assert (row["category"], row["department"], row["level"]) == (
        "product_quality", "workshop", "skip_level",
    )  # fmt: skip
    assert row["opened_by"] == actor.operator_id
    assert decision_in_force(desk.database, actor, taken.call_id) == decision
