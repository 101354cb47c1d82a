"""Cases when customers are exported, erased, or found to be one person."""

from __future__ import annotations

import pytest

from db.case_closing import resolve
from db.case_file import case_file
from db.case_timers import pause_timer
from db.cases import NewCase, note_case, open_case
from db.customer_erase import erase
from db.customer_export import export
from db.merging import merge_persons
from tests.databases import Desk


@pytest.fixture
def ann(desk: Desk):
    return desk.seat("ann").actor


def test_a_request_of_access_shows_what_was_written_and_nobody_who_works_here(
    desk: Desk, ann
) -> None:
    who = desk.person()
    case_id = open_case(desk.database, ann, NewCase(who, "刹车响", cause="firm_tone"))
    note_case(desk.database, ann, case_id, "试车复现", kind="inspection")
    limit = case_file(desk.database, ann, case_id).timers[0].limit
    pause_timer(desk.database, ann, limit.id, "等配件")
    resolve(desk.database, ann, case_id, "换了刹车片")
    told = export(desk.database, desk.actor, who)
    (case,) = told["complaints"]
    assert (case["cause"], case["resolution"]) == ("firm_tone", "换了刹车片")
    assert {"试车复现", "等配件"} <= {row["text"] for row in told["case_diary"]}
    assert [row["reason"] for row in told["case_pauses"]] == ["等配件"]
    assert len(told["case_limits"]) == 2
    colleagues = {"operator_id", "owner_id", "opened_by", "handover_to", "verdict_by", "data"}
    for kind in ("complaints", "case_diary", "case_limits", "case_pauses"):
        assert not any(colleagues & row.keys() for row in told[kind]), kind


def test_an_erased_customers_case_is_over_and_says_nothing(desk: Desk, ann) -> None:
    who = desk.person()
    case_id = open_case(desk.database, ann, NewCase(who, "刹车响"))
    note_case(desk.database, ann, case_id, "很生气")
    erase(desk.database, desk.actor, who, "request", rewrite=False)
    file = case_file(desk.database, ann, case_id)
    assert (file.head.status, file.head.description, file.head.name) == ("closed", "", "")
    assert all(not line.text for line in file.entries)
    assert not [one for one in file.timers if one.limit.runs]
    assert not [one for one in file.callbacks if one.open]
    assert file.next_action is None


def test_merged_customers_bring_their_cases_along(desk: Desk, ann) -> None:
    left, gone = desk.person("王芳"), desk.person("王方")
    case_id = open_case(desk.database, ann, NewCase(gone, "刹车响", wishes=("退款",)))
    desk.database.write(lambda unit: merge_persons(unit, ann, left, gone))
    file = case_file(desk.database, ann, case_id)
    assert (file.head.person_id, file.head.name) == (left, "王芳")
    assert [wish.text for wish in file.wishes] == ["退款"]
    assert [one.open for one in file.callbacks] == [True]
    note_case(desk.database, ann, case_id, "写了信", told=True)
    assert case_file(desk.database, ann, case_id).head.person_id == left
