"""Care plans on a database: what is made, of whom, and what keeps a call from being made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from db import imports
from db.care import plan_preview, run_care_plan
from db.care_run import CareRun
from db.customer_stops import set_do_not_call
from db.occasions import note_occasion, settle_occasion
from db.tables import (
    asset,
    call,
    callback,
    callback_event,
    campaign,
    complaint,
    consent,
    leave,
    occasion,
    person,
    person_asset,
    service_order,
    shift,
)
from domain.care.book import CareBook
from domain.care.facts import OccasionKind
from domain.errors import InputError, RefusedError
from intake.preparing import prepare
from tests.databases import Desk

BOOK = CareBook(care_plans(), BoraxCalendar(), "Asia/Shanghai")
TODAY = date(2026, 11, 23)


def add(desk: Desk, table: sa.Table, **values: Any) -> int:
    return desk.database.write(
        lambda unit: int(unit.run(table.insert().returning(table.c.id), values).scalar_one())
    )


def change(desk: Desk, table: sa.Table, row_id: int, **values: Any) -> None:
    desk.database.write(
        lambda unit: unit.run(sa.update(table).where(table.c.id == row_id).values(**values))
    )


def born(desk: Desk, day: str, name: str = "王芳", *numbers: str) -> int:
    who = desk.person(name, *numbers)
    change(desk, person, who, birthday=day)
    return who


def car_of(desk: Desk, who: int, role: str = "owner", **values: Any) -> int:
    now = desk.clock.now
    made = add(desk, asset, kind="car", created_at=now, updated_at=now, **values)
    own(desk, who, made, role)
    return made


def own(desk: Desk, who: int, car: int, role: str = "owner", **values: Any) -> int:
    now = desk.clock.now
    return add(
        desk, person_asset, person_id=who, asset_id=car, role=role, position=0,
        since=now, **values,
    )  # fmt: skip


def visit(desk: Desk, who: int, on: date, service: str = "maintenance", **values: Any) -> int:
    number = f"W{len(desk.rows(sa.select(service_order.c.id))) + 1}"
    return add(
        desk, service_order, number=number, person_id=who, service=service, visited_on=on,
        currency="CNY", faults=[], created_at=desk.clock.now, **values,
    )  # fmt: skip


def go(desk: Desk, until: date | None = None) -> CareRun:
    return run_care_plan(desk.database, desk.actor, BOOK, until)


def planned(desk: Desk) -> list[tuple[int, str, str]]:
    rows = desk.rows(
        sa.select(callback.c.person_id, campaign.c.code, callback.c.state)
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .where(callback.c.source == "care")
        .order_by(callback.c.id)
    )
    return [(row["person_id"], row["code"], row["state"]) for row in rows]


def test_a_planned_callback_has_all_that_a_callback_needs(desk: Desk) -> None:
    operator = desk.operator("bob")
    who = desk.person("王芳")
    change(desk, person, who, owner_id=operator.operator_id)
    car = car_of(desk, who, bought_on=TODAY - timedelta(days=3), sold_by_us=True)
    found = go(desk)
    (row,) = desk.rows(sa.select(callback))
    assert (row["source"], row["source_key"]) == ("care", f"delivery-3day:a{car}")
    assert (row["person_id"], row["asset_id"]) == (who, car)
    assert row["owner_id"] == row["assigned_to"] == operator.operator_id
    # Ten o'clock on the customer's clock, and it is ten o'clock now.
    assert row["due_at"] == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert row["state"] == "due"
    assert found.days == {TODAY: {"delivery-3day": 1}}
    assert go(desk).made == 0


def test_a_call_falls_due_on_the_customers_clock(desk: Desk) -> None:
    who = born(desk, "1990-11-24", "Ada", "+12125550123")
    found = go(desk, TODAY + timedelta(days=1))
    (row,) = desk.rows(sa.select(callback))
    assert row["person_id"] == who
    assert row["due_at"] == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    assert found.days == {date(2026, 11, 24): {"birthday": 1}}


@pytest.mark.parametrize(
    ("sold_by_us", "by"), [(False, "not_sold_by_us"), (None, "seller_unknown")]
)
def test_no_delivery_call_for_a_car_that_we_did_not_sell(
    desk: Desk, sold_by_us: bool | None, by: str
) -> None:
    car_of(desk, desk.person(), bought_on=TODAY - timedelta(days=3), sold_by_us=sold_by_us)
    assert go(desk).suppressed == {by: 1}
    assert planned(desk) == []


def test_what_forbids_a_call_is_counted_by_rule(desk: Desk) -> None:
    day = "1980-11-23"
    closed = born(desk, day, "甲")
    change(desk, person, closed, closed_at=desk.clock.now, closed_because="deceased")
    stopped = born(desk, day, "乙")
    set_do_not_call(desk.database, desk.actor, person_id=stopped)
    refused = born(desk, day, "丙")
    add(desk, consent, person_id=refused, purpose="any", granted=False, evidence="x",
        since=desk.clock.now)  # fmt: skip
    complaining = born(desk, day, "丁")
    add(
        desk, complaint, weight="complaint", person_id=complaining, received_at=desk.clock.now,
        channel="phone", level="local", description="", status="open", details={},
        created_at=desk.clock.now, updated_at=desk.clock.now,
    )  # fmt: skip
    poor = born(desk, day, "戊")
    change(desk, person, poor, tier="poor")
    merged = born(desk, day, "己")
    change(desk, person, merged, merged_into=poor)
    found = go(desk)
    assert found.suppressed == {
        "closed": 1,
        "do_not_call": 1,
        "refused": 1,
        "complaint_open": 1,
        "tier": 1,
    }
    assert found.customers == 5
    assert planned(desk) == []


def test_later_leave_counts_before_an_earlier_refusal(desk: Desk) -> None:
    who = born(desk, "1980-11-23")
    for granted, days in ((False, 9), (True, 3)):
        since = desk.clock.now - timedelta(days=days)
        add(desk, consent, person_id=who, purpose="any", granted=granted, evidence="x", since=since)
    assert go(desk).made == 1


def test_a_number_with_a_stop_is_passed_over(desk: Desk) -> None:
    who = born(desk, "1980-11-23", "王芳", "+8613800000001", "+8613800000002")
    (first, second) = [
        row["id"] for row in desk.rows(sa.text("SELECT id FROM phone ORDER BY e164"))
    ]
    set_do_not_call(desk.database, desk.actor, phone_id=first)
    assert go(desk).made == 1
    (row,) = desk.rows(sa.select(callback).where(callback.c.person_id == who))
    assert row["phone_id"] == second


def test_a_paused_campaign_makes_nothing_and_says_so(desk: Desk) -> None:
    born(desk, "1980-11-23")
    (row,) = desk.rows(sa.select(campaign.c.id).where(campaign.c.code == "birthday"))
    change(desk, campaign, row["id"], paused_at=desk.clock.now)
    assert go(desk).suppressed == {"campaign_off": 1}


def test_the_owner_is_rung_about_the_car_and_whoever_came_about_the_visit(desk: Desk) -> None:
    driver, owner = desk.person("甲"), desk.person("乙")
    car = car_of(desk, driver, role="user", bought_on=date(2024, 11, 23))
    own(desk, owner, car)
    visit(desk, driver, TODAY - timedelta(days=3), asset_id=car, mileage=1000)
    go(desk)
    assert planned(desk) == [
        (driver, "after-service-3day", "due"),
        (owner, "vehicle-birthday", "scheduled"),
    ]


def test_a_car_that_was_sold_on_asks_its_last_owner_for_nothing(desk: Desk) -> None:
    who = desk.person()
    car = car_of(desk, who, bought_on=date(2024, 11, 23))
    (link,) = desk.rows(sa.select(person_asset.c.id))
    change(desk, person_asset, link["id"], until=desk.clock.now)
    assert go(desk).suppressed == {"car_gone": 1}
    buyer = desk.person("乙")
    own(desk, buyer, car)
    assert go(desk).suppressed == {}
    assert planned(desk) == [(buyer, "vehicle-birthday", "scheduled")]


def test_a_call_near_another_is_merged_and_the_other_says_so(desk: Desk) -> None:
    who = desk.person()
    day = date(2024, 12, 23)
    car = car_of(desk, who, bought_on=day)
    found = go(desk)
    assert found.merged == {"annual-inspection": 1}
    assert planned(desk) == [(who, "insurance-renewal", "due")]
    (event,) = desk.rows(sa.select(callback_event).where(callback_event.c.kind == "care_merged"))
    assert event["data"] == {"campaign": "annual-inspection", "asset": car}
    (row,) = desk.rows(sa.select(callback.c.note))
    assert row["note"] is None


def test_the_callback_that_stays_carries_what_it_stands_for_in_words(desk: Desk) -> None:
    car_of(desk, desk.person(), bought_on=date(2024, 12, 23))
    run_care_plan(
        desk.database,
        desk.actor,
        BOOK,
        note=lambda _, events: " + ".join(one.campaign for one in events),
    )
    (row,) = desk.rows(sa.select(callback.c.note))
    assert row["note"] == "annual-inspection"


def test_an_imported_callback_stands_and_a_planned_one_gives_way(desk: Desk) -> None:
    greeted, called = born(desk, "1980-11-25", "甲"), desk.person("乙")
    go(desk, TODAY + timedelta(days=2))
    desk.callback(called, campaign="general")
    for who in (greeted, called):
        visit(desk, who, TODAY - timedelta(days=3))
    found = go(desk)
    assert (found.made, found.replaced, found.merged) == (1, 1, {"after-service-3day": 1})
    assert planned(desk) == [
        (greeted, "birthday", "cancelled"),
        (greeted, "after-service-3day", "due"),
    ]
    again = go(desk)
    assert (again.made, again.replaced) == (0, 0)


def test_a_preview_and_a_run_agree_and_the_preview_writes_nothing(desk: Desk) -> None:
    for number in range(1, 25):
        who = born(desk, f"1980-12-{number:02}", f"客户{number}")
        car_of(desk, who, bought_on=date(2024, 12, number))
    before = plan_preview(desk.database, desk.actor, BOOK, 30)
    assert planned(desk) == []
    made = go(desk, TODAY + timedelta(days=29))
    assert made.days == before.days
    assert made.merged == before.merged
    after = plan_preview(desk.database, desk.actor, BOOK, 30)
    assert (after.made, after.known) == (0, made.made)


def test_appointments_are_reminded_of_and_a_settled_one_no_more(desk: Desk) -> None:
    who = desk.person()
    tomorrow = TODAY + timedelta(days=1)
    kept = note_occasion(desk.database, desk.actor, who, OccasionKind.APPOINTMENT, tomorrow)
    assert go(desk).days == {TODAY: {"appointment-reminder": 1}}
    desk.clock.advance(days=2)
    assert plan_preview(desk.database, desk.actor, BOOK, 1).made == 1
    assert settle_occasion(desk.database, desk.actor, kept, "kept") == ("appointment", "kept")
    assert go(desk).made == 0
    assert settle_occasion(desk.database, desk.actor, kept, "kept") == ("appointment", "kept")
    with pytest.raises(RefusedError, match="occasion_settled"):
        settle_occasion(desk.database, desk.actor, kept, "missed")
    with pytest.raises(InputError, match="occasion_ending_unknown"):
        settle_occasion(desk.database, desk.actor, kept, "eaten")
    with pytest.raises(RefusedError, match="occasion_unknown"):
        settle_occasion(desk.database, desk.actor, 999, "kept")
    assert [row["state"] for row in desk.rows(sa.select(occasion))] == ["kept"]


def test_an_occasion_is_about_a_car_of_the_customer(desk: Desk) -> None:
    who, other = desk.person("甲"), desk.person("乙")
    car = car_of(desk, other)
    with pytest.raises(RefusedError, match="asset_not_theirs"):
        note_occasion(
            desk.database, desk.actor, who, OccasionKind.PARTS_ARRIVED, TODAY, asset_id=car
        )
    note_occasion(desk.database, desk.actor, other, OccasionKind.PARTS_ARRIVED, TODAY, asset_id=car)
    assert go(desk).days == {TODAY: {"parts-arrived": 1}}


def test_a_call_that_ended_with_a_sale_is_followed_up_after_a_week(desk: Desk) -> None:
    sold = desk.callback(campaign="general", due_at=desk.clock.now - timedelta(days=7))
    change(
        desk, callback, sold, state="done", last_outcome="booked",
        updated_at=desk.clock.now - timedelta(days=7),
    )  # fmt: skip
    go(desk)
    assert [code for _, code, _ in planned(desk)] == ["deal-follow-up"]


def test_leads_run_the_plan_and_no_day_is_past_or_too_far(desk: Desk) -> None:
    operator = desk.operator("bob")
    with pytest.raises(RefusedError, match="not_allowed"):
        run_care_plan(desk.database, operator, BOOK)
    with pytest.raises(RefusedError, match="not_allowed"):
        plan_preview(desk.database, operator, BOOK)
    with pytest.raises(InputError, match="care_until_past"):
        go(desk, TODAY - timedelta(days=1))
    with pytest.raises(InputError, match="care_until_far"):
        go(desk, TODAY + timedelta(days=999))


def test_a_desk_from_before_a_campaign_gets_it_with_the_plan(desk: Desk) -> None:
    desk.database.write(
        lambda unit: unit.run(sa.delete(campaign).where(campaign.c.code == "birthday"))
    )
    born(desk, "1980-11-23")
    assert go(desk).made == 1


def test_a_file_says_which_cars_we_sold(desk: Desk, tmp_path: Path) -> None:
    head = "客户编号,姓名,手机,车牌号,首次购车日期,本店销售"
    rows = [
        "001,王芳,13800000001,粤A·10001,2026-11-20,是",
        "002,李强,13800000002,粤A·10002,2026-11-20,否",
        "003,赵敏,13800000003,粤A·10003,2026-11-20,",
        "004,孙丽,13800000004,粤A·10004,2026-11-20,不详",
    ]
    file = tmp_path / "sold.csv"

    def bring(*lines: str) -> Mapping[str, int]:
        file.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
        found = prepare(file, now=desk.clock.now, house_region="CN", house_zone="Asia/Shanghai")
        report = imports.run(desk.database, desk.actor, found.ready())
        return {**report.results, **report.notices}

    first = bring(*rows)
    assert (first["added"], first["sold_by_us_unknown"]) == (4, 1)
    sold = desk.rows(sa.select(asset.c.sold_by_us).order_by(asset.c.id))
    assert [row["sold_by_us"] for row in sold] == [True, False, None, None]
    assert bring(*rows)["unchanged"] == 4
    found = go(desk)
    assert found.days == {TODAY: {"delivery-3day": 1}}
    assert found.suppressed == {"not_sold_by_us": 1, "seller_unknown": 2}
    assert bring(*rows[:2], rows[2] + "是", rows[3])["updated"] == 1
    assert go(desk).days == {TODAY: {"delivery-3day": 1}}


def test_full_days_are_levelled_and_a_second_run_makes_nothing(desk: Desk) -> None:
    for number in range(1, 9):
        car_of(desk, desk.person(f"客户{number}"), bought_on=date(2025, 12, 23))
    born(desk, "1980-11-23", "乙")
    before = plan_preview(desk.database, desk.actor, BOOK, 1, per_operator=3)
    assert [(one.day.day, one.planned, one.levelled) for one in before.loads()] == [
        (23, 9, 4),
        (24, 0, 3),
        (25, 0, 2),
    ]
    assert before.loads()[0].over
    # The greeting comes last and can't wait: it is one too many.
    assert before.loads()[0].over_levelled
    assert not before.loads()[1].over_levelled
    made = run_care_plan(desk.database, desk.actor, BOOK, level=True, per_operator=3)
    assert (made.moved, made.levelled) == (before.moved, before.levelled) == (5, before.levelled)
    due = desk.rows(sa.select(callback.c.due_at).order_by(callback.c.due_at))
    assert [row["due_at"].day for row in due] == [23, 23, 23, 23, 24, 24, 24, 25, 25]
    again = run_care_plan(desk.database, desk.actor, BOOK, level=True, per_operator=3)
    assert (again.made, again.known) == (0, 9)


def test_capacity_is_measured_and_knows_shifts_and_leave(desk: Desk) -> None:
    bob = desk.operator("bob")
    unknown = plan_preview(desk.database, desk.actor, BOOK, 3).capacity
    assert unknown is not None
    assert (unknown.per_operator, unknown.on(TODAY)) == (None, None)
    who = desk.person()
    for days, calls in ((0, 9), (1, 4), (2, 6), (3, 5), (4, 5), (5, 1), (20, 50)):
        for _ in range(calls):
            started = desk.clock.now - timedelta(days=days)
            add(
                desk, call, person_id=who, operator_id=bob.operator_id, direction="out",
                phase="ended", fence=1, started_at=started, release="x", playbook="general",
                survey="", language="zh",
            )  # fmt: skip
    add(desk, leave, operator_id=bob.operator_id, first_day=TODAY + timedelta(days=1),
        last_day=TODAY + timedelta(days=1), reason="leave")  # fmt: skip
    add(desk, shift, operator_id=bob.operator_id, starts_at=desk.clock.now + timedelta(days=2),
        ends_at=desk.clock.now + timedelta(days=2, hours=8))  # fmt: skip
    found = plan_preview(desk.database, desk.actor, BOOK, 3).capacity
    assert found is not None
    assert (found.per_operator, found.measured_days) == (5, 5)
    # Two operators today, one tomorrow, and on the third day only Bob is rostered.
    assert [found.on(TODAY + timedelta(days=days)) for days in range(3)] == [10, 5, 5]


def test_what_waits_in_the_queue_takes_room(desk: Desk) -> None:
    desk.callback()
    desk.callback(due_at=desk.clock.now - timedelta(days=9))
    desk.callback(due_at=desk.clock.now + timedelta(days=2))
    found = plan_preview(desk.database, desk.actor, BOOK, 3, per_operator=1)
    assert [(one.waiting, one.over) for one in found.loads()] == [
        (2, True),
        (0, False),
        (1, False),
    ]
