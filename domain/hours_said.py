"""The sentences that explain a decision about calling hours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from domain.calling_rules import CAMPAIGN, CUSTOMER, UNWANTED, Rule
from domain.rule_clock import RuleClock
from domain.said import Said
from domain.spoken_clock import clock_said, weekday_said
from domain.wall_clock import day_in
from domain.week import Week, Windows, outside_of, write_windows

_FIXED: Final = re.compile(r"Etc/GMT([+-])([0-9]{1,2})")


def calendar_notes(clocks: Sequence[RuleClock], moments: Sequence[int]) -> list[Said]:
    """What has to be known of the calendars by which the rules went at some instants."""
    told: list[Said] = []
    for moment in moments:
        for clock in clocks:
            day = day_in(clock.zone, moment)
            public = clock.row.public(day)
            if public is None:
                continue
            if public.made_up:
                told.append(Said("hours.made_up", {"date": day.isoformat()}))
            if public.doubt is not None:
                told.append(public.doubt)
    return [said for place, said in enumerate(told) if said not in told[:place]]


def why_shut(clocks: Sequence[RuleClock], at: datetime) -> list[Said]:
    """One sentence for each rule and time of day: a toll-free number has dozens of zones."""
    told: dict[tuple[Rule, datetime], Said] = {}
    for clock in clocks:
        local = at.astimezone(ZoneInfo(clock.zone))
        told.setdefault((clock.rule, local.replace(tzinfo=None)), _shut(clock, local))
    return list(told.values())


def _shut(clock: RuleClock, local: datetime) -> Said:
    """Why a rule refuses at a moment of its zone's clock."""
    windows = clock.windows(local.date())
    public = clock.row.public(local.date())
    facts = _facts(clock, local, windows)
    if clock.rule.place == UNWANTED:
        refused = outside_of(cast("Week", clock.rule.days))[local.weekday()]
        return Said("hours.unwanted", facts | {"windows": _shown(refused)})
    if clock.rule.place == CUSTOMER:
        key = "hours.not_preferred"
    elif clock.rule.place == CAMPAIGN:
        key = "hours.not_for_campaign"
    elif windows:
        key = "hours.outside"
    elif public is not None and public.holiday is not None:
        return Said("hours.holiday", facts | {"holiday": public.holiday})
    else:
        key = "hours.no_calls_today"
    return Said(key, facts)


def why_open(clock: RuleClock, at: datetime) -> Said:
    """That a rule allows the call at an instant."""
    local = at.astimezone(ZoneInfo(clock.zone))
    return Said("hours.open", _facts(clock, local, clock.windows(local.date())))


def _facts(clock: RuleClock, local: datetime, windows: Windows) -> dict[str, object]:
    return {
        "weekday": weekday_said(local),
        "clock": clock_said(local),
        "zone": _zone_shown(clock.zone),
        "windows": _shown(windows),
        "place": clock.rule.place,
    }


def _shown(windows: Windows) -> str:
    return write_windows(windows).replace("-", "–")


def _zone_shown(zone: str) -> str:
    """A zone as people read it: the name of a fixed offset counts the other way round."""
    fixed = _FIXED.fullmatch(zone)
    if fixed is None:
        return zone
    return f"UTC{'−' if fixed.group(1) == '+' else '+'}{fixed.group(2)}"
