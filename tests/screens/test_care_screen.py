"""The calendar of care: what the plans will make, and making today's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from content.care_plans import care_plans
from content.lunar import BoraxCalendar
from content.translations import Language
from db.care import run_care_plan
from db.care_settings import set_care
from db.tables import asset, call, callback, person, person_asset
from domain.care.book import CareBook
from screens.care import CareScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, staged

TODAY = date(2026, 11, 23)


def customer(desk: Desk, bought_on: date) -> int:
    who = desk.person("王芳")
    now = desk.clock.now

    def work(unit) -> None:
        car = unit.run(
            asset.insert().returning(asset.c.id),
            {"kind": "car", "bought_on": bought_on, "created_at": now, "updated_at": now},
        ).scalar_one()
        link = {"person_id": who, "asset_id": car, "role": "owner", "position": 0}
        unit.run(person_asset.insert(), {**link, "since": now})

    desk.database.write(work)
    return who


def worked(desk: Desk, per_day: int) -> None:
    """Some days of work, from which the capacity is measured."""
    who = desk.person("李强")
    rows = [
        {
            "person_id": who,
            "operator_id": desk.actor.operator_id,
            "direction": "out",
            "phase": "ended",
            "fence": 1,
            "started_at": desk.clock.now - timedelta(days=days),
            "release": "x",
            "playbook": "general",
            "survey": "",
            "language": "zh",
        }
        for days in range(1, 7)
        for _ in range(per_day)
    ]
    desk.database.write(lambda unit: unit.run(call.insert(), rows))


@pytest.mark.parametrize(("size", "language"), [(NARROW, "zh"), (WIDE, "en")])
async def test_the_calendar_shows_the_load_and_makes_today_levelled(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    for _ in range(3):
        customer(desk, date(2025, 12, 23))
    worked(desk, 2)
    async with staged(desk, size=size, language=language) as stage:
        await stage.press("e")
        assert isinstance(stage.app.screen, CareScreen), stage.text
        name = desk.database.rulebook.campaigns["insurance-renewal"].name.of(language)
        assert stage.shows("3 !", f"3 → 2  {name}"), stage.text
        await stage.press("l")
        assert stage.shows({"zh": "生成今天的 3 条回访", "en": "Make 3 callbacks"}[language])
        assert not desk.rows(sa.select(callback.c.id))
        await stage.press("y")
        assert stage.shows({"zh": "生成回访 3 条", "en": "3 callbacks made"}[language])
        await stage.press("b")
    due = desk.rows(sa.select(callback.c.due_at).order_by(callback.c.id))
    assert [(row["due_at"].date() - TODAY).days for row in due] == [0, 0, 1]


async def test_today_is_made_as_the_plan_wants_it_and_once(desk: Desk) -> None:
    who = customer(desk, date(2025, 12, 23))
    desk.database.write(
        lambda unit: unit.run(
            sa.update(person).where(person.c.id == who).values(birthday="1980-12-20")
        )
    )
    async with staged(desk, size=WIDE) as stage:
        await stage.press("e")
        assert stage.shows("What the operators can do is not known yet"), stage.text
        await stage.press("m", "n")
        assert not desk.rows(sa.select(callback.c.id))
        await stage.press("m", "y", "m", "y")
        assert stage.shows("0 callbacks made")
    assert len(desk.rows(sa.select(callback.c.id))) == 1


async def test_only_leads_look_at_it(desk: Desk) -> None:
    actor = desk.operator("bob")
    async with staged(desk, desk.seat(actor.login).actor) as stage:
        await stage.press("e")
        assert not isinstance(stage.app.screen, CareScreen)
        assert stage.shows("Leads only")


@pytest.mark.parametrize(("size", "language"), [(NARROW, "zh"), (WIDE, "en")])
async def test_the_desk_says_why_a_care_callback_is_there(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    customer(desk, date(2024, 12, 23))
    book = CareBook(care_plans(), BoraxCalendar(), "Asia/Shanghai")
    run_care_plan(desk.database, desk.actor, book)
    async with staged(desk, size=(size[0], 40), language=language) as stage:
        # As when the mark has rested on it for a moment.
        stage.app.screen._explain_marked()  # type: ignore[attr-defined]
        await stage.settle()
        plan = {"zh": "关怀计划“保险到期”", "en": "Care plan “Insurance renewal”"}[language]
        merged = {"zh": "另并入“年检到期提醒”", "en": "Stands for “Annual inspection due” too"}
        assert stage.shows(plan), stage.text
        assert stage.shows(merged[language]), stage.text


@pytest.mark.parametrize(("size", "language"), [(NARROW, "zh"), (WIDE, "en")])
async def test_it_says_when_the_plan_ran_and_what_the_shop_has_on_a_day(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    set_care(desk.database, desk.actor, zone="Asia/Shanghai", auto="on")
    customer(desk, date(2025, 12, 23))
    book = CareBook(care_plans(), BoraxCalendar(), "Asia/Shanghai")
    run_care_plan(desk.database, desk.actor, book)
    async with staged(desk, size=(size[0], 40), language=language) as stage:
        await stage.press("e")
        words = {
            "zh": ("计划每天自动运行一次", "并入 0，不该打 0", "换季活动：冬季安全检测"),
            "en": ("runs by itself, once a day", "Made 1, merged 0", "the winter safety check"),
        }
        assert stage.shows(*words[language]), stage.text
