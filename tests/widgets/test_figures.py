"""The row of figures in a place of any width."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from widgets.figure import Figure, Figures

ALL = (
    Figure("to ring", "51"),
    Figure("overdue", "104", "!"),
    Figure("mine", "7"),
    Figure("cases", "1", "!!"),
)


class Row(App[None]):
    def compose(self) -> ComposeResult:
        yield Figures()


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (80, "to ring 51  !overdue 104  mine 7  !!cases 1"),
        (42, "to ring 51 !overdue 104 mine 7 !!cases 1"),
        (35, "to ring 51 !overdue 104 !!cases 1"),
        (25, "!overdue 104 !!cases 1"),
    ],
)
async def test_what_asks_for_attention_is_the_last_to_go(width: int, line: str) -> None:
    app = Row()
    async with app.run_test(size=(width, 5)) as pilot:
        row = app.query_one(Figures)
        row.show_figures(ALL)
        await pilot.pause()
        assert row.shown.plain == line


async def test_the_room_of_a_wider_terminal_is_used_again() -> None:
    app = Row()
    async with app.run_test(size=(25, 5)) as pilot:
        row = app.query_one(Figures)
        row.show_figures(ALL)
        await pilot.resize_terminal(80, 5)
        await pilot.pause()
        assert row.shown.plain.startswith("to ring 51  ")
