"""What people call tiers and card levels, and what is missing to the next card."""

from __future__ import annotations

from content.columns import column_book
from content.translations import Language, translate
from domain.loyalty import Loyalty
from domain.membership import Membership
from domain.money import money_text
from domain.said import Said


def value_name(language: Language, kind: str, value: str | None) -> str:
    """The name of a tier or card level; a dash for none, the code itself for an unknown level.

    Args:
        language: the language to speak.
        kind: tier or level.
        value: the code.
    """
    if value is None:
        return "–"
    if kind == "tier":
        return translate(language, f"call.tier.{value}")
    known = column_book().labels["member_level"]
    return known[value].of(language) if value in known else value


def next_level_said(
    cards: Membership,
    level: str | None,
    spent: int | None,
    currency: str | None,
    loyalty: str | None,
) -> Said | None:
    """What is missing to the next card, `¥820 to silver`; none where there is no next one.

    Args:
        cards: the levels of the shop.
        level: the customer's card.
        spent: what they have spent so far, in minor units; none where nobody knows.
        currency: its currency.
        loyalty: the customer's class of loyalty, where it is known.
    """
    if spent is None or currency is None:
        return None
    following = cards.next_level(level, spent, currency, Loyalty(loyalty) if loyalty else None)
    if following is None:
        return None
    above, missing, lacks_loyalty = following
    name = column_book().labels["member_level"][above.code]
    if not missing:
        # Enough was spent and nothing else lacks: it is being proposed.
        return Said("tiers.level.loyal_only", {"level": name}) if lacks_loyalty else None
    key = "tiers.level.next_loyal" if lacks_loyalty else "tiers.level.next"
    return Said(key, {"amount": money_text(missing, currency, up=True), "level": name})
