"""Calls open cases and work on them; taking a call back takes that back too."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.calls import show_call
from db.case_closing import resolve
from db.case_file import case_file
from db.case_owner import escalate
from db.cases import CaseChanges, NewCase, change_case, note_case, open_case
from db.decision_record import decision_in_force
from db.dialling import dial
from db.finish import finish
from db.housekeeping import keep_house
from db.queue import claim
from db.seats import open_seat
from db.tables import callback, case_timer, complaint, person
from db.undo import amend, undo
from domain.decision import Decision, GivenComplaint, GivenPromise
from domain.errors import RefusedError
from tests.databases import Desk


@pytest.fixture
def ann(desk: Desk):
    return desk.seat("ann").actor


def ring(desk: Desk, actor, callback_id: int, outcome: str = "completed", **fields: object):
    """Rings, talks for ten minutes and decides; the decision and what came of it."""
    keep_house(desk.database, every=0)
    taken = claim(desk.database, actor, callback_id)
    dial(
        desk.database, actor, taken.call_id, show_call(desk.database, actor, taken.call_id).phone_id
    )
    desk.clock.advance(minutes=10)
    decision = Decision(str(uuid.uuid4()), outcome, **fields)
    return decision, finish(desk.database, actor, taken.call_id, taken.fence, decision)


def undone(desk: Desk, actor, decision: Decision):
    return undo(desk.database, actor, decision.uuid, str(uuid.uuid4()))


def only_case(desk: Desk, actor):
    (row,) = desk.rows(sa.select(complaint.c.id))
    return case_file(desk.database, actor, row["id"])


COMPLAINT = GivenComplaint("complaint", "刹车响", "product_quality", "service", cause="quality")


def test_a_call_opens_a_case_that_its_operator_answers_for(desk: Desk, ann) -> None:
    bo = desk.operator("bo")
    actor = open_seat(desk.database, "bo").actor
    ring(desk, actor, desk.callback(), complaint=COMPLAINT, mood_start="red", note="很生气")
    file = only_case(desk, bo)
    assert (file.head.owner, file.head.category, file.head.cause) == (
        "Bo",
        "product_quality",
        "quality",
    )
    assert [line.kind for line in file.entries if not line.kind.startswith("timer")] == [
        "opened",
        "call",
    ]
    acknowledged = next(one for one in file.timers if one.limit.rule.step == "acknowledge")
    assert acknowledged.limit.met_at == file.head.received_at
    assert {step.code for step in file.steps if step.done} >= {"rapport", "acknowledge"}
    (call,) = file.callbacks
    assert (call.open, call.campaign_en) == (True, "Complaint follow-up")


def test_a_promise_of_the_call_is_the_cases_next_action(desk: Desk, ann) -> None:
    due = desk.clock.now + timedelta(hours=3)
    ring(desk, ann, desk.callback(), complaint=COMPLAINT, promises=(GivenPromise("回电", due),))
    file = only_case(desk, ann)
    (call,) = file.callbacks
    assert (call.due_at, call.band, call.promised) == (due, 0, True)
    assert file.next_action.by == due
    assert [one.text for one in file.promises] == ["回电"]
    assert "promise" in {step.by for step in file.steps}


def test_the_next_talk_is_the_update_and_the_answer_once_it_is_resolved(desk: Desk, ann) -> None:
    case_id = open_case(desk.database, ann, NewCase(desk.person(), "刹车响"))
    (first,) = desk.rows(sa.select(callback.c.id))
    desk.clock.advance(hours=5)
    ring(desk, ann, first["id"], "no-answer")
    file = case_file(desk.database, ann, case_id)
    assert not [one for one in file.timers if not one.limit.runs]
    assert file.head.status == "open"
    (again,) = [one for one in file.callbacks if one.open]
    assert again.id == first["id"]
    desk.clock.now = again.due_at
    rang_at = desk.clock.now
    ring(desk, ann, again.id)
    file = case_file(desk.database, ann, case_id)
    met = {one.limit.rule.step: one.limit.met_at for one in file.timers if one.limit.met_at}
    assert met == {"acknowledge": rang_at, "update-customer": rang_at}
    assert [one.limit.started_at for one in file.timers if one.limit.runs] == [rang_at]
    assert file.head.status == "in_progress"
    (following,) = [one for one in file.callbacks if one.open]
    assert following.id != first["id"]


def test_a_grumble_is_answered_by_the_next_talk(desk: Desk, ann) -> None:
    ring(desk, ann, desk.callback(), complaint=GivenComplaint("grumble", "等太久"))
    file = only_case(desk, ann)
    assert (file.head.weight, file.timers[0].limit.runs) == ("grumble", True)
    assert file.head.reply_by == file.timers[0].limit.due_at
    (call,) = file.callbacks
    desk.clock.advance(hours=5)
    rang_at = desk.clock.now
    ring(desk, ann, call.id)
    assert only_case(desk, ann).timers[0].limit.met_at == rang_at


def test_undo_withdraws_the_case_and_deciding_anew_keeps_its_number(desk: Desk, ann) -> None:
    decision, finished = ring(desk, ann, desk.callback(), complaint=COMPLAINT)
    case_id = only_case(desk, ann).head.id
    taken = undone(desk, ann, decision)
    file = only_case(desk, ann)
    assert (file.head.status, file.next_action, file.may) == ("withdrawn", None, frozenset())
    assert not [one for one in file.timers if one.limit.runs]
    assert not [one for one in file.callbacks if one.open]
    assert all(line.undone for line in file.entries if line.kind in ("opened", "call"))
    anew = replace(
        decision, uuid=str(uuid.uuid4()), complaint=replace(COMPLAINT, cause="time_wasted")
    )
    finish(desk.database, ann, taken.call_id, taken.fence, anew)
    file = only_case(desk, ann)
    assert (file.head.id, file.head.status, file.head.cause) == (case_id, "open", "time_wasted")
    assert len([one for one in file.timers if one.limit.runs]) == 1
    assert len([one for one in file.callbacks if one.open]) == 1
    assert finished.made_callbacks


def test_undo_of_a_later_talk_gives_limits_and_status_back(desk: Desk, ann) -> None:
    case_id = open_case(desk.database, ann, NewCase(desk.person(), "刹车响"))
    (first,) = desk.rows(sa.select(callback.c.id))
    before = {one.limit for one in case_file(desk.database, ann, case_id).timers}
    desk.clock.advance(hours=5)
    decision, _ = ring(desk, ann, first["id"])
    undone(desk, ann, decision)
    keep_house(desk.database, every=0)
    file = case_file(desk.database, ann, case_id)
    assert {one.limit for one in file.timers if one.limit.runs} == before
    assert file.head.status == "open"
    assert [one.id for one in file.callbacks if one.open] == [first["id"]]


def test_a_case_that_somebody_works_on_is_not_taken_back(desk: Desk, ann) -> None:
    lead = desk.operator("bo", "lead")
    decision, _ = ring(desk, ann, desk.callback(), complaint=COMPLAINT)
    note_case(desk.database, lead, only_case(desk, ann).head.id, "我来看")
    with pytest.raises(RefusedError) as error:
        undone(desk, ann, decision)
    assert (error.value.code, error.value.params["by"]) == ("undo_acted_on", "Bo")


def test_an_amendment_keeps_the_case_and_what_was_typed(desk: Desk, ann) -> None:
    given = replace(COMPLAINT, level="regulator", notice_due=desk.clock.now + timedelta(days=4))
    decision, finished = ring(desk, ann, desk.callback(), complaint=given)
    stored = decision_in_force(desk.database, ann, finished.call_id)
    assert stored.complaint == replace(given, weight="appeal")
    case_id = only_case(desk, ann).head.id
    other = replace(stored, uuid=str(uuid.uuid4()), note="补充")
    amend(desk.database, ann, decision.uuid, other, since=desk.clock.now - timedelta(hours=1))
    file = only_case(desk, ann)
    assert (file.head.id, file.head.status, file.head.level) == (case_id, "open", "regulator")
    (notice,) = [one.limit for one in file.timers if one.limit.runs and one.limit.typed]
    assert notice.due_at == given.notice_due
    assert len([one for one in file.callbacks if one.open]) == 1


def test_what_a_late_outcome_and_the_one_in_force_tell_stands_once(desk: Desk, ann) -> None:
    taken = claim(desk.database, ann, desk.callback())
    late = Decision(str(uuid.uuid4()), "completed", complaint=COMPLAINT)
    finish(desk.database, ann, taken.call_id, taken.fence - 1, late)
    words = replace(COMPLAINT, description="刹车响，还等了两小时", department="front")
    decision = Decision(str(uuid.uuid4()), "completed", complaint=words)
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    file = only_case(desk, ann)
    assert [line.text for line in file.entries if line.kind == "note"] == [words.description]
    assert len([one for one in file.timers if one.limit.runs]) == 1
    undone(desk, ann, decision)
    assert only_case(desk, ann).head.status in ("open", "in_progress")


def test_the_verdicts_call_is_somebody_elses(desk: Desk, ann) -> None:
    bo = desk.operator("bo")
    case_id = open_case(desk.database, bo, NewCase(desk.person(), "刹车响"))
    escalate(desk.database, bo, case_id, "找了总部")
    resolve(desk.database, bo, case_id, "退款")
    file = case_file(desk.database, bo, case_id)
    (call,) = [one for one in file.callbacks if one.open]
    desk.clock.now = call.due_at
    keep_house(desk.database, every=0)
    actor = open_seat(desk.database, "bo").actor
    with pytest.raises(RefusedError):
        claim(desk.database, actor, call.id)
    ring(desk, ann, call.id)
    limits = desk.rows(sa.select(case_timer).where(case_timer.c.met_at.is_(None)))
    assert [one["step"] for one in limits if one["stopped_at"] is None] == []


def hours_of(desk: Desk) -> str | None:
    (row,) = desk.rows(sa.select(person.c.refused_hours))
    return row["refused_hours"]


def test_a_bad_time_feeds_the_hours_at_which_nobody_is_rung(desk: Desk, ann) -> None:
    who = desk.person()
    other = desk.callback(who, due_at=desk.clock.now + timedelta(days=1))
    window = desk.row(other)["window_id"]
    complaint_of_it = GivenComplaint("grumble", "正在开会", cause="wrong_time")
    decision, _ = ring(desk, ann, desk.callback(who), complaint=complaint_of_it)
    assert hours_of(desk) == "10:00-11:00;none;none"
    assert desk.row(other)["window_id"] != window
    undone(desk, ann, decision)
    assert hours_of(desk) is None
    assert desk.row(other)["window_id"] == window


def test_a_cause_found_later_feeds_them_too(desk: Desk, ann) -> None:
    ring(desk, ann, desk.callback(), complaint=COMPLAINT)
    case_id = only_case(desk, ann).head.id
    change_case(desk.database, ann, case_id, CaseChanges(cause="wrong_time"))
    assert hours_of(desk) == "10:00-11:00;none;none"
