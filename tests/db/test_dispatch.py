"""Slips to departments: timed by the rules, chased by a call, answered, over with their case."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.care_facts import next_persons
from db.case_file import case_file
from db.cases import NewCase, open_case
from db.dispatch import NewSlip, answer_slip, send_slip, slip_file, withdraw_slip
from db.finish import finish
from db.queue import claim_next
from db.tables import audit, callback, campaign, case_timer, dispatch_slip, person, person_phone
from db.tiers import propose
from db.undo import undo
from domain.decision import Decision, GivenComplaint
from domain.errors import InputError, RefusedError
from tests.databases import Desk

ASK = "客户的发票为什么还没开？"


def a_case(desk: Desk) -> int:
    person_id = desk.person("王芳")
    return open_case(desk.database, desk.actor, NewCase(person_id, "发票没开"))


def with_number(desk: Desk, number: str) -> None:
    """The rules with a number of the finance department's."""
    rulebook = desk.database.rulebook
    departments = dict(rulebook.cases.departments)
    departments["finance"] = replace(departments["finance"], phone=number)
    cases = replace(rulebook.cases, departments=departments)
    desk.database.take_rulebook(replace(rulebook, cases=cases))


def chases(desk: Desk) -> list[tuple[str, object]]:
    rows = desk.rows(
        sa.select(callback.c.state, callback.c.due_at, callback.c.complaint_id)
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .where(campaign.c.code == "department-chase")
        .order_by(callback.c.id)
    )
    assert all(row["complaint_id"] is None for row in rows), "it rings the house, not the customer"
    return [(row["state"], row["due_at"]) for row in rows]


def test_a_slip_is_owed_by_the_next_working_day_and_asked_for_by_a_call(desk: Desk) -> None:
    with_number(desk, "+862586001234")
    case = a_case(desk)
    slip = send_slip(desk.database, desk.actor, case, NewSlip("finance", ASK))
    (sent,) = desk.rows(sa.select(dispatch_slip))
    # Monday 23 November at 10:00 in the shop: the reply is due when Tuesday's work is over.
    assert sent["reply_by"] - desk.clock.now < timedelta(hours=32.1)
    assert (sent["reply_by"] + timedelta(hours=8)).strftime("%d %H") in ("24 17", "24 18")
    assert chases(desk) == [("scheduled", sent["reply_by"])]
    (who,) = desk.rows(sa.select(person.c.name).where(person.c.department == "finance"))
    assert who["name"] == "财务部 Finance"

    file, line = slip_file(desk.database, desk.actor, slip)
    assert (file.head.id, line.ask, line.replied_at) == (case, ASK, None)
    desk.clock.advance(hours=3)
    answer_slip(desk.database, desk.actor, slip, "明天寄出")
    assert chases(desk) == [("cancelled", sent["reply_by"])]
    (timer,) = desk.rows(sa.select(case_timer).where(case_timer.c.regime == "department"))
    assert timer["met_at"] == desk.clock.now
    kinds = [one.kind for one in case_file(desk.database, desk.actor, case).entries]
    assert kinds.count("slip_sent") == kinds.count("slip_answered") == 1
    actions = [row["action"] for row in desk.rows(sa.select(audit.c.action).order_by(audit.c.id))]
    assert actions[-2:] == ["slip_sent", "slip_answered"]
    with pytest.raises(RefusedError, match="slip_over"):
        answer_slip(desk.database, desk.actor, slip, "还是没有")


def test_a_department_that_is_rung_is_nobodys_customer(desk: Desk) -> None:
    with_number(desk, "+862586001234")
    case = a_case(desk)
    send_slip(desk.database, desk.actor, case, NewSlip("finance", ASK))
    (customer,) = desk.rows(sa.select(person.c.id).where(person.c.department.is_(None)))
    cared = desk.database.read(lambda unit: next_persons(unit, 0, 10))
    assert [row[0] for row in cared] == [customer["id"]]
    today = desk.clock.now.date()
    assert propose(desk.database, desk.actor, today).customers == 1


def test_without_a_number_the_missed_reply_is_the_cases_next_action(desk: Desk) -> None:
    case = a_case(desk)
    by = desk.clock.now + timedelta(minutes=30)
    send_slip(desk.database, desk.actor, case, NewSlip("finance", ASK, by))
    assert chases(desk) == []
    desk.clock.advance(minutes=31)
    file = case_file(desk.database, desk.actor, case)
    assert file.next_action is not None
    assert (file.next_action.kind, file.next_action.by, file.next_action.overdue) == (
        "slip",
        by,
        True,
    )


def test_another_number_in_the_rules_takes_the_place_of_the_one_before(desk: Desk) -> None:
    case = a_case(desk)
    for number in ("+862586001234", "+862586005678", "+862586005678"):
        with_number(desk, number)
        send_slip(desk.database, desk.actor, case, NewSlip("finance", ASK))
    assert len(desk.rows(sa.select(person.c.id).where(person.c.department == "finance"))) == 1
    links = desk.rows(
        sa.select(person_phone.c.until)
        .join(person, person.c.id == person_phone.c.person_id)
        .where(person.c.department == "finance")
    )
    assert sorted(link["until"] is None for link in links) == [False, True]


def test_what_is_asked_of_whom_and_by_when_is_checked(desk: Desk) -> None:
    case = a_case(desk)
    for slip, code in (
        (NewSlip("finance", "  "), "case_text_missing"),
        (NewSlip("nobody", ASK), "case_code_unknown"),
        (NewSlip("finance", ASK, desk.clock.now), "slip_ahead"),
    ):
        with pytest.raises(InputError, match=code):
            send_slip(desk.database, desk.actor, case, slip)
    assert desk.rows(sa.select(dispatch_slip.c.id)) == []
    with pytest.raises(RefusedError, match="slip_unknown"):
        answer_slip(desk.database, desk.actor, 99, "…")
    sent = send_slip(desk.database, desk.actor, case, NewSlip("finance", ASK))
    before = desk.clock.now - timedelta(minutes=1)
    with pytest.raises(InputError, match="slip_early"):
        answer_slip(desk.database, desk.actor, sent, "明天寄出", at=before)


def test_only_the_owner_or_a_lead_asks_a_department_and_anybody_enters_the_reply(
    desk: Desk,
) -> None:
    case, bob = a_case(desk), desk.operator("bob")
    with pytest.raises(RefusedError, match="case_not_yours"):
        send_slip(desk.database, bob, case, NewSlip("finance", ASK))
    slip = send_slip(desk.database, desk.actor, case, NewSlip("finance", ASK))
    with pytest.raises(RefusedError, match="case_not_yours"):
        withdraw_slip(desk.database, bob, slip, "不用了")
    answer_slip(desk.database, bob, slip, "明天寄出")


def test_a_slip_that_is_withdrawn_owes_nothing(desk: Desk) -> None:
    with_number(desk, "+862586001234")
    case = a_case(desk)
    slip = send_slip(desk.database, desk.actor, case, NewSlip("finance", ASK))
    withdraw_slip(desk.database, desk.actor, slip, "客户自己收到了")
    assert [state for state, _ in chases(desk)] == ["cancelled"]
    (timer,) = desk.rows(sa.select(case_timer).where(case_timer.c.regime == "department"))
    assert (timer["met_at"], timer["stopped_because"]) == (None, "withdrawn")


def test_a_grumble_of_a_call_goes_to_its_department_and_comes_back_with_the_call(
    desk: Desk,
) -> None:
    actor = desk.seat(desk.actor.login).actor
    desk.callback(desk.person("王芳"))
    taken = claim_next(desk.database, actor).taken
    assert taken is not None
    grumble = GivenComplaint("grumble", "发票没开", department="finance")
    decision = Decision(uuid=uuid.uuid4().hex, outcome="completed", complaint=grumble)
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    (sent,) = desk.rows(sa.select(dispatch_slip))
    assert (sent["department"], sent["ask"], sent["sent_by"]) == (
        "finance",
        "发票没开",
        actor.operator_id,
    )

    undo(desk.database, actor, decision.uuid, uuid.uuid4().hex)
    (sent,) = desk.rows(sa.select(dispatch_slip))
    assert sent["withdrawn_at"] is not None
    running = desk.rows(
        sa.select(case_timer.c.id).where(
            case_timer.c.met_at.is_(None), case_timer.c.stopped_at.is_(None)
        )
    )
    assert running == []


def test_a_grumble_from_the_desk_goes_to_its_department_too(desk: Desk) -> None:
    new = NewCase(desk.person("王芳"), "发票没开", weight="grumble", department="finance")
    open_case(desk.database, desk.actor, new)
    assert [row["department"] for row in desk.rows(sa.select(dispatch_slip))] == ["finance"]
