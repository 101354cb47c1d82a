"""What departments are asked about a case, and wishes judged at the desk, by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.cases import NewCase, open_case
from db.tables import dispatch_slip
from db.wishes import standing_wishes
from screens.case import CaseScreen
from screens.contradicts import Contradicts
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

BOTH = [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]


async def show(stage: Stage, case_id: int) -> CaseScreen:
    stage.app.show_case(case_id)
    await stage.settle()
    screen = stage.app.screen
    assert isinstance(screen, CaseScreen), stage.text
    return screen


@pytest.mark.parametrize(("size", "language"), BOTH)
async def test_a_department_is_asked_its_slip_printed_and_its_reply_entered(
    desk: Desk, size: tuple[int, int], language: Language, tmp_path: Path
) -> None:
    ann = desk.seat("ann").actor
    case_id = open_case(desk.database, ann, NewCase(desk.person("王芳"), "发票没开"))
    async with staged(desk, ann, size=size, language=language) as stage:
        stage.app.papers = lambda: tmp_path / "out"
        await show(stage, case_id)
        await stage.press("f")
        await stage.types("财务" if language == "zh" else "fin")
        await stage.press("enter")
        await stage.types("[/]When?")
        await stage.press("enter")
        (slip,) = desk.rows(sa.select(dispatch_slip))
        assert (slip["department"], slip["ask"]) == ("finance", "[/]When?")

        await stage.press("f", "2", "2")
        (sheet,) = (tmp_path / "out").iterdir()
        assert stage.shows(sheet.name) or size == NARROW
        assert "[/]When?" in sheet.read_text(encoding="utf-8")

        await stage.press("f", "2", "1")
        await stage.types("tomorrow")
        await stage.press("enter")
    (slip,) = desk.rows(sa.select(dispatch_slip))
    assert (slip["reply"], slip["replied_at"] is None) == ("tomorrow", False)


async def test_a_slip_is_withdrawn_with_its_reason(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    case_id = open_case(desk.database, ann, NewCase(desk.person("王芳"), "发票没开"))
    async with staged(desk, ann, size=WIDE) as stage:
        await show(stage, case_id)
        await stage.press("f", "enter")
        await stage.types("When?")
        await stage.press("enter", "f", "2", "3")
        await stage.types("it came by post")
        await stage.press("enter")
        assert stage.shows("it came by post")
    (slip,) = desk.rows(sa.select(dispatch_slip))
    assert slip["withdrawn_at"] is not None


@pytest.mark.parametrize(("size", "language"), BOTH)
async def test_wishes_are_judged_for_the_next_call_and_contradictions_named(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    ann, person = desk.seat("ann").actor, desk.person("王芳")
    case_id = open_case(desk.database, ann, NewCase(person, "刹车响", wishes=("换新车", "道歉")))
    async with staged(desk, ann, size=size, language=language) as stage:
        await show(stage, case_id)
        await stage.press("*", "1", "3")
        await stage.types("free service")
        await stage.press("enter")
        first = desk.database.read(lambda unit: standing_wishes(unit, person))[0]
        assert (first.text, first.offer) == ("换新车", "free service")

        await stage.press("*", "1", "2")
        await stage.types("too old")
        await stage.press("enter")
        assert isinstance(stage.app.screen, Contradicts), stage.text
        assert stage.shows("free", "Ann")
        await stage.press("1")
        first = desk.database.read(lambda unit: standing_wishes(unit, person))[0]
        assert (first.possible, first.reason) == (False, "too old")

        await stage.press("*", "2", "4", "1")
        second = desk.database.read(lambda unit: standing_wishes(unit, person))[1]
        assert second.need == "basic"
