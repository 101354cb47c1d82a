"""What a spoken time was understood to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from domain.said import Said

DateOrder = Literal["mdy", "dmy", "ymd"]


class Kind(StrEnum):
    """How exact a time is."""

    EXACT = "exact"
    DAY_ONLY = "day_only"
    ASAP = "asap"


@dataclass(frozen=True, slots=True)
class Understood:
    """A time as it was understood.

    Attributes:
        at: the instant, in UTC.
        local: the same on the customer's clock.
        zone: the zone whose clock the typed time was read on (IANA name, or `UTC+08:00`).
        understood: the echo, with weekday and both clocks where they differ.
        assumptions: what had to be assumed, one sentence each.
        kind: whether a clock, only a day, or as soon as possible was named.
    """

    at: datetime
    local: datetime
    zone: str
    understood: Said
    assumptions: tuple[Said, ...]
    kind: Kind
