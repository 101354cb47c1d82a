"""A case handed over, escalated, paused, resolved, judged, closed and reopened."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.case_closing import (
    close_case,
    give_verdict,
    reopen_case,
    resolve,
    review_case,
    try_verdict,
)
from db.case_file import case_file
from db.case_owner import (
    answer_handover,
    deescalate,
    escalate,
    offer_handover,
    take_over,
    withdraw_handover,
)
from db.case_timers import meet_timer, pause_timer, resume_timer, start_timer, stop_timer
from db.cases import NewCase, open_case
from db.tables import audit
from domain.case import Act
from domain.case_next import NextKind
from domain.deadline import Phase
from domain.errors import DeskError
from tests.databases import Desk


@pytest.fixture
def team(desk: Desk):
    """Two operators and a lead, beside the admin."""
    return desk.operator("bo"), desk.operator("cy"), desk.operator("di", "lead")


def opened(desk: Desk, actor, **fields: object) -> int:
    fields.setdefault("person_id", desk.person())
    fields.setdefault("description", "刹车响")
    return open_case(desk.database, actor, NewCase(**fields))


def refused(code: str, work, *args: object, **options: object) -> None:
    with pytest.raises(DeskError) as error:
        work(*args, **options)
    assert error.value.code == code


def limit_of(file, step: str):
    return next(one for one in file.timers if one.limit.rule.step == step and one.limit.runs)


def test_the_first_receiver_answers_for_it_until_somebody_has_accepted(desk: Desk, team) -> None:
    bo, cy, di = team
    db = desk.database
    case_id = opened(desk, bo)
    refused("case_not_yours", offer_handover, db, cy, case_id, "cy")
    refused("case_offer_self", offer_handover, db, bo, case_id, "bo")
    refused("colleague_unknown", offer_handover, db, bo, case_id, "nobody")
    offer_handover(db, bo, case_id, "cy", note="懂刹车")
    assert case_file(db, bo, case_id).head.owner == "Bo"
    assert Act.ANSWER_HANDOVER in case_file(db, cy, case_id).may
    refused("case_not_offered", answer_handover, db, di, case_id, accept=True)
    refused("case_reason_missing", answer_handover, db, cy, case_id, accept=False)
    answer_handover(db, cy, case_id, accept=False, reason="休假")
    assert case_file(db, bo, case_id).head.handover_to is None
    offer_handover(db, bo, case_id, "cy")
    withdraw_handover(db, bo, case_id)
    refused("case_not_offered", answer_handover, db, cy, case_id, accept=True)
    offer_handover(db, bo, case_id, "cy")
    answer_handover(db, cy, case_id, accept=True)
    file = case_file(db, cy, case_id)
    assert (file.head.owner, file.head.status, file.callbacks[0].owner) == (
        "Cy",
        "in_progress",
        "Cy",
    )
    take_over(db, di, case_id, "Cy 病假")
    assert case_file(db, di, case_id).head.owner == "Di"
    told = [line.kind for line in case_file(db, di, case_id).entries if "handover" in line.kind]
    assert told == [
        "handover_offered", "handover_declined", "handover_offered", "handover_withdrawn",
        "handover_offered", "handover_accepted", "handover_accepted",
    ]  # fmt: skip
    actions = {row["action"] for row in desk.rows(sa.select(audit.c.action))}
    assert {"case_offered", "case_accepted", "case_declined", "case_taken_over"} <= actions


def test_levels_change_band_limits_and_calls_with_a_reason(desk: Desk, team) -> None:
    bo, cy, _ = team
    db = desk.database
    case_id = opened(desk, bo)
    refused("case_reason_missing", escalate, db, bo, case_id, " ")
    refused("case_level_way", escalate, db, bo, case_id, "?", to="local")
    desk.clock.advance(hours=1)
    due = (desk.clock.now + timedelta(days=2)).date()
    escalate(db, bo, case_id, "转办", to="regulator", notice_due=due)
    file = case_file(db, bo, case_id)
    assert (file.head.level, file.head.weight) == ("regulator", "appeal")
    assert limit_of(file, "answer").deadline.local.date() == due
    (call,) = [one for one in file.callbacks if one.open]
    assert (call.band, call.campaign_en) == (0, "Appeal to the regulator")
    assert call.due_at == desk.clock.now + timedelta(hours=1)
    refused("case_regulator_not_yours", close_case, db, cy, case_id)
    deescalate(db, bo, case_id, "撤诉", to="local")
    file = case_file(db, bo, case_id)
    assert (file.head.level, file.head.weight) == ("local", "complaint")
    assert not [one for one in file.timers if one.limit.rule.step == "answer" and one.limit.runs]
    (call,) = [one for one in file.callbacks if one.open]
    assert call.band == 3
    told = {line.kind: line for line in file.entries}
    assert (told["escalated"].text, told["escalated"].data["to"]) == ("转办", "regulator")


def test_a_pause_has_a_reason_shows_and_moves_the_deadline(desk: Desk, team) -> None:
    bo, *_ = team
    db = desk.database
    case_id = opened(desk, bo)
    start_timer(db, bo, case_id, "telecom-cn", "repair-fault-town")
    refused("case_timer_runs", start_timer, db, bo, case_id, "telecom-cn", "repair-fault-town")
    before = limit_of(case_file(db, bo, case_id), "repair-fault-town").limit
    desk.clock.advance(hours=10)
    refused("case_reason_missing", pause_timer, db, bo, before.id, "")
    pause_timer(db, bo, before.id, "等客户开门")
    refused("case_timer_paused", pause_timer, db, bo, before.id, "再停")
    desk.clock.advance(hours=60)
    paused = limit_of(case_file(db, bo, case_id), "repair-fault-town")
    assert (paused.state.phase, paused.limit.paused_because) == (Phase.PAUSED, "等客户开门")
    resume_timer(db, bo, before.id)
    refused("case_timer_not_paused", resume_timer, db, bo, before.id)
    after = limit_of(case_file(db, bo, case_id), "repair-fault-town").limit
    assert after.due_at == before.due_at + timedelta(hours=60)
    meet_timer(db, bo, before.id)
    refused("case_timer_over", stop_timer, db, bo, before.id, "不适用")
    refused("case_timer_unknown", meet_timer, db, bo, 999)


def test_the_case_waits_while_all_of_its_limits_stand(desk: Desk, team) -> None:
    bo, *_ = team
    db = desk.database
    case_id = opened(desk, bo)
    ids = [one.limit.id for one in case_file(db, bo, case_id).timers]
    for timer_id in ids:
        pause_timer(db, bo, timer_id, "等客户回话")
    assert case_file(db, bo, case_id).head.status == "waiting"
    resume_timer(db, bo, ids[0])
    assert case_file(db, bo, case_id).head.status == "in_progress"


def test_the_verdict_is_asked_by_another_and_closes_the_case(desk: Desk, team) -> None:
    bo, cy, di = team
    db = desk.database
    case_id = opened(desk, bo)
    refused("case_no_resolution", close_case, db, bo, case_id)
    resolve(db, bo, case_id, "换了刹车片", told=True)
    file = case_file(db, bo, case_id)
    assert file.next_action.kind is NextKind.VERDICT
    (call,) = [one for one in file.callbacks if one.open]
    row = desk.row(call.id)
    assert (row["avoid_operator_id"], row["assigned_to"]) == (bo.operator_id, None)
    refused("case_verdict_by_handler", give_verdict, db, bo, case_id, "satisfied")
    refused("case_code_unknown", give_verdict, db, cy, case_id, "happy")
    give_verdict(db, cy, case_id, "dissatisfied", text="还是响")
    refused("case_verdict_against", close_case, db, bo, case_id)
    refused("case_reason_missing", close_case, db, di, case_id)
    resolve(db, bo, case_id, "再换一次")
    assert case_file(db, bo, case_id).head.verdict is None
    refused("case_verdict_missing", close_case, db, bo, case_id)
    give_verdict(db, cy, case_id, "satisfied")
    assert case_file(db, bo, case_id).next_action.kind is NextKind.CLOSE
    close_case(db, bo, case_id)
    review_case(db, bo, case_id, "备件要验货")
    file = case_file(db, bo, case_id)
    assert (file.head.status, file.head.verdict_by, file.head.review) == (
        "closed",
        "Cy",
        "备件要验货",
    )
    assert file.next_action is None
    assert not [one for one in file.timers if one.limit.runs]
    assert not [one for one in file.callbacks if one.open]
    assert file.may == {Act.NOTE, Act.REVIEW, Act.REOPEN}


def test_closing_without_a_verdict_takes_three_documented_attempts(desk: Desk, team) -> None:
    bo, cy, _ = team
    db = desk.database
    case_id = opened(desk, bo)
    resolve(db, bo, case_id, "退款")
    for count in range(3):
        refused("case_verdict_missing", close_case, db, bo, case_id)
        try_verdict(db, cy, case_id, f"第 {count + 1} 次没人接")
    close_case(db, bo, case_id)
    assert case_file(db, bo, case_id).head.status == "closed"


def test_who_is_alone_at_the_desk_asks_for_the_verdict(desk: Desk) -> None:
    case_id = opened(desk, desk.actor)
    resolve(desk.database, desk.actor, case_id, "退款")
    give_verdict(desk.database, desk.actor, case_id, "accepted")
    close_case(desk.database, desk.actor, case_id)


def test_a_grumble_is_answered_and_closed_without_steps(desk: Desk, team) -> None:
    bo, *_ = team
    case_id = opened(desk, bo, weight="grumble")
    resolve(desk.database, bo, case_id, "解释了等候原因", told=True)
    file = case_file(desk.database, bo, case_id)
    assert [one.limit.met_at for one in file.timers] == [desk.clock.now]
    assert file.next_action.kind is NextKind.CLOSE
    close_case(desk.database, bo, case_id)
    assert case_file(desk.database, bo, case_id).head.status == "closed"


def test_a_reopened_case_has_its_limits_anew_and_a_call_soon(desk: Desk, team) -> None:
    bo, cy, _ = team
    db = desk.database
    case_id = opened(desk, bo)
    resolve(db, bo, case_id, "退款", told=True)
    give_verdict(db, cy, case_id, "satisfied")
    close_case(db, bo, case_id)
    refused("case_closed", resolve, db, bo, case_id, "x")
    desk.clock.advance(days=3)
    reopen_case(db, cy, case_id, "又响了")
    file = case_file(db, bo, case_id)
    assert (file.head.status, file.head.owner, file.head.resolution) == ("reopened", "Bo", None)
    running = [one.limit for one in file.timers if one.limit.runs]
    assert {one.started_at for one in running} == {desk.clock.now}
    assert len(running) == 2
    (call,) = [one for one in file.callbacks if one.open]
    assert call.due_at == desk.clock.now + timedelta(hours=2)
    assert "退款" in [line.text for line in file.entries]
