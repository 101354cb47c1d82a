"""Whether a call is allowed at an instant, which rule says so, and when that changes.

Every rule that binds has to allow the call on the clock of every zone in which the phone may
stand. Windows are half-open: the minute in which one ends is outside. Nothing here searches
further than `HORIZON`, so that a rule which never opens is said to be one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from domain.calling_rules import (
    ANYTIME,
    CUSTOMER,
    PURPOSES,
    Rule,
    Rules,
    Windows,
    read_week,
    write_week,
    write_windows,
)
from domain.said import Said
from domain.spoken_clock import clock_said, weekday_said
from domain.wall_clock import DAY_MINUTES, Span, day_in, spans_of_day, to_instant, to_seconds
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

HORIZON: Final = timedelta(days=370)
"""How far ahead an opening is looked for: a year, and a few days for its holidays."""

NAMED_BY_CUSTOMER: Final = write_week(ANYTIME)
"""Preferred hours of a callback whose time the customer named: it beats house rows, never law."""

_HORIZON: Final = int(HORIZON.total_seconds())


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a call is allowed, and why.

    Attributes:
        allowed: whether the phone may ring at that instant.
        rule: the rule that refuses, else the one that closes first.
        reasons: sentences that explain it; when refused, one for each rule and zone in the way.
        next_open: UTC instant at which the call is allowed next; none when it is allowed already
            or nothing opens within the horizon.
        closes: UTC instant from which the present or else the next opening is over; none when
            nothing closes or opens within the horizon.
    """

    allowed: bool
    rule: Rule
    reasons: tuple[Said, ...]
    next_open: datetime | None
    closes: datetime | None


@dataclass(frozen=True, slots=True)
class _Clock:
    """One rule on the clock of one zone."""

    rule: Rule
    fallback: Rule
    zone: str
    holidays: frozenset[date] = field(default_factory=frozenset)

    def windows(self, day: date) -> Windows:
        """The windows of a local date; where the row is silent, the house's are taken."""
        holiday = day in self.holidays
        windows = self.rule.on(day, holiday=holiday)
        if windows is None:
            windows = self.fallback.on(day, holiday=holiday)
        return windows or ()

    @property
    def never_closes(self) -> bool:
        """Whether all days are open from midnight to midnight."""
        return not (self.holidays and self.rule.holidays is not None) and all(
            windows == ((0, DAY_MINUTES),) for windows in self.rule.days
        )

    @property
    def never_opens(self) -> bool:
        """Whether no day has a window."""
        days = [
            own if own is not None else house
            for own, house in zip(self.rule.days, self.fallback.days, strict=True)
        ]
        return not any(days) and not (self.holidays and self.rule.holidays)

    def span(self, at: int) -> Span | None:
        """The opening that holds an instant, else the next one; none within the horizon."""
        if self.never_closes:
            return (at - _HORIZON, at + _HORIZON)
        if self.never_opens:
            return None
        day = day_in(self.zone, at)
        for ahead in range(HORIZON.days):
            for opens, closes in self._spans(day + timedelta(days=ahead)):
                if closes > at:
                    return self._stretched(opens, closes)
        return None

    def _stretched(self, opens: int, closes: int) -> Span:
        """An opening together with those of the days around it that it touches at midnight."""
        limit = closes + _HORIZON
        while closes < limit and (more := self._touching(closes)) is not None:
            closes = more[1]
        limit = opens - _HORIZON
        while opens > limit and (more := self._touching(opens - 1, end=opens)) is not None:
            opens = more[0]
        return opens, closes

    def _touching(self, at: int, end: int | None = None) -> Span | None:
        """The opening that begins at an instant, or that ends at `end`."""
        for span in self._spans(day_in(self.zone, at)):
            if (span[0] == at) if end is None else (span[1] == end):
                return span
        return None

    def _spans(self, day: date) -> Sequence[Span]:
        return _day_spans(self.zone, day, self.windows(day))


@lru_cache(maxsize=16_384)
def _day_spans(zone: str, day: date, windows: Windows) -> tuple[Span, ...]:
    return tuple(spans_of_day(zone, day, windows))


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
        places: countries and states whose rows bind, most exact first; empty when nobody knows.
        purpose: one of `PURPOSES`.
        at: an aware instant.
        preferred: the customer's own hours as `write_week` writes them, on the clock of each of
            the zones; they stand in for house rows and never for law.

    Raises:
        InputError: `purpose_unknown`, `zone_unknown`.
        ValueError: `at` is naive, or `preferred` is not a week.
    """
    clocks = _clocks(rules, zones, places, purpose, preferred)
    if not clocks:
        reason = Said("hours.zone_unknown")
        return Decision(
            allowed=False, rule=rules.fallback, reasons=(reason,), next_open=None, closes=None
        )
    now = _seconds(at)
    spans = [(clock, clock.span(now)) for clock in clocks]
    shut = [(clock, span) for clock, span in spans if span is None or span[0] > now]
    if not shut:
        closes, place = min((span[1], place) for place, (_, span) in enumerate(spans) if span)
        clock = clocks[place]
        return Decision(
            allowed=True,
            rule=clock.rule,
            reasons=(_open(clock, at),),
            next_open=None,
            closes=_closing(closes, now),
        )
    found = _first(clocks, now)
    reasons = _distinct([clock for clock, _ in shut], at)
    if found is None:
        reasons.append(Said("hours.never", {"days": HORIZON.days}))
    # The rule named is the one that stays in the way longest.
    last, _ = max(shut, key=lambda entry: now + _HORIZON if entry[1] is None else entry[1][0])
    return Decision(
        allowed=False,
        rule=last.rule,
        reasons=tuple(reasons),
        next_open=None if found is None else to_instant(found[0]),
        closes=None if found is None else _closing(found[1], now),
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


def _first(clocks: Sequence[_Clock], at: int) -> Span | None:
    """The stretch in which all clocks are open that holds an instant, else the next one."""
    limit = at + _HORIZON
    moment = at
    while moment < limit:
        spans = []
        for clock in clocks:
            span = clock.span(moment)
            if span is None:
                return None
            spans.append(span)
        opens = max(span[0] for span in spans)
        if opens <= moment:
            return opens, min(span[1] for span in spans)
        moment = opens
    return None


def _clocks(
    rules: Rules,
    zones: Sequence[str],
    places: Sequence[str],
    purpose: str,
    preferred: str | None,
) -> list[_Clock]:
    binding = rules.binding(places, purpose)
    if preferred:
        wish = Rule(CUSTOMER, purpose, read_week(preferred), confidence=CUSTOMER)
        binding = (*(rule for rule in binding if rule.is_law), wish)
    holidays: frozenset[date] = frozenset().union(
        *(rules.holidays.get(place, frozenset()) for place in places)
    )
    return [
        _Clock(rule, rules.fallback, checked_zone(zone), holidays)
        for rule in binding
        for zone in dict.fromkeys(zones)
    ]


def _closing(closes: int, now: int) -> datetime | None:
    return None if closes >= now + _HORIZON else to_instant(closes)


def _seconds(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("a naive instant could be anybody's clock")
    return to_seconds(at)


def _distinct(clocks: Sequence[_Clock], at: datetime) -> list[Said]:
    """One sentence for each rule and time of day: a toll-free number has dozens of zones."""
    told: dict[tuple[Rule, datetime], Said] = {}
    for clock in clocks:
        local = at.astimezone(ZoneInfo(clock.zone))
        told.setdefault((clock.rule, local.replace(tzinfo=None)), _shut(clock, local))
    return list(told.values())


def _shut(clock: _Clock, local: datetime) -> Said:
    """Why a rule refuses at a moment of its zone's clock."""
    windows = clock.windows(local.date())
    if clock.rule.place == CUSTOMER:
        key = "hours.not_preferred"
    elif windows:
        key = "hours.outside"
    else:
        key = "hours.holiday" if local.date() in clock.holidays else "hours.no_calls_today"
    return Said(key, _facts(clock, local, windows))


def _open(clock: _Clock, at: datetime) -> Said:
    local = at.astimezone(ZoneInfo(clock.zone))
    return Said("hours.open", _facts(clock, local, clock.windows(local.date())))


def _facts(clock: _Clock, local: datetime, windows: Windows) -> dict[str, object]:
    return {
        "weekday": weekday_said(local),
        "clock": clock_said(local),
        "zone": clock.zone,
        "windows": write_windows(windows).replace("-", "–"),
        "place": clock.rule.place,
    }
