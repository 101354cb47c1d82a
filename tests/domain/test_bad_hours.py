"""The hour of a call that disturbed is refused, and nothing that was refused is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.bad_hours import with_hour_refused
from domain.week import Week, read_week, write_week

MONDAY = datetime(2026, 11, 23, 4, 20, tzinfo=UTC)


def test_a_working_day_stands_for_all_of_them() -> None:
    week = with_hour_refused(None, MONDAY, "Asia/Shanghai")
    assert write_week(week) == "12:00-13:00;none;none"
    again = with_hour_refused(week, MONDAY + timedelta(days=1, hours=1), "Asia/Shanghai")
    assert write_week(again) == "12:00-14:00;none;none"
    sunday = with_hour_refused(week, MONDAY + timedelta(days=6), "Asia/Shanghai")
    assert write_week(sunday) == "12:00-13:00;none;12:00-13:00"


@given(
    st.lists(st.integers(0, 24 * 21), max_size=12),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "UTC"]),
)
def test_what_was_refused_stays_refused(hours: list[int], zone: str) -> None:
    week: Week | None = None
    for hour in hours:
        before = week
        week = with_hour_refused(week, MONDAY + timedelta(hours=hour), zone)
        assert read_week(write_week(week)) == week
        for old, new in zip(before or ((),) * 7, week, strict=True):
            assert all(any(s <= start and end <= e for s, e in new) for start, end in old)
