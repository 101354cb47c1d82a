"""The rules in force, as the database needs them: handed over when it is opened."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.board_rules import BoardRules
from domain.calling_rules import Rules
from domain.campaign import Campaigns
from domain.caps import Caps
from domain.case_rules import CaseRules
from domain.case_timer import Timers
from domain.day_rules import DayRules
from domain.outcome import OutcomeTable
from domain.search_caps import SearchCaps
from domain.shop import Shop, shop_in_force
from domain.tier_rules import TierRules


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules that decide who may be called and what an outcome does.

    Attributes:
        release: names the whole set; a call remembers the one that it began with.
        calling_release: names the calling rules; windows are computed for one.
        calling: the calling rules.
        outcomes: the outcomes and their next steps.
        campaigns: the kinds of callbacks by code.
        caps: how often a customer may be rung.
        tiers: how customers are sorted, and what that means for their callbacks.
        timers: within which time a step of a case is owed.
        cases: what complaints are about, and how a case goes on.
        day: pauses with their limits, and how long wrap-up may take.
        searches: how often customers may be looked up.
        board: what is in time, what worries and what alarms on the board.
    """

    release: str
    calling_release: str
    calling: Rules
    outcomes: OutcomeTable
    campaigns: Campaigns
    caps: Caps
    tiers: TierRules
    timers: Timers
    cases: CaseRules
    day: DayRules
    searches: SearchCaps
    board: BoardRules

    def in_shop(self, desk: Shop, machine: Shop) -> Rulebook:
        """The same rules with everything known of the shop that they leave to the desk.

        Args:
            desk: what was set for the desk.
            machine: what this machine's settings say, where nobody has named it.
        """
        shop = shop_in_force(self.cases.shop, desk, machine)
        return replace(self, cases=replace(self.cases, shop=shop))
