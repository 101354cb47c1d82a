"""What the screens say about themselves: the notice line, the hints of keys, the countdown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from content.translations import Language
from screens.call import CallScreen
from screens.desk import DeskScreen
from screens.handbook import HandbookScreen
from tests.databases import Desk
from tests.screens.staged import WIDE, staged


async def test_a_notice_goes_with_the_next_action_and_speaks_the_language_chosen(
    desk: Desk,
) -> None:
    desk.callback(desk.person("王芳"))
    async with staged(desk, size=WIDE) as stage:
        await stage.press("n")
        assert stage.shows("d shows and copies the number.")
        await stage.press("ctrl+l")
        assert stage.shows("按 d 显示并复制号码。")
        await stage.press("1")
        assert not stage.shows("按 d 显示并复制号码。")
        await stage.press("b", "b")
        assert stage.shows("这里是话术的开头。")
        await stage.press("v")
        assert not stage.shows("这里是话术的开头。")


async def test_the_finish_says_what_the_keys_do_while_one_types_and_while_one_chooses(
    desk: Desk,
) -> None:
    desk.callback(desk.person("王芳"))
    async with staged(desk, size=WIDE) as stage:
        await stage.press("n", "f", "3")
        assert stage.shows("Esc to the outcomes")
        await stage.press("escape")
        assert stage.shows("another key chooses again", "Esc back")
        await stage.press("4")
        assert stage.shows("Esc to the outcomes")


async def test_no_hint_of_the_ladder_is_torn(desk: Desk) -> None:
    desk.callback(desk.person("王芳"))
    async with staged(desk, size=WIDE, language="zh") as stage:
        await stage.press("n", "e")
        assert any("回车 处理" in line for line in stage.lines)


async def test_nobody_is_fetched_while_a_card_is_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.callback(desk.person("王芳"), promised=True)
    desk.callback(desk.person("李明"))
    ticks: list[Callable[[], None]] = []
    plain = DeskScreen.set_interval

    def kept(self: DeskScreen, interval: float, callback: Callable[[], None]) -> object:
        ticks.append(callback)
        return plain(self, 3600, callback)

    async with staged(desk) as stage:
        stage.app.wrap_up_pause = 1
        monkeypatch.setattr(DeskScreen, "set_interval", kept)
        await stage.press("n", "f", "1", "enter", "y")
        ticks[-1]()
        await stage.settle()
        assert isinstance(stage.app.screen, HandbookScreen)
        await stage.press("escape")
        ticks[-1]()
        await stage.settle()
        assert isinstance(stage.app.screen, CallScreen)
        assert stage.shows("李明")


@pytest.mark.parametrize(("language", "sign"), [("en", "[Lunch 45:00]"), ("zh", "[停 用餐 45:00]")])
async def test_the_pause_is_seen_beside_a_long_name(
    desk: Desk, language: Language, sign: str
) -> None:
    operator = desk.seat(desk.operator("annabella.featherstonehaugh").login).actor
    async with staged(desk, operator, language=language) as stage:
        await stage.press("p", "2")
        assert sign in stage.lines[0]
