"""Hours at which a customer is not rung any more, because a call disturbed them then."""

from __future__ import annotations

from datetime import datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from domain.wall_clock import Window
from domain.week import Week, Windows

_HOUR: Final = 60
_SATURDAY: Final = 5
_NONE: Final[Week] = ((),) * 7


def with_hour_refused(week: Week | None, rang_at: datetime, zone: str) -> Week:
    """Refused hours with the hour of a call that disturbed.

    What disturbs on a working day disturbs on all of them; Saturday and Sunday stand for
    themselves. House rule.

    Args:
        week: what was refused so far; none where nothing was.
        rang_at: when the customer was rung, aware.
        zone: the customer's clock (IANA name).
    """
    local = rang_at.astimezone(ZoneInfo(zone))
    hour = (local.hour * _HOUR, (local.hour + 1) * _HOUR)
    day = local.weekday()
    days = range(_SATURDAY) if day < _SATURDAY else (day,)
    refused = list(week or _NONE)
    for one in days:
        refused[one] = _with(refused[one], hour)
    return cast("Week", tuple(refused))


def _with(windows: Windows, new: Window) -> Windows:
    joined: list[Window] = []
    for start, end in sorted((*windows, new)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
