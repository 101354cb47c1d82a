from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.widgets import Static

from widgets.safe_text import clean, clip, fit, safe, wrap

HOSTILE = [
    "O[/]",
    "[@click=app.quit]press me[/]",
    "[bold red]",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31m",
    "abc\u202egnp.exe",
    "\u2066left\u2069",
    "a\u0000b\u0007c\u0008",
    "z\u0300\u0301\u0302\u0303\u0304\u0305algo",
    "\u0301starts with a mark",
    "❤\ufe0f heart",
    "line\r\nline\rline\u2028line",
    "\ud800",
    "\ue000\U000f0000",
]
anything = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(),
    st.lists(st.sampled_from([*HOSTILE, "王女士", "　", "a", "\t"])).map("".join),
)


@given(anything)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    for letter in clean(text):
        assert unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@given(anything)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text, lines=True)
    assert clean(once, lines=True) == once


@given(anything)
def test_only_line_feeds_survive_where_lines_are_kept(text: str) -> None:
    assert "\n" not in clean(text)
    assert clean(text, lines=True).replace("\n", " ") == clean(text)


@given(anything, st.integers(min_value=0, max_value=60))
def test_clipped_text_never_leaves_its_cells(text: str, width: int) -> None:
    assert cell_len(clip(text, width)) <= width
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit(text, width, right=True)) == width


def test_a_chinese_character_is_never_cut_in_half() -> None:
    assert clip("王女士很满意", 6) == "王女…"
    assert clip("王女士", 6) == "王女士"
    assert fit("王", 3) == "王 "


def test_rare_chinese_letters_of_a_name_stay() -> None:
    assert clean("\U0002b8fa\U00031350") == "\U0002b8fa\U00031350"


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_names_are_drawn_not_obeyed(text: str) -> None:
    class One(App[None]):
        def compose(self) -> ComposeResult:
            yield Static(safe(text), id="name")

    async with One().run_test() as pilot:
        static = pilot.app.query_one("#name", Static)
        drawn = static.render_line(0)
        assert drawn.text.rstrip() == clean(text).rstrip()[: len(drawn.text.rstrip())]
        assert all("@click" not in (s.style.meta if s.style else {}) for s in drawn)
        await pilot.click("#name")
        assert pilot.app.is_running


@given(anything, st.integers(min_value=2, max_value=40))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(clean(text, lines=True).split())


def test_no_line_of_chinese_begins_with_a_closing_sign() -> None:
    assert wrap("请问您是王女士吗？谢谢。", 16) == ["请问您是王女士", "吗？谢谢。"]


def test_a_chinese_text_behind_a_latin_word_begins_on_its_line() -> None:
    assert wrap("4S 您好我是李娜请问", 10)[0] == "4S 您好我"
