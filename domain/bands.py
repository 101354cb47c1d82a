"""The urgency class of a callback: 0 is rung first, 9 last, and each step is explained."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.promise import PromiseState
from domain.said import Said

PROMISED: Final = 0
OVERDUE_CASE: Final = 1
KEY_CUSTOMER: Final = 2
FIRST_ORDINARY: Final = 3
COURTESY: Final = 9
_STEP: Final = 2


class Priority(StrEnum):
    """What the one who asked for the callback wished."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Tier(StrEnum):
    """What the customer contributes."""

    KEY = "key"
    REGULAR = "regular"
    SMALL = "small"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Banded:
    """A band with the rules that led to it.

    Attributes:
        band: 0 to 9.
        why: what decided, in the order in which it was looked at; the last one decided.
    """

    band: int
    why: tuple[Said, ...]


def band_of(
    campaign_band: int,
    *,
    priority: Priority = Priority.NORMAL,
    promise: PromiseState | None = None,
    regulator_case: bool = False,
    overdue_case: bool = False,
    tier: Tier | None = None,
) -> Banded:
    """The urgency class of a callback.

    A promise of a time puts it in 0 and a broken one leaves it there, so that the oldest broken
    promise comes first. Priority moves an ordinary callback by two classes, never above the key
    customers.

    Args:
        campaign_band: the class of the callback's kind.
        priority: the wish that came with it.
        promise: the state of the promise that it serves, if any; a settled one counts no more.
        regulator_case: it belongs to an appeal to the regulator.
        overdue_case: a step of its case is overdue.
        tier: the customer's tier where it is known.
    """
    if promise is PromiseState.BROKEN:
        return Banded(PROMISED, (Said("rules.band.broken_promise"),))
    if promise is PromiseState.OPEN:
        return Banded(PROMISED, (Said("rules.band.promise"),))
    if regulator_case:
        return Banded(PROMISED, (Said("rules.band.regulator"),))
    if overdue_case:
        return Banded(min(OVERDUE_CASE, campaign_band), (Said("rules.band.overdue_case"),))
    band = campaign_band
    why = [Said("rules.band.campaign", {"band": band})]
    if priority is Priority.HIGH and band > FIRST_ORDINARY:
        band = max(FIRST_ORDINARY, band - _STEP)
        why.append(Said("rules.band.high", {"band": band}))
    elif priority is Priority.LOW and FIRST_ORDINARY <= band < COURTESY:
        band = min(COURTESY, band + _STEP)
        why.append(Said("rules.band.low", {"band": band}))
    if tier is Tier.KEY and band > KEY_CUSTOMER:
        band = KEY_CUSTOMER
        why.append(Said("rules.band.key_customer"))
    return Banded(band, tuple(why))
