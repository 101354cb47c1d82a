"""From a spoken time to the instant that was meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from domain.errors import InputError
from domain.said import Said
from domain.spoken_clock import clock_said, day_said, moment_said, weekday_said
from domain.when.days import Found, NoSuchDayError, TooFarError, day_of
from domain.when.hours import DAY_DEFAULT, Reading, readings
from domain.when.lexer import LONGEST, UnreadError, lexemes
from domain.when.model import DateOrder, Kind, Understood
from domain.when.pieces import Bound, Clock, InPart, Offset
from domain.when.text import plain
from domain.when.whose_clock import clock_read, instant_of
from domain.when.wish import ContradictionError, Wish, wish_of
from domain.zones import checked_zone

FARTHEST: Final = timedelta(days=731)
"""How far ahead a time may lie: two years."""

_AHEAD_OF_BOUND: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_DAYS_TRIED: Final = 3


def understand(
    text: str,
    *,
    now: datetime,
    zone: str,
    my_zone: str | None = None,
    date_order: DateOrder | None = None,
    country: str | None = None,
    allow_past: bool = False,
) -> Understood:
    """The time that somebody typed as it was heard, in Chinese, English or both mixed.

    A time without a place is the customer's clock; a date without a year is the one nearest to
    now; a bare hour is the next one between 8:00 and 20:00; a day without a time stands for 10:00
    and a part of a day for an hour of its own (`domain.when.pieces.Part`).

    Args:
        text: what was typed.
        now: the present, an aware instant.
        zone: the customer's zone, an IANA name.
        my_zone: the operator's zone, for `my time` and for the second clock of the echo.
        date_order: how the country writes dates in figures; without it 11/28 and 28/11 are told
            apart by what can be, and 3/4 is March.
        country: ISO 3166 code that helps to tell letters such as CST apart.
        allow_past: accept times before now, as a file may hold them; days without a month are
            then the nearest ones, and a clock without a day is today's.

    Raises:
        InputError: `when_empty`, `when_unreadable` with `near`, `when_contradiction`,
            `when_no_such_day`, `when_past`, `when_too_far` (beyond two years),
            `when_my_zone_unknown`, `zone_unknown`.
        ValueError: `now` is naive.
    """
    if now.tzinfo is None:
        raise ValueError("a naive instant could be anybody's clock")
    checked_zone(zone)
    shown = _clipped(text)
    cleaned = plain(text)
    if not cleaned:
        raise InputError("when_empty")
    try:
        wish = _wish(cleaned, now.year)
        reader = _Reader(wish, now.astimezone(UTC), zone, my_zone, date_order, country, allow_past)
        return reader.read()
    except UnreadError as error:
        raise InputError("when_unreadable", text=shown, near=_clipped(error.near)) from error
    except ContradictionError as error:
        raise InputError(
            "when_contradiction", text=shown, one=error.one, other=error.other
        ) from error
    except NoSuchDayError as error:
        raise InputError("when_no_such_day", text=shown) from error
    except (TooFarError, OverflowError) as error:
        raise InputError("when_too_far", text=shown) from error
    except _PastError as error:
        raise InputError("when_past", text=shown, read=error.read) from error


class _PastError(Exception):
    """The time is over.

    Args:
        read: the time as it was understood.
    """

    def __init__(self, read: Said) -> None:
        self.read = read
        super().__init__(read)


@dataclass(slots=True)
class _Reader:
    """One reading in the making.

    Attributes:
        wish: what was asked for.
        now: the present in UTC.
        zone: the customer's zone.
        assumed: the assumptions so far.
    """

    wish: Wish
    now: datetime
    zone: str
    my_zone: str | None
    order: DateOrder | None
    country: str | None
    allow_past: bool
    assumed: list[Said] = field(default_factory=list)

    def read(self) -> Understood:
        """The instant that was meant, with all that had to be assumed."""
        wish = self.wish
        name, clock = clock_read(
            wish.place, zone=self.zone, my_zone=self.my_zone, country=self.country, now=self.now
        )
        here = self.now.astimezone(clock)
        if wish.offset is not None and wish.offset.minutes:
            at, kind = self._after_minutes(wish.offset, clock), Kind.EXACT
        elif wish.soon is not None and not (wish.names_day or wish.names_time):
            return self._done(self.now, name, Kind.ASAP)
        else:
            at, kind = self._on_some_day(here)
        self._check(at)
        return self._done(at, name, kind)

    def _after_minutes(self, offset: Offset, clock: tzinfo) -> datetime:
        wish = self.wish
        if wish.clock is not None or wish.part is not None:
            raise ContradictionError(wish.clock_text or "…", Said("when.word.from_now"))
        if any((wish.shift, wish.weekday, wish.week, wish.day, wish.figures, wish.nudge)):
            raise ContradictionError(Said("when.word.a_day"), Said("when.word.from_now"))
        start = self.now
        if offset.days or offset.months or offset.workdays:
            here = self.now.astimezone(clock)
            day = day_of(wish, here.date(), order=self.order, allow_past=True)
            if day is not None:
                start = self._instant(day.day, _reading_of(here), clock)
        if offset.within:
            self._assume("within")
        return (start + timedelta(minutes=offset.minutes)).replace(second=0, microsecond=0)

    def _on_some_day(self, here: datetime) -> tuple[datetime, Kind]:
        wish = self.wish
        found = day_of(wish, here.date(), order=self.order, allow_past=self.allow_past)
        if found is not None:
            found = self._bounded_day(found, here.date())
        if wish.clock is not None:
            return self._bounded(self._at_clock(wish.clock, found, here), here), Kind.EXACT
        if wish.same_time is not None or (wish.offset is not None and wish.part is None):
            day = found.day if found is not None else here.date()
            if found is not None:
                self._note_day(found, day)
            return self._instant(day, _reading_of(here), here.tzinfo), Kind.EXACT
        if wish.part is not None:
            return self._in_part(wish.part, found, here), Kind.EXACT
        if found is None:
            raise UnreadError(wish.bound.kind if wish.bound is not None else "…")
        self._note_day(found, found.day)
        return self._any_time(found.day, here), Kind.DAY_ONLY

    def _bounded_day(self, found: Found, today: date) -> Found:
        """After a day alone is the next one, before it the one before."""
        kind = self.wish.bound.kind if self.wish.bound is not None else ""
        if self.wish.names_time or kind not in {"after", "before"}:
            return found
        step = timedelta(days=1 if kind == "after" else -1)
        day = found.day + step
        if kind == "before" and day < today and not self.allow_past:
            day = found.day
        self._assume(f"day_{kind}", day=Said("when.day.bare", _day_params(day)))
        return Found(day)

    def _at_clock(self, clock: Clock, found: Found | None, here: datetime) -> datetime:
        wish = self.wish
        exact = clock
        if wish.dated_in_figures and clock.formal and wish.part is None and clock.half is None:
            exact = Clock(clock.hour, clock.minute, clock.second, written=True)
        ways = readings(exact, wish.part)
        if not ways:
            raise ContradictionError(wish.clock_text, Said("when.word.part"))
        if wish.until is not None:
            self._assume("span")
        chosen = self._chosen(ways, found, here)
        day, way, at = chosen
        local = at.astimezone(here.tzinfo)
        if found is None and day != here.date():
            self._assume("day", day=Said("when.day.bare", _day_params(local.date())))
        elif found is not None:
            self._note_day(found, day)
        if len(ways) > 1 and (way != ways[0] or all(each.plausible for each in ways)):
            self._assume("hour", words=wish.clock_text, clock=clock_said(local))
        if way.minute >= 24 * 60 and exact.hour != 24:
            self._assume("after_midnight", day=day_said(local, here))
        return at

    def _chosen(
        self, ways: tuple[Reading, ...], found: Found | None, here: datetime
    ) -> tuple[date, Reading, datetime]:
        """The day and the reading that were meant: a plausible one to come, else any to come."""
        tried = [
            (day, way, self._instant(day, way, here.tzinfo, tell=False))
            for day in self._days(found, here)
            for way in ways
        ]
        bare = len(ways) > 1
        past_may_be = self.allow_past
        to_come = [one for one in tried if past_may_be or one[2] > self.now - _MINUTE]
        likely = [one for one in to_come if one[1].plausible] if bare else to_come
        pool = likely or to_come or [one for one in tried if one[1].plausible] or tried
        chosen = pool[0] if past_may_be else min(pool, key=lambda one: one[2])
        return chosen[0], chosen[1], self._instant(chosen[0], chosen[1], here.tzinfo)

    def _days(self, found: Found | None, here: datetime) -> Iterator[date]:
        if found is None:
            days = 1 if self.allow_past else _DAYS_TRIED
            yield from (here.date() + timedelta(days=ahead) for ahead in range(days))
            return
        yield found.day
        if found.next_day is not None and not self.allow_past:
            yield found.next_day

    def _in_part(self, part: InPart, found: Found | None, here: datetime) -> datetime:
        """The hour that stands for a part of a day; now, while that part lasts."""
        bound = self.wish.bound.kind if self.wish.bound is not None else ""
        first, over, _ = part.part.value
        minute = part.minute
        if bound == "after":
            minute = over * 60
        elif bound in {"before", "by"}:
            minute = first * 60 - 60
        at = here
        for day in self._days(found, here):
            at = self._instant(day, Reading(minute), here.tzinfo)
            ends = self._instant(day, Reading(over * 60), here.tzinfo, tell=False)
            if self.allow_past or at > self.now - _MINUTE:
                break
            if day == here.date() and not bound and self.now < ends - _MINUTE:
                self._assume("from_now")
                return _next_minute(self.now)
        local = at.astimezone(here.tzinfo)
        if found is None and local.date() != here.date() and minute < 24 * 60:
            self._assume("day", day=Said("when.day.bare", _day_params(local.date())))
        elif found is not None:
            self._note_day(found, local.date())
        self._assume("clock", clock=clock_said(local))
        return at

    def _any_time(self, day: date, here: datetime) -> datetime:
        minute = 9 * 60 if self.wish.soon is not None else DAY_DEFAULT
        at = self._instant(day, Reading(minute), here.tzinfo)
        if day == here.date() and at < self.now and not self.allow_past:
            self._assume("from_now")
            return _next_minute(self.now)
        self._assume("any_time", clock=clock_said(at.astimezone(here.tzinfo)))
        return at

    def _bounded(self, at: datetime, here: datetime) -> datetime:
        """Before a time is an hour ahead of it, but not before now."""
        bound = self.wish.bound
        if not isinstance(bound, Bound) or bound.kind not in {"before", "by"}:
            return at
        earlier = at - _AHEAD_OF_BOUND
        if earlier < self.now <= at and not self.allow_past:
            earlier = _next_minute(self.now)
        self._assume("before", clock=clock_said(earlier.astimezone(here.tzinfo)))
        return earlier

    def _note_day(self, found: Found, day: date) -> None:
        """What was assumed about a day that was named."""
        assumed = found.assumed
        if day == found.next_day:
            assumed = (*assumed, "next_week")
        said = Said("when.day.bare", _day_params(day))
        for code in assumed:
            self._assume(code, day=said)
        if self.wish.offset is not None and self.wish.offset.workdays:
            self._assume("workdays")
        if self.wish.offset is not None and self.wish.offset.within:
            self._assume("within")

    def _instant(
        self, day: date, way: Reading, clock: tzinfo | None, *, tell: bool = True
    ) -> datetime:
        after = None if self.allow_past else self.now
        at, assumed = instant_of(day, way, clock, after=after)
        if tell and assumed is not None:
            self._add(assumed)
        return at

    def _check(self, at: datetime) -> None:
        theirs = at.astimezone(ZoneInfo(self.zone))
        if at - self.now > FARTHEST:
            raise TooFarError
        if at <= self.now - _MINUTE and not self.allow_past:
            mine = at.astimezone(ZoneInfo(self.my_zone)) if self.my_zone else None
            raise _PastError(moment_said(theirs, mine, self.now.astimezone(theirs.tzinfo)))

    def _done(self, at: datetime, name: str, kind: Kind) -> Understood:
        theirs = at.astimezone(ZoneInfo(self.zone))
        mine = at.astimezone(ZoneInfo(checked_zone(self.my_zone))) if self.my_zone else None
        now = self.now.astimezone(theirs.tzinfo)
        moment = moment_said(theirs, mine, now)
        if kind is Kind.ASAP:
            params = {"weekday": weekday_said(theirs), "clock": clock_said(theirs)}
            said = Said("when.echo.asap", params)
        elif kind is Kind.DAY_ONLY:
            said = Said("when.echo.day_only", {"moment": moment})
        elif self.wish.bound == Bound("after") and self.wish.clock is not None:
            said = Said("when.echo.after", {"moment": moment})
        else:
            said = moment
        return Understood(at.astimezone(UTC), theirs, name, said, tuple(self.assumed), kind)

    def _assume(self, code: str, **params: object) -> None:
        self._add(Said(f"when.assumed.{code}", params))

    def _add(self, said: Said) -> None:
        if said not in self.assumed:
            self.assumed.append(said)


@lru_cache(maxsize=8192)
def _wish(text: str, this_year: int) -> Wish:
    # A file says the same few thousand times again and again.
    return wish_of(lexemes(text), this_year)


def _day_params(day: date) -> dict[str, object]:
    return {
        "month": Said(f"when.month.{day.month}"),
        "day": day.day,
        "weekday": Said(f"when.weekday.{day.isoweekday()}"),
    }


def _reading_of(here: datetime) -> Reading:
    return Reading(here.hour * 60 + here.minute)


def _next_minute(moment: datetime) -> datetime:
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + _MINUTE


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST // 2 else text[: LONGEST // 2] + "…"
