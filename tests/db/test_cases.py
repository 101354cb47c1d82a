"""Cases from the desk: opened, listed, shown, changed, written into."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.case_file import case_file
from db.case_list import CaseFilter, count_cases, list_cases
from db.cases import CaseChanges, NewCase, change_case, note_case, open_case, raise_grumble
from db.tables import audit, callback
from domain.case import Act
from domain.case_next import NextKind
from domain.errors import DeskError, InputError, RefusedError
from tests.databases import Desk


@pytest.fixture
def ann(desk: Desk):
    return desk.seat("ann").actor


def opened(desk: Desk, actor, **fields: object) -> int:
    fields.setdefault("person_id", desk.person())
    fields.setdefault("description", "刹车响")
    return open_case(desk.database, actor, NewCase(**fields))


def kinds(file) -> list[str]:
    return [line.kind for line in file.entries]


def refused(code: str, work) -> None:
    with pytest.raises(DeskError) as error:
        work()
    assert error.value.code == code


def test_an_opened_case_has_owner_limits_wishes_and_a_first_call(desk: Desk, ann) -> None:
    bo = desk.operator("bo")
    case_id = opened(
        desk, bo, category="product_quality", cause="quality", wishes=("退款", "道歉"),
        customer_class="B",
    )  # fmt: skip
    file = case_file(desk.database, bo, case_id)
    assert (file.head.owner, file.head.status, file.head.opened_by) == ("Bo", "open", "Bo")
    assert [wish.text for wish in file.wishes] == ["退款", "道歉"]
    assert {one.limit.rule.key for one in file.timers} == {
        ("house", "acknowledge"),
        ("house", "update-customer"),
    }
    (call,) = file.callbacks
    assert (call.owner, call.campaign_en, call.band) == ("Bo", "First call on a complaint", 3)
    assert call.due_at == desk.clock.now + timedelta(hours=2)
    assert file.next_action is not None
    assert (file.next_action.kind, file.next_action.reachable) == (NextKind.CALL, True)
    assert len(file.steps) == 8
    assert kinds(file)[0] == "opened"
    assert Act.CLOSE not in file.may
    assert Act.ESCALATE in file.may
    (written,) = desk.rows(sa.select(audit).where(audit.c.action == "case_opened"))
    assert written["subject_id"] == case_id


def test_a_grumble_has_its_day_and_no_steps_and_can_be_raised(desk: Desk, ann) -> None:
    case_id = opened(desk, ann, weight="grumble")
    file = case_file(desk.database, ann, case_id)
    (limit,) = file.timers
    assert limit.limit.due_at == desk.clock.now + timedelta(hours=24)
    assert file.steps == ()
    desk.clock.advance(hours=1)
    raise_grumble(desk.database, ann, case_id, category="attitude", reason="想要经理回电")
    file = case_file(desk.database, ann, case_id)
    assert (file.head.weight, file.head.category) == ("complaint", "attitude")
    running = {one.limit.rule.key: one.limit for one in file.timers if one.limit.runs}
    assert set(running) == {("house", "acknowledge"), ("house", "update-customer")}
    assert running["house", "acknowledge"].started_at == file.head.received_at
    assert len([one for one in file.callbacks if one.open]) == 1
    refused("case_no_grumble", lambda: raise_grumble(desk.database, ann, case_id))


def test_the_date_typed_from_a_notice_wins(desk: Desk, ann) -> None:
    due = (desk.clock.now + timedelta(days=3)).date()
    case_id = opened(desk, ann, level="regulator", notice_due=due)
    file = case_file(desk.database, ann, case_id)
    assert file.head.weight == "appeal"
    notice = {one.limit.rule.key: one.deadline for one in file.timers}[
        "regulator-notice-cn", "answer"
    ]
    assert notice.typed
    assert notice.local.date() == due
    assert file.callbacks[0].band == 0


def test_an_update_never_resets_a_limit_but_a_word_to_the_customer_is_one(desk: Desk, ann) -> None:
    case_id = opened(desk, ann)
    before = case_file(desk.database, ann, case_id)
    desk.clock.advance(hours=3)
    change_case(desk.database, ann, case_id, CaseChanges(category="process", description="改过"))
    note_case(desk.database, ann, case_id, "看了记录")
    after = case_file(desk.database, ann, case_id)
    assert [one.limit for one in after.timers] == [one.limit for one in before.timers]
    assert [line.text for line in after.entries if line.kind == "changed"] == ["刹车响"]
    note_case(desk.database, ann, case_id, "发了短信", told=True)
    told = case_file(desk.database, ann, case_id)
    updates = [one.limit for one in told.timers if one.limit.rule.step == "update-customer"]
    assert [one.started_at for one in updates if one.runs] == [desk.clock.now]
    assert [one.met_at for one in updates if not one.runs] == [desk.clock.now]
    assert "timer_met" in kinds(told)


def test_what_does_not_fit_is_refused_and_nothing_kept(desk: Desk, ann) -> None:
    who = desk.person()
    new = NewCase(who, "慢")
    for given, code in (
        (replace(new, description="  "), "case_text_missing"),
        (replace(new, category="nonsense"), "case_code_unknown"),
        (replace(new, level="moon"), "case_code_unknown"),
        (replace(new, received_at=desk.clock.now + timedelta(minutes=1)), "case_ahead"),
        (replace(new, owner="nobody"), "colleague_unknown"),
    ):
        with pytest.raises(InputError) as error:
            open_case(desk.database, ann, given)
        assert error.value.code == code
    with pytest.raises(RefusedError):
        case_file(desk.database, ann, 999)
    assert desk.rows(sa.select(callback)) == []
    case_id = open_case(desk.database, ann, new)
    refused(
        "case_changed",
        lambda: change_case(desk.database, ann, case_id, CaseChanges(cause="quality"), version=99),
    )


def test_only_the_owner_or_a_lead_changes_and_everybody_notes(desk: Desk, ann) -> None:
    bo, cy, di = desk.operator("bo"), desk.operator("cy"), desk.operator("di", "lead")
    case_id = opened(desk, bo)
    changes = CaseChanges(category="attitude")
    refused("case_not_yours", lambda: change_case(desk.database, cy, case_id, changes))
    note_case(desk.database, cy, case_id, "客户又来电")
    change_case(desk.database, di, case_id, changes)
    assert case_file(desk.database, bo, case_id).head.owner == "Bo"


def test_the_list_pages_by_urgency_and_filters(desk: Desk, ann) -> None:
    wang, li = desk.person("王芳"), desk.person("李雷")
    late = opened(desk, ann, person_id=wang, received_at=desk.clock.now - timedelta(days=3))
    fresh = opened(desk, ann, person_id=li, level="skip_level", number="X-77")
    book = opened(desk, ann, person_id=li, level="regulator")
    page = list_cases(desk.database, ann, limit=2)
    assert page.more_after
    first, second = page.rows
    rest = list_cases(desk.database, ann, after=second.place, limit=2)
    assert not rest.more_after
    ids = [first.id, second.id, *(row.id for row in rest.rows)]
    assert ids[0] == late
    assert sorted(ids) == sorted([late, fresh, book])
    assert (first.overdue, first.next.overdue, first.name) == (True, True, "王芳")

    def found(**fields: object) -> list[int]:
        return [row.id for row in list_cases(desk.database, ann, CaseFilter(**fields)).rows]

    assert found(levels=frozenset(["regulator"])) == [book]
    assert found(overdue=True) == [late]
    assert found(text="x-77") == [fresh]
    assert found(text="李") == found(person_id=li) == sorted([fresh, book], key=ids.index)
    assert found(text=f"#{late}") == [late]
    assert found(which="over") == []
    assert found(order="newest") == [book, fresh, late]
    assert count_cases(desk.database, ann, CaseFilter(levels=frozenset(["local"]))) == 1
    newest = CaseFilter(order="newest")
    place = list_cases(desk.database, ann, newest, limit=1).rows[0].place
    assert [row.id for row in list_cases(desk.database, ann, newest, after=place).rows] == [
        fresh,
        late,
    ]
