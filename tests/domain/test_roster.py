"""Rosters: patterns, nights, clocks that change, who is there, deputies in a chain."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bilingual import Bilingual
from domain.errors import InputError
from domain.public_days import PublicDay
from domain.roster import (
    Leave,
    Roster,
    Shift,
    instant_of,
    minutes_on,
    monday_of,
    refuse_leave,
    refuse_overlaps,
)
from domain.roster_pattern import (
    Pattern,
    days_of,
    each_day,
    hours_on,
    read_hours,
    read_pattern,
    shifts_on,
    write_hours,
    write_pattern,
)

SHANGHAI, BERLIN, LORD_HOWE = "Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe"
MONDAY = date(2026, 11, 23)
zones = st.sampled_from([SHANGHAI, BERLIN, LORD_HOWE, "America/New_York", "UTC"])
dates = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def at(text: str, zone: str = SHANGHAI) -> datetime:
    hour, _, minute = text.partition(" ")[2].partition(":")
    return instant_of(
        date.fromisoformat(text.partition(" ")[0]), int(hour) * 60 + int(minute), zone
    )


def office(who: int = 1, first: date = MONDAY, days: int = 5, zone: str = SHANGHAI) -> list[Shift]:
    return [
        shift
        for day in each_day(first, first + timedelta(days=days - 1))
        for shift in shifts_on(who, day, ((540, 1080),), zone)
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mon-fri 09:00-18:00", "mon-fri 09:00-18:00"),
        ("Mon – Fri 9–18; Sat 10:00–14:00", "mon-fri 09:00-18:00; sat 10:00-14:00"),
        (
            "周一至周五 9:00-12:00 13:00-18:00；周六 休",
            "mon-fri 09:00-12:00 13:00-18:00",
        ),
        ("每天 8-16", "mon-sun 08:00-16:00"),
        ("mon,wed 22:00-06:00", "mon 22:00-06:00; wed 22:00-06:00"),
        ("sun off", "mon-sun off"),
    ],
)
def test_patterns_are_read_as_people_write_them(text: str, shown: str) -> None:
    found = read_pattern(text)
    assert write_pattern(found.hours) == shown
    assert read_pattern(shown).hours == found.hours


@pytest.mark.parametrize(
    "text",
    ["", "mon", "moo 9-18", "fri-mon 9-18", "mon 9-18; mon 10-12", "mon 18-9 8-10",
     "mon 9:70-18:00", "mon 25-26", "mon 20:00-08:00; tue 07:00-12:00", "mon 6:00-23:30"],
)  # fmt: skip
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_pattern(text)


windows = st.lists(st.integers(0, 95), unique=True, min_size=2, max_size=6).map(
    lambda edges: tuple(
        (start * 15, end * 15)
        for start, end in zip(*[iter(sorted(edges))] * 2, strict=False)
        if end - start <= 64
    )
)


@given(windows)
def test_hours_are_written_as_they_are_read(found: tuple[tuple[int, int], ...]) -> None:
    assert read_hours(write_hours(found)) == found


@given(dates, windows, zones)
def test_days_keep_their_hours_on_the_clock_whatever_it_does(
    day: date, hours: tuple[tuple[int, int], ...], zone: str
) -> None:
    made = shifts_on(1, day, hours, zone)
    refuse_overlaps(made)
    shown = hours_on(day, made, zone)
    # Only what lies in an hour that the clock skips or shows twice is told otherwise.
    changed = instant_of(day + timedelta(days=1), 0, zone) - instant_of(day, 0, zone)
    if changed == timedelta(days=1):
        assert shown == hours
    again = shifts_on(1, day, shown, zone)
    assert hours_on(day, again, zone) == shown


def test_a_night_over_the_change_of_the_clock_is_as_long_as_it_really_is() -> None:
    spring = shifts_on(1, date(2026, 3, 28), ((22 * 60, 30 * 60),), BERLIN)[0]
    autumn = shifts_on(1, date(2026, 10, 24), ((22 * 60, 30 * 60),), BERLIN)[0]
    assert spring.ends_at - spring.starts_at == timedelta(hours=7)
    assert autumn.ends_at - autumn.starts_at == timedelta(hours=9)
    assert minutes_on(date(2026, 3, 28), spring.ends_at, BERLIN) == 30 * 60


def test_overlaps_are_refused_and_what_touches_is_not() -> None:
    refuse_overlaps([*shifts_on(1, MONDAY, ((540, 720), (720, 1080)), SHANGHAI), *office(2)])
    night = shifts_on(1, MONDAY - timedelta(days=1), ((22 * 60, 34 * 60),), SHANGHAI)
    with pytest.raises(InputError, match="shift_overlap"):
        refuse_overlaps([*night, *office(1)])


class ChinaDays:
    """National Day free, the Saturday after it worked in exchange."""

    def on(self, place: str, day: date) -> PublicDay:
        if place != "CN":
            return PublicDay(working=day.weekday() < 5)
        if date(2026, 10, 1) <= day <= date(2026, 10, 7):
            return PublicDay(working=False, holiday=Bilingual("国庆节", "National Day"))
        if day == date(2026, 10, 10):
            return PublicDay(working=True, made_up=True)
        return PublicDay(working=day.weekday() < 5)


def test_public_holidays_are_free_and_made_up_days_are_worked() -> None:
    pattern = read_pattern("mon-fri 9-18")
    first, last = date(2026, 9, 28), date(2026, 10, 11)
    worked = [
        day for day, hours in days_of(pattern, first, last, "CN", ChinaDays()).items() if hours
    ]
    assert worked == [
        *each_day(date(2026, 9, 28), date(2026, 9, 30)),
        *each_day(date(2026, 10, 8), date(2026, 10, 10)),
    ]
    on = Pattern(pattern.hours, on_holidays=True)
    assert all(
        bool(hours) == (day.weekday() < 5)
        for day, hours in days_of(on, first, last, "CN", ChinaDays()).items()
    )


def test_where_no_roster_was_made_nothing_is_said() -> None:
    roster = Roster(SHANGHAI, office())
    assert roster.should_be_here(1, at("2026-11-23 10:00")) is True
    assert roster.should_be_here(1, at("2026-11-23 18:00")) is False
    assert roster.should_be_here(1, at("2026-11-28 10:00")) is False
    assert roster.should_be_here(1, at("2026-11-30 10:00")) is None
    assert roster.should_be_here(2, at("2026-11-23 10:00")) is None
    assert roster.away(1, at("2026-11-30 10:00")) is None


def test_the_next_working_time_looks_past_leave() -> None:
    leave = Leave(1, 1, date(2026, 11, 24), date(2026, 11, 25), "holiday")
    roster = Roster(SHANGHAI, office(), [leave])
    assert roster.next_working(1, at("2026-11-23 08:00")) == at("2026-11-23 09:00")
    assert roster.next_working(1, at("2026-11-23 10:30")) == at("2026-11-23 10:30")
    assert roster.next_working(1, at("2026-11-23 19:00")) == at("2026-11-26 09:00")
    away = roster.away(1, at("2026-11-24 10:00"))
    assert away is not None
    assert (away.leave, away.until) == (leave, at("2026-11-26 09:00"))
    assert roster.next_working(1, at("2026-11-27 18:00")) is None


def test_a_leave_from_now_counts_from_now() -> None:
    now = at("2026-11-23 14:00")
    roster = Roster(SHANGHAI, office(), [Leave(1, 1, MONDAY, MONDAY, "sick", None, now)])
    assert roster.should_be_here(1, at("2026-11-23 13:59")) is True
    assert roster.should_be_here(1, now) is False
    assert roster.next_working(1, at("2026-11-23 12:00")) == at("2026-11-23 12:00")
    assert roster.next_working(1, now) == at("2026-11-24 09:00")


def test_deputies_hand_on_to_theirs() -> None:
    leaves = [
        Leave(1, 1, MONDAY, MONDAY, "sick", 2),
        Leave(2, 2, MONDAY, MONDAY, "holiday", 3),
    ]
    noon = at("2026-11-23 12:00")
    roster = Roster(SHANGHAI, office(3, days=1), leaves)
    assert roster.stand_in(1, noon) == 3
    assert roster.stand_in(1, noon, but={3}) is None
    assert roster.stand_in(1, at("2026-11-23 20:00"), at_work=True) is None
    assert roster.stand_in(1, at("2026-11-23 20:00")) == 3
    assert roster.stand_in(3, noon) is None


leaves = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.integers(0, 20),
        st.integers(0, 6),
        st.one_of(st.none(), st.integers(1, 5)),
    ),
    max_size=12,
)


@given(leaves, st.integers(0, 27), st.integers(1, 5))
def test_what_was_not_refused_never_leads_back(
    wanted: list[tuple[int, int, int, int | None]], day: int, who: int
) -> None:
    taken: list[Leave] = []
    for number, (operator_id, first, days, deputy) in enumerate(wanted, 1):
        begins = MONDAY + timedelta(days=first)
        one = Leave(number, operator_id, begins, begins + timedelta(days=days), "holiday", deputy)
        try:
            refuse_leave(one, taken)
        except InputError:
            continue
        taken.append(one)
    roster = Roster("UTC", (), taken)
    now = datetime.combine(MONDAY + timedelta(days=day), datetime.min.time(), UTC)
    seen, here = set[int](), who
    while (leave := roster.leave_at(here, now)) is not None and leave.deputy_id is not None:
        assert here not in seen
        seen.add(here)
        here = leave.deputy_id
    deputy = roster.stand_in(who, now)
    assert deputy is None or (deputy != who and roster.leave_at(deputy, now) is None)


@pytest.mark.parametrize(
    ("leave", "code"),
    [
        (Leave(0, 1, MONDAY, MONDAY - timedelta(days=1), "sick"), "leave_days"),
        (Leave(0, 1, MONDAY, MONDAY, "tired"), "leave_reason_unknown"),
        (Leave(0, 1, MONDAY, MONDAY, "sick", 1), "leave_deputy_self"),
        (Leave(0, 2, MONDAY, MONDAY, "sick"), "leave_overlap"),
        (Leave(0, 1, MONDAY, MONDAY, "sick", 2), "leave_deputy_cycle"),
    ],
)
def test_a_leave_that_contradicts_is_refused(leave: Leave, code: str) -> None:
    with pytest.raises(InputError, match=code):
        refuse_leave(leave, [Leave(7, 2, MONDAY, MONDAY, "holiday", 1)])


@given(dates)
def test_weeks_begin_on_monday(day: date) -> None:
    assert monday_of(day).weekday() == 0
    assert timedelta(0) <= day - monday_of(day) < timedelta(days=7)
