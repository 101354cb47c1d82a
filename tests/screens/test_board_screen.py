"""A lead looks at the live board: panes, formulas, what lies behind a line, the bell, the wall."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.translations import Language
from db.board_trend import take_sample
from db.calls import show_call
from db.dialling import dial
from db.finish import finish
from db.operator_states import enter_state
from db.queue import claim_next
from db.seats import close_seat
from domain.decision import Decision
from domain.errors import StorageError
from screens.board import BoardScreen
from screens.board_behind import BehindScreen
from screens.board_formula import FormulaDialog
from screens.deal import DealScreen
from screens.desk import DeskScreen
from screens.feed import TopicsMoved
from screens.lead_menu import LeadMenu
from screens.wallboard import WallScreen
from tests.databases import Desk
from tests.screens.staged import NARROW, WIDE, Stage, staged


def worked(desk: Desk) -> None:
    """A morning: one call done, one going on, one in check, three waiting, one of them promised."""
    for place in range(5):
        desk.callback(desk.person(f"客户{place}"), campaign="after-service-3day")
    desk.callback(desk.person("[/]王芳"), promised=True)
    for login in ("bea", "cleo"):
        desk.operator(login)
    bea, cleo = desk.seat("bea").actor, desk.seat("cleo").actor
    for actor, outcome in ((bea, "completed"), (bea, None), (cleo, "check")):
        taken = claim_next(desk.database, actor).taken
        phone = show_call(desk.database, actor, taken.call_id).card.phones[0]
        dial(desk.database, actor, taken.call_id, phone.phone_id)
        desk.clock.advance(minutes=4)
        if outcome == "completed":
            decision = Decision(f"u-{taken.call_id}", outcome)
            finish(desk.database, actor, taken.call_id, taken.fence, decision)
        elif outcome == "check":
            close_seat(desk.database, actor)
    later = desk.seat("cleo").actor
    desk.database.write(
        lambda unit: enter_state(
            unit, later.seat_id, "paused", pause_code="lunch",
            ends_at=unit.now + timedelta(minutes=45), forced_by=None,
        )
    )  # fmt: skip
    take_sample(desk.database)


async def look(stage: Stage) -> BoardScreen:
    await stage.press("b")
    screen = stage.app.screen
    assert isinstance(screen, BoardScreen), stage.text
    return screen


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_all_panes_stand_beside_each_other_where_there_is_room(
    desk: Desk, language: Language
) -> None:
    worked(desk)
    async with staged(desk, size=WIDE, language=language) as stage:
        await look(stage)
        words = {
            "en": ("service level", "Bea", "paused: Lunch", "4 ordinary", "Queue by the quarter"),
            "zh": ("服务水平", "Bea", "暂停：用餐", "4 普通", "队列（每一刻钟）"),
        }
        assert stage.shows(*words[language])


async def test_one_pane_at_a_time_where_room_is_short(desk: Desk) -> None:
    worked(desk)
    async with staged(desk, size=NARROW) as stage:
        await look(stage)
        assert stage.shows("occupancy")
        assert not stage.shows("paused: Lunch")
        await stage.press("tab")
        assert stage.shows("paused: Lunch", "Cleo")
        await stage.press("3")
        assert stage.shows("off hrs", "4 ordinary", "Three-day")
        await stage.press("5")
        assert stage.shows("Queue by the quarter hour", "calls today")
        await stage.press("b")
        assert isinstance(stage.app.screen, DeskScreen)


async def test_each_figure_explains_itself(desk: Desk) -> None:
    worked(desk)
    async with staged(desk, size=NARROW) as stage:
        screen = await look(stage)
        for figure in screen._figures:
            await stage.press("f")
            dialog = stage.app.screen
            assert isinstance(dialog, FormulaDialog)
            assert stage.shows("Now:"), figure.code
            await stage.press("escape", "down")
        await stage.press("2", "f")
        assert stage.app.screen is screen
        assert stage.shows("Formulas belong to the figures")


async def test_behind_each_line_are_its_callbacks(desk: Desk) -> None:
    worked(desk)
    async with staged(desk, size=WIDE) as stage:
        await look(stage)
        await stage.press("2", "up", "up", "up")
        screen = stage.app.screen
        ann = {one.login: one.id for one in screen.board.operators}
        screen._list("operators").mark(ann["bea"])
        await stage.press("enter")
        assert isinstance(stage.app.screen, BehindScreen)
        assert stage.shows("Open call", "+86138****")
        assert not stage.shows("+8613800")
        await stage.press("escape", "3", "enter")
        for _ in range(1200):  # the list asks for its page once it has its size
            if stage.shows("(5)"):
                break
            await stage.pilot.pause(0.05)
        assert stage.shows("(5)", "客户4"), stage.text
        await stage.press("escape", "1", "z")
        assert stage.shows("Mark an operator")


@pytest.mark.parametrize(
    ("pane", "place", "dealt"),
    [
        ("1", "home", "Deal out today's work · equally · all of today"),
        ("3", "band", "band 4"),
        ("3", "end", "Three-day call after service"),
    ],
)
async def test_a_lead_deals_out_what_the_marked_line_counts(
    desk: Desk, pane: str, place: str, dealt: str
) -> None:
    worked(desk)
    async with staged(desk, size=WIDE) as stage:
        screen = await look(stage)
        await stage.press(pane)
        if place == "band":
            screen._list("queue").mark(4)
        else:
            await stage.press(place)
        await stage.press("g")
        assert isinstance(stage.app.screen, DealScreen)
        assert dealt in stage.lines[1], stage.text
        await stage.press("b")
        assert isinstance(stage.app.screen, BoardScreen)


async def test_a_lead_acts_from_each_pane(desk: Desk) -> None:
    worked(desk)
    async with staged(desk, size=WIDE) as stage:
        screen = await look(stage)
        for pane in ("2", "3"):
            await stage.press(pane, "z")
            assert isinstance(stage.app.screen, LeadMenu), pane
            await stage.press("escape")
            assert stage.app.screen is screen
        desk.clock.advance(minutes=30)
        screen.do_refresh()
        await stage.settle()
        await stage.press("4", "z")
        assert isinstance(stage.app.screen, LeadMenu)


async def test_what_moves_elsewhere_is_shown_and_the_mark_stays(desk: Desk) -> None:
    worked(desk)
    async with staged(desk, size=WIDE) as stage:
        screen = await look(stage)
        await stage.press("down", "down")
        marked = screen._list("figures").marked_id
        before = screen.board.queue.total.due
        desk.callback()
        screen._live._asked = float("-inf")
        screen.post_message(TopicsMoved(frozenset({"queue"})))
        await stage.settle()
        assert screen.board.queue.total.due == before + 1
        assert screen._list("figures").marked_id == marked


async def test_the_bell_rings_once_for_a_new_alarm_and_can_be_silenced(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung = []
    worked(desk)
    async with staged(desk, size=WIDE) as stage:
        monkeypatch.setattr(stage.app, "bell", lambda: rung.append(1))
        screen = await look(stage)
        count = len(rung)
        screen._tick()
        assert len(rung) == count
        desk.clock.advance(minutes=30)
        screen.do_refresh()
        await stage.settle()
        assert len(rung) == count + 1
        assert stage.shows("To check: 1")
        await stage.press("4", "m")
        assert stage.shows("bell off")
        late = desk.callback(promised=True)
        screen.do_refresh()
        await stage.settle()
        assert stage.shows("Promised calls late: 1")
        assert len(rung) == count + 1
        await stage.press("home", "enter")
        assert isinstance(stage.app.screen, BehindScreen)
        assert set(stage.app.screen.found) == {late}


@pytest.mark.parametrize("size", [NARROW, WIDE, (220, 60)])
async def test_the_wall_has_large_figures_and_names_nobody(
    desk: Desk, size: tuple[int, int]
) -> None:
    worked(desk)
    async with staged(desk, size=size) as stage:
        await look(stage)
        await stage.press("v")
        assert isinstance(stage.app.screen, WallScreen)
        assert stage.shows("Longest wait", "Service level", "██")
        assert not stage.shows("Bea")
        assert not stage.shows("客户")
        await stage.press("b")
        assert isinstance(stage.app.screen, BoardScreen)


async def test_operators_are_told_that_it_is_a_leads(desk: Desk) -> None:
    desk.operator("bea")
    async with staged(desk, desk.seat("bea").actor) as stage:
        await stage.press("b")
        assert isinstance(stage.app.screen, DeskScreen)
        assert stage.shows("lead’s to look at")


async def test_a_database_that_can_not_be_read_is_an_alarm(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked(desk)
    async with staged(desk, size=WIDE) as stage:
        screen = await look(stage)

        def broken(*_: object) -> None:
            raise StorageError("database_busy", database="x")

        with monkeypatch.context() as patch:
            patch.setattr("db.board.figures_now", broken)
            screen.do_refresh()
            await stage.settle()
            assert stage.app.screen is screen
            assert stage.shows("can’t be read")
        screen.do_refresh()
        await stage.settle()
        assert not stage.shows("can’t be read")


async def test_a_board_hears_sooner_than_other_screens(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(desk, size=WIDE) as stage:
        await look(stage)
        waits: list[float] = []
        monkeypatch.setattr(stage.app, "set_timer", lambda delay, _then: waits.append(delay))
        stage.app.topics_moved(frozenset({"seats"}))
        assert waits == [BoardScreen.FEED_PAUSE]
        assert BoardScreen.FEED_PAUSE < DeskScreen.FEED_PAUSE
