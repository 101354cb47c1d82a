"""The calendars: what they know, and that nobody pays for them who does not ask."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from content.public_days import WorldDays

DAYS = WorldDays()


@pytest.mark.parametrize(
    ("place", "day", "working", "zh", "en"),
    [
        ("CN", "2026-10-01", False, "国庆节", "National Day"),
        ("CN", "2026-10-10", True, None, None),
        ("CN", "2026-10-11", False, None, None),
        ("CN", "2004-01-01", False, "元旦", "New Year's Day"),
        ("HK", "2026-07-01", False, None, "Hong Kong"),
        ("US", "2026-08-10", True, None, None),
        ("US-RI", "2026-08-10", False, None, "Victory Day"),
        ("DE", "2026-11-18", True, None, None),
        ("DE-*", "2026-11-18", False, None, "Repentance"),
        ("DE-SN", "2026-11-18", False, None, "Repentance"),
        ("GB", "2026-12-28", False, None, "Boxing Day"),
    ],
)
def test_what_the_calendars_know(
    place: str, day: str, working: bool, zh: str | None, en: str | None
) -> None:
    found = DAYS.on(place, date.fromisoformat(day))
    assert found.working is working
    assert found.doubt is None
    assert (found.holiday is None) is (en is None)
    if found.holiday is not None:
        assert en is not None
        assert en in found.holiday.en
        assert zh in {None, found.holiday.zh}


def test_working_days_made_up_for_elsewhere() -> None:
    # Hungary worked Saturday 7 December 2024 in exchange for the 24th.
    found = DAYS.on("HU", date(2024, 12, 7))
    assert (found.working, found.made_up) == (True, True)


@pytest.mark.parametrize("year", [2003, 2027, 2040])
def test_a_year_that_china_has_not_announced(year: int) -> None:
    found = DAYS.on("CN", date(year, 1, 1))
    assert found.holiday is not None
    assert (found.working, found.holiday.zh) == (False, "元旦")
    assert found.doubt is not None
    assert found.doubt.params == {"place": "CN", "year": year}


@pytest.mark.parametrize("place", ["US-XX", "ZZ"])
def test_a_place_without_a_calendar_says_so(place: str) -> None:
    found = DAYS.on(place, date(2026, 11, 23))
    assert (found.working, found.holiday) == (True, None)
    assert found.doubt is not None
    assert (found.doubt.key, found.doubt.params) == ("hours.calendar_missing", {"place": place})


def test_a_day_that_the_moon_decides_is_estimated() -> None:
    feast = next(
        found
        for month in (3, 4)
        for day in range(1, 29)
        if (found := DAYS.on("PK", date(2026, month, day))).holiday is not None
        and "Eid" in found.holiday.en
    )
    assert feast.doubt is None or feast.doubt.params["place"] == "PK"


def loaded_by(statement: str) -> set[str]:
    packages = "{'holidays', 'chinese_calendar'}"
    code = f"import sys\n{statement}\nprint(*({packages} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


DECIDE = """
from datetime import datetime, UTC
from content.calling_hours import calling_hours
from domain.calling_hours import decide
at = datetime(2026, 11, 23, 2, tzinfo=UTC)
facts = {"zones": ("Asia/Shanghai",), "places": ("CN",), "at": at}
"""


def test_only_a_rule_that_asks_for_holidays_loads_them() -> None:
    assert loaded_by("from content.rulebook import load_shipped; load_shipped()") == set()
    assert loaded_by(DECIDE + "decide(calling_hours(), purpose='service', **facts)") == set()
    asked = loaded_by(DECIDE + "decide(calling_hours(), purpose='survey', **facts)")
    assert asked == {"chinese_calendar"}
