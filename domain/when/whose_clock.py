"""On whose clock a time is read, and which instant a clock shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from domain.errors import InputError
from domain.said import Said
from domain.spoken_clock import clock_said
from domain.when.hours import Reading
from domain.when.lexer import UnreadError
from domain.when.pieces import Place
from domain.zones import checked_zone, zone_of_letters

# Clocks of several countries: without a hint nobody can tell which is meant.
_OF_SEVERAL: Final = frozenset({"CST", "IST", "BST", "AST"})


def clock_read(
    place: Place | None, *, zone: str, my_zone: str | None, country: str | None, now: datetime
) -> tuple[str, tzinfo]:
    """The clock on which a time is read, with its name.

    Args:
        place: what was said about it; without a word it is the customer's.
        zone: the customer's zone.
        my_zone: the operator's zone.
        country: ISO 3166 code that helps with letters such as CST.
        now: the present, aware.

    Raises:
        InputError: `zone_unknown`, `when_my_zone_unknown`.
        UnreadError: letters that nobody can tell apart.
    """
    said = place.zone if place is not None else "theirs"
    if isinstance(said, int):
        return _fixed(said)
    if said == "theirs":
        name = checked_zone(zone)
    elif said == "mine":
        if my_zone is None:
            raise InputError("when_my_zone_unknown")
        name = checked_zone(my_zone)
    else:
        own = [each for each in (zone, my_zone) if each is not None]
        name = said if "/" in said else _of_letters(said, own, country, now)
    return name, ZoneInfo(name)


def _fixed(minutes: int) -> tuple[str, tzinfo]:
    hours, rest = divmod(abs(minutes), 60)
    name = f"UTC{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}" if minutes else "UTC"
    return name, timezone(timedelta(minutes=minutes))


def _of_letters(letters: str, own: list[str], country: str | None, now: datetime) -> str:
    """The zone that letters mean: of the customer's or one's own clock first."""
    for zone in own:
        if letters in _letters_of(checked_zone(zone), now):
            return zone
    if letters == "GMT":
        return "Etc/UTC"
    found = zone_of_letters(letters, country)
    if found is None and letters not in _OF_SEVERAL:
        found = zone_of_letters(letters, "US") or _only_zone(letters)
    if found is None:
        raise UnreadError(letters)
    return found


def _only_zone(letters: str) -> str | None:
    """The zone of letters that few countries use, all with the same clock."""
    countries = ("CA", "GB", "DE", "JP", "KR", "HK", "SG", "AU", "NZ", "BR")
    found = (zone_of_letters(letters, country) for country in countries)
    return next((zone for zone in found if zone is not None), None)


def _letters_of(zone: str, now: datetime) -> set[str | None]:
    """The letters that a zone's clock bears this year, in winter and in summer."""
    clock = ZoneInfo(zone)
    return {datetime(now.year, month, 1, tzinfo=clock).tzname() for month in (1, 7)}


def instant_of(
    day: date, way: Reading, clock: tzinfo | None, *, after: datetime | None = None
) -> tuple[datetime, Said | None]:
    """The UTC instant at which a clock shows a day and time, and what had to be assumed.

    A time that the clock skips is moved on by the gap; of a time that it shows twice the first is
    taken, unless that one is over.

    Args:
        day: the day on which the time begins to count.
        way: the time, which may lie after midnight.
        clock: whose clock.
        after: an instant before which nothing is meant; none where the past may be.
    """
    more, minute = divmod(way.minute, 24 * 60)
    wall = datetime.combine(day + timedelta(days=more), time(*divmod(minute, 60), way.second))
    first = wall.replace(tzinfo=clock).astimezone(UTC)
    shown = first.astimezone(clock)
    if shown.replace(tzinfo=None) != wall:
        params = {"clock": clock_said(wall), "moved": clock_said(shown)}
        return first, Said("when.assumed.gap", params)
    second = wall.replace(tzinfo=clock, fold=1).astimezone(UTC)
    if second == first:
        return first, None
    if after is not None and first < after <= second:
        return second, None
    return first, Said("when.assumed.fold", {"clock": clock_said(wall)})
