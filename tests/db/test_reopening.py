"""A lead's reopening: back in the queue by ordinary rules, and nothing is taken back by it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.customer_numbers import add_number
from db.finish import finish
from db.queue import claim, claim_next
from db.reopening import reopen
from db.tables import audit, callback_event, promise
from db.undo import undo
from domain.decision import Decision
from domain.errors import RefusedError
from tests.databases import Desk


def over(desk: Desk, outcome: str, who: int | None = None, **fields):
    made = desk.callback(who)
    ann = desk.seat("ann", other="take_over").actor
    taken = claim(desk.database, ann, made)
    decision = Decision(str(uuid.uuid4()), outcome, **fields)
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    desk.clock.advance(minutes=5)
    return made, ann, decision


def refusal(desk: Desk, actor, callback_id: int) -> str:
    with pytest.raises(RefusedError) as error:
        reopen(desk.database, actor, callback_id)
    return error.value.code


def test_a_callback_that_was_done_is_rung_again(desk: Desk):
    made, ann, _ = over(desk, "completed")
    fence = desk.row(made)["fence"]
    assert reopen(desk.database, desk.actor, made) == "due"
    taken = claim_next(desk.database, ann).taken
    assert (taken.callback_id, taken.fence > fence) == (made, True)
    kinds = desk.rows(sa.select(callback_event.c.kind).where(callback_event.c.callback_id == made))
    assert "reopened" in [row["kind"] for row in kinds]
    actions = [row["action"] for row in desk.rows(sa.select(audit.c.action))]
    assert actions.count("callback_reopened") == 1


def test_a_time_can_be_named_for_it(desk: Desk):
    made, _, _ = over(desk, "completed")
    at = desk.clock.now + timedelta(days=1)
    assert reopen(desk.database, desk.actor, made, at=at) == "scheduled"
    assert desk.row(made)["ready_at"] == at


def test_the_agreed_call_that_came_of_it_stands_beside_it(desk: Desk):
    at = desk.clock.now + timedelta(days=1)
    made, _, _ = over(desk, "callback-at", next_at=at)
    reopen(desk.database, desk.actor, made)
    assert [row["state"] for row in desk.rows(sa.select(promise))] == ["open"]
    row = desk.row(made)
    assert (row["promised"], row["band"] > 0, row["assigned_to"]) == (False, True, None)


def test_a_callback_without_a_number_is_opened_once_there_is_one(desk: Desk):
    who = desk.person("王芳", "+8613800000001")
    made, _, _ = over(desk, "not-in-service", who)
    assert desk.row(made)["state"] == "cancelled"
    assert refusal(desk, desk.actor, made) == "no_number"
    added = add_number(desk.database, desk.actor, who, "13900000009", region="CN")
    assert reopen(desk.database, desk.actor, made) == "due"
    assert desk.row(made)["phone_id"] == added.phone_id


def test_a_stop_holds_against_a_lead_too(desk: Desk):
    made, _, _ = over(desk, "hard-refusal", note="停")
    assert refusal(desk, desk.actor, made) == "do_not_call_now"


def test_the_record_of_somebody_who_died_stays_closed(desk: Desk):
    made, _, _ = over(desk, "deceased", note="家人告知")
    assert refusal(desk, desk.actor, made) == "person_closed"


def test_only_what_is_over_and_only_by_a_lead(desk: Desk):
    open_one = desk.callback()
    assert refusal(desk, desk.actor, open_one) == "callback_not_over"
    made, _, _ = over(desk, "completed")
    assert refusal(desk, desk.operator("bo"), made) == "not_allowed"


def test_an_outcome_can_not_be_taken_back_behind_a_lead(desk: Desk):
    made, ann, decision = over(desk, "completed")
    reopen(desk.database, desk.actor, made)
    with pytest.raises(RefusedError) as error:
        undo(desk.database, ann, decision.uuid, str(uuid.uuid4()))
    assert error.value.code == "undo_acted_on"


def test_what_a_refusal_cancelled_is_not_brought_back_by_an_undo_after_a_reopening(desk: Desk):
    who = desk.person()
    waiting = desk.callback(who, campaign="birthday", due_at=desk.clock.now + timedelta(days=9))
    made, ann, decision = over(desk, "hard-refusal", who, note="停")
    desk.database.write(lambda unit: unit.run(sa.text("UPDATE do_not_call SET lifted_at = since")))
    reopen(desk.database, desk.actor, waiting)
    with pytest.raises(RefusedError) as error:
        undo(desk.database, ann, decision.uuid, str(uuid.uuid4()))
    assert error.value.code == "undo_acted_on"
    assert desk.row(made)["state"] == "done"


def test_attempts_that_were_used_up_stay_counted(desk: Desk):
    who = desk.person()
    made = desk.callback(who, campaign="festival")
    ann = desk.seat("ann").actor
    taken = claim(desk.database, ann, made)
    busy = Decision(str(uuid.uuid4()), "busy")
    finish(desk.database, ann, taken.call_id, taken.fence, busy)
    assert desk.row(made)["state"] == "exhausted"
    desk.clock.advance(minutes=5)
    reopen(desk.database, desk.actor, made)
    again = claim(desk.database, ann, made)
    once_more = Decision(str(uuid.uuid4()), "busy")
    finish(desk.database, ann, again.call_id, again.fence, once_more)
    assert (desk.row(made)["state"], desk.row(made)["attempts"]) == ("exhausted", 2)
