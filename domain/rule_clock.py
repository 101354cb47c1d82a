"""One rule on the clock of one zone: its windows of a day, and the openings they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from domain.calling_rules import Rule
from domain.public_days import PublicDay, PublicDays
from domain.wall_clock import Span, day_in, spans_of_day
from domain.week import WHOLE_DAY, Windows

HORIZON: Final = timedelta(days=370)
"""How far ahead an opening is looked for: a year, and a few days for its holidays."""

_HORIZON: Final = int(HORIZON.total_seconds())


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One rule with the calendar by which it goes."""

    rule: Rule
    calendar: PublicDays
    places: tuple[str, ...]

    def public(self, day: date) -> PublicDay | None:
        """What the calendars of its places say of a date; none where the rule does not ask."""
        if not self.places or not self.rule.asks_calendar(day):
            return None
        days = [self.calendar.on(place, day) for place in self.places]
        # A holiday of one of the places is enough; made up it has to be everywhere.
        found = next((one for one in days if one.holiday is not None), None)
        return found or next((one for one in days if not one.made_up), days[0])

    def windows(self, day: date) -> Windows | None:
        """The windows of a local date; none where the rule says nothing."""
        return self.rule.on(day, self.public(day), eve=self._is_eve(day))

    def _is_eve(self, day: date) -> bool:
        if self.rule.eve is None:
            return False
        tomorrow = self.public(day + timedelta(days=1))
        return tomorrow is not None and tomorrow.holiday is not None


@dataclass(frozen=True, slots=True)
class RuleClock:
    """One rule on the clock of one zone."""

    row: CalendarRow
    house: CalendarRow
    zone: str

    @property
    def rule(self) -> Rule:
        """The rule itself."""
        return self.row.rule

    def windows(self, day: date) -> Windows:
        """The windows of a local date; where the row is silent, the house's are taken."""
        if not self.rule.holds_on(day):
            return WHOLE_DAY
        windows = self.row.windows(day)
        if windows is None:
            windows = self.house.windows(day)
        return windows or ()

    @property
    def never_closes(self) -> bool:
        """Whether all days are open from midnight to midnight."""
        return (
            self.rule.holidays is None
            and self.rule.eve is None
            and all(windows == WHOLE_DAY for windows in self.rule.days)
        )

    @property
    def never_opens(self) -> bool:
        """Whether no day has a window."""
        days = [
            own if own is not None else house
            for own, house in zip(self.rule.days, self.house.rule.days, strict=True)
        ]
        return not (any(days) or self.rule.holidays or self.rule.eve or self.rule.is_dated)

    def span(self, at: int) -> Span | None:
        """The opening that holds an instant, else the next one; none within the horizon."""
        if self.never_closes:
            return (at - _HORIZON, at + _HORIZON)
        if self.never_opens:
            return None
        day = day_in(self.zone, at)
        if not self.rule.holds_on(day):
            return self._idle(at, day)
        for ahead in range(HORIZON.days):
            for opens, closes in self._spans(day + timedelta(days=ahead)):
                if closes > at:
                    return self._stretched(opens, closes)
        return None

    def _idle(self, at: int, day: date) -> Span:
        """The stretch around an instant in which the rule does not hold yet, or no longer."""
        since, until = self.rule.since, self.rule.until
        if since is not None and day < since:
            return at - _HORIZON, self._midnight(since)
        return self._midnight(until or day), at + _HORIZON

    def _midnight(self, day: date) -> int:
        return _day_spans(self.zone, day, WHOLE_DAY)[0][0]

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
