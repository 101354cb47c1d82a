"""The whole record: everything is in it, and numbers are whole only for whom they concern."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.calls import show_call
from db.customer_export import export
from db.customers import reveal, show
from db.queue import claim
from db.stops import add_stop
from db.tables import audit, person
from db.undo import undo
from domain.errors import RefusedError
from tests.databases import Desk
from tests.db.customers_filled import NUMBER, PERSONAL, fill, second_person


def test_the_record_holds_everything(desk: Desk):
    filled = fill(desk)
    other, pair = second_person(desk, filled.person_id)
    desk.database.write(
        lambda unit: add_stop(
            unit, desk.actor, person_id=None, phone_id=filled.phone_id, reason="asked",
            source="call", purpose="sales",
        )
    )  # fmt: skip
    record = reveal(desk.database, desk.actor, filled.person_id)
    assert record.card.name == "欧阳秘"
    assert record.sight.numbers
    assert [line.e164 for line in record.card.phones] == [NUMBER, None]
    assert record.fields.id_number == "11010519491231002X"
    assert [line.state for line in record.callbacks] == ["scheduled", "scheduled", "done"]
    (line,) = record.calls
    assert (line.outcome, line.operator, line.direction) == ("completed", "Ann", "out")
    assert [leg.number for leg in line.legs] == [NUMBER]
    assert [(one.question, one.number) for one in line.answers] == [
        ("recommend", 9),
        ("like", None),
    ]
    assert line.scores == (("nps", 9.0),)
    assert [one.state for one in record.promises] == ["open"]
    (case,) = record.complaints
    assert [wish.state for wish in case.wishes] == ["shelved"]
    assert record.wishes == ()
    assert [one.number for one in record.orders] == ["WO-7788"]
    assert {one.channel for one in record.contacts} == {"call_centre", "letter"}
    assert [(one.number, one.purpose) for one in record.stops] == [(NUMBER, "sales")]
    assert [one.granted for one in record.consents] == [True]
    assert [(one.id, one.other_id) for one in record.matches] == [(pair, other)]
    assert record.faults == ("zone_unknown",)


def test_what_was_taken_back_is_not_shown_as_said(desk: Desk):
    filled = fill(desk)
    undo(desk.database, filled.actor, filled.decision.uuid, "11111111-1111-4111-8111-111111111111")
    record = show(desk.database, desk.actor, filled.person_id)
    (line,) = record.calls
    assert (line.outcome, line.answers, line.scores) == (None, (), ())
    assert [one.state for one in record.promises] == ["withdrawn"]
    assert [one.wishes for one in record.complaints] == [()]


def test_an_operator_sees_whole_numbers_only_of_ones_own(desk: Desk):
    person_id = desk.person("王芳", NUMBER)
    made = desk.callback(person_id)
    bo = desk.operator("bo")
    record = show(desk.database, bo, person_id)
    assert not record.sight.numbers
    assert [line.e164 for line in record.card.phones] == ["+86138****8000"]
    seated = desk.seat("bo").actor
    claim(desk.database, seated, made)
    assert [line.e164 for line in show(desk.database, seated, person_id).card.phones] == [NUMBER]
    di = desk.operator("di")
    assert not show(desk.database, di, person_id).sight.numbers
    desk.callback(person_id, owner_id=di.operator_id, due_at=desk.clock.now + timedelta(days=1))
    assert show(desk.database, di, person_id).sight.numbers
    assert not show(desk.database, desk.operator("lee", "lead"), person_id).sight.numbers


def test_masking_reaches_every_number_of_the_record(desk: Desk):
    filled = fill(desk)
    record = show(desk.database, desk.operator("bo"), filled.person_id)
    assert not record.sight.numbers
    shown = repr(record.card.phones) + repr(record.calls) + repr(record.stops)
    assert "138****8000" in shown
    assert "13800138000" not in shown
    assert "1380013" not in shown
    assert record.fields.id_number == "***************02X"


def test_a_merged_person_leads_to_the_one_left(desk: Desk):
    left, gone = desk.person("王芳"), desk.person("汪芳")
    desk.database.write(
        lambda unit: unit.run(sa.update(person).where(person.c.id == gone).values(merged_into=left))
    )
    record = show(desk.database, desk.actor, gone)
    assert (record.person_id, record.asked_id) == (left, gone)
    with pytest.raises(RefusedError) as error:
        show(desk.database, desk.actor, 4711)
    assert error.value.code == "person_unknown"


def test_the_export_holds_all_that_is_personal_and_nobody_elses(desk: Desk):
    filled = fill(desk)
    second_person(desk, filled.person_id, "旁人甲", "+8613911112222")
    exported = export(desk.database, desk.operator("lee", "lead"), filled.person_id)
    text = json.dumps(exported, ensure_ascii=False)
    assert [
        one for one in PERSONAL if one not in text and one not in ("ouyangmi", "粤B12345")
    ] == []
    assert "旁人甲" not in text
    assert "13911112222" not in text
    assert (exported["exported_by"], exported["numbers"][0]["e164"]) == ("lee", NUMBER)
    (entry,) = desk.rows(sa.select(audit).where(audit.c.action == "exported"))
    assert entry["subject_id"] == filled.person_id
    assert entry["details"]["export"] == exported["mark"]["number"]
    with pytest.raises(RefusedError):
        export(desk.database, desk.operator("bo"), filled.person_id)


def test_asking_for_everything_is_a_leads_and_is_written_down(desk: Desk):
    filled = fill(desk)
    bo, lee = desk.operator("bo"), desk.operator("lee", "lead")
    with pytest.raises(RefusedError, match="not_allowed"):
        reveal(desk.database, bo, filled.person_id)
    assert desk.rows(sa.select(audit).where(audit.c.action == "revealed")) == []
    whole = reveal(desk.database, lee, filled.person_id)
    assert whole.card.phones[0].e164 == NUMBER
    assert whole.fields.id_number == "11010519491231002X"
    (row,) = desk.rows(sa.select(audit).where(audit.c.action == "revealed"))
    assert (row["operator_id"], row["subject_id"]) == (lee.operator_id, filled.person_id)


def test_other_fields_are_masked_for_whoever_need_not_see_them(desk: Desk):
    filled = fill(desk)
    fields = show(desk.database, desk.operator("bo"), filled.person_id).fields
    assert (fields.email, fields.birthday) == ("m***@example.org", "****-12-31")
    assert fields.home_address is not None
    assert fields.home_address.endswith("***")
    leads = show(desk.database, desk.operator("lee", "lead"), filled.person_id).fields
    assert (leads.email, leads.birthday) == ("mi@example.org", "1949-12-31")
    assert leads.id_number == "***************02X"


def test_a_looker_on_sees_no_number_in_anothers_call(desk: Desk):
    person_id = desk.person("王芳", NUMBER)
    seated = desk.seat(desk.operator("cy").login).actor
    taken = claim(desk.database, seated, desk.callback(person_id))
    assert show_call(desk.database, seated, taken.call_id).card.phones[0].e164 == NUMBER
    other = show_call(desk.database, desk.operator("bo"), taken.call_id)
    assert other.card.phones[0].e164 == "+86138****8000"
