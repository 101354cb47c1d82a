"""When a car reaches a mileage, forecast from its own readings."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

_NEWEST: Final = 6
_SPAN: Final = 30
"""Days between two readings that can tell a rate; a shorter span is mostly chance."""
_MOST: Final = 500.0
"""Kilometres a day that a car can do for long; above it a reading is a slip."""

Reading = tuple[date, int]
"""A day and the kilometres on the clock."""


def rate_of(readings: Sequence[Reading]) -> float | None:
    """Kilometres a day: the median over all pairs of the newest readings.

    The median keeps one mistyped reading from moving the forecast (Theil-Sen).

    Returns:
        None where no two readings lie a month apart, or the car doesn't move.
    """
    newest = sorted(set(readings))[-_NEWEST:]
    slopes = [
        (later[1] - sooner[1]) / days
        for place, sooner in enumerate(newest)
        for later in newest[place + 1 :]
        if (days := (later[0] - sooner[0]).days) >= _SPAN
    ]
    if not slopes:
        return None
    rate = statistics.median(slopes)
    return rate if 0 < rate <= _MOST else None


def reached_on(readings: Sequence[Reading], mileage: int) -> date | None:
    """The day on which a car reaches a mileage, by its own rate from its newest reading.

    Returns:
        The day, in the past where the newest reading is beyond it; none without a rate, or where
        it lies more than ten years ahead.
    """
    rate = rate_of(readings)
    if rate is None:
        return None
    day, reading = max(readings)
    days = math.floor((mileage - reading) / rate)
    return day + timedelta(days=days) if abs(days) < 3660 else None
