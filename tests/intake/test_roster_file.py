"""Roster files: read back as they were written; messy ones refused line by line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputError
from domain.week import Windows
from intake.roster_file import read_roster, write_roster

PEOPLE = {"li.na": 1, "李娜": 1, "wang.li": 2}
MONDAY = date(2026, 11, 23)

hours = st.lists(st.integers(0, 47), unique=True, max_size=6).map(
    lambda edges: tuple(
        (start * 30, end * 30)
        for start, end in zip(*[iter(sorted(edges))] * 2, strict=False)
        if end - start <= 32
    )
)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["li.na", "wang.li"]), st.integers(0, 20)), hours, min_size=1
    )
)
def test_what_is_written_reads_back(days: dict[tuple[str, int], Windows]) -> None:
    rows = [(who, MONDAY + timedelta(n), windows) for (who, n), windows in sorted(days.items())]
    found = read_roster(write_roster(rows).encode(), "roster.csv", PEOPLE)
    assert found.faults == ()
    assert [(one.who, one.day, one.windows) for one in found.rows] == rows


def test_a_night_reads_back() -> None:
    rows = [("li.na", MONDAY, ((22 * 60, 30 * 60),))]
    text = write_roster(rows)
    assert "22:00-06:00" in text
    assert read_roster(text.encode(), "r.csv", PEOPLE).rows[0].windows == rows[0][2]


def test_spreadsheets_of_both_languages_are_read() -> None:
    text = (
        "姓名;日期;开始;结束\r\n李娜;2026年11月23日;9:00;12:00\r\n李娜;2026/11/23;13:00;18:00\r\n"
    )
    found = read_roster(text.encode("gb18030"), "班表.csv", PEOPLE)
    assert found.faults == ()
    assert [(one.day, one.windows) for one in found.rows] == [(MONDAY, ((540, 720), (780, 1080)))]
    free = read_roster(b"login,date,from,to\nli.na,2026-11-23,,\n", "r.csv", PEOPLE)
    assert free.rows[0].windows == ()


def test_each_bad_line_is_told_with_its_reason() -> None:
    text = (
        "login,date,hours\n"
        "li.na,2026-11-23,09:00-18:00\n"
        "nobody,2026-11-23,09:00-18:00\n"
        "li.na,31.02.2026,09:00-18:00\n"
        "li.na,2026-11-24,nine to five\n"
        "li.na,2026-11-23,17:00-19:00\n"
        "wang.li,2026-11-23,9:00-26:00\n"
    )
    found = read_roster(text.encode(), "r.csv", PEOPLE)
    assert [(one.line, one.why.key) for one in found.faults] == [
        (3, "error.roster_person.title"),
        (4, "error.roster_day.title"),
        (5, "error.day_hours_bad.title"),
        (6, "error.roster_twice.title"),
        (7, "error.day_hours_bad.title"),
    ]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "login,date\nli.na,2026-11-23\n"])
def test_a_file_that_is_no_roster_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="roster_columns"):
        read_roster(text.encode(), "r.csv", PEOPLE)
