"""A complaint that came in otherwise than by a call of ours, opened from the customer's record."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.tables import complaint, dispatch_slip
from screens.customer import CustomerScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

BOTH = [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]


async def open_record(stage: Stage, person_id: int) -> None:
    stage.app.show_customer(person_id)
    await stage.settle()
    assert isinstance(stage.app.screen, CustomerScreen)


@pytest.mark.parametrize(("size", "language"), BOTH)
async def test_a_letter_of_complaint_becomes_a_case(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    ann, person = desk.seat("ann").actor, desk.person("王芳")
    async with staged(desk, ann, size=size, language=language) as stage:
        await open_record(stage, person)
        await stage.press("z", "1", "2", "5", "2")
        await stage.types("The brakes [/]squeal")
        await stage.press("enter")
        assert stage.shows("Noted as case" if language == "en" else "已登记，案件")
    (case,) = desk.rows(sa.select(complaint))
    assert (case["weight"], case["level"], case["channel"], case["description"]) == (
        "complaint",
        "skip_level",
        "letter",
        "The brakes [/]squeal",
    )
    assert case["category"] == list(desk.database.rulebook.cases.categories)[4]


async def test_a_grumble_on_a_visit_goes_to_its_department(desk: Desk) -> None:
    ann, person = desk.seat("ann").actor, desk.person("王芳")
    async with staged(desk, ann, size=WIDE) as stage:
        await open_record(stage, person)
        await stage.press("z", "2", "1", "4")
        await stage.types("No invoice yet")
        await stage.press("enter")
    (case,) = desk.rows(sa.select(complaint))
    assert (case["weight"], case["channel"], case["department"]) == (
        "grumble",
        "visit",
        "finance",
    )
    assert [slip["ask"] for slip in desk.rows(sa.select(dispatch_slip))] == ["No invoice yet"]


async def test_without_words_and_with_escape_nothing_is_noted(desk: Desk) -> None:
    ann, person = desk.seat("ann").actor, desk.person("王芳")
    async with staged(desk, ann, size=WIDE) as stage:
        await open_record(stage, person)
        await stage.press("z", "1", "2", "5", "1", "enter", "escape")
        assert isinstance(stage.app.screen, CustomerScreen), stage.text
    assert desk.rows(sa.select(complaint)) == []
