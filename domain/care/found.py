"""What a plan's trigger finds with a customer, before a day for the call is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Found:
    """Something that asks for a call.

    Attributes:
        name: what it is called by within its plan; the same occasion always has the same name.
        anchor: the day of it.
        asset_id: the car that it is about.
        said: the sentence that gives the reason; the trigger's own unless given.
        params: what the sentence names beside the day.
        shift: days by which the call lies later for this customer than for the first.
    """

    name: str
    anchor: date
    asset_id: int | None = None
    said: str = ""
    params: Mapping[str, object] | None = None
    shift: int = 0
