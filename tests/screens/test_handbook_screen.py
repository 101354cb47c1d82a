from __future__ import annotations

import gc
import weakref

import pytest

from content.advice_places import WIDEST
from content.handbook import load_handbook
from content.handbook_parser import parse_cards
from content.playbook_parser import Source
from content.playbooks import load_shipped
from content.translations import LANGUAGES, Language
from domain.handbook import BOOK, Handbook
from domain.walk import Place, Walk
from screens.call import CallScreen
from screens.call_views import step_view
from screens.desk import DeskScreen
from screens.handbook import HandbookScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged
from widgets.plate import Plate
from widgets.safe_text import cells
from widgets.script_pane import ScriptPane

CARD = """---
id: mini
title: Mini
kind: handbook
---

## What is said {#said}

Read it \\[/]\\[bold]once.

- One point
- Another point

> Words for the customer.

> *Rung:* 1 Wishes
>
> *Customer:* I want a new car!
>
> *We:* I'll put that down first.

*Claim:* Ten of ten like it.

*Source:* Nobody counted.
"""


async def open_handbook(stage: Stage, key: str = "y") -> HandbookScreen:
    await stage.press(key)
    screen = stage.app.screen
    assert isinstance(screen, HandbookScreen), stage.text
    return screen


async def open_call(stage: Stage) -> CallScreen:
    await stage.press("n")
    screen = stage.app.screen
    assert isinstance(screen, CallScreen), stage.text
    return screen


def strip_of(screen: CallScreen) -> str:
    return screen.query_one("#call-advice", Plate).shown.plain


@pytest.mark.parametrize("size", [NARROW, WIDE, (60, 20)])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_card_is_found_by_a_few_letters_and_read(
    desk: Desk, language: Language, size: tuple[int, int]
) -> None:
    async with staged(desk, language=language, size=size) as stage:
        screen = await open_handbook(stage, "f12")
        assert screen.shown == load_handbook(language).cards[0]
        await stage.types("jinji" if language == "zh" else "tabo")
        card = screen.shown
        assert card is not None
        assert card.id == "six-taboos"
        assert stage.shows(card.title, card.blocks[0].text[:20])
        await stage.press("escape")
        assert isinstance(stage.app.screen, DeskScreen)


async def test_the_same_card_stays_when_the_language_changes(desk: Desk) -> None:
    async with staged(desk, size=WIDE) as stage:
        screen = await open_handbook(stage)
        await stage.press("down", "down")
        before = screen.shown
        assert before is not None
        await stage.press("ctrl+l")
        after = screen.shown
        assert after == load_handbook("zh").card(before.id)
        assert stage.shows("手册", after.title if after else "")
        assert stage.app.screen is screen


async def test_what_no_card_holds_leaves_an_empty_page_and_comes_back(desk: Desk) -> None:
    async with staged(desk) as stage:
        screen = await open_handbook(stage)
        await stage.types("zqzqzq")
        assert screen.shown is None
        assert stage.shows("No card speaks of that.")
        await stage.press(*["backspace"] * 6)
        assert screen.shown == load_handbook("en").cards[0]


async def test_a_long_card_turns_its_pages(desk: Desk) -> None:
    async with staged(desk) as stage:
        await open_handbook(stage)
        await stage.types("ten rules")
        first = stage.text
        last = load_handbook("en").card("ten-rules")
        assert last is not None
        await stage.press("pagedown", "pagedown", "pagedown")
        assert stage.text != first
        assert stage.shows(last.blocks[-1].text[-20:])
        await stage.press("pageup", "pageup", "pageup")
        assert stage.text == first


async def test_each_sort_of_paragraph_is_drawn_in_its_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = parse_cards(Source("mini.md", "en", CARD))
    assert parsed.findings == ()
    monkeypatch.setattr("screens.handbook.load_handbook", lambda _: Handbook.of("en", parsed.cards))
    async with staged(desk) as stage:
        await open_handbook(stage)
        await stage.press("pagedown", "pageup")
        lines = [" ".join(line.strip(" │").split()) for line in stage.lines]
        for drawn in (
            "Read it [/][bold]once.",
            "• One point",
            "▌ Words for the customer.",
            "Rung: 1 Wishes",
        ):
            assert drawn in lines, lines
        await stage.press("pagedown")
        lines = [" ".join(line.strip(" │").split()) for line in stage.lines]
        claim = lines.index("Claim Ten of ten like it.")
        assert lines[claim + 1] == "from Nobody counted."
        assert "Customer │ I want a new car!" in lines
        assert "We ▌ I'll put that down first." in lines


@pytest.mark.parametrize(("size", "language"), [(NARROW, "en"), (WIDE, "zh")])
async def test_every_step_has_its_line_and_the_key_opens_its_card(
    desk: Desk, language: Language, size: tuple[int, int]
) -> None:
    desk.callback(desk.person(), campaign="delivery-3day")
    async with staged(desk, language=language, size=size) as stage:
        screen = await open_call(stage)
        for keys in ((), ("1",), ("1",), ("o", "enter"), ("e", "1")):
            await stage.press(*keys)
            advice = screen.advice
            assert advice is not None
            assert strip_of(screen).startswith(f"* {advice.text}")
            assert stage.shows(advice.text)
            book = await open_handbook(stage)
            wanted = load_handbook(language).cards_for(advice)
            if wanted:
                assert book.shown == wanted[0]
                assert stage.shows(wanted[0].title)
            await stage.press("escape")
            assert stage.app.screen is screen


async def test_the_line_stays_within_a_step_and_follows_light_and_language(desk: Desk) -> None:
    desk.callback(desk.person(), campaign="delivery-3day")
    async with staged(desk) as stage:
        screen = await open_call(stage)
        await stage.press("1", "1")
        calm = screen.advice
        await stage.press("v", "w", "v", "x")
        assert screen.advice == calm
        await stage.press("m", "r")
        upset = screen.advice
        assert upset is not None
        assert upset.group in ("mood", "tactics", "calls", "taboos")
        await stage.press("ctrl+l")
        spoken = screen.advice
        assert spoken is not None
        assert (spoken.group, spoken.id) == (upset.group, upset.id)
        assert strip_of(screen).startswith(f"* {spoken.text}")


async def test_a_script_whose_line_has_no_card_opens_the_script_s_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.callback(desk.person(), campaign="delivery-3day")
    monkeypatch.setattr(CallScreen, "advice", None)
    async with staged(desk) as stage:
        screen = await open_call(stage)
        book = await open_handbook(stage)
        wanted = load_handbook("en").cards_for(f"{BOOK}{screen.call.playbook}")
        assert book.shown == wanted[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_advice_stands_whole_on_the_narrowest_terminal(language: Language) -> None:
    # Two cells of padding, two for the sign, two for what follows.
    assert NARROW[0] - 6 >= WIDEST
    assert all(cells(line.text) <= WIDEST for line in load_shipped(language).advice)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_words_of_every_script_are_in_sight_above_the_strip(
    desk: Desk, language: Language
) -> None:
    desk.callback(desk.person("王芳", sex="female"), campaign="delivery-3day")
    async with staged(desk, language=language) as stage:
        screen = await open_call(stage)
        assert screen.query_one("#call-advice").size.height == 1
        pane = screen.query_one(ScriptPane)
        values, library = screen.script_values(), load_shipped(language)
        hidden = []
        for book in library.playbooks:
            for step in book.steps:
                for variant in range(len(step.variants)):
                    walk = Walk(library, (Place(book.id, step.id, variant),))
                    pane.show(step_view(walk, values, screen.t))
                    sight = [line.plain for line in pane._seen()]
                    spoken = [line.plain for line in pane._body if line.plain.startswith("▌")]
                    if [line for line in sight if line.startswith("▌")] != spoken:
                        hidden.append((book.id, step.id, variant))
        assert hidden == []


async def test_an_answer_to_an_objection_is_in_sight_with_its_stages_and_the_way_back(
    desk: Desk,
) -> None:
    desk.callback(desk.person(), campaign="delivery-3day")
    async with staged(desk) as stage:
        screen = await open_call(stage)
        await stage.press("1", "o")
        await stage.types("no time")
        await stage.press("enter")
        assert screen.draft.walk.step.id == "no-time"
        assert stage.shows("acknowledge", "explore", "respond", "confirm", "« back to")
        spoken = screen.draft.walk.wording
        assert spoken is not None
        assert stage.shows(*(part.text[-12:] for part in spoken.parts))


async def test_the_closed_handbook_is_not_kept(desk: Desk) -> None:
    async with staged(desk) as stage:
        opened = []
        for _ in range(4):
            await open_handbook(stage)
            opened.append(weakref.ref(stage.app.screen))
            assert isinstance(opened[-1](), HandbookScreen)
            await stage.types("a")
            await stage.press("escape")
        gc.collect()
        assert sum(one() is not None for one in opened) <= 1
