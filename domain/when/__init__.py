"""Due times as they are spoken: read, echoed, read back.

The words of a text become pieces (`lexer` with `chinese`, `english`, `numeric`), the pieces one
wish (`wish`), the wish a day (`days`), an hour (`hours`) and in the end an instant (`resolve`).
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.said import Said
from domain.spoken_clock import moment_said
from domain.when.model import DateOrder, Kind, Understood
from domain.when.resolve import understand
from domain.zones import checked_zone

__all__ = ["DateOrder", "Kind", "Understood", "read_back", "understand"]


def read_back(
    at: datetime, zone: str, my_zone: str | None = None, *, now: datetime | None = None
) -> Said:
    """An appointment as a sentence with its weekday and, where they differ, both clocks.

    Args:
        at: the instant, aware.
        zone: the customer's zone, an IANA name.
        my_zone: the operator's zone, an IANA name.
        now: the present, aware; with it near days are told as tomorrow and the like, and the year
            is left out where it is plain.

    Raises:
        InputError: `zone_unknown`.
        ValueError: an instant is naive.
    """
    if at.tzinfo is None or (now is not None and now.tzinfo is None):
        raise ValueError("a naive instant could be anybody's clock")
    theirs = at.astimezone(ZoneInfo(checked_zone(zone)))
    mine = at.astimezone(ZoneInfo(checked_zone(my_zone))) if my_zone else None
    return moment_said(theirs, mine, now.astimezone(theirs.tzinfo) if now else None)
