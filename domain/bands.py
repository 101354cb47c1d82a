"""The urgency class of a callback: 0 is rung first, 9 last, and each step is explained."""

from __future__ import annotations

from collections.abc import Mapping
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
LATER_FROM: Final = 6
"""Callbacks of earlier bands (complaints, visits, appointments) never wait for a tier's sake."""
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
class TierBand:
    """What a tier does to the band of an ordinary callback.

    Attributes:
        at_most: no later band than this; none for no such favour.
        later: by how many bands it waits longer, from band `LATER_FROM` on.
    """

    at_most: int | None = None
    later: int = 0


TIER_BANDS: Final[Mapping[Tier, TierBand]] = {Tier.KEY: TierBand(at_most=KEY_CUSTOMER)}
"""What holds where a shop has set nothing else: key customers come before ordinary work."""


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
    tier_bands: Mapping[Tier, TierBand] = TIER_BANDS,
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
        tier_bands: what the tiers do to the band; a tier that is left out does nothing.
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
    policy = tier_bands.get(tier) if tier is not None else None
    if policy is not None:
        band = _by_tier(band, policy, why)
    return Banded(band, tuple(why))


def _by_tier(band: int, policy: TierBand, why: list[Said]) -> int:
    if policy.later and LATER_FROM <= band < COURTESY:
        band = min(COURTESY, band + policy.later)
        why.append(Said("rules.band.later_tier", {"band": band}))
    if policy.at_most is not None and band > policy.at_most:
        band = policy.at_most
        key = "key_customer" if band == KEY_CUSTOMER else "favoured_tier"
        why.append(Said(f"rules.band.{key}", {"band": band}))
    return band
