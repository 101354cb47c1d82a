"""The list of chances: chosen from, settled, and what calls brought in."""

from __future__ import annotations

import uuid

import pytest

from content.translations import Language
from db.chance_list import list_chances
from db.finish import finish
from db.queue import claim
from domain.chance import ChanceKind, GivenChance
from domain.decision import Decision
from screens.chances import ChancesScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, staged


def stock(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    for number in range(3):
        who = desk.person(f"Customer {number}")
        taken = claim(desk.database, ann, desk.callback(who, campaign="delivery-3day"))
        chance = GivenChance(ChanceKind.ORDER, f"[b]tyres {number}", 160_000, "CNY")
        decision = Decision(str(uuid.uuid4()), "completed", chances=(chance,))
        finish(desk.database, ann, taken.call_id, taken.fence, decision)
        desk.clock.advance(minutes=10)


@pytest.mark.parametrize(
    ("size", "language"), [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]
)
async def test_one_is_won_another_lost_and_the_report_tells(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    stock(desk)
    async with staged(desk, size=size, language=language) as stage:
        await stage.press("q")
        assert isinstance(stage.app.screen, ChancesScreen), stage.text
        assert stage.shows("Customer 2", "[b]tyres 1", "¥1,600")
        await stage.press("enter")
        await stage.press("ctrl+u")
        await stage.types("2000 CNY")
        await stage.press("enter")
        assert not stage.shows("Customer 2")
        await stage.press("x")
        await stage.types("too dear")
        await stage.press("enter")
        assert not stage.shows("Customer 1")
        await stage.press("v")
        assert stage.shows("Customer 2", "¥2,000")
        await stage.press("u")
        assert stage.shows("No chances here" if language == "en" else "这里没有商机")
        await stage.press("v")
        assert stage.shows("Customer 1")
        assert size == NARROW or stage.shows("too dear")
        await stage.press("w")
        assert stage.shows(
            "3 heard: 2 open, 0 won, 1 lost" if language == "en" else "共 3 条：跟进中 2"
        )
        assert stage.shows("0 % won" if language == "en" else "成交率 0%")
        await stage.press("w", "c")
        assert not isinstance(stage.app.screen, ChancesScreen)
    states = {one.state for one in list_chances(desk.database, desk.actor).rows}
    assert states == {"open", "lost"}


async def test_another_s_chance_and_the_report_are_a_lead_s(desk: Desk) -> None:
    stock(desk)
    bo = desk.seat(desk.operator("bo").login).actor
    async with staged(desk, bo, size=WIDE) as stage:
        await stage.press("q")
        await stage.press("enter")
        assert stage.shows("It is Ann’s")
        await stage.press("w")
        assert stage.shows("The report is for leads")
        await stage.press("m")
        assert stage.shows("No chances here")
