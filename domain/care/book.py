"""What planning goes by: the plans, the lunar calendar and the shop's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.care.calendar import LunarCalendar
from domain.care.plan import CarePlans


@dataclass(frozen=True, slots=True)
class CareBook:
    """The rules of care as the database is handed them.

    Attributes:
        plans: the plans in force.
        calendar: the lunar calendar.
        zone: of the shop (IANA name): its days are those of orders and due days.
    """

    plans: CarePlans
    calendar: LunarCalendar
    zone: str


def day_in(now: datetime, zone: str) -> date:
    """The present day on the shop's clock.

    Args:
        now: the present, aware.
        zone: of the shop (IANA name).
    """
    return now.astimezone(ZoneInfo(zone)).date()
