from __future__ import annotations

import pytest

from content.campaigns import campaigns
from content.care_plans import care_plans
from content.columns import column_book
from content.tiers import FILE, load_tier_rules, tier_rules
from content.translations import LANGUAGES, say
from domain.bands import COURTESY, KEY_CUSTOMER, LATER_FROM, Priority, Tier, band_of
from domain.care.plan import Trigger, Who
from domain.errors import InputError
from domain.tier_rules import Care


def test_the_shipped_policies_are_those_of_the_house():
    rules = tier_rules()
    assert set(rules.policies) == set(Tier)
    assert rules.owned == {Tier.KEY}
    assert rules.policies[Tier.KEY].who is Who.OWNER
    assert rules.bands[Tier.KEY].at_most == KEY_CUSTOMER
    assert [rules.care_of(tier, potential=False) for tier in Tier] == list(Care)
    assert rules.care_of(Tier.REGULAR, potential=True) is Care.FULL
    assert rules.care_of(Tier.SMALL, potential=True) is Care.LEAN


def test_the_shipped_words_are_those_of_the_files():
    assert load_tier_rules(FILE) == tier_rules()


def test_members_get_five_percent_and_silver_ten():
    discounts = {one.code: one.discount for one in tier_rules().membership.levels}
    assert (discounts["standard"], discounts["silver"]) == (5, 10)
    assert set(discounts) == set(column_book().labels["member_level"])


def test_a_tier_without_care_gets_no_greeting_and_is_not_won_back():
    rules = tier_rules()
    without = [tier for tier in Tier if rules.care_of(tier, potential=False) is Care.NONE]
    assert without == [Tier.POOR]
    plans = [plan for plan in care_plans() if plan.courtesy or plan.trigger is Trigger.LAPSED]
    assert plans
    for plan in plans:
        assert all(plan.leaves_out(tier) for tier in without), plan.campaign


def test_no_tier_makes_a_complaint_or_a_visit_wait():
    served = [one for one in campaigns() if one.band < LATER_FROM]
    assert any("complaint" in one.code for one in served)
    for campaign in served:
        for tier in Tier:
            ours = band_of(campaign.band, tier=tier, tier_bands=tier_rules().bands)
            assert ours.band <= campaign.band


@pytest.mark.parametrize("band", range(3, COURTESY + 1))
@pytest.mark.parametrize("priority", Priority)
def test_a_better_tier_never_waits_longer(band, priority):
    bands = [
        band_of(band, priority=priority, tier=tier, tier_bands=tier_rules().bands) for tier in Tier
    ]
    assert [one.band for one in bands] == sorted(one.band for one in bands)
    for one in bands:
        for said in one.why:
            assert len({say(language, said) for language in LANGUAGES}) == 2


WRONG = r"""
least_customers = 20 | least_customers = 0 | tiers.bad.between
key = { brings = 80, customers = 20 } | key = { brings = 80, customers = 120 } | tiers.bad.between
regular = { brings = 95 } | regular = { brings = 70 } | tiers.bad.regular_below_key
trends = ["growing", "diehard"] | trends = ["shrinking"] | rules.bad.choice
band = 2 | band = 1 | tiers.bad.between
later = 1 | later = 4 | tiers.bad.between
care = "none" | care = "none"\ncomplaints = false | rules.bad.unknown_field
care = "cheap" | care = "rude" | rules.bad.choice
who = "owner" | who = "nobody" | rules.bad.choice
[tier.poor] | [tier.awful] | rules.bad.missing_field
maintenance = ["first_service", "maintenance"] | maintenance = [] | rules.bad.missing_field
repair = ["warranty", | repair = ["maintenance", | rules.bad.twice
repair = ["warranty", | repair = ["polishing", | rules.bad.choice
looks_back_months = 36 | looks_back_months = 6 | tiers.bad.looks_back
percent = 25 | percent = 0 | tiers.bad.between
discount = 10 | discount = 4 | tiers.bad.level_order
spend = { CNY = 20000 } | spend = { CNY = 500 } | tiers.bad.level_order
spend = { CNY = 20000 } | spend = { EUR = 20000 } | tiers.bad.level_order
spend = { CNY = 20000 } | spend = {} | rules.bad.missing_field
spend = { CNY = 20000 } | spend = { yuan = 20000 } | tiers.bad.currency
spend = { CNY = 20000 } | spend = { CNY = -1 } | rules.bad.whole
code = "silver" | code = "standard" | rules.bad.twice
code = "silver" | code = "ruby" | rules.bad.choice
loyalty = ["loyal"] | loyalty = ["loyal", "new"] | tiers.bad.level_order
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [line.replace("\\n", "\n").split(" | ") for line in WRONG.strip().splitlines()],
)
def test_a_wrong_rule_is_refused_in_words(tmp_path, old, new, problem):
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "tiers.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_tier_rules(path)
    assert caught.value.code == "content_bad"
    said = caught.value.params["problem"]
    assert said.key == problem
    for language in LANGUAGES:
        assert say(language, said)
