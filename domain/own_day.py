"""The day by one's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_begins(now: datetime, zone: str) -> datetime:
    """The first instant (UTC) of the present calendar day of a zone (IANA name)."""
    here = ZoneInfo(zone)
    return datetime.combine(now.astimezone(here).date(), time(), here).astimezone(UTC)


def day_ends(now: datetime, zone: str) -> datetime:
    """The first instant (UTC) of the next calendar day of a zone (IANA name)."""
    here = ZoneInfo(zone)
    tomorrow = now.astimezone(here).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), here).astimezone(UTC)
