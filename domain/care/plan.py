"""The care plan of each campaign: what asks for a call, when, and what keeps it from being made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import StrEnum
from typing import Final

from domain.bands import COURTESY, Tier
from domain.bilingual import Bilingual
from domain.campaign import Purpose
from domain.care.shop_days import NO_SURVEYS, OwnersDay, Season, SurveyCalendars


class Trigger(StrEnum):
    """What asks for a call."""

    DELIVERY = "delivery"
    DEAL = "deal"
    FIRST_SERVICE_DUE = "first_service_due"
    SERVICE_DONE = "service_done"
    MAINTENANCE_DUE = "maintenance_due"
    APPOINTMENT = "appointment"
    APPOINTMENT_MISSED = "appointment_missed"
    PARTS_ARRIVED = "parts_arrived"
    MEMBER_LEVEL = "member_level"
    OWNER_BIRTHDAY = "owner_birthday"
    VEHICLE_BIRTHDAY = "vehicle_birthday"
    FESTIVAL = "festival"
    INSURANCE_ENDS = "insurance_ends"
    INSPECTION_DUE = "inspection_due"
    LAPSED = "lapsed"
    CONTACT_DUE = "contact_due"
    OWNERS_DAY = "owners_day"
    SEASON = "season"


class Pending(StrEnum):
    """What keeps a customer waiting for contact: an open chance, an open complaint, or nothing."""

    CHANCE = "chance"
    COMPLAINT = "complaint"
    NOTHING = "nothing"


class Who(StrEnum):
    """Whose callback it becomes."""

    POOL = "pool"
    OWNER = "owner"


NEEDS_SERVICES: Final = frozenset(
    {
        Trigger.FIRST_SERVICE_DUE,
        Trigger.SERVICE_DONE,
        Trigger.MAINTENANCE_DUE,
        Trigger.INSURANCE_ENDS,
        Trigger.INSPECTION_DUE,
    }
)
"""Triggers whose plan names the services that it looks at."""


INVITES: Final = frozenset({Trigger.OWNERS_DAY, Trigger.SEASON})
"""Triggers whose call is about something that the campaign alone does not name."""


@dataclass(frozen=True, slots=True)
class Interval:
    """How far and how long a car goes between two services.

    Attributes:
        models: parts of model names that it is for, folded; empty for all other cars.
        first_km: kilometres to the first service.
        first_months: months to the first service, from the purchase.
        then_km: kilometres from one service to the next.
        then_months: months from one service to the next.
    """

    models: tuple[str, ...]
    first_km: int
    first_months: int
    then_km: int
    then_months: int


@dataclass(frozen=True, slots=True)
class Festival:
    """A day on which customers are greeted.

    Attributes:
        code: what is stored, such as `mid-autumn`.
        name: what people read.
        month: 1 to 12.
        day: 1 to 31; up to 30 in the lunar calendar.
        lunar: whether month and day are of the Chinese lunar calendar.
        countries: ISO 3166 codes of the countries that keep it; empty for everywhere.
    """

    code: str
    name: Bilingual
    month: int
    day: int
    lunar: bool
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class CarePlan:
    """When the callbacks of one campaign are made.

    Attributes:
        campaign: code of the campaign, which is also the plan's name.
        purpose: why the law thinks that we ring.
        band: the campaign's urgency class.
        trigger: what asks for the call.
        days: days from what happened to the call; below zero for days before it.
        by_tier: other days for customers of a tier.
        at: the time of day at which the callback falls due, on the customer's clock.
        late_days: how many days after that it is still worth making.
        spread_days: how many days later it may be put where its day is full.
        who: whose callback it becomes.
        merge_days: a call of another campaign less than so many days away takes its place.
        series: plans of one series belong together and stay beside each other; "" for none.
        despite_complaint: whether it is made while a complaint of the customer is open.
        skip_tiers: tiers that it leaves out.
        only_tiers: the tiers that it is for, so that unknown ones are left out; empty for all.
        services: codes of the services that it looks at.
        ages: ages of the car in years at which its inspection falls due; each year after the last.
        ours_only: whether the car must have been sold by us.
        unknown_is_ours: whether a car counts as sold by us when nobody recorded who sold it.
        pending: whom a plan of regular contact is for: those of whom something is open.
        for_days: for how many days after it was opened; 0 for as long as it is open.
        coaches: whether the call might coach an answer, so that it keeps clear of the days on
            which a maker asks customers itself.
        off: whether the campaign is paused or switched off, so that nothing is made.
    """

    campaign: str
    purpose: Purpose
    band: int
    trigger: Trigger
    days: int
    by_tier: Mapping[Tier, int]
    at: time
    late_days: int
    spread_days: int
    who: Who
    merge_days: int
    series: str
    despite_complaint: bool
    skip_tiers: frozenset[Tier]
    only_tiers: frozenset[Tier]
    services: frozenset[str]
    ages: tuple[int, ...]
    ours_only: bool
    unknown_is_ours: bool
    pending: Pending = Pending.NOTHING
    for_days: int = 0
    coaches: bool = False
    off: bool = False

    @property
    def courtesy(self) -> bool:
        """Whether the call only greets."""
        return self.band == COURTESY

    def leaves_out(self, tier: Tier | None) -> bool:
        """Whether customers of a tier, or of an unknown one, get no such call."""
        return tier in self.skip_tiers or (bool(self.only_tiers) and tier not in self.only_tiers)

    def days_for(self, tier: Tier | None) -> int:
        """Days from what happened to the call for a customer of a tier."""
        return self.days if tier is None else self.by_tier.get(tier, self.days)


@dataclass(frozen=True, slots=True)
class CarePlans:
    """All plans, with the data that they share.

    Attributes:
        plans: one a campaign.
        merge_days: how far apart calls are kept where a plan doesn't say it.
        intervals: of services; the last one is for every car.
        festivals: the days on which customers are greeted.
        quiet_countries: where Qingming is a day without courtesy calls.
        owners_days: the days to which customers are invited.
        seasons: the service campaigns of the year.
        surveys: when makers ask customers themselves.
    """

    plans: tuple[CarePlan, ...]
    merge_days: int
    intervals: tuple[Interval, ...]
    festivals: tuple[Festival, ...]
    quiet_countries: frozenset[str]
    owners_days: tuple[OwnersDay, ...] = ()
    seasons: tuple[Season, ...] = ()
    surveys: SurveyCalendars = NO_SURVEYS
    _by_campaign: Mapping[str, CarePlan] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_campaign", {plan.campaign: plan for plan in self.plans})

    def __iter__(self) -> Iterator[CarePlan]:
        return iter(self.plans)

    def of(self, campaign: str) -> CarePlan | None:
        """The plan of a campaign, if it has one."""
        return self._by_campaign.get(campaign)

    def interval_of(self, model: str | None) -> Interval:
        """The service interval of a model."""
        folded = (model or "").casefold()
        return next(
            one
            for one in self.intervals
            if not one.models or any(part in folded for part in one.models)
        )

    def as_set(self, bands: Mapping[str, int], off: Collection[str]) -> CarePlans:
        """The same plans with what a lead set for their campaigns.

        Args:
            bands: the band of a campaign by its code.
            off: codes of campaigns that are paused or switched off.
        """
        plans = tuple(
            replace(one, band=bands.get(one.campaign, one.band), off=one.campaign in off)
            for one in self.plans
        )
        return replace(self, plans=plans)

    def apart(self, one: str, other: str) -> int:
        """How many days two calls to one customer must at least lie apart; 0 for any distance.

        Args:
            one: campaign of the one.
            other: campaign of the other.
        """
        first, second = self.of(one), self.of(other)
        days = min(
            first.merge_days if first else self.merge_days,
            second.merge_days if second else self.merge_days,
        )
        if one == other:
            # Two cars due on one day, two visits in one: that is one call.
            return max(days, 1)
        if first and second and first.series and first.series == second.series:
            return 0
        return days

    @property
    def longest_apart(self) -> int:
        """The longest distance that any pair keeps, in days."""
        return max([self.merge_days, *(plan.merge_days for plan in self.plans)])

    @property
    def longest_spread(self) -> int:
        """The most days by which any call may be put off to level the load."""
        return max(plan.spread_days for plan in self.plans)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or the last one of that month where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    return on_day(day.year + years, month + 1, day.day)


def on_day(year: int, month: int, day: int) -> date:
    """A day of a year; where the month is shorter, its last: 29 February becomes the 28th."""
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            if day <= 28:
                raise
            day -= 1
