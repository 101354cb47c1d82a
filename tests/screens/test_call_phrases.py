"""A call offers what works first, says how well, and keeps its order until it is over."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from content.playbooks import load_shipped
from content.translations import Language
from db import phrases
from db.finish import finish
from db.queue import claim_next
from db.tables import call_step, draft
from domain.decision import Decision, GivenUse
from domain.phrases import fingerprint
from domain.walk import Walk
from screens.call import CallScreen
from screens.desk import DeskScreen
from screens.objections import ObjectionPalette
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged

DELIVERY = "delivery-3day"


def judged(desk: Desk, language: Language, *marks: tuple[str, int, int, int]) -> None:
    """A colleague's call in which wordings were marked: objection or nothing, index, ✓, ✗."""
    start = Walk.start(load_shipped(language), DELIVERY)
    uses = []
    for objection, index, worked, failed in marks:
        walk = start.open_objection(objection) if objection else start
        words = fingerprint(walk.step.variants[index])
        given = (walk.kind, walk.book.id, walk.book.version, walk.step.id, index, language)
        uses += [GivenUse(*given, "worked", words, 1)] * worked
        uses += [GivenUse(*given, "failed", words, 1)] * failed
    desk.callback(desk.person(), campaign=DELIVERY)
    colleague = desk.seat(desk.operator("bo").login).actor
    taken = claim_next(desk.database, colleague).taken
    assert taken is not None
    decision = Decision(str(uuid.uuid4()), "completed", uses=tuple(uses))
    finish(desk.database, colleague, taken.call_id, taken.fence, decision)
    desk.clock.advance(minutes=5)


def tells(stage: Stage, words: str) -> bool:
    """Whether words stand in a pane, even where its frame breaks them."""
    text = "".join(letter for letter in stage.text if not letter.isspace() and letter not in "│┃")
    return "".join(words.split()) in text


async def open_call(stage: Stage) -> CallScreen:
    await stage.press("n")
    screen = stage.app.screen
    assert isinstance(screen, CallScreen), stage.text
    return screen


@pytest.mark.parametrize(("size", "language"), [(WIDE, "en"), (NARROW, "en"), (NARROW, "zh")])
async def test_the_best_wording_comes_first_with_share_interval_and_n(
    desk: Desk, language: Language, size: tuple[int, int]
) -> None:
    judged(desk, language, ("", 1, 60, 10), ("", 0, 1, 6))
    callback_id = desk.callback(desk.person("王芳"), campaign=DELIVERY)
    async with staged(desk, language=language, size=size) as stage:
        screen = await open_call(stage)
        assert screen.draft.walk.place.variant == 1
        count = len(screen.draft.walk.step.variants)
        if language == "en":
            assert stage.shows(f"wording 1 of {count} · worked 86 % (76–92 %, n 70)"), stage.text
        else:
            assert stage.shows(f"说法 1/{count} · 有效率 86%（76–92%，70 次）"), stage.text
        offered = screen.draft.walk.offered
        turns = offered.index(0)
        await stage.press(*["v"] * turns)
        few = "worked 14 % (3–51 %, few: n 7)" if language == "en" else "14%（3–51%，仅 7 次）"
        assert tells(stage, few), stage.text
        await stage.press("x")
        assert screen.draft.walk.offered == offered
        await stage.press("f", "1", "enter")
        stage.app.pausing = True
    assert desk.row(callback_id)["state"] == "done"
    (last,) = desk.rows(
        sa.select(call_step).where(call_step.c.call_id == screen.call.call_id).limit(1)
    )
    assert (last["variant"], last["result"], last["details"]["shown"]) == (0, "failed", turns + 1)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_palette_tells_the_share_and_an_answer_is_marked(
    desk: Desk, language: Language
) -> None:
    judged(desk, language, ("no-time", 1, 64, 14))
    desk.callback(desk.person(), campaign=DELIVERY)
    async with staged(desk, language=language) as stage:
        screen = await open_call(stage)
        start = screen.draft.walk.place
        await stage.press("o")
        assert isinstance(stage.app.screen, ObjectionPalette)
        await stage.types("msj")
        leader = screen.draft.walk.open_objection("no-time").place.variant
        assert stage.shows("82 % (72–89, n 78)" if language == "en" else "82%（72–89，78 次）") is (
            leader == 1
        )
        await stage.press("enter")
        walk = screen.draft.walk
        assert (walk.place.step, walk.place.variant) == ("no-time", leader)
        await stage.press("w")
        assert stage.shows("✓ marked: worked" if language == "en" else "✓ 已记：有效")
        assert screen.draft.walk.trail[-1].result == "worked"
        await stage.press("v", "x")
        assert [use.result for use in screen.draft.walk.trail[-2:]] == ["worked", "failed"]
        assert screen.draft.walk.return_().place == start


async def test_where_nobody_learns_the_order_is_the_files_and_the_figures_stay(desk: Desk) -> None:
    judged(desk, "en", ("", 0, 5, 40), ("", 1, 60, 0))
    phrases.set_learning(desk.database, desk.actor, on=False)
    desk.callback(desk.person(), campaign=DELIVERY)
    async with staged(desk) as stage:
        screen = await open_call(stage)
        assert screen.draft.walk.place.variant == 0
        assert screen.draft.walk.offered[:2] == (0, 1)
        assert stage.shows("worked 11 % (5–23 %, n 45)"), stage.text


async def test_a_call_that_is_taken_up_again_keeps_the_words_it_had(desk: Desk) -> None:
    judged(desk, "en", ("", 0, 40, 5), ("", 1, 0, 40))
    desk.callback(desk.person(), campaign=DELIVERY)
    async with staged(desk) as stage:
        screen = await open_call(stage)
        offered = screen.draft.walk.offered
        await stage.press("v")
        shown = screen.draft.walk.place
        assert shown.variant == offered[1]
        screen.save_last_words()
        assert desk.rows(sa.select(draft.c.id))
        await stage.press("a")
        below = stage.app.screen
        assert isinstance(below, DeskScreen)
        below.take_up(stop=True)
        await stage.settle()
        again = stage.app.screen
        assert isinstance(again, CallScreen)
        assert again is not screen
        assert again.draft.walk.place == shown
        assert again.draft.walk.offered == offered


async def test_a_customer_who_is_on_the_line_hears_no_other_words(desk: Desk) -> None:
    judged(desk, "en", ("", 0, 0, 40), ("", 1, 40, 0))
    desk.callback(desk.person(), campaign=DELIVERY)
    async with staged(desk) as stage:
        screen = await open_call(stage)
        known = screen.draft.walk.order
        assert known is not None
        await stage.press("d", "escape")
        screen._draft = None
        before = screen.draft.walk.place
        assert before.variant == 0
        screen.read_phrases()
        await stage.settle()
        assert screen.draft.walk.place == before
        assert screen.draft.walk.offered[0] == 1


async def test_a_lead_turns_the_switch_at_the_desk(desk: Desk) -> None:
    async with staged(desk) as stage:
        await stage.press("ctrl+d")
        assert tells(stage, "Order of the wordings"), stage.text
        assert tells(stage, "the others keep their turn"), stage.text
        await stage.press("2")
        assert not phrases.learning(desk.database, desk.actor)
        assert stage.shows("in the order of the playbook")
        await stage.press("ctrl+d", "escape")
        assert not phrases.learning(desk.database, desk.actor)
        await stage.press("ctrl+d", "1")
        assert phrases.learning(desk.database, desk.actor)
        await stage.press("colon")
        await stage.types("learn")
        assert stage.shows("learn wordings")


async def test_an_operator_is_told_who_decides(desk: Desk) -> None:
    desk.operator("bo")
    async with staged(desk, desk.seat("bo").actor) as stage:
        await stage.press("ctrl+d")
        assert stage.shows("A lead decides")
        assert isinstance(stage.app.screen, DeskScreen)
