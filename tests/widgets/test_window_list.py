from __future__ import annotations

import random

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Direction, Request, WindowList


def row(number: int) -> Row:
    return Row(number, (Cell(str(number)), Cell(f"客户 {number}")))


class Listed(App[None]):
    """A list over a store of ids in ascending order, answered at once or by hand."""

    def __init__(self, store: list[int], *, by_hand: bool = False) -> None:
        super().__init__()
        self.store = store
        self.by_hand = by_hand
        self.requests: list[Request] = []
        self.marked: list[int | None] = []

    def compose(self) -> ComposeResult:
        yield WindowList(id="queue", window=60, page=24)

    def on_mount(self) -> None:
        self.list.show_columns([Column("id", 6, right=True), Column("name", 8, stretch=1)])
        self.list.focus()
        self.list.start()

    @property
    def list(self) -> WindowList:
        return self.query_one(WindowList)

    def on_window_list_wanted(self, message: WindowList.Wanted) -> None:
        self.requests.append(message.request)
        if not self.by_hand:
            self.answer(message.request)

    def on_window_list_marked(self, message: WindowList.Marked) -> None:
        self.marked.append(message.row_id)

    def answer(self, request: Request) -> None:
        ids, anchor = sorted(self.store), request.anchor
        match request.direction:
            case Direction.FIRST:
                page = ids[: request.limit]
            case Direction.LAST:
                page = ids[-request.limit :]
            case Direction.AFTER:
                page = [n for n in ids if anchor is not None and n > anchor][: request.limit]
            case Direction.BEFORE:
                page = [n for n in ids if anchor is not None and n < anchor][-request.limit :]
            case Direction.AGAIN:
                page = [n for n in ids if anchor is None or n >= anchor][: request.limit]
        self.list.receive(
            request,
            [row(n) for n in page],
            more_before=bool(page) and page[0] > ids[0],
            more_after=bool(page) and page[-1] < ids[-1],
        )


async def rest(pilot: Pilot[None]) -> None:
    """Lets a page be asked for, answered and drawn."""
    for _ in range(3):
        await pilot.pause()


def shown_ids(window_list: WindowList) -> list[int]:
    texts = [window_list.render_line(y).text for y in range(1, window_list.size.height)]
    return [int(text[1:7]) for text in texts if text[1:7].strip()]


async def test_a_long_list_is_walked_to_its_end_with_few_rows_in_memory() -> None:
    app = Listed(list(range(0, 600, 2)))
    async with app.run_test(size=(40, 12)) as pilot:
        for _ in range(32):
            app.list.action_leaf(1)
            await rest(pilot)
            assert len(app.list.rows) <= 60
            assert app.list.marked_id in shown_ids(app.list)
        assert app.list.marked_id == 598
        for _ in range(32):
            app.list.action_leaf(-1)
            await rest(pilot)
        assert app.list.marked_id == 0


async def test_home_and_end_reach_rows_that_are_not_in_memory() -> None:
    app = Listed(list(range(1000)))
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.press("end")
        await rest(pilot)
        assert app.list.marked_id == 999
        await pilot.press("home")
        await rest(pilot)
        assert app.list.marked_id == 0


async def test_the_mark_stays_on_its_row_and_line_when_rows_come_and_go() -> None:
    app = Listed(list(range(100, 1000, 10)))
    chance = random.Random(4)
    async with app.run_test(size=(40, 12)) as pilot:
        for _ in range(20):
            app.list.action_step(1)
        await rest(pilot)
        marked = app.list.marked_id
        assert marked == 300
        line = shown_ids(app.list).index(marked)
        for _ in range(12):
            others = [n for n in app.store if n != marked]
            app.store.remove(chance.choice(others))
            app.store.append(chance.choice([n for n in range(1000) if n not in app.store]))
            app.list.again()
            await rest(pilot)
            assert app.list.marked_id == marked
            assert shown_ids(app.list).index(marked) == line


async def test_a_marked_row_that_vanishes_passes_the_mark_to_its_neighbour() -> None:
    app = Listed(list(range(10)))
    async with app.run_test(size=(40, 12)) as pilot:
        app.list.action_step(4)
        app.store.remove(4)
        app.list.again()
        await rest(pilot)
        assert app.list.marked_id == 5
        app.store.clear()
        app.store.append(77)
        app.list.again()
        await rest(pilot)
        assert app.list.marked_id == 77


async def test_a_stale_page_is_dropped() -> None:
    app = Listed(list(range(10)), by_hand=True)
    async with app.run_test(size=(40, 12)) as pilot:
        await rest(pilot)
        first = app.requests[-1]
        app.list.start()
        await rest(pilot)
        app.list.receive(first, [row(1)], more_before=False, more_after=False)
        assert app.list.rows == []
        app.answer(app.requests[-1])
        assert len(app.list.rows) == 10


@pytest.mark.parametrize("width", [20, 40, 100])
async def test_every_line_fills_the_width_exactly(width: int) -> None:
    app = Listed([1, 2, 3])
    async with app.run_test(size=(width, 8)) as pilot:
        await rest(pilot)
        app.list.replace_row(Row(2, (Cell("2"), Cell("\x1b[31m王[/]女士" * 9))))
        for y in range(8):
            assert app.list.render_line(y).cell_length == width
