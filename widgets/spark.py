"""A day's course drawn in one line or a few, readable without colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

STEPS: Final = "▁▂▃▄▅▆▇█"
"""From the lowest to the highest."""
UNKNOWN: Final = " "
ZERO: Final = "."


def spark_line(values: Sequence[float | None], top: float | None = None) -> str:
    """One sign for each value: blank where nothing is known, a point for zero, else its height.

    Args:
        values: what to draw; nothing below zero.
        top: what reaches the top; the highest value unless given.
    """
    highest = max((one for one in values if one is not None), default=0) if top is None else top
    return "".join(_sign(one, highest) for one in values)


def _sign(value: float | None, top: float) -> str:
    if value is None:
        return UNKNOWN
    if value <= 0 or top <= 0:
        return ZERO
    return STEPS[min(len(STEPS) - 1, max(0, round(value / top * len(STEPS)) - 1))]
