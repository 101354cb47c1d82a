"""What the board is drawn with: sparks, bars of blocks, and lists that keep their mark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from widgets.big_figure import SIZES, big_lines
from widgets.list_rows import Cell, Column, Row
from widgets.live_list import LiveList
from widgets.safe_text import cells
from widgets.spark import STEPS, spark_line
from widgets.trend_pane import Course, CourseGroup, TrendPane

VALUES = st.lists(st.none() | st.floats(0, 1e6), max_size=60)


@given(VALUES)
def test_a_spark_has_a_sign_a_value_and_keeps_their_order(values):
    drawn = spark_line(values)
    assert len(drawn) == len(values)
    known = [
        (value, (".", *STEPS).index(sign))
        for value, sign in zip(values, drawn, strict=True)
        if value is not None
    ]
    ordered = [height for _, height in sorted(known)]
    assert ordered == sorted(ordered)
    assert all((sign == " ") == (value is None) for value, sign in zip(values, drawn, strict=True))


def test_zero_and_unknown_look_different():
    assert spark_line([0, None, 1, 8]) == ". ▁█"
    assert spark_line([50, 100], top=100) == "▄█"


@pytest.mark.parametrize("size", range(len(SIZES)))
@pytest.mark.parametrize("text", ["0", "1000+", "82%", "1:07", "-"])
def test_large_digits_are_even_blocks(text: str, size: int):
    lines = big_lines(text, size)
    assert len(lines) == 5 * SIZES[size][1]
    assert len({cells(line) for line in lines}) == 1
    assert big_lines("x") == [""] * 5


class Listed(App[None]):
    def compose(self) -> ComposeResult:
        yield LiveList()
        yield TrendPane()


def rows(*ids: int, word: str = "") -> list[Row]:
    return [Row(one, (Cell(f"{one}{word}"),)) for one in ids]


async def test_the_mark_follows_its_row_while_others_come_and_go():
    async with Listed().run_test(size=(40, 12)) as pilot:
        one = pilot.app.query_one(LiveList)
        one.show_columns([Column("", 8)])
        one.update_rows(rows(1, 2, 3))
        one.mark(2)
        one.update_rows(rows(9, 1, 2, 3))
        assert one.marked_id == 2
        one.update_rows(rows(9, 1, 2, 3, word="!"))
        assert [row.cells[0].text for row in one.rows] == ["9!", "1!", "2!", "3!"]
        one.update_rows(rows(9, 3))
        assert one.marked_id == 3
        one.update_rows([])
        assert one.marked_id is None


async def test_a_long_day_shows_its_latest_part_with_its_hours():
    async with Listed().run_test(size=(60, 20)) as pilot:
        pane = pilot.app.query_one(TrendPane)
        values = tuple(float(place) for place in range(96))
        scale = tuple((place * 4, f"{place:02}") for place in range(24))
        pane.show([CourseGroup("day", (Course("due", values, "95"),), scale)], "nothing")
        await pilot.pause()
        lines = pane.text.splitlines()
        assert lines[1].rstrip().endswith("95")
        assert "23" in lines[2]
        assert "00" not in lines[2]
        pane.show([], "nothing")
        assert pane.text == "nothing"
