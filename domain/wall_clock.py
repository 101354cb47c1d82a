"""Windows of a wall clock as stretches of real time, right through folds and gaps.

Instants are whole seconds since 1970 in UTC; a window is a half-open pair of minutes since
midnight of the wall clock. A minute that the clock shows twice is inside both times, one that it
skips never.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

Window = tuple[int, int]
Span = tuple[int, int]

DAY_MINUTES: Final = 24 * 60
_DAY: Final = 86_400
_EPOCH: Final = date(1970, 1, 1).toordinal()
# Zones lie between UTC-12 and UTC+14, so these margins hold the whole local day.
_BEFORE: Final = 16 * 3600
_AFTER: Final = 40 * 3600


def to_seconds(instant: datetime) -> int:
    """An aware instant as whole seconds since 1970, rounded down."""
    return int((instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))


def to_instant(seconds: int) -> datetime:
    """The UTC instant of whole seconds since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def day_in(zone: str, seconds: int) -> date:
    """The date that a zone's clock shows at an instant."""
    return (to_instant(seconds) + timedelta(seconds=_offset(zone, seconds))).date()


def spans_of_day(zone: str, day: date, windows: Iterable[Window]) -> list[Span]:
    """The stretches of real time in which a zone's clock shows a date and one of the windows.

    Args:
        zone: IANA name.
        day: the local date.
        windows: half-open pairs of minutes since midnight, in order, not overlapping.
    """
    midnight = (day.toordinal() - _EPOCH) * _DAY
    spans = []
    for since, until, offset in _stretches(zone, day):
        for start, end in windows:
            opens = max(midnight + start * 60 - offset, since)
            closes = min(midnight + end * 60 - offset, until)
            if opens < closes:
                spans.append((opens, closes))
    return joined(spans)


def joined(spans: list[Span]) -> list[Span]:
    """The spans in order of time, those that touch made one."""
    whole: list[Span] = []
    for opens, closes in sorted(spans):
        if whole and opens <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], closes))
        else:
            whole.append((opens, closes))
    return whole


@lru_cache(maxsize=16_384)
def _stretches(zone: str, day: date) -> tuple[tuple[int, int, int], ...]:
    """The stretches of constant offset around a local day: since, until, seconds east of UTC."""
    midnight = (day.toordinal() - _EPOCH) * _DAY
    first, last = midnight - _BEFORE, midnight + _AFTER
    before, after = _offset(zone, first), _offset(zone, last)
    if before == after:
        return ((first, last, before),)
    low, high = first, last
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return ((first, high, before), (high, last, after))


def _offset(zone: str, seconds: int) -> int:
    offset = to_instant(seconds).astimezone(_zone(zone)).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    # The class itself remembers eight; a toll-free number has forty, each read from its file anew.
    return ZoneInfo(name)
