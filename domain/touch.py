"""Touches beyond the call: the channels in which a firm and a customer meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Direction = Literal["out", "in"]

CHANNELS: Final[Mapping[Direction, tuple[str, ...]]] = {
    "out": (
        "visit",
        "activity",
        "letter",
        "phone",
        "messenger",
        "email",
        "web",
        "advertising",
        "media",
        "packaging",
    ),
    "in": ("visit", "letter", "phone", "messenger", "email", "web"),
}
"""In which ways somebody may have been met; calls of the desk write themselves down."""
SALES_ONLY_FROM: Final = 3
"""From how many touches on a customer can be said to have heard only one kind of thing."""


def only_sold(touches: int, informing: int) -> bool:
    """Whether a customer only ever heard what there is to buy.

    Args:
        touches: how often we turned to the customer.
        informing: how often to tell of a product or a service.
    """
    return touches >= SALES_ONLY_FROM and informing == touches
