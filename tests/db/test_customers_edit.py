"""Editing a record: fields, numbers, repair list, do-not-call; hours follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from content.name_sounds import name_sound
from db.customer_edit import edit_field
from db.customer_numbers import add_number, drop_cell, numbers_to_repair, remove_number
from db.customer_search import search
from db.customer_stops import lift_do_not_call, set_do_not_call
from db.customers import reveal, show
from db.queue import claim, claim_next
from db.tables import (
    audit,
    callback_event,
    calling_window,
    do_not_call,
    person,
    person_phone,
    phone,
)
from domain.errors import DeskError, InputError, RefusedError
from tests.databases import Desk

NUMBER = "+8613800138000"


def code(error: pytest.ExceptionInfo[Any]) -> str:
    assert isinstance(error.value, DeskError)
    return error.value.code


def zones(desk: Desk, callback_id: int) -> str:
    window_id = desk.row(callback_id)["window_id"]
    query = sa.select(calling_window.c.zones).where(calling_window.c.id == window_id)
    return str(desk.rows(query)[0]["zones"])


def bad_cell(desk: Desk, person_id: int, raw: str = "1380013800", role: str = "mobile") -> int:
    def work(unit: Any) -> int:
        unit.run(
            sa.update(person)
            .where(person.c.id == person_id)
            .values(record_faults=["phone_too_short", "email_not_valid"])
        )
        made: int = unit.run(
            person_phone.insert().returning(person_phone.c.id),
            {
                "person_id": person_id, "role": role, "position": 9, "raw": raw,
                "problem": "too_short", "source": "dms", "since": unit.now,
            },
        ).scalar_one()  # fmt: skip
        return made

    return desk.database.write(work)


def test_a_new_name_is_found_by_its_sound_and_its_value_stays_out_of_the_audit(desk: Desk):
    who = desk.person("王方")
    edit_field(desk.database, desk.actor, who, "name", " 单　晓明女士 ", sound=name_sound("单晓明"))
    assert [hit.person_id for hit in search(desk.database, desk.actor, "shanxiaoming")] == [who]
    (entry,) = desk.rows(sa.select(audit).where(audit.c.action == "edited"))
    assert (entry["subject_id"], entry["fields"], entry["details"]) == (who, ["name"], {})


def test_the_same_value_again_writes_nothing(desk: Desk):
    who = desk.person("王方", email="a@b.cn")
    assert edit_field(desk.database, desk.actor, who, "email", " a@B.cn") == "a@b.cn"
    assert desk.rows(sa.select(audit).where(audit.c.action == "edited")) == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_values_are_checked(desk: Desk):
    who = desk.person("王方")

    def edit(field: str, value: str) -> str | None:
        return edit_field(desk.database, desk.actor, who, field, value)

    assert edit("salutation", "\x1b[31m女士") == "女士"
    assert edit("home_address", "深圳市\r\n南山区") == "深圳市\n南山区"
    assert edit("birthday", "1985年3月5日") == "1985-03-05"
    assert edit("lunar_birthday", "1985-02-30") == "1985-02-30"
    assert edit("refused_hours", "12:00-14:00") == "12:00-14:00"
    assert edit("refused_hours", "") is None
    for field, value, problem in (
        ("email", "nobody", "email_bad"),
        ("zone", "Mars/Olympus", "zone_unknown"),
        ("preferred_hours", "after lunch", "hours_bad"),
        ("preferred_hours", "14:00-09:00", "hours_bad"),
        ("sex", "x", "sex_bad"),
        ("birthday", "1985-02-30", "birthday_bad"),
        ("home_postcode", "1" * 17, "field_too_long"),
        ("tier", "key", "field_not_editable"),
    ):
        with pytest.raises(InputError) as error:
            edit(field, value)
        assert code(error) == problem
    with pytest.raises(InputError) as error:
        edit_field(desk.database, desk.actor, who, "name", " ", sound=name_sound(""))
    assert code(error) == "name_empty"


def test_a_change_of_zone_moves_the_hours_of_what_waits(desk: Desk):
    who = desk.person("王方", NUMBER)
    waits, over = desk.callback(who), desk.callback(who, due_at=desk.clock.now + timedelta(days=1))
    assert zones(desk, waits) == "Asia/Shanghai"
    edit_field(desk.database, desk.actor, who, "zone", "America/New_York")
    assert zones(desk, waits) == zones(desk, over) == "America/New_York"
    assert claim_next(desk.database, desk.seat("ann").actor).taken is None
    edit_field(desk.database, desk.actor, who, "zone", "")
    assert zones(desk, waits) == "Asia/Shanghai"


def test_a_time_that_the_customer_named_keeps_its_wider_hours(desk: Desk):
    who = desk.person("王方", NUMBER)
    made = desk.callback(who, named_by_customer=True, promised=True)
    edit_field(desk.database, desk.actor, who, "zone", "Asia/Urumqi")
    window_id = desk.row(made)["window_id"]
    (window,) = desk.rows(sa.select(calling_window).where(calling_window.c.id == window_id))
    assert (window["zones"], bool(window["preferred"])) == ("Asia/Urumqi", True)


def test_a_number_is_read_in_any_spelling_and_its_problem_told(desk: Desk):
    who = desk.person("王方", NUMBER)
    added = add_number(desk.database, desk.actor, who, "(212) 555-2368 x12", region="US")
    assert (added.e164, added.extension) == ("+12125552368", "12")
    lines = reveal(desk.database, desk.actor, who).card.phones
    assert [line.e164 for line in lines] == [NUMBER, "+12125552368"]
    with pytest.raises(InputError) as bad:
        add_number(desk.database, desk.actor, who, "1380013", region="CN")
    assert code(bad) == "number_unusable"
    assert bad.value.params["problem"].key == "customers.number.too_short"
    with pytest.raises(RefusedError) as known:
        add_number(desk.database, desk.actor, who, "138 0013 8000", region="CN")
    assert code(known) == "number_known"


def test_what_waits_goes_to_the_next_number_and_without_one_to_repair(desk: Desk):
    who = desk.person("王方", NUMBER, "+12125552368")
    made = desk.callback(who)
    assert zones(desk, made) == "Asia/Shanghai"
    assert remove_number(desk.database, desk.actor, who, desk.row(made)["phone_id"]) == 1
    assert zones(desk, made) == "America/New_York"
    assert remove_number(desk.database, desk.actor, who, desk.row(made)["phone_id"]) == 1
    assert desk.row(made)["state"] == "cancelled"
    (event,) = desk.rows(sa.select(callback_event).where(callback_event.c.to_state == "cancelled"))
    assert event["kind"] == "data_repair"
    with pytest.raises(RefusedError) as error:
        remove_number(desk.database, desk.actor, who, 1)
    assert code(error) == "number_not_known"


def test_a_callback_in_hand_keeps_its_number(desk: Desk):
    who = desk.person("王方", NUMBER)
    made = desk.callback(who)
    claim(desk.database, desk.seat("ann").actor, made)
    remove_number(desk.database, desk.actor, who, desk.row(made)["phone_id"])
    assert desk.row(made)["state"] == "claimed"
    assert desk.row(made)["phone_id"] is not None


def test_the_repair_list_empties_as_cells_are_put_right(desk: Desk):
    who, silent = desk.person("王方", NUMBER), desk.person("李静")
    cell = bad_cell(desk, who)
    desk.database.write(
        lambda unit: unit.run(sa.update(phone).where(phone.c.e164 != NUMBER).values(status="dead"))
    )
    rows = numbers_to_repair(desk.database, desk.actor)
    assert [(row.person_id, row.problem.key, row.usable) for row in rows] == [
        (silent, "customers.number.dead", 0),
        (who, "customers.number.too_short", 1),
    ]
    assert [row.shown for row in rows] == ["+86138****0001", "1380013800"]
    assert [row.link_id for row in numbers_to_repair(desk.database, desk.actor, limit=1)] == [
        rows[0].link_id
    ]
    assert numbers_to_repair(desk.database, desk.actor, after=rows[1].link_id) == ()
    add_number(desk.database, desk.actor, who, "13800138001", region="CN", repairs=cell)
    assert [row.person_id for row in numbers_to_repair(desk.database, desk.actor)] == [silent]
    record = reveal(desk.database, desk.actor, who)
    assert record.faults == ("email_not_valid",)
    assert [(line.e164, line.raw) for line in record.card.phones] == [
        (NUMBER, None),
        ("+8613800138001", None),
    ]
    with pytest.raises(RefusedError) as error:
        add_number(desk.database, desk.actor, who, "13800138002", region="CN", repairs=cell)
    assert code(error) == "repair_unknown"
    with pytest.raises(RefusedError):
        drop_cell(desk.database, desk.actor, who, cell)


def test_a_cell_of_which_nothing_can_be_made_is_dropped(desk: Desk):
    who = desk.person("王方")
    drop_cell(desk.database, desk.actor, who, bad_cell(desk, who))
    assert numbers_to_repair(desk.database, desk.actor) == ()
    assert show(desk.database, desk.actor, who).faults == ("email_not_valid",)


def test_a_stop_cancels_what_waits_and_only_a_lead_lifts_it(desk: Desk):
    who = desk.person("王方", NUMBER)
    made = desk.callback(who)
    bo = desk.operator("bo")
    stop = set_do_not_call(desk.database, bo, person_id=who, reason="consent")
    assert desk.row(made)["state"] == "cancelled"
    with pytest.raises(RefusedError) as error:
        lift_do_not_call(desk.database, bo, stop)
    assert code(error) == "not_allowed"
    lead = desk.operator("lee", "lead")
    lift_do_not_call(desk.database, lead, stop)
    assert desk.rows(sa.select(do_not_call))[0]["lifted_at"] == desk.clock.now
    actions = [row["action"] for row in desk.rows(sa.select(audit).order_by(audit.c.id))]
    assert actions[-2:] == ["operator_add", "do_not_call_lifted"]
    with pytest.raises(RefusedError) as again:
        lift_do_not_call(desk.database, lead, stop)
    assert code(again) == "stop_lifted"


def test_a_stop_on_a_number_for_one_purpose_and_a_while(desk: Desk):
    desk.person("王方", NUMBER)
    phone_id = desk.rows(sa.select(phone.c.id))[0]["id"]
    until = desk.clock.now + timedelta(days=30)
    set_do_not_call(desk.database, desk.actor, phone_id=phone_id, purpose="sales", expires_at=until)
    (row,) = desk.rows(sa.select(do_not_call))
    assert (row["phone_id"], row["purpose"], row["expires_at"]) == (phone_id, "sales", until)
    with pytest.raises(InputError) as past:
        set_do_not_call(desk.database, desk.actor, phone_id=phone_id, expires_at=desk.clock.now)
    assert code(past) == "stop_over_already"
    with pytest.raises(ValueError, match="person or on a number"):
        set_do_not_call(desk.database, desk.actor)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "m***@example.org"),
        ("home_address", "深圳市南山区***"),
        ("home_postcode", "****00"),
        ("birthday", "****-12-31"),
    ],
)
def test_what_is_shown_masked_is_never_written_back(desk: Desk, field: str, value: str):
    who = desk.person()
    with pytest.raises(InputError, match="value_masked"):
        edit_field(desk.database, desk.actor, who, field, value)
