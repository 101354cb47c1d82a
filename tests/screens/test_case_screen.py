"""One case: how it stands, what is owed, what happened; each act by its key, or why not."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from content.translations import Language
from db.case_closing import resolve
from db.case_file import case_file
from db.case_owner import offer_handover
from db.cases import NewCase, note_case, open_case
from db.tables import complaint
from domain.permissions import Actor
from screens.case import PANES, CaseScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged
from widgets.customer_card import CustomerPane

BOTH = [(NARROW, "en"), (NARROW, "zh"), (WIDE, "en"), (WIDE, "zh")]


def opened(desk: Desk, actor: Actor, **fields: object) -> int:
    person = desk.person("王芳", zone="Europe/London", customer_class="C")
    fields.setdefault("category", "product_quality")
    return open_case(desk.database, actor, NewCase(person, "刹车响，修了三次", **fields))


async def show(stage: Stage, case_id: int, *, looking: bool = False) -> CaseScreen:
    stage.app.show_case(case_id, looking=looking)
    await stage.settle()
    screen = stage.app.screen
    assert isinstance(screen, CaseScreen), stage.text
    return screen


def told(screen: CaseScreen, *words: str) -> bool:
    """Whether all words stand in the panes, however their lines are folded."""
    panes = (screen.query_one(f"#case-{name}", CustomerPane).text for name in PANES)
    flat = "".join("".join(pane.split()) for pane in panes)
    return all("".join(word.split()) in flat for word in words)


def row(desk: Desk, case_id: int) -> sa.RowMapping:
    (found,) = desk.rows(sa.select(complaint).where(complaint.c.id == case_id))
    return found


def kinds(desk: Desk, actor: Actor, case_id: int) -> list[str]:
    return [line.kind for line in case_file(desk.database, actor, case_id).entries]


@pytest.mark.parametrize(("size", "language"), BOTH)
async def test_head_next_action_limits_wishes_and_timeline_are_shown(
    desk: Desk, size: tuple[int, int], language: Language
) -> None:
    ann = desk.seat("ann").actor
    case_id = opened(desk, ann, wishes=("换新车", "道歉"))
    desk.clock.advance(hours=1)
    note_case(desk.database, ann, case_id, "[/]客户到店\x1b[31m")
    async with staged(desk, ann, size=size, language=language) as stage:
        screen = await show(stage, case_id)
        en = language == "en"
        assert stage.shows(f"#{case_id}", "王芳", "C resident" if en else "C 居民", "Ann")
        assert stage.shows("ring the customer" if en else "给客户回电")
        assert stage.shows("theirs 04:00" if en else "当地 04:00")
        assert told(screen, "11:00 note" if en else "11:00 备注", "[/]客户到店[31m")
        assert stage.shows("* Respond fast" if en else "* 反应快")
        await stage.press("2")
        assert told(screen, "1 换新车", "2 道歉")
        await stage.press("1")
        assert told(screen, "刹车响", "acknowledge" if en else "告知客户已收到")
        assert told(screen, "8 follow up and review" if en else "8 跟")
        await stage.press("=")
        assert told(screen, "the same day from its receipt" if en else "当天")
        top = stage.text
        await stage.press("pagedown", "down", "up", "pageup")
        assert stage.text == top
        await stage.press("m")
        assert stage.shows("oldest first" if en else "最早在前")
        text = stage.text
        assert text.index("opened" if en else "立案") < text.index("客户到店")


async def test_every_day_that_a_limit_counts_or_skips_is_told(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    desk.clock.now += timedelta(days=4)  # a Friday: two working days run over the weekend
    case_id = opened(desk, ann)
    async with staged(desk, ann, size=WIDE) as stage:
        screen = await show(stage, case_id)
        assert not told(screen, "weekend, not counted")
        await stage.press("=")
        assert told(screen, "11-28 Sat weekend, not counted", "11-30 Mon counted")
        await stage.press("=")
        assert not told(screen, "weekend, not counted")


async def test_the_whole_way_of_a_case_by_its_keys(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    desk.operator("bo")
    case_id = opened(desk, ann)
    async with staged(desk, ann, size=WIDE) as stage:
        screen = await show(stage, case_id)
        for key, text in (
            ("n", "noted by hand"), ("v", "a crack in the disc"), ("u", "said it back"),
            ("s", "disc replaced"), ("q", "check discs at delivery"),
        ):  # fmt: skip
            await stage.press(key)
            await stage.types(text)
            await stage.press("enter")
            assert told(screen, text), text
        await stage.press("k")
        assert stage.shows("handled the case can't ask")
        await stage.press("z")
        assert stage.shows("verdict is missing; attempts to get it so far: 0 of 3")
        await stage.press("l", "1")
        await stage.types("wrote to head office")
        await stage.press("enter")
        assert told(screen, "local › ^ skip-level", "wrote to head office")
        await stage.press("d")
        await stage.types("settled with the branch")
        await stage.press("enter")
        await stage.press("e", "2")
        await stage.types("lost time")
        await stage.press("enter")
        assert told(screen, "product quality · lost time")
        await stage.press("t", "1", "1")
        await stage.types("waits for a part")
        await stage.press("enter")
        assert told(screen, "stands since", "waits for a part")
        await stage.press("t", "1", "1", "enter")
        assert not told(screen, "stands since")
        await stage.press("h")
        await stage.types("bo")
        await stage.press("enter")
        await stage.types("please ring tomorrow")
        await stage.press("enter")
        assert stage.shows("Ann (asked: Bo)")
        assert told(screen, "asked to take it over: Bo · Ann: please ring tomorrow")
        await stage.press("h")
        assert not stage.shows("asked: Bo")
    happened = kinds(desk, ann, case_id)
    for kind in (
        "note", "inspection", "understanding", "resolution", "review", "escalated", "deescalated",
        "changed", "paused", "resumed", "handover_offered", "handover_withdrawn",
    ):  # fmt: skip
        assert kind in happened, kind


async def test_a_colleague_accepts_asks_for_the_verdict_and_the_case_is_closed(
    desk: Desk,
) -> None:
    ann, bo = desk.seat("ann").actor, desk.operator("bo")
    case_id = opened(desk, bo)
    offer_handover(desk.database, bo, case_id, "ann")
    async with staged(desk, ann, size=WIDE) as stage:
        await show(stage, case_id)
        await stage.press("a")
        assert row(desk, case_id)["owner_id"] == ann.operator_id
        await stage.press("h")
        await stage.types("bo")
        await stage.press("enter", "enter")
        resolve(desk.database, ann, case_id, "换了刹车盘")
    async with staged(desk, desk.seat("bo").actor, size=WIDE) as stage:
        await show(stage, case_id)
        await stage.press("x")
        await stage.types("on leave")
        await stage.press("enter")
        assert row(desk, case_id)["handover_to"] is None
        await stage.press("k", "1")
        await stage.types("thank you")
        await stage.press("enter")
        assert row(desk, case_id)["verdict"] is not None
        await stage.press("z")
        assert stage.shows("a colleague's")
    async with staged(desk, ann, size=WIDE) as stage:
        await show(stage, case_id)
        await stage.press("z", "enter")
        assert stage.shows("closed")
        await stage.press("n")
        await stage.types("a last word")
        await stage.press("enter", "o")
        await stage.types("rattles again")
        await stage.press("enter")
        assert row(desk, case_id)["status"] == "reopened"


async def test_a_grumble_is_raised_and_has_no_steps_before(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    case_id = opened(desk, ann, weight="grumble")
    async with staged(desk, ann, size=WIDE) as stage:
        screen = await show(stage, case_id)
        assert not told(screen, "Eight steps")
        await stage.press("l")
        assert stage.shows("This is a grumble")
        await stage.press("g")
        await stage.types("attitude")
        await stage.press("enter")
        await stage.types("third time")
        await stage.press("enter")
        assert told(screen, "Eight steps", "raised to a case", "third time")
    assert (row(desk, case_id)["weight"], row(desk, case_id)["category"]) == (
        "complaint", "attitude",
    )  # fmt: skip


async def test_words_are_not_lost_when_somebody_else_changed_the_case_meanwhile(
    desk: Desk,
) -> None:
    ann = desk.seat("ann").actor
    case_id = opened(desk, ann)
    async with staged(desk, ann, size=WIDE) as stage:
        await show(stage, case_id)
        note_case(desk.database, ann, case_id, "from elsewhere")
        await stage.press("s")
        await stage.types("disc replaced")
        await stage.press("enter")
        assert stage.shows("changed case", "disc replaced")
        await stage.press("enter")
        assert row(desk, case_id)["resolution"] == "disc replaced"


async def test_from_a_call_and_from_a_looking_seat_nothing_can_be_done(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    case_id = opened(desk, ann)
    async with staged(desk, ann, size=WIDE) as stage:
        await show(stage, case_id, looking=True)
        await stage.press("n")
        assert stage.shows("here you only look")
        await stage.press("b")
    async with staged(desk, ann, size=WIDE, looking=True) as stage:
        await show(stage, case_id)
        await stage.press("s")
        assert isinstance(stage.app.screen, CaseScreen)
    assert kinds(desk, ann, case_id)[-1] != "note"


async def test_the_date_on_a_regulators_notice_is_asked_for_and_wins(desk: Desk) -> None:
    ann = desk.seat("ann").actor
    case_id = opened(desk, ann)
    async with staged(desk, ann, size=WIDE) as stage:
        await show(stage, case_id)
        await stage.press("l", "2")
        await stage.types("next week")
        await stage.press("enter")
        assert stage.shows("Which date stands on the notice")
        await stage.types("2026-12-01")
        await stage.press("enter")
        await stage.types("notice from 12315")
        await stage.press("enter")
    file = case_file(desk.database, ann, case_id)
    assert file.head.level == "regulator"
    typed = {one.limit.typed for one in file.timers if one.limit.typed is not None}
    assert {one.astimezone(ZoneInfo("Asia/Shanghai")).date() for one in typed} == {
        date(2026, 12, 1)
    }
