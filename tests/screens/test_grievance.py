"""A complaint in three keys, a grumble in one, and an unhappy customer never simply let go."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.tables import call_decision, complaint
from screens.call import CallScreen
from screens.desk import DeskScreen
from screens.finish import FinishDialog
from screens.grievance import Grievance
from screens.grievance_dialog import GrievanceDialog
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

DELIVERY = "delivery-3day"
BOTH = [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]


async def open_call(desk: Desk, stage: Stage) -> CallScreen:
    await stage.press("n")
    screen = stage.app.screen
    assert isinstance(screen, CallScreen), stage.text
    stage.app.pausing = True
    desk.clock.advance(seconds=3)
    return screen


def stored(desk: Desk) -> dict[str, object]:
    (row,) = desk.rows(sa.select(complaint))
    return dict(row)


@pytest.mark.parametrize(("size", "language"), BOTH)
async def test_a_complaint_is_taken_in_three_keys_and_the_words_go_on(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    desk.callback(desk.person("王芳"), campaign=DELIVERY)
    async with staged(desk, size=size, language=language) as stage:
        screen = await open_call(desk, stage)
        await stage.press("!")
        assert stage.shows("product quality" if language == "en" else "产品品质")
        await stage.press("5", "enter")
        assert screen.draft.grievance == Grievance("complaint", category="product_quality")
        await stage.types("4 times")
        assert stage.shows("4 times")
        await stage.press("enter")
        assert screen.draft.grievance == Grievance("complaint", "4 times", "product_quality")
        await stage.press("f", "1", "enter")
        assert isinstance(stage.app.screen, DeskScreen), stage.text
    row = stored(desk)
    assert (row["weight"], row["level"], row["category"], row["description"]) == (
        "complaint", "local", "product_quality", "4 times",
    )  # fmt: skip


async def test_words_come_first_and_the_level_later(desk: Desk) -> None:
    desk.callback(desk.person("王芳"), campaign=DELIVERY)
    async with staged(desk) as stage:
        screen = await open_call(desk, stage)
        await stage.press("!")
        await stage.types("nobody rings")
        await stage.press("up", "3")
        assert screen.draft.grievance == Grievance("complaint", "nobody rings", None, "regulator")
        await stage.press("up", "up", "1", "escape")
        assert screen.draft.grievance == Grievance(
            "complaint", "nobody rings", "attitude", "regulator"
        )
        assert not isinstance(stage.app.screen, GrievanceDialog)
        await stage.press("!", "delete")
        assert screen.draft.grievance is None


async def test_a_grumble_takes_one_key_and_can_be_raised(desk: Desk) -> None:
    desk.callback(desk.person("王芳"), campaign=DELIVERY)
    async with staged(desk) as stage:
        screen = await open_call(desk, stage)
        await stage.press("comma")
        assert screen.draft.grievance == Grievance("grumble")
        assert stage.shows("Whose is it? They answer within 24 hours.", "2 Workshop")
        await stage.press("2")
        assert screen.draft.grievance == Grievance("grumble", department="workshop")
        await stage.press("escape", "!", "2", "2")
        assert screen.draft.grievance == Grievance(
            "complaint", "", "information", "skip_level", "workshop"
        )


@pytest.mark.parametrize(("size", "language"), BOTH)
async def test_a_red_light_in_wrap_up_asks_for_a_case_a_grumble_or_a_reason(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    desk.callback(desk.person("王芳"), campaign=DELIVERY)
    async with staged(desk, size=size, language=language) as stage:
        await open_call(desk, stage)
        await stage.press("m", "r", "f", "1", "enter")
        assert stage.shows("王芳 is unhappy" if language == "en" else "王芳不满意")
        await stage.press("3", "enter")
        assert not isinstance(stage.app.screen, DeskScreen), "a reason is needed"
        await stage.types("a slip of the key")
        await stage.press("enter")
        assert isinstance(stage.app.screen, DeskScreen), stage.text
    (row,) = desk.rows(sa.select(call_decision))
    assert (row["recovery"], row["recovery_reason"]) == ("skipped", "a slip of the key")
    assert desk.rows(sa.select(complaint)) == []


async def test_a_case_from_wrap_up_is_saved_with_the_call(desk: Desk) -> None:
    desk.callback(desk.person("王芳"), campaign=DELIVERY)
    async with staged(desk) as stage:
        await open_call(desk, stage)
        await stage.press("m", "r", "f", "1", "enter", "2", "4", "2")
        await stage.types("three days")
        await stage.press("enter")
        assert isinstance(stage.app.screen, DeskScreen), stage.text
    (row,) = desk.rows(sa.select(call_decision))
    assert (row["recovery"], row["recovery_reason"]) == ("case", None)
    case = stored(desk)
    assert (case["category"], case["level"], case["description"]) == (
        "response_time", "skip_level", "three days",
    )  # fmt: skip


async def test_a_light_that_turned_red_in_the_dialog_asks_too(desk: Desk) -> None:
    desk.callback(desk.person("王芳"), campaign=DELIVERY)
    async with staged(desk) as stage:
        await open_call(desk, stage)
        await stage.press("m", "g", "f", "ctrl+r", "1", "enter")
        assert stage.shows("is unhappy")
        await stage.press("escape", "ctrl+y", "enter")
        assert isinstance(stage.app.screen, DeskScreen), stage.text
    (row,) = desk.rows(sa.select(call_decision))
    assert (row["recovery"], row["recovery_reason"]) == (None, None)


async def test_a_flag_pressed_again_lays_the_complaint_aside_and_takes_it_up(desk: Desk) -> None:
    desk.callback(desk.person("王芳"), campaign=DELIVERY)
    async with staged(desk) as stage:
        await open_call(desk, stage)
        flag = desk.database.rulebook.outcomes["complaint"].key
        await stage.press("f", flag, "6", "escape", flag)
        assert isinstance(stage.app.screen, FinishDialog)
        await stage.press(flag)
        assert stage.shows("▸6 process")
        await stage.press("escape", "1", "enter")
    assert stored(desk)["category"] == "process"
