from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.tiers import tier_rules
from content.translations import LANGUAGES, say
from domain.loyalty import Loyalty
from domain.membership import Membership
from domain.money import money_text

CARDS = tier_rules().membership
faith = st.none() | st.sampled_from(Loyalty)
spends = st.integers(0, 12_000_000)


@pytest.mark.parametrize(
    ("spent", "currency", "loyalty", "level"),
    [
        (99_999, "CNY", None, None),
        (100_000, "CNY", None, "standard"),
        (1_999_999, "CNY", Loyalty.LOYAL, "standard"),
        (2_000_000, "CNY", None, "silver"),
        (9_000_000, "CNY", None, "silver"),
        (9_000_000, "CNY", Loyalty.PARTIAL, "gold"),
        (9_000_000, "CNY", Loyalty.LOYAL, "platinum"),
        (9_000_000, "EUR", Loyalty.LOYAL, None),
    ],
)
def test_a_level_is_earned_by_spending_and_loyalty(spent, currency, loyalty, level):
    earned = CARDS.earned(spent, currency, loyalty)
    assert (earned.code if earned else None) == level


@given(spends, spends, faith)
def test_who_spends_more_never_earns_less(one, other, loyalty):
    low, high = (CARDS.earned(spent, "CNY", loyalty) for spent in sorted((one, other)))
    assert CARDS.rank(low and low.code) <= CARDS.rank(high and high.code)


@given(spends, faith, st.sampled_from([None, "standard", "silver", "gold", "platinum", "ruby"]))
def test_a_card_once_given_is_kept(spent, loyalty, code):
    change = CARDS.change(code, spent, "CNY", loyalty)
    if change is not None:
        level, why = change
        assert code != "ruby"
        assert CARDS.rank(level.code) > CARDS.rank(code)
        assert len({say(language, why) for language in LANGUAGES}) == 2


def test_where_cards_are_not_kept_they_are_lowered_but_not_taken_away():
    strict = Membership(CARDS.levels, keep=False)
    change = strict.change("gold", 2_500_000, "CNY", Loyalty.LOYAL)
    assert change is not None
    assert change[0].code == "silver"
    assert strict.change("gold", 0, "CNY", None) is None


@given(spends, faith)
def test_what_is_missing_is_enough(spent, loyalty):
    code: str | None = None
    while (following := CARDS.next_level(code, spent, "CNY", loyalty)) is not None:
        level, missing, lacks = following
        assert level.earned(spent + missing, "CNY", loyalty) is not lacks
        if missing:
            assert not level.earned(spent + missing - 1, "CNY", loyalty)
        code = level.code
    assert code == "platinum"


def test_there_is_no_next_level_at_the_top_or_in_another_currency():
    assert CARDS.next_level("platinum", 0, "CNY", None) is None
    assert CARDS.next_level("ruby", 0, "CNY", None) is None
    assert CARDS.next_level(None, 0, "EUR", None) is None


@pytest.mark.parametrize(
    ("minor", "currency", "up", "text"),
    [
        (82_000, "CNY", False, "¥820"),
        (81_901, "CNY", True, "¥820"),
        (81_949, "CNY", False, "¥819"),
        (123_456_789, "USD", False, "$1,234,568"),
        (9_000, "CHF", False, "CHF 90"),
        (-5_000, "EUR", False, "-€50"),
    ],
)
def test_money_is_said_in_whole_units(minor, currency, up, text):
    assert money_text(minor, currency, up=up) == text
