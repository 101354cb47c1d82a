"""The rulebook that the program ships: outcomes, campaigns, hours and caps, read and checked."""

from __future__ import annotations

from functools import cache

from content.board import board_rules
from content.calling_hours import calling_hours
from content.campaigns import campaigns
from content.caps import caps
from content.case_timers import case_timers
from content.complaints import case_rules
from content.day_rules import day_rules
from content.outcomes import outcomes
from content.privacy import search_caps
from content.rule_files import release_of, shipped_rules
from content.tiers import tier_rules
from domain.rulebook import Rulebook


@cache
def load_shipped() -> Rulebook:
    """The shipped rules; the release is named by the content of their files."""
    hours, every = release_of(shipped_rules())
    return Rulebook(
        release=every,
        calling_release=hours,
        calling=calling_hours(),
        outcomes=outcomes(),
        campaigns=campaigns(),
        caps=caps(),
        tiers=tier_rules(),
        timers=case_timers(),
        cases=case_rules(),
        day=day_rules(),
        searches=search_caps(),
        board=board_rules(),
    )
