from __future__ import annotations

from pathlib import Path

import pytest

from content.calling_hours import COLUMNS, FILE, calling_hours, load_calling_hours
from domain.calling_rules import PURPOSES
from domain.errors import InputError
from domain.week import write_windows

HEAD = ",".join(COLUMNS)
MORE = "," * (len(COLUMNS) - 11)
HOUSE = "*,any,09:00-20:00,10:00-17:00,none,none,,,house,house,2026-11" + MORE

EARLIER = "US-PA,sales,08:00-21:00,,,,,,x,primary,2026-11,,,,,2026-10-18"
LATER = "US-PA,sales,09:00-19:00,,,,,,x,primary,2026-11,,,,2026-10-18,"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "hours.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_shipped_table() -> None:
    rules = calling_hours()
    lines = FILE.read_text(encoding="utf-8").splitlines()
    assert len(rules.rows) == len(lines) - 1
    assert all(row.source and row.as_of for row in rules.rows)
    assert {row.purpose for row in rules.rows} <= {*PURPOSES, "any"}
    service = next(row for row in rules.rows if (row.place, row.purpose) == ("CN", "service"))
    assert write_windows(service.days[6]) == "09:00-12:00 14:00-20:00"
    assert rules.fallback.holidays == ()


def test_rows_may_take_turns(tmp_path: Path) -> None:
    rules = load_calling_hours(written(tmp_path, HEAD, HOUSE, LATER, EARLIER))
    assert len(rules.binding(("US-PA",), "sales")) == 2


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    assert load_calling_hours(written(tmp_path, "\ufeff" + HEAD, HOUSE)).fallback.source == "house"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("US,sales,9-12,,,,,,x,primary,2026-11" + MORE, "mon_fri"),
        ("US,sales,12:00-09:00,,,,,,x,primary,2026-11" + MORE, "mon_fri"),
        ("US,fun,09:00-12:00,,,,,,x,primary,2026-11" + MORE, "purpose"),
        ("usa,sales,09:00-12:00,,,,,,x,primary,2026-11" + MORE, "place"),
        ("US,sales,09:00-12:00,,,,,,x,sure,2026-11" + MORE, "confidence"),
        ("US,sales,09:00-12:00,,,,,,,primary,2026-11" + MORE, "source"),
        ("US,sales,09:00-12:00,,,", "source"),
        ("US,sales,09:00-12:00,,,,,,x,primary,2026-11,9-12,,,,", "eve"),
        ("US,sales,09:00-12:00,,,,,,x,primary,2026-11,,Bavaria,,,", "holidays_of"),
        ("US,sales,09:00-12:00,,,,,,x,primary,2026-11,,,CST,,", "clock"),
        ("US,sales,09:00-12:00,,,,,,x,primary,2026-11,,,,October,", "since"),
        ("US,sales,09:00-12:00,,,,,,x,primary,2026-11,,,,,2026-13-01", "until"),
        ("US,sales,09:00-12:00,,,,,,x,primary,2026-11" + MORE + ",more", "until"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, line: str, column: str) -> None:
    with pytest.raises(InputError) as refused:
        load_calling_hours(written(tmp_path, HEAD, HOUSE, line))
    assert refused.value.code == "calling_hours_unfit"
    assert (refused.value.params["line"], refused.value.params["column"]) == (3, column)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("place,purpose",), "calling_hours_columns"),
        ((HEAD,), "calling_hours_no_fallback"),
        ((HEAD, HOUSE.replace("10:00-17:00", "")), "calling_hours_no_fallback"),
        ((HEAD, HOUSE, HOUSE), "calling_hours_twice"),
        ((HEAD, HOUSE, LATER), "calling_hours_twice"),
        ((HEAD, HOUSE, EARLIER, LATER.replace("10-18", "10-19")), "calling_hours_twice"),
    ],
)
def test_tables_that_are_refused(tmp_path: Path, lines: tuple[str, ...], code: str) -> None:
    with pytest.raises(InputError, match=code):
        load_calling_hours(written(tmp_path, *lines))


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="content_bad"):
        load_calling_hours(tmp_path / "missing.csv")
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"\xff\xfe\x00p\x00l")
    with pytest.raises(InputError, match="content_bad"):
        load_calling_hours(broken)
