"""The daily change sheet of a department."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.cases import NewCase, note_case, open_case
from db.change_sheet import ChangeSheet, change_sheet
from db.customer_edit import edit_field
from db.dispatch import NewSlip, answer_slip, send_slip
from domain.errors import InputError
from tests.databases import Desk


def today(desk: Desk, department: str) -> ChangeSheet:
    """The sheet of the day so far."""
    since = desk.clock.now.replace(hour=0)
    return change_sheet(desk.database, desk.actor, department, since, desk.clock.now)


def test_a_department_is_told_what_happened_to_its_customers_and_what_it_owes(
    desk: Desk,
) -> None:
    wang, li = desk.person("王芳"), desk.person("李明")
    ours = open_case(desk.database, desk.actor, NewCase(wang, "发票没开", department="finance"))
    others = open_case(desk.database, desk.actor, NewCase(li, "刹车响", department="workshop"))
    desk.clock.advance(days=1)
    note_case(desk.database, desk.actor, ours, "客户又来电问过")
    note_case(desk.database, desk.actor, others, "等配件")
    slip = send_slip(desk.database, desk.actor, ours, NewSlip("finance", "何时能开？"))
    edit_field(desk.database, desk.actor, wang, "email", "wang@example.org")
    edit_field(desk.database, desk.actor, li, "email", "li@example.org")
    desk.clock.advance(hours=1)

    sheet = today(desk, "finance")
    (case,) = sheet.cases
    assert (case.id, case.customer) == (ours, "王芳")
    kinds = [line.kind for line in case.lines]
    assert {"note", "slip_sent"} <= set(kinds)
    assert "opened" not in kinds
    assert [(name, line.id) for name, line in sheet.owed] == [("王芳", slip)]
    assert [(one.customer, one.fields) for one in sheet.records] == [("王芳", ("email",))]

    answer_slip(desk.database, desk.actor, slip, "明天")
    desk.clock.advance(minutes=1)
    assert today(desk, "finance").owed == ()
    desk.clock.advance(days=2)
    assert today(desk, "finance").empty


def test_who_is_only_asked_by_a_slip_is_told_as_well(desk: Desk) -> None:
    case = open_case(desk.database, desk.actor, NewCase(desk.person(), "刹车响"))
    send_slip(desk.database, desk.actor, case, NewSlip("parts", "有货吗？"))
    desk.clock.advance(minutes=5)
    assert [one.id for one in today(desk, "parts").cases] == [case]
    assert today(desk, "sales").empty


def test_a_department_that_nobody_knows_is_refused(desk: Desk) -> None:
    now = desk.clock.now
    with pytest.raises(InputError, match="case_code_unknown"):
        change_sheet(desk.database, desk.actor, "nobody", now - timedelta(days=1), now)
