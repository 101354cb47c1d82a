"""Timers of cases: who owes what to whom, within which time, counted how, by which source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.bilingual import Bilingual
from domain.calling_rules import Confidence
from domain.errors import InputError
from domain.week import Windows

ANY: Final[frozenset[str]] = frozenset()
"""Binds whatever stands there."""

TimerKey = tuple[str, str]
"""The stable codes of a regime and of its step."""

_BETWEEN: Final = re.compile(r"[\W_]+")


class Unit(StrEnum):
    """What a limit is counted in; `docs/deadlines.md` says how each is counted."""

    HOUR = "hour"
    WORKING_HOUR = "working hour"
    DAY = "day"
    WORKING_DAY = "working day"
    BUSINESS_DAY = "business day"
    REPAIR_DAY = "day of repair"
    WEEK = "week"
    MONTH = "month"
    TYPED_DATE = "typed date"

    @property
    def asks_calendar(self) -> bool:
        """Whether public holidays and working days decide."""
        return self in {Unit.WORKING_HOUR, Unit.WORKING_DAY, Unit.BUSINESS_DAY}


class Event(StrEnum):
    """What starts a timer."""

    RECEIVED = "received"
    LAST_UPDATE = "last_update"
    NOTED = "noted"
    SLIP_SENT = "slip_sent"
    APPEAL_RECEIVED = "appeal_received"
    FILE_COMPLETE = "file_complete"
    ACCEPTED = "accepted"
    FAULT_REPORTED = "fault_reported"
    REQUEST_RECEIVED = "request_received"
    REPAIR_STARTED = "repair_started"
    NOTICE_PASSED_ON = "notice_passed_on"
    DATE_TYPED = "date_typed"


class Duty(StrEnum):
    """Who has to keep a limit; only our own can be overdue in our queue."""

    US = "us"
    DEPARTMENT = "department"
    AUTHORITY = "authority"


class DayEnd(StrEnum):
    """When the last day is over."""

    MIDNIGHT = "midnight"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Binding:
    """The cases that a timer binds by default; each set is empty where it makes no difference.

    Attributes:
        weights: `grumble`, `complaint`, `appeal`; `none` for a timer that a person adds.
        levels: `local`, `skip_level`, `regulator`.
        countries: ISO 3166 codes of two letters.
        trades: what the shop trades in, such as `car`, `telecom`, `finance`.
    """

    weights: frozenset[str] = ANY
    levels: frozenset[str] = ANY
    countries: frozenset[str] = ANY
    trades: frozenset[str] = ANY

    def fits(self, *, weight: str, level: str, country: str, trade: str) -> bool:
        """Whether a case is meant."""
        asked = (
            (self.weights, weight),
            (self.levels, level),
            (self.countries, country),
            (self.trades, trade),
        )
        return all(not wanted or value in wanted for wanted, value in asked)


@dataclass(frozen=True, slots=True)
class Timer:
    """One limit.

    Attributes:
        regime: stable code of the rule set, such as `telecom-cn`.
        step: stable code of what is owed, unique in its regime.
        regime_name: the regime, for people.
        step_name: what is owed, for people.
        limit: how many units; zero is the same day.
        unit: what is counted.
        event: what starts it.
        start_counts: whether the day on which it starts is the first one counted.
        day_end: when the last day is over; for units of days.
        hours: hours of a working day on the timer's clock; for working hours and `DayEnd.CLOSE`.
        calendar: whose holidays and working days decide, such as `CN` or `GB-ENG`; empty for the
            shop's own.
        zone: IANA zone by whose clock days end; empty for the shop's own.
        duty: who has to keep it.
        binding: the cases that get it by default.
        note: what else is to be known; none where nothing is.
        source: where the limit stands.
        confidence: how good that source is.
        counting: where the way of counting stands.
        counting_confidence: how good that source is.
        as_of: the month in which the sources were read, such as `2026-11`.
    """

    regime: str
    step: str
    regime_name: Bilingual
    step_name: Bilingual
    limit: int
    unit: Unit
    event: Event
    start_counts: bool = False
    day_end: DayEnd = DayEnd.MIDNIGHT
    hours: Windows = ()
    calendar: str = ""
    zone: str = ""
    duty: Duty = Duty.US
    binding: Binding = Binding()
    note: Bilingual | None = None
    source: str = ""
    confidence: Confidence = "house"
    counting: str = ""
    counting_confidence: Confidence = "house"
    as_of: str = ""

    @property
    def is_law(self) -> bool:
        """Whether somebody else than the house set it."""
        return self.confidence != "house"

    @property
    def key(self) -> TimerKey:
        """Its stable codes."""
        return self.regime, self.step


@dataclass(frozen=True, slots=True)
class Timers:
    """All timers, in the order of their file."""

    rows: tuple[Timer, ...]

    def __iter__(self) -> Iterator[Timer]:
        """The timers in order."""
        return iter(self.rows)

    def __getitem__(self, key: TimerKey) -> Timer:
        """The timer of a regime's and a step's codes.

        Raises:
            InputError: as `named`.
        """
        return self.named(*key)

    def named(self, regime: str, step: str) -> Timer:
        """The timer that somebody names, by codes or by names in either language.

        Capitals and whatever stands between words make no difference.

        Raises:
            InputError: `timer_regime_unknown` or `timer_step_unknown`, each listing the known.
        """
        own = [row for row in self.rows if _plain(regime) in _names(row.regime, row.regime_name)]
        if not own:
            known = ", ".join(dict.fromkeys(row.regime for row in self.rows))
            raise InputError("timer_regime_unknown", regime=regime[:60], known=known)
        for row in own:
            if _plain(step) in _names(row.step, row.step_name):
                return row
        known = ", ".join(row.step for row in own)
        raise InputError("timer_step_unknown", regime=own[0].regime, step=step[:60], known=known)

    def for_case(
        self, *, weight: str, level: str, country: str, trade: str = ""
    ) -> tuple[Timer, ...]:
        """The timers that bind a case by default, in order; each starts with its own event.

        Args:
            weight: `grumble`, `complaint` or `appeal`.
            level: `local`, `skip_level` or `regulator`.
            country: ISO 3166 code of two letters.
            trade: what the shop trades in; empty when nobody said, and then no timer of a trade
                binds.
        """
        return tuple(
            row
            for row in self.rows
            if row.binding.fits(weight=weight, level=level, country=country, trade=trade)
        )


def _names(code: str, name: Bilingual) -> set[str]:
    return {_plain(code), _plain(name.zh), _plain(name.en)}


def _plain(name: str) -> str:
    return _BETWEEN.sub(" ", name.casefold()).strip()
