"""Every figure of the manifest that can be counted before anything is written."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from content.columns import column_book
from domain.phone import Number, NumberProblem, read_number
from domain.record.days import Day, read_day
from domain.record.figures import read_money
from domain.record.marks import read_id_number
from domain.record.rows import CallbackRow, ComplaintRow, CustomerRow, JudgedFile, OrderRow
from domain.record.same_person import fold
from intake.preparing import Prepared, prepare
from intake.table import Cell, text_of

SAMPLES = Path(__file__).parents[1] / "samples"
MANIFEST = json.loads((SAMPLES / "manifest.json").read_text(encoding="utf-8"))
NOW = datetime.fromisoformat(MANIFEST["reference_time"]).astimezone(UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@cache
def prepared(name: str) -> Prepared:
    # The desk's own country is another one: the files themselves say where they come from.
    return prepare(SAMPLES / name, now=NOW, house_region="GB", house_zone="Europe/London")


def truth(name: str) -> dict[str, Any]:
    found: dict[str, Any] = MANIFEST["files"][name]["truth"]
    return found


def judged(name: str) -> JudgedFile:
    return prepared(name).ready()


def column(name: str, field: str) -> list[Cell]:
    file = prepared(name)
    place = file.mapping.place_of(field)
    assert place is not None
    return [row.cells[place] for row in file.table.rows]


DEALER = "dealer_customers.csv"
ORDERS = "service_orders.xlsx"
CALLBACKS = "callbacks_today.csv"
CLINIC = "clinic_callbacks_en.xlsx"
TELECOM = "telecom_complaints.csv"


def test_how_each_file_was_written_is_told() -> None:
    assert [
        (prepared(name).encoding, prepared(name).table.delimiter, prepared(name).table.line_end)
        for name in (DEALER, CALLBACKS, TELECOM)
    ] == [("GB18030", ",", "\r\n"), ("UTF-8 (BOM)", ",", "\r\n"), ("UTF-8", ",", "\n")]
    assert [prepared(name).table.sheet for name in (ORDERS, CLINIC)] == ["工单明细", "Callbacks"]
    files = (DEALER, ORDERS, CALLBACKS, CLINIC, TELECOM)
    kinds = ["customers", "orders", "callbacks", "callbacks", "complaints"]
    assert [prepared(name).mapping.kind for name in files] == kinds
    assert all(
        column.field for name in MANIFEST["files"] for column in prepared(name).mapping.columns
    )


def test_rows_and_phone_problems() -> None:
    for name, file in MANIFEST["files"].items():
        assert judged(name).total == file["truth"]["rows"], name
        assert judged(name).phone_problems == file["truth"].get("phone_rejects", {}), name


def customers() -> list[CustomerRow]:
    return [row for row in judged(DEALER).rows if isinstance(row, CustomerRow)]


def test_numbers_of_the_dealers_customers() -> None:
    expected = truth(DEALER)
    main = [row.person.phones[0].number for row in customers()]
    kinds = Counter(
        "landline_with_extension"
        if number.extension
        else "hk_mobile"
        if number.region == "HK"
        else number.kind
        for number in main
        if number
    )
    # The manifest counts landlines with an extension among the landlines too.
    kinds["landline"] += kinds["landline_with_extension"]
    assert sum(map(bool, main)) == expected["phone_valid"]
    assert kinds["hk_mobile"] == expected["phone_valid_kinds"]["hk_mobile"]
    assert kinds["mobile"] == expected["phone_valid_kinds"]["mobile"]
    assert (
        kinds["landline_with_extension"] == expected["phone_valid_kinds"]["landline_with_extension"]
    )
    assert (
        sum(bool(row.person.numbers) for row in customers())
        == (expected["rows_with_any_valid_phone"])
    )
    for field in ("home_phone", "office_phone"):
        found = Counter(
            "valid"
            if isinstance(number, Number)
            else "empty"
            if number.code == "empty"
            else "not_valid"
            for number in (read_number(text_of(cell), "CN") for cell in column(DEALER, field))
        )
        assert found == expected[field]


def test_the_dealers_records() -> None:
    expected = truth(DEALER)
    records = [row.person for row in customers()]
    numbers = Counter(
        "empty" if not text_of(cell) else found[1] or "good"
        for cell in column(DEALER, "id_number")
        for found in [read_id_number(text_of(cell))]
    )
    assert numbers == expected["id_numbers"]
    lower = sum(text_of(cell).endswith("x") for cell in column(DEALER, "id_number"))
    assert lower == expected["id_numbers_with_lower_case_x"]
    vins = Counter(
        "empty" if "vin" not in one.asset else one.asset.get("vin_problem", "good")
        for one in records
    )
    assert vins["has_i_o_or_q"] == expected["vins"]["has_I_O_or_Q"]
    assert (vins["good"], vins["empty"]) == (expected["vins"]["good"], expected["vins"]["empty"])
    spent = [one.fields.get("spent") for one in records]
    assert (
        sum(int(amount) for amount in spent if amount is not None) == (expected["spent_total_fen"])
    )
    assert spent.count(None) == expected["spent_empty"]
    levels = Counter(
        column_book().labels["member_level"][str(level)].zh if level else ""
        for level in (one.fields.get("member_level") for one in records)
    )
    assert levels == expected["membership"]
    addresses = [str(one.fields.get("home_address", "")) for one in records]
    assert sum("\n" in address for address in addresses) == expected["addresses_with_line_break"]
    assert sum('"' in address for address in addresses) == expected["addresses_with_quote"]
    assert sum(not _in_gbk(one.name) for one in records) == expected["names_beyond_gbk"]
    assert {one.fields.get("currency") for one in records} == {"CNY", None}


def test_the_dealers_days() -> None:
    expected = truth(DEALER)
    lunar = [text_of(cell) == "是" for cell in column(DEALER, "birthday_lunar")]
    assert sum(lunar) == expected["lunar_birthdays"]
    birthdays = Counter(
        _day_name(read_day(text_of(cell), lunar=flag))
        for cell, flag in zip(column(DEALER, "birthday"), lunar, strict=True)
    )
    birthdays["placeholder_1900"] = birthdays.pop("placeholder")
    assert birthdays == expected["birthdays"]
    for field, key in (
        ("bought_on", "first_purchase_dates"),
        ("first_visit_on", "first_visit_dates"),
    ):
        found = Counter(_day_name(read_day(text_of(cell))) for cell in column(DEALER, field))
        assert found == expected[key]


def test_the_workshops_orders() -> None:
    expected = truth(ORDERS)
    rows = [row for row in judged(ORDERS).rows if isinstance(row, OrderRow)]
    reasons = Counter(one.reason for one in judged(ORDERS).rejected)
    assert reasons == {
        "visited_on_impossible": expected["dates"]["impossible"],
        "visited_on_far_ahead": expected["dates"]["future"],
    }
    amounts = [
        read_money(cell) for cell in column(ORDERS, "amount") if isinstance(cell, str | float)
    ]
    assert (
        sum(amount for amount in amounts if isinstance(amount, int))
        == (expected["amount_total_fen"])
    )
    numbers = [text_of(cell) for cell in column(ORDERS, "order_number")]
    assert len(set(numbers)) == expected["distinct_order_numbers"]
    first = dict(reversed(list(zip(numbers, amounts, strict=True))))
    assert sum(first.values()) == expected["amount_total_fen_first_row_of_each_number"]
    services = Counter(
        column_book().labels["service"][str(column_book().word("service", text_of(cell)))].zh
        for cell in column(ORDERS, "service")
    )
    assert services == expected["services"]
    assert list(column(ORDERS, "mileage")).count("") == expected["mileage_empty"]
    assert (
        sum(row.visited_on.isoformat() == "2026-11-20" for row in rows)
        == (expected["orders_on_2026_11_20"])
    )
    assert {row.currency for row in rows} == {"CNY"}


def callbacks(name: str) -> list[CallbackRow]:
    return [row for row in judged(name).rows if isinstance(row, CallbackRow)]


def test_the_dealers_callbacks() -> None:
    expected = truth(CALLBACKS)
    rows = callbacks(CALLBACKS)
    main = [row.person.phones[0].number for row in rows]
    assert sum(map(bool, main)) == expected["phone_valid"]
    assert len({number.e164 for number in main if number}) == expected["distinct_numbers"]
    campaigns = prepared(CALLBACKS).setting.campaigns
    assert Counter(campaigns[row.campaign].name.zh for row in rows) == expected["callback_kinds"]
    words = column_book().labels["priority"]
    assert Counter(words[row.priority].zh for row in rows) == expected["priorities"]
    assert Counter(row.agent for row in rows) == expected["agents"]
    kinds = {"soon": "as_soon_as_possible", "none": "empty"}
    assert Counter(kinds.get(row.due_kind, row.due_kind) for row in rows) == expected["due_kinds"]


def test_due_times_of_the_dealers_callbacks() -> None:
    expected = truth(CALLBACKS)
    rows = callbacks(CALLBACKS)
    dated = [row for row in rows if row.due_kind in ("exact", "day_only")]
    days = Counter(
        row.due_at.astimezone(SHANGHAI).date().isoformat() for row in dated if row.due_at
    )
    assert days == expected["due_by_day"]
    exact = [row.due_at for row in rows if row.due_kind == "exact" and row.due_at]
    assert sum(at < NOW for at in exact) == expected["due_exact_before_the_reference_time"]
    first = datetime(2026, 11, 1, tzinfo=SHANGHAI)
    minutes = sum((at - first) // timedelta(minutes=1) for at in exact)
    assert minutes == expected["due_exact_minutes_since_2026_11_01_summed"]
    soon = {row.due_at for row in rows if row.due_kind in ("soon", "none")}
    assert {at.astimezone(SHANGHAI).strftime("%d %H:%M") for at in soon if at} == {
        "22 18:00",
        "23 08:10",
    }


def test_hostile_notes_are_kept_as_plain_text() -> None:
    expected = truth(CALLBACKS)["notes"]
    raw = [text_of(cell) for cell in column(CALLBACKS, "note")]
    rows = callbacks(CALLBACKS)
    faults = Counter(fault for row in rows for fault in row.faults)
    assert faults["note_escape"] == expected["escape"] == sum("\x1b" in text for text in raw)
    assert faults["note_bidi"] == expected["bidi_override"]
    stored = [row.note for row in rows]
    assert not any("\x1b" in note or "\u202e" in note or "\x07" in note for note in stored)
    kept = {
        "markup": lambda note: note.startswith("[") or "[/]" in note,
        "formula": lambda note: note.startswith("="),
        "html": lambda note: note.startswith("<"),
        "line_break": lambda note: "\n" in note,
        "long": lambda note: len(note) == 500,
        "backslash": lambda note: "\\" in note,
        "sql": lambda note: "DROP TABLE" in note,
        "emoji": lambda note: "😀" in note,
    }
    found = {kind: sum(map(test, stored)) for kind, test in kept.items()}
    assert found["emoji"] == expected["emoji"]
    for kind in ("formula", "html", "line_break", "backslash", "sql", "markup", "long"):
        assert found[kind] == expected[kind], kind


def test_the_clinics_patients() -> None:
    expected = truth(CLINIC)
    rows = callbacks(CLINIC)
    assert Counter(row.person.fields["country"] for row in rows) == expected["countries"]
    main = [row.person.phones[0].number for row in rows]
    assert sum(map(bool, main)) == expected["phone_valid"]
    assert len({number.e164 for number in main if number}) == expected["distinct_numbers"]
    assert (
        sum(number.kind == "toll_free" for number in main if number)
        == (expected["phone_toll_free"])
    )
    assert (
        sum(isinstance(cell, float) for cell in column(CLINIC, "phone"))
        == (expected["phone_stored_as_a_number"])
    )
    given = Counter({True: "Y", False: "N", None: ""}[row.person.consent] for row in rows)
    assert given == expected["consent"]
    stops = Counter(row.person.stop for row in rows)
    assert stops["marked"] == expected["do_not_call_rows"]
    assert stops["note"] == expected["notes_asking_to_stop_calling"]
    assert judged(CLINIC).brings_persons


def test_who_of_the_clinic_may_be_called() -> None:
    expected = truth(CLINIC)
    rows = callbacks(CLINIC)
    may = [
        row
        for row in rows
        if row.person.numbers and row.person.consent and row.person.stop != "marked"
    ]
    assert len(may) == expected["rows_with_valid_phone_consent_and_no_do_not_call"]
    stopped = {
        row.person.numbers[0].e164
        for row in rows
        if row.person.stop == "marked" and row.person.numbers
    }
    left = [row for row in may if row.person.numbers[0].e164 not in stopped]
    assert len(left) == expected["the_same_without_numbers_that_are_do_not_call_on_some_row"]


def test_the_clinics_zones_and_due_times() -> None:
    expected = truth(CLINIC)
    rows = callbacks(CLINIC)
    cells = [text_of(cell) for cell in column(CLINIC, "zone")]
    found = Counter("iana" if "/" in cell else "letters" if cell else "empty" for cell in cells)
    assert found == expected["time_zones"]
    split = [
        row.person.phones[0].zones
        for row, cell in zip(rows, cells, strict=True)
        if not cell and row.person.phones[0].raw.startswith(("+1850", "+1208"))
    ]
    assert len(split) == expected["time_zone_empty_in_area_850_or_208"]
    assert {len(zones) for zones in split} == {2}
    cells_due = column(CLINIC, "due_local")
    kinds = Counter(
        "empty" if cell == "" else "text" if isinstance(cell, str) else "real" for cell in cells_due
    )
    assert kinds == expected["due"]
    local = [_local(row) for row in rows if row.due_at is not None]
    assert Counter(at.date().isoformat() for at in local) == expected["due_by_day"]
    assert (
        sum(at.hour < 8 or at.hour >= 21 for at in local)
        == (expected["due_before_0800_or_from_2100"])
    )


def complaints() -> list[ComplaintRow]:
    return [row for row in judged(TELECOM).rows if isinstance(row, ComplaintRow)]


def test_the_telecoms_complaints() -> None:
    expected = truth(TELECOM)
    rows = complaints()
    main = [row.person.phones[0].number for row in rows]
    assert sum(map(bool, main)) == expected["phone_valid"]
    distinct = Counter(number.e164 for number in main if number)
    assert len(distinct) == expected["distinct_numbers"]
    assert (
        sum(count > 1 for count in distinct.values())
        == (expected["numbers_with_more_than_one_complaint"])
    )
    levels = Counter(_label("level", row.level) for row in rows)
    assert levels == expected["levels"]
    left = Counter(_label("level", row.level) for row in rows if row.status != "closed")
    assert left == expected["levels_not_closed"]
    assert Counter(_label("category", row.category) for row in rows) == expected["categories"]
    assert Counter(row.customer_class for row in rows) == expected["customer_classes"]
    assert Counter(_label("channel", row.channel) for row in rows) == expected["channels"]
    assert Counter(_label("status", row.status) for row in rows) == expected["statuses"]
    assert Counter(str(len(row.wants)) for row in rows) == expected["wants"]
    assert Counter(row.reply_kind for row in rows) == expected["promised_reply"]
    late = sum(
        row.reply_by is not None and row.reply_by < NOW and row.status != "closed" for row in rows
    )
    assert late == expected["promised_reply_before_the_reference_time_and_not_closed"]
    assert sum("\n" in row.description for row in rows) == expected["descriptions_with_line_break"]


def _label(words: str, code: str) -> str:
    return column_book().labels[words][code].en


def _day_name(found: Day | str) -> str:
    if isinstance(found, str):
        return found
    return "lunar_only" if found.lunar_only else "date"


def _in_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _local(row: CallbackRow) -> datetime:
    """The wall clock of the zone from which the due time was taken: the latest of all."""
    assert row.due_at is not None
    zones = (
        [str(row.person.fields["zone"])]
        if "zone" in row.person.fields
        else row.person.phones[0].zones
    )
    clocks = [row.due_at.astimezone(ZoneInfo(zone)) for zone in zones or ("Europe/London",)]
    return min(clocks, key=lambda at: at.utcoffset() or timedelta())


def test_a_problem_is_no_number() -> None:
    assert isinstance(read_number("无", "CN"), NumberProblem)


def test_who_was_entered_twice() -> None:
    records = [row.person for row in customers()]
    folded = fold(records)
    twice = [
        [records[place].customer_number for place in group]
        for group in folded.groups
        if len(group) > 1
    ]
    assert [sorted(group) for group in twice] == truth(DEALER)["duplicate_groups"]
    assert len(folded.groups) == truth(DEALER)["distinct_customers_by_mobile"]
    assert folded.possible == ()
    shared = truth(CLINIC)["rows_sharing_an_earlier_rows_number"]
    patients = fold([row.person for row in callbacks(CLINIC)])
    assert len(patients.possible) == shared["other_name"]
    assert sum(len(group) - 1 for group in patients.groups) == shared["same_name"]
