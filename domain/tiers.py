"""Which tier a customer belongs to, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from domain.bands import Tier
from domain.care.plan import add_months
from domain.contribution import Curve, CutRule
from domain.loyalty import Judged, Loyalty
from domain.money import money_text
from domain.said import Said
from domain.tier_rules import PotentialRule, TierRules

RANK: Final = {tier: rank for rank, tier in enumerate(reversed(Tier))}
"""The higher, the more a customer brings."""

Direction = Literal["first", "up", "down"]


@dataclass(frozen=True, slots=True)
class Tiered:
    """A tier with the reasons for it; `potential` when the customer may rise."""

    tier: Tier
    potential: bool
    why: tuple[Said, ...]


def tier_of(
    contribution: int, judged: Judged, curve: Curve, rules: TierRules, today: date
) -> Tiered:
    """The tier of a customer with its reasons.

    Args:
        contribution: what the customer has brought, in minor units of the curve's currency.
        judged: the customer's loyalty and trend.
        curve: of all customers of the currency.
        rules: the rules in force.
        today: the present day on the shop's calendar.
    """
    tier, said = _by_contribution(contribution, judged.last_visit, curve, rules.cut, today)
    rises = tier in (Tier.REGULAR, Tier.SMALL) and may_rise(judged, rules.potential, today)
    why = [said, *(one for one in (judged.trend_why, judged.loyalty_why) if one is not None)]
    if rises:
        why.append(Said("tiers.why.potential"))
    care = rules.care_of(tier, potential=rises)
    why.append(Said(f"tiers.policy.{care}"))
    return Tiered(tier, rises, tuple(why))


def direction_of(before: Tier | None, after: Tier) -> Direction:
    """Whether a change of tier is a promotion."""
    if before is None:
        return "first"
    return "up" if RANK[after] > RANK[before] else "down"


def may_rise(judged: Judged, rule: PotentialRule, today: date) -> bool:
    """Whether a customer has potential: a good trend or a fresh start, and was here lately."""
    if judged.last_visit is None or judged.last_visit < add_months(today, -rule.months):
        return False
    new = rule.new_customers and judged.loyalty is Loyalty.NEW
    return new or judged.trend in rule.trends


def _by_contribution(
    contribution: int, last_visit: date | None, curve: Curve, rule: CutRule, today: date
) -> tuple[Tier, Said]:
    amount = money_text(contribution, curve.currency)
    if curve.key_from is not None and contribution >= curve.key_from:
        params = {
            "amount": amount,
            "customers": f"{curve.percent_of_customers(curve.key):.1f}",
            "brings": f"{curve.percent_of_total(curve.key):.1f}",
        }
        return Tier.KEY, Said("tiers.why.key", params)
    if curve.regular_from is not None and contribution >= curve.regular_from:
        least = money_text(curve.regular_from, curve.currency)
        return Tier.REGULAR, Said("tiers.why.regular", {"amount": amount, "least": least})
    little = contribution * 100 * curve.customers <= rule.poor_of_average * curve.total
    if little and last_visit is not None and last_visit < add_months(today, -rule.poor_months):
        long_ago = {"day": last_visit.isoformat(), "months": rule.poor_months}
        return Tier.POOR, Said("tiers.why.poor", {"amount": amount, **long_ago})
    return Tier.SMALL, Said("tiers.why.small", {"amount": amount})
