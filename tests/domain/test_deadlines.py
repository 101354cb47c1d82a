"""Deadlines: a table counted by hand, and the laws that hold for all of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.public_days import WorldDays
from domain.bilingual import Bilingual
from domain.case_timer import DayEnd, Event, Timer, Unit
from domain.deadline import Deadline, Pause, Phase, TimerClock, deadline_of, state_of
from domain.deadline_days import Why, repair_days
from domain.errors import InputError
from domain.public_days import OrdinaryDays, PublicDay
from domain.week import read_windows

with (Path(__file__).parent / "deadlines.csv").open(encoding="utf-8", newline="") as file:
    ROWS: Final = list(csv.DictReader(file))
NAME: Final = Bilingual("", "")
WORK: Final = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
START: Final = datetime(2026, 11, 2, 1, tzinfo=UTC)  # a Monday, 9:00 in Shanghai


def timer(limit: int, unit: Unit, **more: object) -> Timer:
    made = Timer("any", "step", NAME, NAME, limit, unit, Event.RECEIVED)
    return replace(made, **more)  # type: ignore[arg-type]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def of_row(row: Mapping[str, str]) -> Deadline:
    typed = row["typed"]
    pauses = [Pause(*map(instant, one.split(".."))) for one in row["pauses"].split()]
    return deadline_of(
        timer(
            int(row["limit"]),
            Unit(row["unit"]),
            start_counts=row["start_day"] == "yes",
            day_end=DayEnd(row["day_end"]),
            hours=read_windows(row["hours"]) or (),
        ),
        instant(row["from"]),
        TimerClock(row["zone"], row["calendar"], WorldDays()),
        pauses=pauses,
        typed=(instant(typed) if "T" in typed else date.fromisoformat(typed)) if typed else None,
    )


def days_of(text: str) -> Iterator[date]:
    for part in text.split():
        first, _, last = part.partition("..")
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last or first):
            yield day
            day += timedelta(days=1)


@pytest.mark.parametrize("row", ROWS, ids=[row["reason"] for row in ROWS])
def test_counted_by_hand(row: dict[str, str]) -> None:
    found = of_row(row)
    assert found.local.isoformat() == row["due"]
    assert found.due_at == instant(row["due"])
    assert [one.day for one in found.counted if not one.counts] == list(days_of(row["skipped"]))
    assert found.calendar_known == (row["known"] == "yes")
    assert found.calendar_known == all(one.doubt is None for one in found.counted)
    if row["warn"]:
        assert found.warn_at == instant(row["warn"])
    unit = Unit(row["unit"])
    in_days = unit in {Unit.DAY, Unit.WORKING_DAY, Unit.BUSINESS_DAY, Unit.REPAIR_DAY}
    if in_days and not found.typed:
        assert sum(one.counts for one in found.counted) == int(row["limit"])


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 40
    assert {row["unit"] for row in ROWS} == {unit.value for unit in Unit}


def test_each_day_says_why() -> None:
    (golden,) = [row for row in ROWS if row["reason"].startswith("Golden Week")]
    whys = {one.day.isoformat(): one.why for one in of_row(golden).counted}
    assert whys["2026-09-28"] is Why.START
    assert whys["2026-09-29"] is Why.COUNTED
    assert whys["2026-10-04"] is Why.HOLIDAY
    assert whys["2026-10-10"] is Why.MADE_UP
    assert whys["2026-10-11"] is Why.REST
    national = next(one for one in of_row(golden).counted if one.why is Why.HOLIDAY)
    assert national.said.params["holiday"] == Bilingual("国庆节", "National Day")


@pytest.mark.parametrize(
    ("hours", "days"),
    [(0, 0), (10, 0), (23.9, 0), (24, 1), (25, 2), (120, 5), (120.01, 6), (121, 6), (144, 6)],
)
def test_days_of_repair(hours: float, days: int) -> None:
    assert repair_days(timedelta(hours=hours)) == days


def test_what_can_not_be_counted_is_refused() -> None:
    clock = TimerClock("Asia/Shanghai", "CN", NeverOpen())
    with pytest.raises(InputError, match="deadline_never"):
        deadline_of(timer(1, Unit.WORKING_DAY), START, clock)
    late = datetime(9999, 12, 31, 12, tzinfo=UTC)
    for unit in (Unit.DAY, Unit.MONTH, Unit.HOUR):
        with pytest.raises(InputError, match="deadline_never"):
            deadline_of(timer(30, unit), late, clock)
    backwards = [Pause(START, START - timedelta(hours=1))]
    with pytest.raises(InputError, match="pause_backwards"):
        deadline_of(timer(1, Unit.DAY), START, clock, pauses=backwards)
    with pytest.raises(InputError, match="zone_unknown"):
        deadline_of(timer(1, Unit.DAY), START, TimerClock("Mars/Base", "CN", NeverOpen()))
    with pytest.raises(ValueError, match="naive"):
        deadline_of(timer(1, Unit.DAY), START.replace(tzinfo=None), clock)


class NeverOpen:
    """A calendar in which nobody ever works."""

    def on(self, _place: str, _day: date) -> PublicDay:
        return PublicDay(working=False)


def test_how_a_timer_stands() -> None:
    due = deadline_of(
        timer(10, Unit.HOUR), START, TimerClock("Asia/Shanghai", "CN", OrdinaryDays())
    )
    after = [START + timedelta(hours=hours) for hours in range(12)]
    assert [state_of(due, now).phase for now in (after[0], after[6])] == [Phase.RUNNING] * 2
    assert state_of(due, after[6]).left == timedelta(hours=4)
    assert [state_of(due, now).phase for now in (after[7], after[10])] == [Phase.WARNED] * 2
    overdue = state_of(due, after[11])
    assert (overdue.phase, overdue.left, overdue.late) == (
        Phase.OVERDUE,
        timedelta(hours=-1),
        True,
    )
    paused = state_of(due, after[11], paused_since=after[8])
    assert (paused.phase, paused.left) == (Phase.PAUSED, timedelta(hours=2))
    assert state_of(due, after[11], paused_since=after[11]).phase is Phase.OVERDUE
    met = state_of(due, after[11], met_at=after[3])
    assert (met.phase, met.left, met.late) == (Phase.MET, timedelta(hours=7), False)
    assert state_of(due, after[11], met_at=after[11]).late


def test_days_used_so_far() -> None:
    clock = TimerClock("Asia/Shanghai", "CN", OrdinaryDays())
    due = deadline_of(timer(5, Unit.WORKING_DAY), START, clock)
    days = [START + timedelta(days=days) for days in (0, 1, 2, 4, 6, 8)]
    assert [due.used_at(day) for day in days] == [0, 0, 1, 3, 4, 5]


@dataclass(frozen=True)
class Holidays:
    """Weekends and some days more, but not some others."""

    free: frozenset[date]
    made_up: frozenset[date] = frozenset()

    def on(self, _place: str, day: date) -> PublicDay:
        if day in self.free:
            return PublicDay(working=False, holiday=NAME)
        made_up = day in self.made_up
        return PublicDay(working=made_up or day.weekday() < 5, made_up=made_up)


ZONES: Final = st.sampled_from(
    ["Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Havana"]
)
TIMERS: Final = st.builds(
    timer,
    st.integers(0, 12),
    st.sampled_from(Unit),
    start_counts=st.booleans(),
    day_end=st.sampled_from(DayEnd),
    hours=st.just(WORK),
)
STARTS: Final = st.integers(0, 400 * 86_400).map(lambda second: START + timedelta(seconds=second))
SPANS: Final = st.integers(0, 20 * 86_400).map(lambda second: timedelta(seconds=second))
FREE: Final = st.frozensets(st.integers(0, 500).map(lambda n: START.date() + timedelta(n)))


@st.composite
def pauses_of(draw: st.DrawFn) -> list[Pause]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        since = draw(STARTS)
        found.append(Pause(since, since + draw(SPANS)))
    return found


@given(TIMERS, ZONES, FREE, STARTS, SPANS, pauses_of())
def test_a_later_start_is_never_due_earlier(
    limit: Timer,
    zone: str,
    free: frozenset[date],
    start: datetime,
    later: timedelta,
    pauses: list[Pause],
) -> None:
    # Months differ in length: what a pause takes off a long one, it does not take off a short one.
    kept = [] if limit.unit is Unit.MONTH else pauses
    clock = TimerClock(zone, "CN", Holidays(free))
    first = deadline_of(limit, start, clock, pauses=kept)
    second = deadline_of(limit, start + later, clock, pauses=kept)
    assert first.due_at <= second.due_at


@given(TIMERS, ZONES, FREE, STARTS, pauses_of(), STARTS, SPANS)
def test_a_pause_never_shortens(
    limit: Timer,
    zone: str,
    free: frozenset[date],
    start: datetime,
    pauses: list[Pause],
    since: datetime,
    length: timedelta,
) -> None:
    clock = TimerClock(zone, "CN", Holidays(free))
    before = deadline_of(limit, start, clock, pauses=pauses)
    after = deadline_of(limit, start, clock, pauses=[*pauses, Pause(since, since + length)])
    assert before.due_at <= after.due_at
    if since > before.due_at:
        assert before == after


@given(TIMERS, ZONES, FREE, STARTS, pauses_of())
def test_what_is_counted_adds_up(
    limit: Timer, zone: str, free: frozenset[date], start: datetime, pauses: list[Pause]
) -> None:
    found = deadline_of(limit, start, TimerClock(zone, "CN", Holidays(free)), pauses=pauses)
    assert start <= found.warn_at <= found.due_at
    assert found.local == found.due_at
    counts = sum(one.counts for one in found.counted)
    total = sum((one.time for one in found.counted), timedelta())
    match limit.unit:
        case Unit.HOUR | Unit.WORKING_HOUR:
            assert total == timedelta(hours=limit.limit)
        case Unit.REPAIR_DAY:
            assert (counts, total) == (limit.limit, timedelta(days=limit.limit))
        case Unit.WEEK:
            assert counts == 7 * limit.limit
        case Unit.MONTH:
            assert limit.limit * 28 <= counts <= limit.limit * 31
        case _:
            assert counts == limit.limit
    assert all(one.time == timedelta() for one in found.counted if not one.counts) or not counts
    days = [one.day for one in found.counted]
    assert days == sorted(days)


@given(TIMERS, ZONES, FREE, STARTS, pauses_of(), st.integers(0, 500))
def test_another_holiday_is_never_due_earlier(
    limit: Timer,
    zone: str,
    free: frozenset[date],
    start: datetime,
    pauses: list[Pause],
    day: int,
) -> None:
    more = free | {START.date() + timedelta(day)}
    before = deadline_of(limit, start, TimerClock(zone, "CN", Holidays(free)), pauses=pauses)
    after = deadline_of(limit, start, TimerClock(zone, "CN", Holidays(more)), pauses=pauses)
    assert before.due_at <= after.due_at


@given(st.integers(1, 30), st.booleans(), ZONES, STARTS, FREE, FREE)
def test_days_by_turning_the_pages(
    limit: int,
    working: bool,
    zone: str,
    start: datetime,
    free: frozenset[date],
    made_up: frozenset[date],
) -> None:
    days = Holidays(free, made_up)
    unit = Unit.WORKING_DAY if working else Unit.DAY
    found = deadline_of(timer(limit, unit), start, TimerClock(zone, "CN", days))
    day, left = start.astimezone(ZoneInfo(zone)).date(), limit
    while left:
        day += timedelta(days=1)
        weekend = day.weekday() >= 5 and day not in made_up
        left -= not working or not (weekend or day in free)
    assert f"{found.local:%Y-%m-%d %H:%M:%S}" == f"{day} 23:59:59"


@given(STARTS, st.integers(0, 500), pauses_of())
def test_hours_by_counting_seconds(start: datetime, hours: int, pauses: list[Pause]) -> None:
    clock = TimerClock("Europe/London", "GB", OrdinaryDays())
    found = deadline_of(timer(hours, Unit.HOUR), start, clock, pauses=pauses)
    edges = sorted({start, *(at for one in pauses for at in (one.since, one.until) if at > start)})
    left, at = timedelta(hours=hours), start
    for edge in [*edges[1:], datetime(2100, 1, 1, tzinfo=UTC)]:
        stands = any(one.since <= at < one.until for one in pauses)
        if not stands and left <= edge - at:
            break
        left -= timedelta() if stands else edge - at
        at = edge
    if hours:
        assert found.due_at == at + left
