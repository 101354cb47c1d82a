from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.tiers import tier_rules
from content.translations import LANGUAGES, say
from domain.loyalty import Loyalty, Trend, Visited, judge

RULES = tier_rules()
TODAY = date(2026, 11, 23)
SERVICES = ["first_service", "maintenance", "minor_repair", "overhaul", "accessories"]

visits = st.lists(
    st.builds(
        Visited,
        on=st.integers(-30, 2000).map(lambda days: TODAY - timedelta(days=days)),
        service=st.sampled_from(SERVICES),
        amount=st.integers(0, 500_000),
    ),
    max_size=12,
)


def judged(*told: str):
    """Visits as `2026-03-01 maintenance 500`."""
    found = []
    for line in told:
        day, service, *amount = line.split()
        found.append(Visited(date.fromisoformat(day), service, int(amount[0]) if amount else 0))
    return judge(found, TODAY, RULES.loyalty, RULES.trend)


@pytest.mark.parametrize(
    ("told", "loyalty"),
    [
        ([], None),
        (["2026-06-01 accessories"], None),
        (["2026-06-01 first_service"], Loyalty.NEW),
        (["2025-11-23 first_service"], Loyalty.NEW),
        (["2025-11-22 first_service"], Loyalty.LAPSED),
        (["2025-01-10 first_service", "2026-01-10 maintenance"], Loyalty.PARTIAL),
        (["2025-01-10 first_service", "2026-01-10 overhaul"], Loyalty.PARTIAL),
        (
            ["2024-01-10 first_service", "2025-03-01 minor_repair", "2026-01-10 maintenance"],
            Loyalty.LOYAL,
        ),
        # Both long ago, and not back since: gone.
        (
            ["2022-01-10 first_service", "2023-03-01 minor_repair", "2024-01-10 maintenance"],
            Loyalty.LAPSED,
        ),
        # The repair is out of sight by now.
        (
            ["2022-01-10 first_service", "2023-03-01 minor_repair", "2026-01-10 maintenance"],
            Loyalty.PARTIAL,
        ),
        # Two orders of one day are one visit.
        (["2026-06-01 first_service", "2026-06-01 minor_repair"], Loyalty.NEW),
    ],
)
def test_loyalty_is_coming_back_for_both(told, loyalty):
    assert judged(*told).loyalty is loyalty


@pytest.mark.parametrize(
    ("told", "trend"),
    [
        ([], None),
        (["2026-06-01 maintenance 500"], None),
        (["2025-06-01 maintenance 500", "2026-06-01 maintenance 900"], None),
        (["2024-01-01 maintenance 1", "2025-06-01 maintenance 500", "2026-06-01 maintenance 625"],
         Trend.GROWING),
        (["2024-01-01 maintenance 1", "2025-06-01 maintenance 500", "2026-06-01 maintenance 624"],
         Trend.STABLE),
        (["2024-01-01 maintenance 1", "2025-06-01 maintenance 500", "2026-06-01 maintenance 375"],
         Trend.DECLINING),
        (["2024-01-01 maintenance 1", "2025-06-01 maintenance 500", "2026-06-01 maintenance 376"],
         Trend.STABLE),
        # Less was spent, but they came more often: no decline.
        (["2024-01-01 maintenance 1", "2025-06-01 maintenance 500", "2026-06-01 maintenance 100",
          "2026-09-01 maintenance 100"], Trend.STABLE),
        (["2024-01-01 maintenance 1", "2025-06-01 maintenance 500"], Trend.DECLINING),
        (["2024-01-01 maintenance 1", "2026-06-01 maintenance 500"], Trend.GROWING),
        # Three faithful years; with only two of them the third is missing.
        ([f"{year}-{month}-01 {service} 400" for year in (2024, 2025, 2026)
          for month, service in (("03", "maintenance"), ("09", "minor_repair"))], Trend.DIEHARD),
        (["2024-09-01 maintenance 400", *(
            f"{year}-{month}-01 {service} 400" for year in (2025, 2026)
            for month, service in (("03", "maintenance"), ("09", "minor_repair")))], Trend.STABLE),
    ],
)  # fmt: skip
def test_the_trend_compares_two_periods(told, trend):
    assert judged(*told).trend is trend


@given(visits)
def test_every_class_has_its_reason_in_both_languages(told):
    found = judge(told, TODAY, RULES.loyalty, RULES.trend)
    assert (found.loyalty is None) == (found.loyalty_why is None)
    assert (found.trend is None) == (found.trend_why is None)
    for said in filter(None, (found.loyalty_why, found.trend_why)):
        assert len({say(language, said) for language in LANGUAGES}) == 2


@given(visits, st.randoms(use_true_random=False))
def test_the_order_of_the_visits_changes_nothing(told, chance):
    mixed = list(told)
    chance.shuffle(mixed)
    first, second = (judge(one, TODAY, RULES.loyalty, RULES.trend) for one in (told, mixed))
    assert first == second


ORDER = {Trend.DECLINING: 0, Trend.STABLE: 1, Trend.DIEHARD: 1, Trend.GROWING: 2}


@given(visits.filter(bool), st.data(), st.integers(1, 900_000))
def test_spending_more_lately_never_turns_a_trend_down(told, data, more):
    late = [one for one in told if TODAY - timedelta(days=300) < one.on <= TODAY]
    if not late:
        return
    raised = data.draw(st.sampled_from(late))
    after = [Visited(one.on, one.service, one.amount + more) if one is raised else one
             for one in told]  # fmt: skip
    first = judge(told, TODAY, RULES.loyalty, RULES.trend).trend
    second = judge(after, TODAY, RULES.loyalty, RULES.trend).trend
    if first is None or second is None:
        assert first is second
    else:
        assert ORDER[second] >= ORDER[first]
