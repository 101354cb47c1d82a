"""Amounts of money as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_SIGNS: Final[Mapping[str, str]] = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$"}


def money_text(minor: int, currency: str, *, up: bool = False) -> str:
    """An amount in whole units: `¥820`, `HK$1,200`, `CHF 90`.

    Args:
        minor: the amount in hundredths of its unit.
        currency: ISO 4217 code.
        up: whether it is rounded up, as for what is still missing; else to the nearest.
    """
    whole = -(-minor // 100) if up else (minor + 50) // 100
    sign = _SIGNS.get(currency, f"{currency} ")
    return f"-{sign}{-whole:,}" if whole < 0 else f"{sign}{whole:,}"
