"""What an import does to what is there already: changes, conflicts, doubles, stops, breaks."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db import imports
from db.customer_erase import erase
from db.import_conflicts import list_conflicts, settle_conflict
from db.import_mappings import save_mapping, saved_mapping
from db.import_taking_back import take_back
from db.imports import ImportReport
from db.number_hash import hash_number
from db.tables import (
    asset,
    callback,
    callback_event,
    calling_window,
    complaint,
    consent,
    do_not_call,
    import_conflict,
    import_memory,
    import_run,
    person,
    person_asset,
    person_phone,
    phone,
    possible_match,
    promise,
    service_order,
    wish,
)
from domain.errors import RefusedError
from domain.permissions import Role
from intake.preparing import Prepared, prepare
from tests.databases import Desk

HEADER = "客户编号,姓名,手机,家庭电话,生日,家庭住址,车牌号,VIN码,车型,累计消费"
WANG = "1,王芳,13800138000,,1980-01-02,深圳,粤B12345,L00KZGZP6KD044116,岚峰,100"
LI = "2,李娜,13900139000,,,广州,粤A12345,L00KAWREXBH817341,溪石,200"


class Files:
    """Files of one test, imported one after another."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.folder = folder
        self._count = 0

    def prepared(self, text: str, kind: Any = None, **options: Any) -> Prepared:
        self._count += 1
        path = self.folder / f"{self._count}.csv"
        path.write_text(text, encoding="utf-8")
        return prepare(
            path,
            kind,
            now=self.desk.clock.now,
            house_region="CN",
            house_zone="Asia/Shanghai",
            **options,
        )

    def run(self, text: str, kind: Any = None, **options: Any) -> ImportReport:
        as_of = options.pop("as_of", None)
        file = self.prepared(text, kind, as_of=as_of)
        report = imports.run(self.desk.database, self.desk.actor, file.ready(), **options)
        assert sum(report.results.values()) == report.rows
        return report

    def customers(self, *rows: str, header: str = HEADER, **options: Any) -> ImportReport:
        return self.run("\n".join((header, *rows)) + "\n", "customers", **options)


@pytest.fixture
def files(desk: Desk, tmp_path: Path) -> Files:
    return Files(desk, tmp_path)


def results(report: ImportReport) -> dict[str, int]:
    return {name: count for name, count in report.results.items() if count}


def only(desk: Desk, query: Any) -> sa.RowMapping:
    rows = desk.rows(query)
    assert len(rows) == 1
    return rows[0]


def numbers_of(desk: Desk, person_id: int) -> list[str]:
    """The numbers that are tried, in their order."""
    query = (
        sa.select(phone.c.e164)
        .join(person_phone, person_phone.c.phone_id == phone.c.id)
        .where(person_phone.c.person_id == person_id, person_phone.c.until.is_(None))
        .order_by(person_phone.c.position, person_phone.c.id)
    )
    return [row["e164"] for row in desk.rows(query)]


def write(desk: Desk, statement: Any) -> None:
    desk.database.write(lambda unit: unit.run(statement))


def test_only_what_the_file_changed_is_written(desk: Desk, files: Files) -> None:
    files.customers(WANG, LI)
    write(desk, sa.update(person).where(person.c.name == "王芳").values(home_address="东莞"))
    report = files.customers(WANG.replace(",100", ",150").replace("岚峰", "岚峰二代"), LI)
    assert results(report) == {"updated": 1, "unchanged": 1}
    row = only(desk, sa.select(person).where(person.c.name == "王芳"))
    assert (row["spent"], row["home_address"]) == (15000, "东莞")
    assert (
        only(desk, sa.select(asset).where(asset.c.plate_key == "粤B12345"))["model"] == "岚峰二代"
    )
    assert report.conflicts == 0


def test_what_waits_follows_a_new_address_to_its_hours(desk: Desk, files: Files) -> None:
    header = "Name,Phone,Address,Postcode,Country"
    row = "Ann Lee,+14155550103,1 Oak St,,US"
    files.customers(row, header=header)
    waits = desk.callback(only(desk, sa.select(person))["id"], campaign="win-back")
    files.customers(row.replace(",,US", ",02903,US"), header=header)
    assert only(desk, sa.select(person))["home_postcode"] == "02903"
    window = sa.select(calling_window.c.places).where(
        calling_window.c.id == desk.row(waits)["window_id"]
    )
    assert only(desk, window)["places"] == "US,US-CA,US-RI"


def test_a_field_edited_at_the_desk_since_is_a_listed_conflict(desk: Desk, files: Files) -> None:
    files.customers(WANG)
    write(desk, sa.update(person).values(home_address="东莞"))
    report = files.customers(WANG.replace("深圳", "惠州"))
    assert results(report) == {"unchanged": 1}
    assert report.conflicts == 1
    assert only(desk, sa.select(person))["home_address"] == "东莞"
    listed = only(desk, sa.select(import_conflict))
    assert (listed["kind"], listed["field"], listed["row_number"]) == ("person", "home_address", 2)
    assert files.customers(WANG.replace("深圳", "惠州")).conflicts == 0


def test_conflicts_are_listed_and_settled_either_way(desk: Desk, files: Files) -> None:
    files.customers(WANG)
    write(desk, sa.update(person).values(home_address="东莞", spent=5))
    write(desk, sa.update(asset).values(model="旧款"))
    report = files.customers(WANG.replace("深圳", "惠州").replace("岚峰,100", "溪石,300"))
    assert report.conflicts == 3
    listed = {one.field: one for one in list_conflicts(desk.database, desk.actor)}
    found = {field: (one.desk, one.file, one.row_number) for field, one in listed.items()}
    assert found == {
        "home_address": ("东莞", "惠州", 2),
        "spent": ("5", "30000", 2),
        "asset.model": ("旧款", "溪石", 2),
    }
    settle_conflict(desk.database, desk.actor, listed["home_address"].id, "file")
    settle_conflict(desk.database, desk.actor, listed["spent"].id, "desk")
    settle_conflict(desk.database, desk.actor, listed["asset.model"].id, "file")
    row = only(desk, sa.select(person))
    assert (row["home_address"], row["spent"]) == ("惠州", 5)
    assert only(desk, sa.select(asset))["model"] == "溪石"
    assert list_conflicts(desk.database, desk.actor) == ()
    with pytest.raises(RefusedError) as raised:
        settle_conflict(desk.database, desk.actor, listed["spent"].id, "file")
    assert raised.value.code == "conflict_settled"


def test_a_conflict_of_a_repeated_order_keeps_the_first(desk: Desk, files: Files) -> None:
    files.customers(WANG)
    rows = [f"R1,1,粤B12345,保养,2026-05-01,12000,{amount},赵艳" for amount in (100, 120)]
    files.run("\n".join((ORDERS, *rows)) + "\n")
    (one,) = list_conflicts(desk.database, desk.actor)
    assert (one.kind, one.field, one.desk, one.file) == ("order", "amount", "10000", None)
    with pytest.raises(RefusedError) as raised:
        settle_conflict(desk.database, desk.actor, one.id, "file")
    assert raised.value.code == "conflict_without_value"
    settle_conflict(desk.database, desk.actor, one.id, "desk")


def test_an_empty_cell_says_nothing(desk: Desk, files: Files) -> None:
    files.customers(WANG)
    report = files.customers(WANG.replace("深圳", ""))
    assert results(report) == {"unchanged": 1}
    assert only(desk, sa.select(person))["home_address"] == "深圳"


def test_a_new_number_takes_the_place_of_the_old_one(desk: Desk, files: Files) -> None:
    files.customers(WANG.replace(",,1980", ",13700137000,1980"))
    who = only(desk, sa.select(person))["id"]
    assert numbers_of(desk, who) == ["+8613800138000", "+8613700137000"]
    assert results(files.customers(WANG.replace("13800138000,", "13600136000,13700137000"))) == {
        "updated": 1
    }
    assert numbers_of(desk, who) == ["+8613600136000", "+8613700137000"]
    ruined = WANG.replace("13800138000,", "1.36E+10,13700137000")
    report = files.customers(ruined)
    assert report.phone_problems == {"scientific_notation": 1}
    assert numbers_of(desk, who) == ["+8613600136000", "+8613700137000"]


def test_a_bad_number_is_kept_for_repair_and_goes_when_it_is_mended(
    desk: Desk, files: Files
) -> None:
    report = files.customers(WANG.replace("13800138000", "1380013"))
    assert results(report) == {"added": 1}
    link = only(desk, sa.select(person_phone))
    assert (link["phone_id"], link["problem"], link["raw"]) == (None, "too_short", "1380013")
    assert only(desk, sa.select(person))["record_faults"] == ["phone_too_short"]
    files.customers(WANG)
    row = only(desk, sa.select(person))
    assert row["record_faults"] == []
    assert numbers_of(desk, row["id"]) == ["+8613800138000"]
    assert not desk.rows(
        sa.select(person_phone).where(
            person_phone.c.problem.is_not(None), person_phone.c.until.is_(None)
        )
    )


def test_who_is_known_by_another_number_is_merged_and_filled_in(desk: Desk, files: Files) -> None:
    who = desk.person("王芳", "+8613800138000")
    report = files.customers(WANG, LI)
    assert results(report) == {"merged": 1, "added": 1}
    assert report.outcomes[2].with_id == who
    row = only(desk, sa.select(person).where(person.c.id == who))
    assert (row["home_address"], row["birthday"], row["spent"]) == ("深圳", "1980-01-02", 10000)
    assert len(desk.rows(sa.select(person_asset).where(person_asset.c.person_id == who))) == 1
    assert results(files.customers(WANG, LI)) == {"unchanged": 2}


def test_a_shared_number_alone_lists_a_pair_and_merges_nobody(desk: Desk, files: Files) -> None:
    who = desk.person("李强", "+8613800138000")
    report = files.customers(WANG)
    assert results(report) == {"possibly_same": 1}
    pair = only(desk, sa.select(possible_match))
    assert (pair["person_id"], pair["reason"], pair["state"]) == (who, "number", "open")
    assert len(desk.rows(sa.select(person))) == 2
    assert len(desk.rows(sa.select(phone))) == 1


def test_pairs_within_a_file_are_found_too(desk: Desk, files: Files) -> None:
    other = "3,李强,13800138000,,,,,,,"
    assert results(files.customers(WANG, other)) == {"added": 1, "possibly_same": 1}
    assert len(desk.rows(sa.select(possible_match))) == 1


def test_the_newer_row_of_one_person_wins(desk: Desk, files: Files) -> None:
    again = WANG.replace("1,王芳", "9,王 芳女士").replace("深圳", "惠州").replace(",100", ",300")
    report = files.customers(WANG, again)
    assert results(report) == {"added": 1, "merged": 1}
    assert report.outcomes[3].with_row == 2
    row = only(desk, sa.select(person))
    assert (row["home_address"], row["spent"], row["salutation"]) == ("惠州", 30000, "女士")
    assert len(desk.rows(sa.select(asset))) == 1
    # The older row's own last value is what a later file is compared with.
    assert results(files.customers(WANG, again)) == {"unchanged": 2}
    assert results(files.customers(WANG.replace("深圳", "东莞"), again)) == {
        "updated": 1,
        "unchanged": 1,
    }
    assert only(desk, sa.select(person))["home_address"] == "东莞"


def test_a_lunar_birthday_is_kept_as_such(desk: Desk, files: Files) -> None:
    header = HEADER.replace("家庭住址", "农历生日(是/否)")
    report = files.customers(WANG.replace("1980-01-02,深圳", "1980-02-30,是"), header=header)
    assert report.notices == {}
    row = only(desk, sa.select(person))
    assert (row["birthday"], row["birthday_calendar"]) == ("1980-02-30", "lunar")


def test_a_new_car_is_another_asset_and_a_new_plate_is_not(desk: Desk, files: Files) -> None:
    files.customers(WANG)
    files.customers(WANG.replace("粤B12345", "粤B99999"))
    assert only(desk, sa.select(asset))["plate_key"] == "粤B99999"
    changed = WANG.replace("粤B12345", "粤B77777").replace("L00KZGZP6KD044116", "L00JMBUC8YP113168")
    files.customers(changed)
    assert len(desk.rows(sa.select(asset))) == 2


def test_erased_persons_stay_erased(desk: Desk, files: Files) -> None:
    def leave_hash(unit: Any) -> None:
        unit.run(
            do_not_call.insert(),
            {
                "number_hash": hash_number(unit, "+8613800138000"),
                "purpose": "any",
                "reason": "erased",
                "source": "desk",
                "since": unit.now,
            },
        )

    desk.database.write(leave_hash)
    report = files.customers(WANG, LI)
    assert results(report) == {"rejected": 1, "added": 1}
    assert report.reasons == {"erased": 1}
    assert report.rejected == {2: "erased"}


def test_sources_have_registers_of_their_own(desk: Desk, files: Files) -> None:
    files.customers(WANG)
    other = "1,赵敏,13600136000,,,,,,,"
    assert results(files.customers(other, source="branch")) == {"added": 1}
    assert len(desk.rows(sa.select(person))) == 2
    assert results(files.customers(other)) == {"updated": 1}


CALLS = "客户编号,姓名,电话,回访类型,到期时间,指定回访员,优先级,备注,导出时间"
CALL = "1,王芳,13800138000,售后3日回访,2026-11-24 10:00,,中,请致电,2026-11-23 08:00"


def calls(files: Files, *rows: str, header: str = CALLS, **options: Any) -> ImportReport:
    return files.run("\n".join((header, *rows)) + "\n", "callbacks", **options)


def test_a_callback_finds_its_customer_and_its_number(desk: Desk, files: Files) -> None:
    files.customers(WANG, LI.replace("13900139000", ""))
    report = calls(
        files,
        CALL,
        CALL.replace("13800138000", "139****9000").replace("24 10", "24 11"),
        CALL.replace("1,王芳", "7,周平"),
        CALL.replace("1,王芳,13800138000", "2,李娜,无"),
        CALL.replace("13800138000", "13700137000").replace("24 10", "25 10"),
    )
    assert results(report) == {"added": 3, "rejected": 2}
    assert report.reasons == {"no_usable_number": 1, "unknown_customer": 1}
    assert report.phone_problems == {"masked": 1, "not_a_number": 1}
    rows = desk.rows(
        sa.select(callback, phone.c.e164)
        .join(phone, phone.c.id == callback.c.phone_id)
        .order_by(callback.c.due_at)
    )
    assert [row["e164"] for row in rows] == ["+8613800138000", "+8613800138000", "+8613700137000"]
    assert rows[0]["due_at"] == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert rows[0]["note"] == "请致电"
    assert numbers_of(desk, rows[0]["person_id"]) == ["+8613800138000", "+8613700137000"]


def test_a_waiting_callback_follows_the_file_and_a_worked_one_does_not(
    desk: Desk, files: Files
) -> None:
    files.customers(WANG)
    calls(files, CALL)
    assert results(calls(files, CALL.replace("请致电", "下午再打"))) == {"updated": 1}
    assert only(desk, sa.select(callback))["note"] == "下午再打"
    write(desk, sa.update(callback).values(note="客户已另约"))
    report = calls(files, CALL.replace("请致电", "上午打"))
    assert (results(report), report.conflicts) == ({"unchanged": 1}, 1)
    write(desk, sa.update(callback).values(state="done"))
    report = calls(files, CALL.replace("请致电", "晚上打"))
    assert (results(report), report.conflicts) == ({"unchanged": 1}, 1)
    assert only(desk, sa.select(callback))["note"] == "客户已另约"


def test_a_numbered_callback_moves_its_time(desk: Desk, files: Files) -> None:
    files.customers(WANG)
    header, row = "回访编号," + CALLS, "T1," + CALL
    calls(files, row, header=header)
    assert results(calls(files, row.replace("24 10", "25 16"), header=header)) == {"updated": 1}
    moved = only(desk, sa.select(callback))
    assert moved["due_at"] == moved["ready_at"] == datetime(2026, 11, 25, 8, tzinfo=UTC)
    kinds = [row["kind"] for row in desk.rows(sa.select(callback_event.c.kind))]
    assert kinds == ["created", "imported"]


def test_relative_times_need_an_export_time(desk: Desk, files: Files) -> None:
    files.customers(WANG)
    header = CALLS.removesuffix(",导出时间")
    rows = [
        CALL.removesuffix(",2026-11-23 08:00").replace("2026-11-24 10:00", due)
        for due in ("明天下午3点", "尽快", "11/24 10:00", "2026-11-24 10:00", "", "某个时候")
    ]
    report = calls(files, *rows, header=header)
    assert report.reasons == {"due_relative": 3, "due_not_understood": 1}
    assert results(report) == {"added": 2, "rejected": 4}
    exported = datetime(2026, 11, 23, 0, tzinfo=UTC)
    report = calls(files, *rows, header=header, as_of=exported)
    assert report.reasons == {"due_not_understood": 1}
    due = {row["due_at"] for row in desk.rows(sa.select(callback.c.due_at))}
    assert datetime(2026, 11, 24, 7, tzinfo=UTC) in due


def test_a_row_without_time_comes_again_only_with_another_file_after_it_was_done(
    desk: Desk, files: Files
) -> None:
    files.customers(WANG)
    header = CALLS.removesuffix(",导出时间")
    row = CALL.removesuffix(",2026-11-23 08:00").replace("2026-11-24 10:00", "")
    assert results(calls(files, row, header=header)) == {"added": 1}
    assert results(calls(files, row, row.replace("中", "高"), header=header)) == {
        "unchanged": 1,
        "merged": 1,
    }
    write(desk, sa.update(callback).values(state="done"))
    assert results(calls(files, row, header=header)) == {"unchanged": 1}
    assert results(calls(files, row.replace("请致电", "又来电"), header=header)) == {"added": 1}
    assert len(desk.rows(sa.select(callback))) == 2


CLINIC = (
    "Patient ID,First name,Last name,Phone,Country,Callback due (local),Reason,Consent to call,"
    "Do not call,Notes"
)


def test_stops_of_a_file_hold_for_its_other_rows_and_for_later_files(
    desk: Desk, files: Files
) -> None:
    rows = [
        "P1,Emily,Nguyen,(415) 555-0103,US,2026-11-25 10:00,Test results,Y,,",
        "P2,Carlos,Lee,(415) 555-0104,US,2026-11-25 10:00,Test results,Y,Y,",
        "P3,Baby,Lee,(415) 555-0104,US,2026-11-25 10:00,Referral,Y,,",
        "P4,Zoe,Jones,(415) 555-0105,US,2026-11-25 10:00,Test results,Y,,Please stop calling me",
        "P5,Ann,Kim,(415) 555-0106,US,2026-11-25 10:00,Test results,N,,",
        "P6,Joe,Kim,-,US,2026-11-25 10:00,Test results,Y,,",
    ]
    report = calls(files, *rows, header=CLINIC)
    assert report.reasons == {
        "asked_to_stop": 1,
        "do_not_call": 1,
        "do_not_call_number": 1,
        "no_consent": 1,
        "no_usable_number": 1,
    }
    assert results(report) == {"added": 1, "rejected": 5}
    stops = desk.rows(sa.select(do_not_call))
    assert sorted((row["reason"], row["person_id"] is None) for row in stops) == [
        ("file", False),
        ("file", True),
        ("note", False),
        ("note", True),
    ]
    assert len(desk.rows(sa.select(person))) == 5
    assert {row["granted"] for row in desk.rows(sa.select(consent))} == {True, False}
    later = "P9,Max,Roe,(415) 555-0104,US,2026-11-26 10:00,Billing question,Y,,"
    assert calls(files, later, header=CLINIC).reasons == {"do_not_call_number": 1}
    row = only(desk, sa.select(callback))
    assert row["due_at"] == datetime(2026, 11, 25, 18, tzinfo=UTC)


def test_a_stop_in_a_later_file_cancels_what_waits(desk: Desk, files: Files) -> None:
    row = "P1,Emily,Nguyen,(415) 555-0103,US,2026-11-25 10:00,Test results,Y,,"
    calls(files, row, header=CLINIC)
    report = calls(files, row.replace("Y,,", "Y,Y,"), header=CLINIC)
    assert report.persons == {"updated": 1}
    assert only(desk, sa.select(callback))["state"] == "cancelled"


ORDERS = "工单号,客户编号,车牌号,服务类型,进厂日期,里程,金额,服务顾问"


def test_orders_move_the_mileage_and_the_first_of_a_number_stands(desk: Desk, files: Files) -> None:
    files.customers(WANG)
    rows = [
        "R1,1,粤B12345,保养,2026-05-01,12000,100,赵艳",
        "R2,1,粤B12345,小修,2026-03-01,9000,50.50,赵艳",
        "R3,1,粤B12345,小修,2026-04-01,8000,50,赵艳",
        "R1,1,粤B12345,保养,2026-05-01,12000,120,赵艳",
        "R4,8,粤B12345,保养,2026-05-01,12000,100,赵艳",
        "R5,,粤B12345,年检,2026-02-01,,,",
    ]
    report = files.run("\n".join((ORDERS, *rows)) + "\n")
    assert report.kind == "orders"
    assert results(report) == {"added": 4, "merged": 1, "rejected": 1}
    assert report.notices == {"amount_differs": 1, "mileage_below_previous": 1}
    first = only(desk, sa.select(service_order).where(service_order.c.number == "R1"))
    assert (first["amount"], first["service"], first["currency"]) == (10000, "maintenance", "CNY")
    car = only(desk, sa.select(asset))
    assert (car["mileage"], car["mileage_on"].isoformat()) == (12000, "2026-05-01")
    again = files.run("\n".join((ORDERS, rows[0].replace(",100,", ",110,"))) + "\n")
    assert results(again) == {"updated": 1}
    later = files.run("\n".join((ORDERS, "R6,1,,保养,2026-06-01,11000,1,")) + "\n")
    assert later.notices == {"mileage_below_previous": 1}


COMPLAINTS = (
    "Complaint number,Customer name,Number,Received at,Channel,Level,Category,Customer class,"
    "Description,What the customer wants,Promised reply by,Status"
)
CASE = (
    "C-1,Wu Na,13800138000,2026-11-20T10:00:00+08:00,app,regulator,process,B,"
    '"Told twice, twice wrong",refund; apology,within 96 hours,open'
)


def cases(files: Files, *rows: str) -> ImportReport:
    return files.run("\n".join((COMPLAINTS, *rows)) + "\n", "complaints")


def test_a_complaint_becomes_a_case_with_wishes_a_promise_and_a_call(
    desk: Desk, files: Files
) -> None:
    report = cases(files, CASE, CASE.replace("C-1", "C-2").replace("13800138000", "无"))
    assert report.notices["callback_no_usable_number"] == 1
    case = only(desk, sa.select(complaint).where(complaint.c.number == "C-1"))
    assert (case["weight"], case["level"], case["status"]) == ("appeal", "regulator", "open")
    assert case["reply_by"] == datetime(2026, 11, 24, 2, tzinfo=UTC)
    wants = desk.rows(sa.select(wish.c.text).where(wish.c.complaint_id == case["id"]))
    assert [row["text"] for row in wants] == ["refund", "apology"]
    call = only(desk, sa.select(callback))
    assert (call["band"], call["promised"], call["due_at"]) == (0, True, case["reply_by"])
    assert only(desk, sa.select(promise))["callback_id"] == call["id"]


def test_a_case_closed_elsewhere_is_not_called_about_and_one_reopened_is(
    desk: Desk, files: Files
) -> None:
    cases(files, CASE)
    assert results(cases(files, CASE.replace(",open", ",closed"))) == {"updated": 1}
    assert only(desk, sa.select(callback))["state"] == "cancelled"
    assert only(desk, sa.select(promise))["state"] == "kept"
    report = cases(files, CASE.replace(",open", ",reopened").replace("refund;", "refund; a call;"))
    assert results(report) == {"updated": 1}
    assert sorted(row["state"] for row in desk.rows(sa.select(callback.c.state))) == [
        "cancelled",
        "scheduled",
    ]
    assert len(desk.rows(sa.select(wish))) == 3


def many(count: int) -> list[str]:
    return [f"{n + 1000},王芳{n},1380013{n:04},,,,,,," for n in range(count)]


def broken_off(files: Files, text: str, kind: Any, after: int) -> None:
    class PowerCutError(Exception):
        pass

    def progress(done: int, _total: int) -> None:
        if done >= after:
            raise PowerCutError

    file = files.prepared(text, kind)
    with pytest.raises(PowerCutError):
        imports.run(files.desk.database, files.desk.actor, file.ready(), progress=progress)


def test_a_killed_import_says_so_and_goes_on(desk: Desk, files: Files) -> None:
    text = "\n".join((HEADER, *many(250), "7,,,,,,,,,,,too many")) + "\n"
    broken_off(files, text, "customers", 100)
    left = imports.unfinished(desk.database, desk.actor)
    assert [(one.rows, one.position, one.kind) for one in left] == [(251, 101, "customers")]
    report = files.run(text, "customers")
    assert report.continued
    assert results(report) == {"added": 250, "rejected": 1}
    assert report.rejected == {252: "too_many_cells"}
    assert imports.unfinished(desk.database, desk.actor) == ()
    assert len(desk.rows(sa.select(person))) == 250
    assert results(files.run(text, "customers")) == {"unchanged": 250, "rejected": 1}


def test_a_file_that_another_program_imports_is_left_alone(desk: Desk, files: Files) -> None:
    text = "\n".join((HEADER, *many(150))) + "\n"
    broken_off(files, text, "customers", 1)
    counts = dict(only(desk, sa.select(import_run))["counts"])
    write(desk, sa.update(import_run).values(counts={**counts, "process": os.getppid()}))
    with pytest.raises(RefusedError) as raised:
        files.run(text, "customers")
    assert raised.value.code == "import_running"
    away = {**counts, "host": "elsewhere", "beat": desk.clock.now.isoformat()}
    write(desk, sa.update(import_run).values(counts=away))
    with pytest.raises(RefusedError):
        files.run(text, "customers")
    desk.clock.advance(minutes=2)
    assert files.run(text, "customers").continued


def test_an_import_understood_otherwise_begins_anew(desk: Desk, files: Files) -> None:
    text = "\n".join((HEADER, *many(150))) + "\n"
    broken_off(files, text, "customers", 1)
    report = files.run(text, "customers", as_of=desk.clock.now - timedelta(days=1))
    assert not report.continued
    assert results(report) == {"unchanged": 100, "added": 50}


def test_taking_back_removes_what_was_added_and_restores_what_was_changed(
    desk: Desk, files: Files
) -> None:
    files.customers(WANG)
    first = only(desk, sa.select(person))
    changed = WANG.replace("深圳", "惠州").replace("13800138000", "13600136000")
    report = files.customers(changed, LI, *many(120))
    assert report.import_id is not None
    back = take_back(desk.database, desk.actor, report.import_id)
    assert (back.removed, back.restored, back.kept) == (121, 1, 0)
    row = only(desk, sa.select(person))
    assert (row["id"], row["home_address"]) == (first["id"], "深圳")
    assert numbers_of(desk, row["id"]) == ["+8613800138000"]
    assert len(desk.rows(sa.select(import_memory))) == 1
    assert len(desk.rows(sa.select(asset))) == 1
    assert results(files.customers(changed, LI)) == {"updated": 1, "added": 1}


def test_taking_back_keeps_what_was_worked_with(desk: Desk, files: Files) -> None:
    row = "P1,Emily,Nguyen,(415) 555-0103,US,2026-11-25 10:00,Test results,Y,,"
    other = "P2,Carlos,Lee,(415) 555-0104,US,2026-11-25 10:00,Test results,Y,,"
    report = calls(files, row, other, header=CLINIC)
    assert report.import_id is not None
    first = desk.rows(sa.select(callback.c.id).order_by(callback.c.id))[0]["id"]
    write(desk, sa.update(callback).where(callback.c.id == first).values(state="done"))
    back = take_back(desk.database, desk.actor, report.import_id)
    assert (back.removed, back.kept) == (2, 2)
    assert only(desk, sa.select(person))["name"] == "Emily Nguyen"
    with pytest.raises(RefusedError) as raised:
        take_back(desk.database, desk.actor, 999)
    assert raised.value.code == "import_unknown"


def test_cases_and_orders_are_taken_back_too(desk: Desk, files: Files) -> None:
    files.customers(WANG)
    orders = files.run(f"{ORDERS}\nR1,1,粤B12345,保养,2026-05-01,12000,100,赵艳\n")
    case = cases(files, CASE)
    for report in (case, orders):
        assert report.import_id is not None
        take_back(desk.database, desk.actor, report.import_id)
    for table in (service_order, complaint, wish, callback, promise):
        assert desk.rows(sa.select(table)) == []


def test_only_a_lead_imports(desk: Desk, files: Files) -> None:
    operator = desk.operator("bob")
    assert operator.role is Role.OPERATOR
    file = files.prepared(f"{HEADER}\n{WANG}\n", "customers").ready()
    with pytest.raises(RefusedError) as raised:
        imports.run(desk.database, operator, file)
    assert raised.value.code == "not_allowed"


def test_a_choice_of_columns_is_kept_for_the_next_file(desk: Desk, files: Files) -> None:
    text = "姓名,甲,乙\n王芳,13800138000,教师\n"
    file = files.prepared(text, "customers")
    chosen = file.mapping.changed(2, "occupation").changed(1, "phone")
    digest = file.header_digest
    save_mapping(desk.database, desk.actor, "customers", digest, chosen.to_dict())
    save_mapping(desk.database, desk.actor, "customers", digest, chosen.to_dict())
    again = files.prepared(text, "customers", saved=lambda one: saved_mapping(desk.database, one))
    assert again.mapping.fields == {"name", "phone", "occupation"}
    imports.run(desk.database, desk.actor, again.ready())
    assert only(desk, sa.select(person))["occupation"] == "教师"


def test_hostile_cells_are_stored_as_plain_text(desk: Desk, files: Files) -> None:
    hostile = "[@click=app.quit]x[/]'; DROP TABLE person;--\x1b[31m\u202e"
    report = files.customers(f'1,"{hostile}",13800138000,,,"=1+1",,,,')
    assert results(report) == {"added": 1}
    row = only(desk, sa.select(person))
    assert row["name"] == "[@click=app.quit]x[/]'; DROP TABLE person;--"
    assert row["home_address"] == "=1+1"


def test_an_erased_customer_stays_out_under_the_old_customer_number(
    desk: Desk, files: Files
) -> None:
    files.customers(WANG, LI)
    who = only(desk, sa.select(person.c.id).where(person.c.name == "王芳"))["id"]
    erase(desk.database, desk.actor, who, "request")
    for rows in ((WANG, LI), (WANG.replace("13800138000", "13600136000"), LI)):
        report = files.customers(*rows)
        assert report.reasons == {"erased": 1}
        assert results(report) == {"rejected": 1, "unchanged": 1}
    assert calls(files, CALL).reasons == {"erased": 1}
    orders = files.run(f"{ORDERS}\nR1,1,粤B12345,保养,2026-05-01,12000,100,赵艳\n")
    assert orders.reasons == {"erased": 1}
