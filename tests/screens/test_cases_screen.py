"""The list of cases: what each line says, what is left out, and what stays left out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.translations import Language
from db.cases import NewCase, note_case, open_case
from screens.case import CaseScreen
from screens.cases import CasesScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged
from widgets.customer_card import CustomerPane

HOSTILE = "[/]\x1b[31m[@click=app.quit]王\u202e"


async def open_list(stage: Stage) -> CasesScreen:
    await stage.press("f")
    screen = stage.app.screen
    assert isinstance(screen, CasesScreen), stage.text
    return screen


def opened(desk: Desk, actor, name: str = "王芳", **fields: object) -> int:
    zone = str(fields.pop("zone", "Asia/Shanghai"))
    new = NewCase(desk.person(name, zone=zone), str(fields.pop("text", "刹车响")), **fields)
    return open_case(desk.database, actor, new)


@pytest.mark.parametrize(
    ("size", "language"), [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]
)
async def test_each_line_says_level_limit_customer_owner_and_next_action(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    ann = desk.seat("ann").actor
    opened(desk, ann, "Mary Jones", zone="Europe/London", level="skip_level")
    opened(desk, ann, HOSTILE, received_at=desk.clock.now - timedelta(days=3), text=HOSTILE)
    async with staged(desk, ann, size=size, language=language) as stage:
        screen = await open_list(stage)
        overdue, level = ("!! overdue", "^ skip-level") if language == "en" else (
            "!! 逾期", "^ 越级",
        )  # fmt: skip
        assert stage.shows(overdue, level, "Mary Jones", "Ann"), stage.text
        assert stage.shows("[/][31m[@click=app.quit]王")
        assert stage.text.index(overdue) < stage.text.index("Mary"), "what is late comes first"
        assert stage.shows("acknowledge" if language == "en" else "告知客户已收到")
        await stage.press("down")
        marked = "".join(screen.query_one("#cases-marked", CustomerPane).text.split())
        assert ("theirs03:00" if language == "en" else "当地03:00") in marked
        if size == WIDE:
            assert stage.shows("Their clock" if language == "en" else "当地时间")


async def test_whose_cases_and_which_are_asked_for_and_that_stays(desk: Desk) -> None:
    ann, bo = desk.seat("ann").actor, desk.operator("bo")
    mine = opened(desk, ann, "王芳", category="attitude")
    opened(desk, ann, "李雷", level="regulator")
    opened(desk, bo, "赵敏")
    opened(desk, ann, "孙红", weight="grumble")
    async with staged(desk, ann) as stage:
        await open_list(stage)
        assert stage.shows("Cases · mine  2", "王芳", "李雷")
        assert not stage.shows("赵敏")
        assert not stage.shows("孙红")
        await stage.press("v")
        assert stage.shows("Cases · all  3", "赵敏")
        await stage.press("f", "2")
        await stage.types("regul")
        await stage.press("enter")
        assert stage.shows("^^ regulator 1", "李雷")
        await stage.press("f", "3")
        await stage.types("attitude")
        await stage.press("enter")
        assert stage.shows("No case here")
        await stage.press("b", "f")
        assert stage.shows("all · ^^ regulator · attitude  0")
        await stage.press("x", "s")
        await stage.types("王")
        await stage.press("enter")
        assert stage.shows("“王”  1", f"#{mine} 王芳")
        await stage.press("x", "v")
        assert stage.shows("Cases · overdue  0")
        await stage.press("v", "v")
        assert stage.shows("Cases · closed  0")
        await stage.press("x")
        assert stage.shows("Nothing is filtered.")


async def test_grumbles_are_listed_apart(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    opened(desk, ann, "王芳")
    opened(desk, ann, "孙红", weight="grumble", text="等太久")
    async with staged(desk, ann) as stage:
        await open_list(stage)
        await stage.press("g")
        assert stage.shows("Grumbles · mine  1", "孙红", "grumble")
        assert not stage.shows("王芳")
        await stage.press("g")
        assert stage.shows("Cases · mine  1", "王芳")


async def test_a_case_is_opened_and_the_list_stays_at_it(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    for name in ("王芳", "李雷"):
        opened(desk, ann, name)
    async with staged(desk, ann) as stage:
        screen = await open_list(stage)
        await stage.press("down", "enter")
        case = stage.app.screen
        assert isinstance(case, CaseScreen)
        note_case(desk.database, ann, case.case_id, "客户来电")
        await stage.press("b")
        assert stage.app.screen is screen
        assert screen.marked is not None
        assert screen.marked.id == case.case_id


async def test_long_lists_are_read_page_by_page_to_both_ends(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    person = desk.person("王芳")
    ids = [open_case(desk.database, ann, NewCase(person, f"第{n}件")) for n in range(130)]
    async with staged(desk, ann) as stage:
        screen = await open_list(stage)
        await stage.press("end")
        assert screen.marked is not None
        assert screen.marked.id == ids[-1]
        await stage.press("home")
        assert screen.marked.id == ids[0]
