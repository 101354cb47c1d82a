"""Membership cards: which level a customer has earned, and what is missing to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.loyalty import Loyalty
from domain.money import money_text
from domain.said import Said


@dataclass(frozen=True, slots=True)
class CardLevel:
    """A level of the card.

    Attributes:
        code: what is stored, such as `silver`.
        discount: percent off.
        spend: what must have been spent so far, in minor units by currency; in other currencies
            the level can't be had.
        loyalty: one of these classes is needed; empty for any.
    """

    code: str
    discount: int
    spend: Mapping[str, int]
    loyalty: frozenset[Loyalty]

    def earned(self, spent: int, currency: str, loyalty: Loyalty | None) -> bool:
        """Whether a customer has earned the level."""
        if currency not in self.spend or spent < self.spend[currency]:
            return False
        return not self.loyalty or loyalty in self.loyalty


@dataclass(frozen=True, slots=True)
class Membership:
    """All levels, the lowest first; with `keep` a level once given is never taken back."""

    levels: tuple[CardLevel, ...]
    keep: bool

    def level(self, code: str | None) -> CardLevel | None:
        """The level of a code; none where the shop has no such level."""
        return next((one for one in self.levels if one.code == code), None)

    def rank(self, code: str | None) -> int:
        """The place of a level, from 0; below zero for no card."""
        return next((place for place, one in enumerate(self.levels) if one.code == code), -1)

    def earned(self, spent: int, currency: str, loyalty: Loyalty | None) -> CardLevel | None:
        """The highest level that a customer has earned.

        Args:
            spent: what they have spent so far, in minor units.
            currency: its currency.
            loyalty: their class, where it is known.
        """
        return next(
            (one for one in reversed(self.levels) if one.earned(spent, currency, loyalty)), None
        )

    def change(
        self, code: str | None, spent: int, currency: str, loyalty: Loyalty | None
    ) -> tuple[CardLevel, Said] | None:
        """The level that a customer should get instead of theirs, with the reason.

        A level that the shop doesn't know is left alone: somebody gave it for reasons of their
        own. So is a card of which nothing would be left.
        """
        if code is not None and self.level(code) is None:
            return None
        level = self.earned(spent, currency, loyalty)
        if level is None or level.code == code:
            return None
        up = self.rank(level.code) > self.rank(code)
        if not up and self.keep:
            return None
        params = {
            "spent": money_text(spent, currency),
            "needed": money_text(level.spend[currency], currency),
            "discount": level.discount,
        }
        if level.loyalty and loyalty is not None:
            params["loyalty"] = Said(f"tiers.loyalty.{loyalty}")
            return level, Said("tiers.level.why.loyalty", params)
        return level, Said("tiers.level.why.spend", params)

    def next_level(
        self, code: str | None, spent: int, currency: str, loyalty: Loyalty | None
    ) -> tuple[CardLevel, int, bool] | None:
        """The next level, what is missing to it in minor units, and whether loyalty is missing too.

        None at the top, for a level that the shop doesn't know, and where the next one can't be
        had in the currency.
        """
        if code is not None and self.level(code) is None:
            return None
        above = self.levels[self.rank(code) + 1 :]
        if not above or currency not in above[0].spend:
            return None
        lacks = bool(above[0].loyalty) and loyalty not in above[0].loyalty
        return above[0], max(0, above[0].spend[currency] - spent), lacks
