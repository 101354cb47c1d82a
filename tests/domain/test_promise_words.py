"""What is said about promises: what is left, the rate with what it rests on, when it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.promise_words import spoken_moment
from content.rulebook import load_shipped
from content.translations import LANGUAGES, say
from domain.own_day import day_begins, day_ends
from domain.promise import PromiseState, left_said, settled_as, tells
from domain.promise_rate import KeptRate

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "en", "zh"),
    [
        (0, "now", "就是现在"),
        (12, "in 12 min", "还有12分钟"),
        (-1, "1 min late", "已晚1分钟"),
        (80, "in 1 h 20 min", "还有1小时20分"),
        (-26 * 60, "1 d 2 h late", "已晚1天2小时"),
    ],
)
def test_what_is_left_is_said_in_at_most_two_units(minutes, en, zh):
    said = left_said(NOW + timedelta(minutes=minutes), NOW)
    assert (say("en", said), say("zh", said)) == (en, zh)


@given(st.integers(-(10**6), 10**6))
def test_what_is_left_never_turns_round(seconds):
    at = NOW + timedelta(seconds=seconds)
    key = left_said(at, NOW).key
    if abs(seconds) < 60:
        assert key == "promise.now"
    else:
        assert key.startswith("promise.left." if seconds > 0 else "promise.over.")


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_the_rate_lies_within_its_interval_and_says_when_it_rests_on_few(kept, late, broken):
    rate = KeptRate(kept, late, broken)
    if not rate.n:
        assert (rate.share, rate.interval, rate.said().key) == (None, None, "promise.rate.none")
        return
    interval = rate.interval
    assert interval is not None
    assert rate.share is not None
    assert 0 <= interval.low <= rate.share <= interval.high <= 1
    assert (rate.said().key == "promise.rate.few") == (rate.n < 30)
    assert str(rate.n) in say("en", rate.said())


@given(st.integers(-(10**5), 10**5))
def test_five_minutes_late_is_in_time(seconds):
    state = settled_as(NOW, NOW + timedelta(seconds=seconds))
    assert state is (PromiseState.LATE if seconds > 300 else PromiseState.KEPT)


def test_only_a_talk_to_its_end_tells_of_a_deed():
    telling = {one.code for one in load_shipped().outcomes.endings if tells(one)}
    assert telling == {"completed", "booked"}


@pytest.mark.parametrize(
    ("local", "en", "zh"),
    [
        ("2026-11-23T11:00", "11 am today", "今天上午11点"),
        ("2026-11-23T12:30", "12:30 pm today", "今天中午12点半"),
        ("2026-11-22T15:05", "3:05 pm yesterday", "昨天下午3点05分"),
        ("2026-11-21T00:00", "12 am the day before yesterday", "前天半夜12点"),
        ("2026-11-13T19:30", "7:30 pm on Friday 13 November", "11月13日星期五晚上7点半"),
    ],
)
def test_a_moment_is_said_as_one_says_it(local, en, zh):
    at = datetime.fromisoformat(f"{local}+08:00")
    told = [spoken_moment(language, at, "Asia/Shanghai", NOW) for language in ("en", "zh")]
    assert told == [en, zh]


def test_both_languages_say_it_on_the_customers_clock():
    at = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    for language in LANGUAGES:
        assert spoken_moment(language, at, "America/New_York", NOW) != spoken_moment(
            language, at, "Asia/Shanghai", NOW
        )


@given(st.integers(0, 400 * 24 * 60))
def test_a_day_begins_before_it_ends_where_clocks_change_too(minutes):
    now = NOW + timedelta(minutes=minutes)
    begins, ends = day_begins(now, "Europe/London"), day_ends(now, "Europe/London")
    assert begins <= now < ends
    assert ends - begins in {timedelta(hours=hours) for hours in (23, 24, 25)}
    assert day_begins(ends, "Europe/London") == ends
