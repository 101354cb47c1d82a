"""Reading care plans from a data file; whatever is wrong names its entry and the fault."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import time
from typing import Final

from domain.bands import COURTESY, Tier
from domain.campaign import Campaigns, Purpose
from domain.care.plan import (
    NEEDS_SERVICES,
    CarePlan,
    CarePlans,
    Festival,
    Interval,
    Pending,
    Trigger,
    Who,
)
from domain.care.shop_days_file import (
    MONTH_DAY,
    MONTH_DAYS,
    owners_day_of,
    season_of,
    survey_calendars_of,
    tiers_of,
)
from domain.entry import Entry
from domain.errors import InputError
from domain.said import Said

_SALES: Final = frozenset({Purpose.SALES, Purpose.INSURANCE_SALES})
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_QINGMING: Final = "qingming"
_LUNAR_DAYS: Final = 30


def care_plans_of(
    data: object, where: str, *, campaigns: Campaigns, services: Collection[str]
) -> CarePlans:
    """The care plans of a parsed data file.

    Its lists of tables are `plan`, `interval`, `festival`, `owners_day`, `season` and
    `survey_calendar`.

    Args:
        data: the tables as TOML or JSON gave them.
        where: the file's name, for errors.
        campaigns: the kinds of callback that a plan may make.
        services: the codes of services that orders can have.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    file = Entry(where, data)
    merge_days = file.whole("merge_days")
    plans = tuple(_plan(record, campaigns, services, merge_days) for record in file.entries("plan"))
    intervals = tuple(_interval(record) for record in file.entries("interval"))
    festivals = tuple(_festival(record) for record in file.entries("festival"))
    quiet = _countries(file, "no_greetings_on_qingming")
    days = tuple(owners_day_of(record) for record in file.entries("owners_day"))
    seasons = tuple(season_of(record) for record in file.entries("season"))
    surveys = survey_calendars_of(file.entries("survey_calendar"))
    file.close()
    _once(file, [plan.campaign for plan in plans])
    for codes in (festivals, days, seasons, surveys.calendars):
        _once(file, [one.code for one in codes])
    if not plans:
        raise file.bad(Said("rules.bad.missing_field", {"field": "plan"}))
    if not intervals or intervals[-1].models or not all(one.models for one in intervals[:-1]):
        raise file.bad(Said("care.bad.last_interval"))
    return CarePlans(plans, merge_days, intervals, festivals, quiet, days, seasons, surveys)


def _plan(
    record: Entry, campaigns: Campaigns, services: Collection[str], merge_days: int
) -> CarePlan:
    code = record.text("campaign")
    record.where = f"{record.where} ({code})"
    try:
        campaign = campaigns[code]
    except InputError as error:
        raise record.bad(Said("care.bad.campaign", {"campaign": code})) from error
    trigger = record.one_of("trigger", Trigger)
    before = record.has("days_before")
    sign = -1 if before else 1
    days = sign * record.whole("days_before" if before else "days_after")
    plan = CarePlan(
        campaign=code,
        purpose=campaign.purpose,
        band=campaign.band,
        trigger=trigger,
        days=days,
        by_tier=_by_tier(record, sign),
        at=_clock(record, "at"),
        late_days=record.whole("late_days"),
        spread_days=record.whole("spread_days", 0),
        who=record.one_of("who", Who, Who.POOL),
        merge_days=record.whole("merge_days", merge_days),
        series=record.text("series") if record.has("series") else "",
        despite_complaint=record.flag("despite_complaint", default=False),
        skip_tiers=tiers_of(record, "skip_tiers"),
        only_tiers=tiers_of(record, "only_tiers"),
        services=_services(record, trigger, services),
        ages=_ages(record, trigger),
        ours_only=trigger is Trigger.DELIVERY,
        unknown_is_ours=(
            record.flag("unknown_is_ours", default=False) if trigger is Trigger.DELIVERY else False
        ),
        pending=(
            record.one_of("pending", Pending) if trigger is Trigger.CONTACT_DUE else Pending.NOTHING
        ),
        for_days=record.whole("for_days", 0) if trigger is Trigger.CONTACT_DUE else 0,
        coaches=record.flag("coaches", default=campaign.purpose is Purpose.SURVEY),
    )
    record.close()
    if trigger is Trigger.CONTACT_DUE and min([plan.days, *plan.by_tier.values()]) < 1:
        raise record.bad(Said("care.bad.contact_days"))
    if plan.despite_complaint and (campaign.purpose in _SALES or campaign.band == COURTESY):
        raise record.bad(Said("care.bad.despite_complaint"))
    return plan


def _by_tier(record: Entry, sign: int) -> dict[Tier, int]:
    if not record.has("by_tier"):
        return {}
    table = record.entry("by_tier")
    found = {tier: sign * table.whole(tier.value) for tier in Tier if table.has(tier.value)}
    table.close()
    return found


def _services(record: Entry, trigger: Trigger, known: Collection[str]) -> frozenset[str]:
    if trigger not in NEEDS_SERVICES:
        return frozenset()
    found = record.texts("services")
    if not found:
        raise record.bad(Said("rules.bad.missing_field", {"field": "services"}))
    for service in found:
        if service not in known:
            words = {"service": service, "known": ", ".join(sorted(known))}
            raise record.bad(Said("care.bad.service", words))
    return frozenset(found)


def _ages(record: Entry, trigger: Trigger) -> tuple[int, ...]:
    if trigger is not Trigger.INSPECTION_DUE:
        return ()
    value = record.value("ages")
    if not isinstance(value, list) or not value:
        raise record.bad(Said("care.bad.ages"))
    for age in value:
        if isinstance(age, bool) or not isinstance(age, int) or age < 1:
            raise record.bad(Said("care.bad.ages"))
    if sorted(set(value)) != value:
        raise record.bad(Said("care.bad.ages"))
    return tuple(value)


def _clock(record: Entry, field: str) -> time:
    match = _CLOCK.fullmatch(record.text(field))
    if match is None:
        raise record.bad(Said("care.bad.clock", {"field": field}))
    return time(int(match[1]), int(match[2]))


def _interval(record: Entry) -> Interval:
    models = tuple(model.casefold() for model in record.texts("models"))
    first_km, first_months = _distance(record.entry("first"))
    then_km, then_months = _distance(record.entry("then"))
    record.close()
    return Interval(models, first_km, first_months, then_km, then_months)


def _distance(record: Entry) -> tuple[int, int]:
    km, months = record.whole("km"), record.whole("months")
    record.close()
    if not km or not months:
        raise record.bad(Said("rules.bad.number", {"field": "km, months"}))
    return km, months


def _festival(record: Entry) -> Festival:
    code = record.text("code")
    record.where = f"{record.where} ({code})"
    if code == _QINGMING:
        raise record.bad(Said("care.bad.qingming"))
    lunar = record.has("lunar")
    field = "lunar" if lunar else "solar"
    match = MONTH_DAY.fullmatch(record.text(field))
    month, day = (int(match[1]), int(match[2])) if match else (0, 0)
    if not match or day > (_LUNAR_DAYS if lunar else MONTH_DAYS[month - 1]):
        raise record.bad(Said("care.bad.month_day", {"field": field}))
    festival = Festival(
        code=code,
        name=record.both("name"),
        month=month,
        day=day,
        lunar=lunar,
        countries=_countries(record, "countries"),
    )
    record.close()
    return festival


def _countries(record: Entry, field: str) -> frozenset[str]:
    found = record.texts(field)
    for country in found:
        if not _COUNTRY.fullmatch(country):
            raise record.bad(Said("care.bad.country", {"field": field}))
    return frozenset(found)


def _once(file: Entry, codes: list[str]) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise file.bad(Said("rules.bad.twice", {"value": code}))
