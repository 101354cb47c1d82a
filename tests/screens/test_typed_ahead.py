"""What is typed ahead, while a screen is being built, is for that screen, and lost nowhere."""

from __future__ import annotations

import pytest
from textual import events

from domain.said import Said
from screens.desk import DeskScreen
from screens.prompt import Prompt
from tests.databases import Desk
from tests.screens.staged import staged
from widgets.line import Line


def prompt() -> Prompt:
    return Prompt(Said("customer.number_add"), Said("customer.hint.any"))


@pytest.mark.parametrize("gap", [0.0001, 0.2], ids=["composed", "letter by letter"])
async def test_text_for_a_dialog_that_is_not_yet_there(desk: Desk, gap: float) -> None:
    async with staged(desk) as stage:
        stage.app.push_screen(prompt())
        keys = [events.Key(letter, letter) for letter in "on 好"]
        for place, key in enumerate(keys):
            key.time = keys[-1].time - gap * (len(keys) - place)
            stage.app.post_message(key)
        stage.app.post_message(events.Paste("店"))
        await stage.settle()
        assert stage.app.screen.query_one(Line).value == "on 好店"


async def test_a_key_for_a_menu_that_is_not_yet_there(desk: Desk) -> None:
    async with staged(desk) as stage:
        stage.app.push_screen(prompt())
        stage.app.post_message(events.Key("escape", "\x1b"))
        await stage.settle()
        assert isinstance(stage.app.screen, DeskScreen)


async def test_a_key_that_a_covered_screen_still_has_to_deal_with(desk: Desk) -> None:
    async with staged(desk) as stage:
        screen = stage.app.screen
        assert isinstance(screen, DeskScreen)
        view = screen.view
        stage.app.push_screen(prompt())
        await screen.action_carry_out("desk.view")
        await stage.settle()
        assert screen.view == view
        assert isinstance(stage.app.screen, Prompt)
