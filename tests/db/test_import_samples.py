"""The sample files, imported into both databases: every figure of the manifest, and twice."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from content.columns import column_book
from db import imports, operators
from db.finish import finish
from db.imports import ImportReport
from db.queue import claim_next
from db.tables import (
    asset,
    callback,
    complaint,
    consent,
    do_not_call,
    import_memory,
    person,
    person_phone,
    phone,
    possible_match,
    promise,
    service_order,
    wish,
)
from domain.decision import Decision
from domain.record.rows import JudgedFile
from intake.preparing import prepare
from tests.databases import Desk

SAMPLES = Path(__file__).parents[1] / "samples"
MANIFEST = json.loads((SAMPLES / "manifest.json").read_text(encoding="utf-8"))
NOW = datetime.fromisoformat(MANIFEST["reference_time"]).astimezone(UTC)

DEALER = "dealer_customers.csv"
ORDERS = "service_orders.xlsx"
CALLBACKS = "callbacks_today.csv"
CLINIC = "clinic_callbacks_en.xlsx"
TELECOM = "telecom_complaints.csv"


def truth(name: str) -> dict[str, Any]:
    found: dict[str, Any] = MANIFEST["files"][name]["truth"]
    return found


@cache
def judged(name: str) -> JudgedFile:
    return prepare(SAMPLES / name, now=NOW, house_region="CN", house_zone="Asia/Shanghai").ready()


def run(desk: Desk, name: str, **options: Any) -> ImportReport:
    report = imports.run(desk.database, desk.actor, judged(name), **options)
    assert report.rows == truth(name)["rows"]
    assert sum(report.results.values()) == report.rows
    assert len(report.outcomes) == report.rows
    assert sum(report.reasons.values()) == report.results["rejected"]
    assert report.phone_problems == truth(name).get("phone_rejects", {})
    return report


def count(desk: Desk, table: sa.Table, *conditions: Any) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(*conditions)
    found: int = desk.database.read(lambda unit: unit.run(query).scalar_one())
    return found


def ends(report: ImportReport) -> list[tuple[int, str, str, int | None]]:
    return [(one.row, one.result, one.reason, one.with_row) for one in report.outcomes.values()]


def assert_nothing_new(first: ImportReport, again: ImportReport) -> None:
    assert (again.results["added"], again.results["updated"], again.conflicts) == (0, 0, 0)
    assert again.reasons == first.reasons


def test_the_dealers_files(desk: Desk) -> None:
    desk.clock.now = NOW
    expected = truth(DEALER)
    rehearsed = run(desk, DEALER, dry_run=True)
    assert count(desk, person) == 0
    first = run(desk, DEALER)
    assert first.results == rehearsed.results
    assert ends(first) == ends(rehearsed)
    assert first.results["added"] == expected["distinct_customers_by_mobile"]
    assert first.results["merged"] == expected["duplicate_rows"]
    assert first.results["rejected"] == 0
    assert count(desk, person) == expected["distinct_customers_by_mobile"]
    twice = Counter(row["row_id"] for row in desk.rows(sa.select(import_memory.c.row_id)))
    groups: dict[int, list[str]] = {}
    for row in desk.rows(
        sa.select(import_memory.c.row_id, import_memory.c.natural_key).order_by(
            import_memory.c.natural_key
        )
    ):
        if twice[row["row_id"]] > 1:
            groups.setdefault(row["row_id"], []).append(row["natural_key"])
    assert sorted(groups.values()) == sorted(expected["duplicate_groups"])
    bad = Counter(
        row["problem"]
        for row in desk.rows(
            sa.select(person_phone.c.problem).where(
                person_phone.c.problem.is_not(None), person_phone.c.role == "mobile"
            )
        )
    )
    assert bad == expected["phone_rejects"]
    assert_nothing_new(first, run(desk, DEALER))

    workshop(desk)
    phone_calls(desk)


def workshop(desk: Desk) -> None:
    expected = truth(ORDERS)
    first = run(desk, ORDERS)
    assert first.reasons == {
        "unknown_customer": expected["unknown_customer_rows"],
        "visited_on_far_ahead": expected["dates"]["future"],
        "visited_on_impossible": expected["dates"]["impossible"],
    }
    assert first.results["merged"] == expected["repeated_order_rows"]
    assert first.notices["amount_differs"] == expected["repeated_order_rows_with_another_amount"]
    assert first.conflicts == expected["repeated_order_rows_with_another_amount"]
    assert (
        first.notices["mileage_below_previous"]
        == (expected["mileage_below_the_customers_previous_order"])
    )
    day = datetime(2026, 11, 20, tzinfo=UTC).date()
    on_day = sa.and_(service_order.c.visited_on == day)
    assert count(desk, service_order, on_day) == expected["orders_on_2026_11_20"]
    reached = desk.rows(sa.select(asset.c.mileage).where(asset.c.mileage_on >= day))
    assert reached
    assert_nothing_new(first, run(desk, ORDERS))


def phone_calls(desk: Desk) -> None:
    expected = truth(CALLBACKS)
    agents = [name for name in expected["agents"] if name]
    for place, name in enumerate(agents[:7]):
        operators.add(desk.database, desk.actor, login=f"op{place}", name=name, role="operator")
    first = run(desk, CALLBACKS)
    assert first.reasons == {"unknown_customer": expected["unknown_customer_rows"]}
    assert first.results["merged"] == expected["rows_that_repeat_another_row"]
    assert first.results["added"] == 1200 - 12 - 12
    assert count(desk, callback) == first.results["added"]
    assert count(desk, callback, callback.c.phone_id.is_(None)) == 0
    assert count(desk, callback, callback.c.owner_id.is_not(None)) > 0
    assert 0 < first.notices["agent_unknown"] <= expected["agents"][agents[7]]
    assert_nothing_new(first, run(desk, CALLBACKS))
    operator = desk.seat("op0").actor
    taken = claim_next(desk.database, operator).taken
    assert taken is not None
    ending = Decision(str(uuid.uuid4()), "no-answer")
    finish(desk.database, operator, taken.call_id, taken.fence, ending)
    assert_nothing_new(first, run(desk, CALLBACKS))


def test_the_clinics_patients(desk: Desk) -> None:
    desk.clock.now = NOW
    expected = truth(CLINIC)
    rehearsed = run(desk, CLINIC, dry_run=True)
    first = run(desk, CLINIC)
    assert ends(first) == ends(rehearsed)
    shared = expected["rows_sharing_an_earlier_rows_number"]
    assert first.persons["merged"] == shared["same_name"]
    assert first.persons["possibly_same"] == shared["other_name"]
    assert count(desk, possible_match) == shared["other_name"]
    assert first.stops["marked"] == first.reasons["do_not_call"] == expected["do_not_call_rows"]
    assert (
        first.stops["note"]
        == first.reasons["asked_to_stop"]
        == (expected["notes_asking_to_stop_calling"])
    )
    stopped = (
        sa.select(phone.c.e164)
        .join(do_not_call, do_not_call.c.phone_id == phone.c.id)
        .where(do_not_call.c.reason == "file")
    )
    assert len({row["e164"] for row in desk.rows(stopped)}) == 31
    assert not desk.rows(
        sa.select(callback.c.id).join(do_not_call, do_not_call.c.phone_id == callback.c.phone_id)
    )
    refused = sa.select(callback.c.id).join(consent, consent.c.person_id == callback.c.person_id)
    assert not desk.rows(refused.where(consent.c.granted.is_(False)))
    given = count(desk, consent, consent.c.granted)
    assert given > expected["rows_with_valid_phone_consent_and_no_do_not_call"] - 20
    zones = Counter(row["zone"] for row in desk.rows(sa.select(person.c.zone)))
    assert zones["America/Boise"] > 0
    assert_nothing_new(first, run(desk, CLINIC))
    desk.clock.advance(days=30)
    assert_nothing_new(first, run(desk, CLINIC))


def test_the_telecoms_complaints(desk: Desk) -> None:
    desk.clock.now = NOW
    expected = truth(TELECOM)
    first = run(desk, TELECOM)
    assert first.results["rejected"] == 0
    assert first.persons["merged"] == 12
    rows = desk.rows(sa.select(complaint))
    assert len(rows) == expected["rows"]
    labels = column_book().labels
    levels = Counter(labels["level"][row["level"]].en for row in rows)
    assert levels == expected["levels"]
    assert Counter(labels["status"][row["status"]].en for row in rows) == expected["statuses"]
    assert (
        Counter(labels["category"][row["category"]].en for row in rows) == (expected["categories"])
    )
    assert Counter(row["customer_class"] for row in rows) == expected["customer_classes"]
    wishes = Counter(row["complaint_id"] for row in desk.rows(sa.select(wish.c.complaint_id)))
    assert Counter(str(n) for n in wishes.values()) == expected["wants"]
    left = sum(expected["levels_not_closed"].values())
    assert first.persons["callbacks"] + first.notices.get("callback_no_usable_number", 0) == left
    assert count(desk, callback) == first.persons["callbacks"]
    first_band = callback.c.band == 0
    promised = count(desk, promise)
    assert count(desk, callback, first_band) >= promised
    late = sa.and_(promise.c.due_at < NOW)
    assert (
        0
        < count(desk, promise, late)
        <= (expected["promised_reply_before_the_reference_time_and_not_closed"])
    )
    assert_nothing_new(first, run(desk, TELECOM))
