"""What waits in the queue on a maker's blackout day: put off where it could coach an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa

from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from db.care import plan_preview, run_care_plan
from db.care_day import CareKeeper
from db.care_settings import set_care
from db.queue import claim_next
from db.tables import asset, callback, callback_event, person_asset
from db.why import why
from domain.bilingual import Bilingual
from domain.care.book import CareBook
from domain.care.shop_days import Blackout, SurveyCalendar, SurveyCalendars
from tests.databases import Desk

TODAY = date(2026, 11, 23)
AFTER = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
"""Ten o'clock in China on the day after the blackout."""
HELD = Blackout(TODAY - timedelta(days=1), TODAY + timedelta(days=2))
BRAND = SurveyCalendar("xishi", Bilingual("溪石", "Xishi"), ("溪石",), (HELD,))
BOOK = CareBook(
    replace(care_plans(), surveys=SurveyCalendars((BRAND,))), BoraxCalendar(), "Asia/Shanghai"
)


def driver(desk: Desk, model: str) -> tuple[int, int]:
    """A customer with a car: person and asset."""
    who, now = desk.person(), desk.clock.now
    car = {"kind": "car", "model": model, "created_at": now, "updated_at": now}

    def work(unit) -> int:  # type: ignore[no-untyped-def]
        made = int(unit.run(asset.insert().returning(asset.c.id), car).scalar_one())
        link = {"person_id": who, "asset_id": made, "role": "owner", "position": 0, "since": now}
        unit.run(person_asset.insert(), link)
        return made

    return who, desk.database.write(work)


@pytest.mark.parametrize("by_itself", [True, False])
def test_surveys_of_the_brand_are_put_off_and_nothing_else(desk: Desk, by_itself: bool) -> None:
    who, car = driver(desk, "溪石 2.0T")
    other, _ = driver(desk, "岚峰 1.5L")
    about_car = desk.callback(who, asset_id=car)
    about_any = desk.callback(who)
    survey_only = desk.callback(who, campaign="survey-only")
    held = [about_car, about_any, survey_only]
    left = [
        desk.callback(other),
        desk.callback(who, campaign="general", asset_id=car),
        desk.callback(who, promised=True, named_by_customer=True),
        desk.callback(who, due_at=desk.clock.now + timedelta(days=9)),
    ]
    before = [desk.row(one)["due_at"] for one in left]
    assert plan_preview(desk.database, desk.actor, BOOK, 1).put_off == 0
    if by_itself:
        set_care(desk.database, desk.actor, zone="Asia/Shanghai", auto="on")
        clock = count()
        keeper = CareKeeper(
            desk.database, desk.seat("ann").actor, lambda _: BOOK, lambda: lambda _, __: "",
            clock=lambda: float(next(clock)),
        )  # fmt: skip
        keeper.turn(900.0)
    else:
        assert run_care_plan(desk.database, desk.actor, BOOK).put_off == 3
    for one in held:
        row = desk.row(one)
        assert (row["state"], row["due_at"], row["ready_at"]) == ("scheduled", AFTER, AFTER)
    assert [desk.row(one)["due_at"] for one in left] == before
    said = [one for one in why(desk.database, desk.actor, about_car).order if "care" in one.key]
    assert [one.key for one in said] == ["care.why.blackout"]
    assert said[0].params == {"calendar": "xishi", "until": "2026-11-25"}
    again = run_care_plan(desk.database, desk.actor, BOOK)
    assert again.put_off == 0
    events = desk.rows(sa.select(callback_event).where(callback_event.c.kind == "care_put_off"))
    assert {event["callback_id"] for event in events} == set(held)


def test_what_somebody_has_in_hand_is_left_to_them(desk: Desk) -> None:
    who, car = driver(desk, "溪石 2.0T")
    made = desk.callback(who, asset_id=car)
    assert claim_next(desk.database, desk.seat("ann").actor).taken is not None
    assert run_care_plan(desk.database, desk.actor, BOOK).put_off == 0
    assert desk.row(made)["state"] == "claimed"
    assert len(desk.rows(sa.select(callback.c.id))) == 1
