"""Levelling: what can wait moves to days with room, and nothing else does."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from content.care_plans import care_plans
from domain.care.levelling import Leveller, Neighbour

PLANS = care_plans()
DAY = date(2026, 11, 23)
CODES = st.sampled_from([plan.campaign for plan in PLANS])
DAYS = st.integers(0, 10).map(lambda days: DAY + timedelta(days=days))


def spread(campaign: str) -> int:
    plan = PLANS.of(campaign)
    assert plan is not None
    return plan.spread_days


def test_what_is_full_goes_to_the_next_day_with_room() -> None:
    leveller = Leveller(PLANS, {DAY: 2, DAY + timedelta(1): 3}, lambda _: 3)
    placed = [leveller.place("insurance-renewal", DAY, []) for _ in range(5)]
    assert [(day - DAY).days for day in placed] == [0, 2, 2, 2, 3]


def test_greetings_and_reminders_stay_on_their_day() -> None:
    leveller = Leveller(PLANS, {}, lambda _: 0)
    for campaign in ("birthday", "festival", "appointment-reminder", "delivery-3day"):
        assert leveller.place(campaign, DAY, []) == DAY


def test_nothing_moves_where_nobody_knows_what_can_be_done() -> None:
    leveller = Leveller(PLANS, {DAY: 900}, lambda _: None)
    assert leveller.place("win-back", DAY, []) == DAY


def test_a_moved_call_keeps_apart_from_the_customers_others() -> None:
    leveller = Leveller(PLANS, {DAY: 1}, lambda day: 1 if day == DAY else 100)
    other = Neighbour("after-service-3day", DAY - timedelta(7))
    later = Neighbour("after-service-3day", DAY + timedelta(8))
    assert leveller.place("win-back", DAY, [other]) == DAY + timedelta(1)
    assert leveller.place("win-back", DAY, [later]) == DAY + timedelta(1)
    near = Neighbour("after-service-3day", DAY + timedelta(7))
    # Up to the other there is no day far enough from it; a fortnight after this one there is.
    assert leveller.place("win-back", DAY, [near]) == DAY + timedelta(14)
    assert leveller.place("insurance-renewal", DAY, [near]) == DAY


@given(
    st.lists(st.tuples(CODES, DAYS), max_size=60),
    st.dictionaries(DAYS, st.integers(0, 9), max_size=5),
    st.integers(0, 8),
)
def test_calls_wait_no_longer_than_they_may_and_days_fill_up_before_they_run_over(
    calls: list[tuple[str, date]], load: dict[date, int], most: int
) -> None:
    leveller = Leveller(PLANS, load, lambda _: most)
    full = Counter(load)
    for campaign, on in calls:
        placed = leveller.place(campaign, on, [])
        assert 0 <= (placed - on).days <= spread(campaign)
        if full[placed] >= most:
            # It runs over only where no day that it may wait for has room.
            assert placed == on
            far = range(spread(campaign) + 1)
            assert all(full[on + timedelta(days)] >= most for days in far)
        else:
            assert all(full[on + timedelta(days)] >= most for days in range((placed - on).days))
        full[placed] += 1
