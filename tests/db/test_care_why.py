"""Why a callback of care was made, what was merged into it, and what becomes of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import sqlalchemy as sa

from content.campaigns import campaigns
from content.care_plans import care_plans
from content.care_words import note_in
from content.lunar import BoraxCalendar
from content.translations import say
from db.care import run_care_plan
from db.care_run import CareRun
from db.customer_erase import erase
from db.tables import (
    asset,
    callback,
    callback_event,
    care_reason,
    person,
    person_asset,
    service_order,
)
from db.why import why
from domain.bilingual import Bilingual
from domain.care.book import CareBook
from domain.care.plan import CarePlans
from domain.care.shop_days import Audience, Blackout, OwnersDay, SurveyCalendar, SurveyCalendars
from tests.databases import Desk

TODAY = date(2026, 11, 23)
BRAND = Bilingual("溪石", "Xishi")


def go(desk: Desk, plans: CarePlans | None = None, until: date | None = None) -> CareRun:
    book = CareBook(plans or care_plans(), BoraxCalendar(), "Asia/Shanghai")
    note = note_in("en", campaigns())
    return run_care_plan(desk.database, desk.actor, book, until, note=note)


def driver(desk: Desk, bought_on: date, birthday: str | None = None) -> int:
    """A customer with a car."""
    who, now = desk.person(), desk.clock.now
    car = {"kind": "car", "bought_on": bought_on, "created_at": now, "updated_at": now}

    def work(unit) -> None:  # type: ignore[no-untyped-def]
        made = unit.run(asset.insert().returning(asset.c.id), car).scalar_one()
        link = {"person_id": who, "asset_id": made, "role": "owner", "position": 0, "since": now}
        unit.run(person_asset.insert(), link)
        unit.run(sa.update(person).where(person.c.id == who).values(birthday=birthday))

    desk.database.write(work)
    return who


def told(desk: Desk, callback_id: int, language: str = "en") -> Sequence[str]:
    found = why(desk.database, desk.actor, callback_id)
    return [
        say(language, said)  # type: ignore[arg-type]
        for said in found.order
        if said.key.startswith("care.")
    ]


def only(desk: Desk) -> sa.RowMapping:
    (row,) = desk.rows(sa.select(callback))
    return row


def test_it_names_plan_event_day_and_what_was_merged(desk: Desk) -> None:
    driver(desk, date(2024, 12, 23))
    go(desk)
    made = only(desk)["id"]
    assert told(desk, made) == [
        (
            "Care plan “Insurance renewal”:"
            " The insurance ends about 2026-12-23, counted from the purchase."
        ),
        "Wanted on 2026-11-23: 30 days before 2026-12-23.",
        (
            "Stands for “Annual inspection due” too, which lay too close:"
            " Inspection due on 2026-12-23: the car is 2 years old."
        ),
    ]
    assert told(desk, made, "zh") == [
        "关怀计划“保险到期”：保险约 2026-12-23 到期（按购车日推算）。",
        "计划 2026-11-23 打：2026-12-23 之前 30 天。",
        "另并入“年检到期提醒”（时间太近）：2026-12-23 年检到期（车龄 2 年）。",
    ]


def test_a_call_merged_into_one_that_stood_before_is_seen_there_once(desk: Desk) -> None:
    who = driver(desk, date(2025, 12, 23))
    imported = desk.callback(who, campaign="general", note="rings at noon")
    for _ in range(3):
        found = go(desk)
        assert (found.made, sum(found.merged.values())) == (0, 1)
    assert told(desk, imported) == [
        (
            "Stands for “Insurance renewal” too, which lay too close:"
            " The insurance ends about 2026-12-23, counted from the purchase."
        )
    ]
    assert only(desk)["note"] == (
        "rings at noon\nAlso: Insurance renewal."
        " The insurance ends about 2026-12-23, counted from the purchase."
    )
    events = desk.rows(sa.select(callback_event).where(callback_event.c.kind == "care_merged"))
    assert [event["callback_id"] for event in events] == [imported]
    # Once that one is cancelled, the planned call is made after all, with its own reason.
    desk.database.write(lambda unit: unit.run(sa.update(callback).values(state="cancelled")))
    assert go(desk).made == 1
    (first, second) = desk.rows(sa.select(callback.c.id).order_by(callback.c.id))
    assert told(desk, first["id"]) == []
    assert told(desk, second["id"])[0].startswith("Care plan “Insurance renewal”")


def test_a_claimed_callback_keeps_its_note_while_it_is_in_hand(desk: Desk) -> None:
    who = driver(desk, date(2025, 12, 23))
    imported = desk.callback(who, campaign="general")
    desk.database.write(lambda unit: unit.run(sa.update(callback).values(state="check")))
    go(desk)
    assert only(desk)["note"] is None
    assert len(told(desk, imported)) == 1


def test_a_blackout_is_told_with_its_brand(desk: Desk) -> None:
    who, now = desk.person(), desk.clock.now
    order = {
        "number": "W1", "person_id": who, "service": "maintenance", "currency": "CNY",
        "visited_on": TODAY - timedelta(days=6), "faults": [], "created_at": now,
    }  # fmt: skip
    driver(desk, date(2010, 1, 1))
    desk.database.write(lambda unit: unit.run(service_order.insert(), order))
    desk.database.write(lambda unit: unit.run(sa.update(person_asset).values(person_id=who)))
    held = Blackout(TODAY - timedelta(days=4), TODAY - timedelta(days=1))
    surveys = SurveyCalendars((SurveyCalendar("brand", BRAND, (), (held,)),))
    go(desk, replace(care_plans(), surveys=surveys))
    assert told(desk, only(desk)["id"])[1] == (
        "Put off from 2026-11-20: Xishi asks its customers itself until 2026-11-22,"
        " and nobody may coach an answer."
    )


def test_the_note_of_an_invitation_says_to_what(desk: Desk) -> None:
    driver(desk, date(2010, 1, 1))
    day = OwnersDay("class", Bilingual("课堂", "the class"), date(2026, 12, 3), Audience())
    go(desk, replace(care_plans(), owners_days=(day,)))
    row = only(desk)
    assert row["note"] == "Invitation to the class on 2026-12-03."
    assert told(desk, row["id"])[1] == "Wanted on 2026-11-23: 10 days before 2026-12-03."


def test_one_made_before_reasons_were_kept_says_that_much(desk: Desk) -> None:
    driver(desk, date(2010, 1, 1), birthday="1980-11-23")
    go(desk)
    desk.database.write(lambda unit: unit.run(sa.delete(care_reason)))
    assert told(desk, only(desk)["id"]) == [
        "Made by the care plan “Birthday greeting”; what for was not recorded."
    ]
    assert told(desk, desk.callback()) == []


def test_erasing_a_person_takes_the_days_with_it(desk: Desk) -> None:
    who = driver(desk, date(2010, 1, 1), birthday="1980-11-23")
    go(desk)
    assert desk.rows(sa.select(care_reason.c.id))
    erase(desk.database, desk.actor, who, "request")
    assert not desk.rows(sa.select(care_reason.c.id))
