"""A lead looks at what cases teach; whoever is none is told so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.translations import Language
from db.case_closing import resolve
from db.cases import NewCase, open_case
from screens.cases import CasesScreen
from screens.learning import LearningScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged


def complained(desk: Desk) -> None:
    person = desk.person("[/]王")
    for cause in ("quality", "quality", "time_wasted", None):
        new = NewCase(person, "刹车响", category="product_quality", cause=cause)
        case = open_case(desk.database, desk.actor, new)
        desk.clock.advance(hours=2)
    resolve(desk.database, desk.actor, case, "换了刹车片", told=True)


async def look(stage: Stage) -> LearningScreen:
    await stage.press("f", "l")
    screen = stage.app.screen
    assert isinstance(screen, LearningScreen), stage.text
    return screen


@pytest.mark.parametrize(
    ("size", "language"), [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]
)
async def test_rates_claims_and_causes_are_told(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    complained(desk)
    async with staged(desk, size=size, language=language) as stage:
        await look(stage)
        words = {
            "en": ("nobody yet to tell by", "claim: 54 % [1], 70 % [2]", "no study"),
            "zh": ("还没有可算的", "说法：54 % [1], 70 % [2]", "未见研究依据"),
        }
        assert stage.shows(*words[language])
        await stage.press("w")
        causes = {"en": ("quality", " 67 %", "100%|"), "zh": ("67%", "100%  ###", "100%|")}
        assert stage.shows(*causes[language])
        assert any("*" in line for line in stage.lines)
        await stage.press("w", "pagedown", "pagedown")
        told = {"en": ("within 90 days", "first contact"), "zh": ("90 天内", "首次联系")}
        assert size == NARROW or stage.shows(*told[language])
        await stage.press("escape")
        assert isinstance(stage.app.screen, CasesScreen)


async def test_the_period_goes_round_and_is_named(desk: Desk) -> None:
    complained(desk)
    desk.clock.advance(days=60)
    async with staged(desk, size=WIDE) as stage:
        screen = await look(stage)
        today = (desk.clock.now + timedelta(hours=8)).date()
        for days, count in ((365, 4), (90, 4), (30, 0), (1825, 4)):
            assert screen.days == days
            since = today - timedelta(days=days - 1)
            assert stage.shows(f"from {since} to {today}: {count}")
            await stage.press("v")
        assert screen.days == 365


async def test_operators_are_told_that_it_is_a_leads(desk: Desk) -> None:
    desk.operator("bea")
    async with staged(desk, desk.seat("bea").actor) as stage:
        await stage.press("f", "l")
        assert isinstance(stage.app.screen, CasesScreen)
        assert stage.shows("lead’s to look at")
