"""The rules of tiers, loyalty, trend and membership, as a data file gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from domain.bands import COURTESY, KEY_CUSTOMER, Tier, TierBand
from domain.care.plan import Who
from domain.contribution import CutRule
from domain.entry import Entry
from domain.loyalty import Loyalty, LoyaltyRule, Trend, TrendRule
from domain.membership import CardLevel, Membership
from domain.said import Said

_MOST_LATER: Final = 3
_MOST_MONTHS: Final = 600
_Word = TypeVar("_Word", bound=StrEnum)


class Care(StrEnum):
    """How much care a customer gets beyond what they ask for themselves."""

    FULL = "full"
    LEAN = "lean"
    CHEAP = "cheap"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TierPolicy:
    """How customers of a tier are treated; complaints are served whatever it says.

    Attributes:
        tier: the tier.
        band: what it does to the band of a callback.
        who: whether their callbacks are their own operator's first.
        care: the care of those who will not rise.
        potential_care: the care of those who may.
    """

    tier: Tier
    band: TierBand
    who: Who
    care: Care
    potential_care: Care


@dataclass(frozen=True, slots=True)
class PotentialRule:
    """Who may rise: one of the trends or a new customer, here within so many months."""

    trends: frozenset[Trend]
    new_customers: bool
    months: int


@dataclass(frozen=True, slots=True)
class TierRules:
    """All rules by which customers are sorted.

    Attributes:
        cut: where the curve of contribution is cut.
        potential: who may rise.
        policies: how each tier is treated.
        loyalty: the classes of loyalty.
        trend: the trend.
        membership: the cards.
    """

    cut: CutRule
    potential: PotentialRule
    policies: Mapping[Tier, TierPolicy]
    loyalty: LoyaltyRule
    trend: TrendRule
    membership: Membership

    @property
    def bands(self) -> Mapping[Tier, TierBand]:
        """What the tiers do to the band of a callback."""
        return {tier: policy.band for tier, policy in self.policies.items()}

    @property
    def owned(self) -> frozenset[Tier]:
        """The tiers whose callbacks are their own operator's first."""
        return frozenset(tier for tier, one in self.policies.items() if one.who is Who.OWNER)

    def care_of(self, tier: Tier, *, potential: bool) -> Care:
        """How much care customers of a tier get."""
        policy = self.policies[tier]
        return policy.potential_care if potential else policy.care


def tier_rules_of(data: object, where: str) -> TierRules:
    """The rules of a parsed data file.

    Raises:
        InputError: `content_bad`, naming the place and what is wrong with it.
    """
    file = Entry(where, data)
    tiers = file.entry("tier")
    rules = TierRules(
        cut=_cut(file.entry("cut")),
        potential=_potential(file.entry("potential")),
        policies={tier: _policy(tier, tiers.entry(tier)) for tier in Tier},
        loyalty=_loyalty(file.entry("loyalty")),
        trend=_trend(file.entry("trend")),
        membership=_membership(file.entry("membership"), file.entries("level"), file),
    )
    tiers.close()
    file.close()
    return rules


def _cut(entry: Entry) -> CutRule:
    key, regular, poor = entry.entry("key"), entry.entry("regular"), entry.entry("poor")
    rule = CutRule(
        least_customers=_between(entry, "least_customers", 1, 1_000_000),
        key_brings=_between(key, "brings", 1, 100),
        key_customers=_between(key, "customers", 1, 100),
        regular_brings=_between(regular, "brings", 1, 100),
        poor_of_average=_between(poor, "of_average", 0, 100),
        poor_months=_between(poor, "months", 1, _MOST_MONTHS),
    )
    for one in (entry, key, regular, poor):
        one.close()
    if rule.regular_brings < rule.key_brings:
        raise regular.bad(Said("tiers.bad.regular_below_key"))
    return rule


def _potential(entry: Entry) -> PotentialRule:
    rule = PotentialRule(
        trends=_words(entry, "trends", Trend),
        new_customers=entry.flag("new_customers", default=False),
        months=_between(entry, "months", 1, _MOST_MONTHS),
    )
    entry.close()
    return rule


def _policy(tier: Tier, entry: Entry) -> TierPolicy:
    care = entry.one_of("care", Care)
    at_most = _between(entry, "band", KEY_CUSTOMER, COURTESY) if entry.has("band") else None
    later = _between(entry, "later", 0, _MOST_LATER) if entry.has("later") else 0
    policy = TierPolicy(
        tier=tier,
        band=TierBand(at_most, later),
        who=entry.one_of("who", Who),
        care=care,
        potential_care=entry.one_of("potential", Care, care),
    )
    entry.close()
    return policy


def _loyalty(entry: Entry) -> LoyaltyRule:
    rule = LoyaltyRule(
        maintenance=frozenset(entry.texts("maintenance")),
        repair=frozenset(entry.texts("repair")),
        expected_months=_between(entry, "expected_months", 1, _MOST_MONTHS),
        looks_back_months=_between(entry, "looks_back_months", 1, _MOST_MONTHS),
    )
    entry.close()
    for field in ("maintenance", "repair"):
        if not entry.texts(field):
            raise entry.bad(Said("rules.bad.missing_field", {"field": field}))
    both = sorted(rule.maintenance & rule.repair)
    if both:
        raise entry.bad(Said("rules.bad.twice", {"value": both[0]}))
    if rule.looks_back_months < rule.expected_months:
        raise entry.bad(Said("tiers.bad.looks_back"))
    return rule


def _trend(entry: Entry) -> TrendRule:
    diehard = entry.entry("diehard")
    rule = TrendRule(
        period_months=_between(entry, "period_months", 1, _MOST_MONTHS),
        percent=_between(entry, "percent", 1, 100),
        diehard_periods=_between(diehard, "periods", 2, 20),
        diehard_visits=_between(diehard, "visits", 1, 100),
    )
    entry.close()
    diehard.close()
    return rule


def _membership(entry: Entry, levels: tuple[Entry, ...], file: Entry) -> Membership:
    keep = entry.flag("keep", default=True)
    entry.close()
    found: list[CardLevel] = []
    for record in levels:
        level = _level(record)
        if any(level.code == one.code for one in found):
            raise record.bad(Said("rules.bad.twice", {"value": level.code}))
        if found and not _above(level, found[-1]):
            raise record.bad(Said("tiers.bad.level_order", {"below": found[-1].code}))
        found.append(level)
    if not found:
        raise file.bad(Said("rules.bad.missing_field", {"field": "level"}))
    return Membership(tuple(found), keep)


def _level(record: Entry) -> CardLevel:
    code = record.text("code")
    record.where = f"{record.where} ({code})"
    spend = record.value("spend")
    level = CardLevel(
        code=code,
        discount=_between(record, "discount", 0, 99),
        spend=_amounts(record, spend),
        loyalty=_words(record, "loyalty", Loyalty),
    )
    record.close()
    return level


def _amounts(record: Entry, spend: object) -> Mapping[str, int]:
    """Thresholds in minor units by currency."""
    if not isinstance(spend, Mapping) or not spend:
        raise record.bad(Said("rules.bad.missing_field", {"field": "spend"}))
    amounts = Entry(f"{record.where} spend", spend)
    for currency in spend:
        if not (isinstance(currency, str) and len(currency) == 3 and currency.isupper()):
            raise amounts.bad(Said("tiers.bad.currency", {"value": str(currency)}))
    return {currency: amounts.whole(currency) * 100 for currency in spend}


def _above(level: CardLevel, below: CardLevel) -> bool:
    """Whether a level asks for more than the one below and gives no less."""
    narrower = not below.loyalty or (bool(level.loyalty) and level.loyalty <= below.loyalty)
    return (
        narrower
        and level.discount >= below.discount
        and level.spend.keys() <= below.spend.keys()
        and all(amount >= below.spend[currency] for currency, amount in level.spend.items())
    )


def _between(entry: Entry, field: str, low: int, high: int) -> int:
    value = entry.whole(field)
    if not low <= value <= high:
        raise entry.bad(Said("tiers.bad.between", {"field": field, "low": low, "high": high}))
    return value


def _words(entry: Entry, field: str, known: type[_Word]) -> frozenset[_Word]:
    by_value = {one.value: one for one in known}
    found = entry.texts(field)
    for text in found:
        if text not in by_value:
            listed = ", ".join(by_value)
            raise entry.bad(Said("rules.bad.choice", {"field": field, "known": listed}))
    return frozenset(by_value[text] for text in found)
