"""How faithful a customer is, and where their custom is going: from the visits to the workshop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.care.plan import add_months
from domain.said import Said


class Loyalty(StrEnum):
    """Whether a customer came back after the first service."""

    LOYAL = "loyal"
    PARTIAL = "partial"
    LAPSED = "lapsed"
    NEW = "new"


class Trend(StrEnum):
    """Where a customer's custom is going."""

    GROWING = "growing"
    STABLE = "stable"
    DECLINING = "declining"
    DIEHARD = "diehard"


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit to the workshop.

    Attributes:
        on: the shop's calendar day.
        service: its code.
        amount: what was paid, in minor units; 0 where nothing was, or nobody recorded it.
    """

    on: date
    service: str
    amount: int = 0


@dataclass(frozen=True, slots=True)
class LoyaltyRule:
    """What counts as coming back.

    Attributes:
        maintenance: codes of the services that are maintenance.
        repair: codes of the services that are repair.
        expected_months: within how many months a customer is expected back.
        looks_back_months: how far back both kinds are looked for.
    """

    maintenance: frozenset[str]
    repair: frozenset[str]
    expected_months: int
    looks_back_months: int


@dataclass(frozen=True, slots=True)
class TrendRule:
    """What counts as more and as less.

    Attributes:
        period_months: the length of a period.
        percent: a change of the spending by so much is growth or decline.
        diehard_periods: in each of how many periods the most faithful come ...
        diehard_visits: ... how often.
    """

    period_months: int
    percent: int
    diehard_periods: int
    diehard_visits: int


@dataclass(frozen=True, slots=True)
class Judged:
    """Class of loyalty and trend, each with its reason; none where too little is known."""

    loyalty: Loyalty | None
    loyalty_why: Said | None
    trend: Trend | None
    trend_why: Said | None
    last_visit: date | None


def judge(visits: Sequence[Visited], today: date, loyalty: LoyaltyRule, trend: TrendRule) -> Judged:
    """Class of loyalty and trend of a customer.

    Args:
        visits: in any order; those after `today` don't count.
        today: the present day on the shop's calendar.
        loyalty: the rule of the classes.
        trend: the rule of the trend.
    """
    past = sorted((one for one in visits if one.on <= today), key=lambda one: one.on)
    faith, faith_why = loyalty_of(past, today, loyalty)
    going, going_why = trend_of(past, today, trend, faith)
    return Judged(faith, faith_why, going, going_why, past[-1].on if past else None)


def loyalty_of(
    past: Sequence[Visited], today: date, rule: LoyaltyRule
) -> tuple[Loyalty | None, Said | None]:
    """The class of loyalty with its reason; none for a customer without a service.

    Args:
        past: the visits until today, in the order of their days.
        today: the present day on the shop's calendar.
        rule: what counts as coming back.
    """
    served = [one for one in past if one.service in rule.maintenance | rule.repair]
    if not served:
        return None, None
    first, *later = served
    # A second line of the same day's order is not coming back.
    returns = [one for one in later if one.on > first.on]
    expected = add_months(today, -rule.expected_months)
    last = served[-1].on
    if last < expected:
        params = {"day": last.isoformat(), "months": rule.expected_months}
        return Loyalty.LAPSED, Said("tiers.loyalty.why.lapsed", params)
    if not returns:
        return Loyalty.NEW, Said("tiers.loyalty.why.new", {"day": first.on.isoformat()})
    since = add_months(today, -rule.looks_back_months)
    recent = {one.service for one in returns if one.on >= since}
    maintained, repaired = recent & rule.maintenance, recent & rule.repair
    day = {"day": last.isoformat()}
    if maintained and repaired:
        return Loyalty.LOYAL, Said("tiers.loyalty.why.loyal", day)
    kind = "maintenance" if maintained else "repair"
    return Loyalty.PARTIAL, Said(f"tiers.loyalty.why.{kind}", day)


def trend_of(
    past: Sequence[Visited], today: date, rule: TrendRule, loyalty: Loyalty | None
) -> tuple[Trend | None, Said | None]:
    """The trend with its reason; none for a customer not yet known for two whole periods.

    Args:
        past: the visits until today, in the order of their days.
        today: the present day on the shop's calendar.
        rule: what counts as more and as less.
        loyalty: the customer's class; only the loyal are diehard.
    """
    periods = [_period(past, today, rule.period_months, back) for back in (0, 1)]
    if not past or past[0].on > add_months(today, -2 * rule.period_months):
        return None, None
    (now_spent, now_visits), (then_spent, then_visits) = (
        (sum(one.amount for one in visits), len(visits)) for visits in periods
    )
    params = {"now": now_visits, "then": then_visits, "percent": _change(now_spent, then_spent)}
    less = now_spent * 100 <= then_spent * (100 - rule.percent) and then_spent > 0
    if not now_visits or (less and now_visits <= then_visits):
        key = "tiers.trend.why.declining" if now_visits else "tiers.trend.why.gone"
        return Trend.DECLINING, Said(key, params)
    steady = all(
        len(_period(past, today, rule.period_months, back)) >= rule.diehard_visits
        for back in range(rule.diehard_periods)
    )
    if loyalty is Loyalty.LOYAL and steady:
        often = {"visits": rule.diehard_visits, "periods": rule.diehard_periods}
        return Trend.DIEHARD, Said("tiers.trend.why.diehard", often)
    more = now_spent * 100 >= then_spent * (100 + rule.percent) and now_spent > then_spent
    if more and now_visits >= then_visits:
        key = "tiers.trend.why.growing" if then_spent else "tiers.trend.why.back"
        return Trend.GROWING, Said(key, params)
    return Trend.STABLE, Said("tiers.trend.why.stable", params)


def _period(past: Sequence[Visited], today: date, months: int, back: int) -> list[Visited]:
    """The visits of the period that ended `back` periods ago."""
    until = add_months(today, -months * back)
    since = add_months(today, -months * (back + 1))
    return [one for one in past if since < one.on <= until]


def _change(now: int, then: int) -> str:
    """By how many percent it changed, with its sign; a dash where there was nothing before."""
    return f"{round((now - then) * 100 / then):+d}" if then else "–"
