"""The four parts of a week in which somebody may be reachable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

_NOON = 12
_EVENING = 17
_SATURDAY = 5


class DayPart(StrEnum):
    """When a call was or will be tried, by the customer's clock."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    WEEKEND = "weekend"


def day_part(local: datetime) -> DayPart:
    """The part of the week of a moment, read off the customer's own wall clock.

    Args:
        local: the moment in the customer's zone; its offset is not looked at.
    """
    if local.weekday() >= _SATURDAY:
        return DayPart.WEEKEND
    if local.hour < _NOON:
        return DayPart.MORNING
    return DayPart.AFTERNOON if local.hour < _EVENING else DayPart.EVENING


def to_bits(parts: Iterable[DayPart]) -> int:
    """A set of day-parts as a number from 0 to 15, in the order in which they are declared."""
    order = list(DayPart)
    return sum(1 << order.index(part) for part in set(parts))


def from_bits(bits: int) -> frozenset[DayPart]:
    """The day-parts of a number that `to_bits` made; higher bits are not looked at."""
    return frozenset(part for place, part in enumerate(DayPart) if bits >> place & 1)
