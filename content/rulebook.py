"""The rulebook that the program ships: outcomes, campaigns, hours and caps, read and checked."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from content.calling_hours import calling_hours
from content.campaigns import campaigns
from content.caps import caps
from content.outcomes import outcomes
from content.tiers import tier_rules
from domain.rulebook import Rulebook

_FOLDER = Path(__file__).parent


@cache
def load_shipped() -> Rulebook:
    """The shipped rules; the release is named by the content of their files."""
    hours = _digest("calling_hours.csv")
    return Rulebook(
        release=f"{hours}-{_digest('outcomes.toml', 'campaigns.toml', 'caps.toml', 'tiers.toml')}",
        calling_release=hours,
        calling=calling_hours(),
        outcomes=outcomes(),
        campaigns=campaigns(),
        caps=caps(),
        tiers=tier_rules(),
    )


def _digest(*names: str) -> str:
    digest = hashlib.sha256()
    for name in names:
        digest.update((_FOLDER / name).read_bytes())
    return digest.hexdigest()[:12]
