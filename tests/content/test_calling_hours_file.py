from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from content.calling_hours import COLUMNS, FILE, calling_hours, load_calling_hours
from domain.calling_hours import decide
from domain.calling_rules import PURPOSES, write_windows
from domain.errors import InputError

HEAD = ",".join(COLUMNS)
HOUSE = "*,any,09:00-20:00,10:00-17:00,none,none,,,house,house,2026-11"


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


@pytest.mark.parametrize("row", calling_hours().rows, ids=lambda row: f"{row.place}-{row.purpose}")
def test_every_row_is_found_and_kept(row: object) -> None:
    rules = calling_hours()
    place, purpose = row.place, row.purpose  # type: ignore[attr-defined]
    binding = rules.binding((place,), "service" if purpose == "any" else purpose)
    assert row in binding
    # Noon of a working day lies inside every row, four in the morning in none.
    for hour, allowed in ((12, place != "CN" or purpose != "service"), (4, False)):
        decision = decide(
            rules,
            zones=("UTC",),
            places=(place,),
            purpose="service" if purpose == "any" else purpose,
            at=datetime(2026, 11, 25, hour, tzinfo=UTC),
        )
        assert decision.allowed is allowed


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    assert load_calling_hours(written(tmp_path, "\ufeff" + HEAD, HOUSE)).fallback.source == "house"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("US,sales,9-12,,,,,,x,primary,2026-11", "mon_fri"),
        ("US,sales,12:00-09:00,,,,,,x,primary,2026-11", "mon_fri"),
        ("US,fun,09:00-12:00,,,,,,x,primary,2026-11", "purpose"),
        ("usa,sales,09:00-12:00,,,,,,x,primary,2026-11", "place"),
        ("US,sales,09:00-12:00,,,,,,x,sure,2026-11", "confidence"),
        ("US,sales,09:00-12:00,,,,,,,primary,2026-11", "source"),
        ("US,sales,09:00-12:00,,,", "source"),
        ("US,sales,09:00-12:00,,,,,,x,primary,2026-11,more", "as_of"),
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
