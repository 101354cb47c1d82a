"""My shift on screen: figures, where open work goes, the end with its sheet."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.duty import sheets_left
from db.hand_over import end_shift
from db.tables import callback, duty
from screens.shift import ShiftScreen
from tests.databases import Desk
from tests.db.test_hand_over import own
from tests.screens.staged import NARROW, WIDE, staged


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Open work", "王芳", "to the pool", "not begun yet")),
        ("zh", ("未了工作", "王芳", "放回公共", "尚未上班")),
    ],
)
async def test_open_work_stands_with_its_way_beside_the_shift(
    desk: Desk, size: tuple[int, int], language: Language, words: tuple[str, ...]
) -> None:
    actor = desk.seat("ann").actor
    own(desk, actor)
    async with staged(desk, actor, size=size, language=language) as stage:
        await stage.press("at")
        assert isinstance(stage.app.screen, ShiftScreen)
        assert stage.shows(*words)


async def test_the_first_customer_begins_the_shift(desk: Desk) -> None:
    desk.callback()
    async with staged(desk) as stage:
        await stage.press("n")
        assert len(desk.rows(sa.select(duty))) == 1


async def test_work_is_given_and_the_shift_ended_with_a_note_and_a_sheet(
    desk: Desk, tmp_path: Path
) -> None:
    bob = desk.operator("bob")
    actor = desk.seat("ann").actor
    first, second = own(desk, actor), own(desk, actor)
    async with staged(desk, actor, size=WIDE) as stage:
        stage.app.papers = lambda: tmp_path
        await stage.press("ctrl+v", "a")
        assert stage.shows("Your shift has begun")
        await stage.press("c", "1")
        assert stage.shows("to Bob")
        await stage.press("s", "n")
        await stage.types("Mr Wang is hard of hearing")
        await stage.press("enter", "g")
        assert stage.shows("End the shift?", "2 to Bob")
        await stage.press("y")
        assert stage.shows("2 handed over", "The sheet lies in")
    rows = desk.rows(sa.select(callback.c.assigned_to).where(callback.c.id.in_([first, second])))
    assert {row["assigned_to"] for row in rows} == {bob.operator_id}
    (row,) = desk.rows(sa.select(duty))
    assert row["ended_at"] is not None
    (sheet,) = tmp_path.glob("*.html")
    text = sheet.read_text(encoding="utf-8")
    assert "Mr Wang is hard of hearing" in text
    assert "王芳" in text
    assert len(sheets_left(desk.database, bob)) == 1


async def test_a_promise_is_not_offered_to_the_pool_and_nobody_stands_in(desk: Desk) -> None:
    actor = desk.seat("ann").actor
    own(desk, actor)
    async with staged(desk, actor, size=WIDE) as stage:
        await stage.press("at", "d")
        assert stage.shows("Nobody stands in for you")
        await stage.press("k")
        assert stage.shows("stays with me")


async def test_the_next_one_sees_the_note_at_the_start(desk: Desk) -> None:
    bob = desk.operator("bob")
    end_shift(desk.database, bob, (), "The till [/] is broken", "a-uuid")
    async with staged(desk, size=WIDE) as stage:
        await stage.press("at")
        assert stage.shows("Bob left", "The till [/] is broken")
