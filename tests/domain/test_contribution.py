from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.tiers import tier_rules
from content.translations import LANGUAGES, say
from domain.bands import Tier
from domain.contribution import Curve, TooLittle, curve_of
from domain.loyalty import Judged, Loyalty, Trend
from domain.tiers import RANK, direction_of, may_rise, tier_of

RULES = tier_rules()
CUT = RULES.cut
TODAY = date(2026, 11, 23)
NOBODY = Judged(None, None, None, None, None)
LONG_AGO = replace(NOBODY, last_visit=date(2020, 1, 1))

amounts = st.lists(st.integers(0, 5000) | st.sampled_from([0, 100, 700]), min_size=20, max_size=90)


def cut(contributions: list[int]) -> Curve:
    curve = curve_of("CNY", contributions, CUT)
    assert isinstance(curve, Curve)
    return curve


def tier(contribution: int, curve: Curve, judged: Judged = NOBODY) -> Tier:
    return tier_of(contribution, judged, curve, RULES, TODAY).tier


@given(amounts.filter(any))
def test_the_curve_sums_to_the_whole_and_bends_down(contributions):
    curve = cut(contributions)
    assert (curve.points[0].customers, curve.points[0].brings) == (0, 0)
    assert (curve.points[-1].customers, curve.points[-1].brings) == (
        len(contributions),
        sum(contributions),
    )
    slopes = [
        (after.brings - before.brings) / (after.customers - before.customers)
        for before, after in itertools.pairwise(curve.points)
    ]
    assert all(one >= other - 1e-9 for one, other in itertools.pairwise(slopes))
    assert curve.key.customers <= curve.regular.customers <= curve.customers


@given(amounts.filter(any), st.randoms(use_true_random=False))
def test_the_order_of_the_customers_changes_nothing(contributions, chance):
    mixed = list(contributions)
    chance.shuffle(mixed)
    assert curve_of("CNY", mixed, CUT) == cut(contributions)


@given(amounts.filter(any), st.data())
def test_who_brings_more_is_never_in_a_lower_tier(contributions, data):
    curve = cut(contributions)
    judged = data.draw(st.sampled_from([NOBODY, LONG_AGO]))
    ranks = [RANK[tier(one, curve, judged)] for one in sorted(contributions)]
    assert ranks == sorted(ranks)


@given(amounts.filter(any), st.data(), st.integers(1, 9000))
def test_a_customer_who_brings_more_than_before_never_falls(contributions, data, more):
    place = data.draw(st.integers(0, len(contributions) - 1))
    judged = data.draw(st.sampled_from([NOBODY, LONG_AGO]))
    before = tier(contributions[place], cut(contributions), judged)
    risen = [*contributions]
    risen[place] += more
    assert RANK[tier(risen[place], cut(risen), judged)] >= RANK[before]


@given(amounts.filter(any))
def test_the_key_customers_are_few_and_bring_no_more_than_they_must(contributions):
    curve = cut(contributions)
    keys = sorted((one for one in contributions if tier(one, curve) is Tier.KEY), reverse=True)
    assert len(keys) == curve.key.customers
    assert len(keys) * 100 <= CUT.key_customers * len(contributions)
    if keys:
        fewer = [one for one in keys if one > keys[-1]]
        assert sum(fewer) * 100 < CUT.key_brings * sum(contributions)


def test_the_classical_twenty_bring_eighty():
    curve = cut([400] * 20 + [25] * 80)
    assert curve.percent_of_customers(curve.key) == 20
    assert curve.percent_of_total(curve.key) == 80
    assert (curve.key_from, curve.regular_from) == (400, 25)


def test_fewer_are_enough_where_they_bring_as_much():
    curve = cut([10_000] * 5 + [10] * 95)
    assert curve.key.customers == 5


def test_equal_customers_are_never_parted():
    even = cut([100] * 50)
    assert (even.key.customers, even.key_from, even.regular.customers) == (0, None, 50)
    # The sixth is the equal of the fifth; with 25 customers five may be key.
    tied = cut([900] * 4 + [500] * 2 + [10] * 19)
    assert tied.key.customers == 4


@pytest.mark.parametrize("contributions", [[], [5], [100] * 19, [0] * 500])
def test_too_little_to_cut_is_said(contributions):
    told = curve_of("CNY", contributions, CUT)
    assert told == TooLittle("CNY", len(contributions), CUT.least_customers)


def test_one_customer_can_be_all_there_is():
    curve = cut([0] * 30 + [7])
    assert (curve.key.customers, curve.key.brings, curve.regular_from) == (1, 7, 7)
    assert tier(0, curve) is Tier.SMALL


def test_poor_is_who_brings_next_to_nothing_and_stays_away():
    curve = cut([400] * 20 + [25] * 80 + [0])
    assert tier(0, curve, LONG_AGO) is Tier.POOR
    assert tier(0, curve) is Tier.SMALL
    assert tier(0, curve, replace(NOBODY, last_visit=TODAY)) is Tier.SMALL
    assert tier(25, curve, LONG_AGO) is Tier.REGULAR


@pytest.mark.parametrize(
    ("trend", "loyalty", "day", "rises"),
    [
        (Trend.GROWING, Loyalty.PARTIAL, "2026-09-01", True),
        (Trend.STABLE, Loyalty.LOYAL, "2026-09-01", False),
        (None, Loyalty.NEW, "2026-09-01", True),
        (Trend.GROWING, Loyalty.LOYAL, "2025-11-22", False),
        (Trend.GROWING, Loyalty.LOYAL, "2025-11-23", True),
    ],
)
def test_potential_is_trend_and_recency(trend, loyalty, day, rises):
    judged = Judged(loyalty, None, trend, None, date.fromisoformat(day))
    assert may_rise(judged, RULES.potential, TODAY) is rises
    curve = cut([400] * 20 + [25] * 80)
    found = tier_of(25, judged, curve, RULES, TODAY)
    assert found.potential is rises
    assert [said.key for said in found.why][-1] == (
        "tiers.policy.full" if rises else "tiers.policy.lean"
    )


def test_every_reason_is_said_in_both_languages():
    curve = cut([400] * 20 + [25] * 80 + [1, 0])
    for amount in (400, 25, 0):
        for said in tier_of(amount, LONG_AGO, curve, RULES, TODAY).why:
            assert len({say(language, said) for language in LANGUAGES}) == 2


def test_a_change_is_a_promotion_or_a_demotion():
    assert direction_of(None, Tier.POOR) == "first"
    assert direction_of(Tier.SMALL, Tier.KEY) == "up"
    assert direction_of(Tier.REGULAR, Tier.POOR) == "down"
