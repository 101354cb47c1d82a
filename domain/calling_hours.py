"""Whether a call is allowed at an instant, which rule says so, and when that changes.

Every rule that binds has to allow the call on the clock of every zone in which the phone may
stand. Windows are half-open: the minute in which one ends is outside. Nothing here searches
further than `HORIZON`, so that a rule which never opens is said to be one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from domain.bilingual import Bilingual
from domain.calling_rules import ANYWHERE, CAMPAIGN, CUSTOMER, PURPOSES, UNWANTED, Rule, Rules
from domain.hours_said import calendar_notes, why_open, why_shut
from domain.rule_clock import HORIZON, CalendarRow, RuleClock
from domain.said import Said
from domain.terms import Terms, read_terms, write_terms
from domain.wall_clock import Span, day_in, to_instant, to_seconds
from domain.week import ANYTIME, outside_of
from domain.zones import checked_zone

__all__ = [
    "HORIZON",
    "NAMED_BY_CUSTOMER",
    "PURPOSES",
    "Decision",
    "Rule",
    "Rules",
    "current_or_next_window",
    "decide",
    "next_change",
    "next_open",
    "windows_between",
]

NAMED_BY_CUSTOMER: Final = write_terms(Terms(named=True))
"""The terms of a callback whose time the customer named: it beats house rows, never law."""

_HORIZON: Final = int(HORIZON.total_seconds())


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a call is allowed, and why.

    Attributes:
        allowed: whether the phone may ring at that instant.
        rule: the rule that refuses, else the one that closes first.
        reasons: sentences that explain it; when refused, one for each rule and zone in the way;
            then what a calendar is not certain of.
        next_open: UTC instant at which the call is allowed next; none when it is allowed already
            or nothing opens within the horizon.
        closes: UTC instant from which the present or else the next opening is over; none when
            nothing closes or opens within the horizon.
        holiday: the public holiday by which a rule goes at that instant; none on other days.
    """

    allowed: bool
    rule: Rule
    reasons: tuple[Said, ...]
    next_open: datetime | None
    closes: datetime | None
    holiday: Bilingual | None = None


def decide(
    rules: Rules,
    *,
    zones: Sequence[str],
    places: Sequence[str],
    purpose: str,
    at: datetime,
    preferred: str | None = None,
) -> Decision:
    """Whether a call is allowed, which rule says so, and when that changes.

    Args:
        rules: the rows in force.
        zones: every zone in which the phone may stand, IANA names; empty when nobody knows.
        places: countries and states whose rows bind, most exact first; `US-*` where the state is
            unknown; empty when nobody knows.
        purpose: one of `PURPOSES`.
        at: an aware instant.
        preferred: the customer's and the campaign's hours as `domain.terms.write_terms` writes
            them, on the clock of each of the zones.

    Raises:
        InputError: `purpose_unknown`, `zone_unknown`.
        ValueError: `at` is naive, or `preferred` are no terms.
    """
    if read_terms(preferred or "").off:
        off = Said("hours.campaign_off")
        rule = Rule(CAMPAIGN, purpose, ANYTIME)
        return Decision(allowed=False, rule=rule, reasons=(off,), next_open=None, closes=None)
    clocks = _clocks(rules, zones, places, purpose, preferred)
    if not clocks:
        reason = Said("hours.zone_unknown")
        return Decision(
            allowed=False, rule=rules.fallback, reasons=(reason,), next_open=None, closes=None
        )
    now = _seconds(at)
    holiday = _holiday(clocks, now)
    spans = [(clock, clock.span(now)) for clock in clocks]
    shut = [(clock, span) for clock, span in spans if span is None or span[0] > now]
    if not shut:
        closes, place = min((span[1], place) for place, (_, span) in enumerate(spans) if span)
        clock = clocks[place]
        return Decision(
            allowed=True,
            rule=clock.rule,
            reasons=(why_open(clock, at), *calendar_notes(clocks, [now])),
            next_open=None,
            closes=_closing(closes, now),
            holiday=holiday,
        )
    found = _first(clocks, now)
    reasons = why_shut([clock for clock, _ in shut], at)
    if found is None:
        reasons.append(Said("hours.never", {"days": HORIZON.days}))
    reasons += calendar_notes(clocks, [now] if found is None else [now, found[0]])
    # The rule named is the one that stays in the way longest.
    last, _ = max(shut, key=lambda entry: now + _HORIZON if entry[1] is None else entry[1][0])
    return Decision(
        allowed=False,
        rule=last.rule,
        reasons=tuple(reasons),
        next_open=None if found is None else to_instant(found[0]),
        closes=None if found is None else _closing(found[1], now),
        holiday=holiday,
    )


def current_or_next_window(
    rules: Rules,
    *,
    zones: Sequence[str],
    places: Sequence[str],
    purpose: str,
    preferred: str | None,
    at: datetime,
) -> tuple[datetime, datetime] | None:
    """The opening that holds an instant, else the next one; arguments and errors as in `decide`.

    Returns:
        The UTC instants of a half-open stretch in which every rule allows the call in every zone;
        `opens <= at < closes` when it is open now. None when nothing opens within the horizon; a
        stretch that does not end within it is cut there.
    """
    clocks = _clocks(rules, zones, places, purpose, preferred)
    found = _first(clocks, _seconds(at)) if clocks else None
    return None if found is None else (to_instant(found[0]), to_instant(found[1]))


def next_open(
    rules: Rules,
    *,
    zones: Sequence[str],
    places: Sequence[str],
    purpose: str,
    preferred: str | None,
    at: datetime,
) -> datetime | None:
    """The first UTC instant at or after `at` at which the call is allowed; as in `decide`."""
    found = current_or_next_window(
        rules, zones=zones, places=places, purpose=purpose, preferred=preferred, at=at
    )
    return None if found is None else max(found[0], at.astimezone(UTC))


def next_change(
    rules: Rules,
    *,
    zones: Sequence[str],
    places: Sequence[str],
    purpose: str,
    preferred: str | None,
    at: datetime,
) -> datetime | None:
    """The first UTC instant after `at` at which allowed turns to refused or back; none if never."""
    found = current_or_next_window(
        rules, zones=zones, places=places, purpose=purpose, preferred=preferred, at=at
    )
    if found is None:
        return None
    opens, closes = found
    return opens if opens > at else _closing(to_seconds(closes), _seconds(at))


def windows_between(
    rules: Rules,
    *,
    zones: Sequence[str],
    places: Sequence[str],
    purpose: str,
    preferred: str | None,
    since: datetime,
    until: datetime,
) -> tuple[tuple[datetime, datetime], ...]:
    """Every opening that touches a stretch of time, in order, whole; as in `decide`."""
    clocks = _clocks(rules, zones, places, purpose, preferred)
    at, end = _seconds(since), _seconds(until)
    found = []
    while clocks and at < end and (span := _first(clocks, at)) is not None and span[0] < end:
        found.append((to_instant(span[0]), to_instant(span[1])))
        at = span[1]
    return tuple(found)


def _first(clocks: Sequence[RuleClock], at: int) -> Span | None:
    """The stretch in which all clocks are open that holds an instant, else the next one."""
    limit = at + _HORIZON
    moment = at
    order = list(clocks)
    while moment < limit:
        place, span = _in_the_way(order, moment)
        if place is None:
            spans = [span for clock in order if (span := clock.span(moment)) is not None]
            return max(span[0] for span in spans), min(span[1] for span in spans)
        if span is None:
            return None
        moment = span[0]
        # Who is in the way once will be soon again: a number without a zone has hundreds of clocks.
        order.insert(0, order.pop(place))
    return None


def _in_the_way(clocks: Sequence[RuleClock], moment: int) -> tuple[int | None, Span | None]:
    """The first clock that is shut at a moment, by its place, and when it opens."""
    for place, clock in enumerate(clocks):
        span = clock.span(moment)
        if span is None or span[0] > moment:
            return place, span
    return None, None


def _clocks(
    rules: Rules,
    zones: Sequence[str],
    places: Sequence[str],
    purpose: str,
    preferred: str | None,
) -> list[RuleClock]:
    terms = read_terms(preferred or "")
    if terms.off:
        return []
    countries = tuple(dict.fromkeys(place[:2] for place in places))
    house = CalendarRow(rules.fallback, rules.calendar, countries)
    binding = rules.binding(places, purpose)
    own = []
    if terms.wish is not None:
        binding = tuple(rule for rule in binding if rule.is_law)
        # The house does not speak for a law that is silent, either.
        house = CalendarRow(Rule(ANYWHERE, purpose, ANYTIME), rules.calendar, countries)
        own.append(Rule(CUSTOMER, purpose, terms.wish, confidence=CUSTOMER))
    elif terms.campaign is not None:
        own.append(Rule(CAMPAIGN, purpose, terms.campaign))
    if terms.refused is not None:
        own.append(Rule(UNWANTED, purpose, outside_of(terms.refused), confidence=CUSTOMER))
    rows = [_row(rule, rules, countries) for rule in (*binding, *own)]
    return [
        RuleClock(row, house, zone)
        for row in rows
        for zone in dict.fromkeys([row.rule.clock] if row.rule.clock else map(checked_zone, zones))
        if zones
    ]


def _row(rule: Rule, rules: Rules, countries: tuple[str, ...]) -> CalendarRow:
    own = (rule.holidays_of or rule.place,)
    return CalendarRow(rule, rules.calendar, countries if rule.place == ANYWHERE else own)


def _holiday(clocks: Sequence[RuleClock], now: int) -> Bilingual | None:
    """The public holiday by which one of the rules goes at an instant."""
    for clock in clocks:
        public = clock.row.public(day_in(clock.zone, now))
        if public is not None and public.holiday is not None:
            return public.holiday
    return None


def _closing(closes: int, now: int) -> datetime | None:
    return None if closes >= now + _HORIZON else to_instant(closes)


def _seconds(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("a naive instant could be anybody's clock")
    return to_seconds(at)
