"""Chances: an interest, an order, a referral or an idea that was heard, and what it may bring."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.errors import InputError

FOLLOW_UP: Final = "chance-follow-up"
"""The campaign of the callback that a dated next step makes."""
MOST: Final = 20_000_000
"""The highest value in whole units of a currency."""
_AMOUNT: Final = re.compile(
    r"(?P<before>[A-Za-z]{3})?\s*"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d{1,2}))?\s*(?P<times>万|千)?\s*"
    r"(?P<after>[A-Za-z]{3}|元)?"
)
_TIMES: Final = {None: 1, "千": 1_000, "万": 10_000}


class ChanceKind(StrEnum):
    """What was heard."""

    INTEREST = "interest"
    ORDER = "order"
    REFERRAL = "referral"
    IDEA = "idea"


class ChanceState(StrEnum):
    """What became of it; what an undo takes back is `withdrawn`, and no longer counted."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class GivenChance:
    """A chance as it is recorded in a call.

    Attributes:
        kind: what was heard.
        text: in words; may be empty.
        value: what it may bring, in hundredths of the currency's unit.
        currency: ISO 4217 code, where there is a value.
        next_step: what is to be done.
        next_at: when (UTC); then a callback is made.
        owner: login or name of whose it is; the caller's own unless given.
    """

    kind: ChanceKind
    text: str = ""
    value: int | None = None
    currency: str | None = None
    next_step: str | None = None
    next_at: datetime | None = None
    owner: str | None = None


def read_amount(text: str, usual: str) -> tuple[int, str]:
    """An amount as people type it: `5000`, `12,000.50`, `8000 EUR`, `3万`.

    Args:
        text: what was typed.
        usual: the currency where none is typed; "" where nobody knows.

    Returns:
        Hundredths of the unit, and the currency's ISO 4217 code.

    Raises:
        InputError: `amount_unclear`, `amount_currency` where no currency is known, `amount_high`.
    """
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None or (found["before"] and found["after"]):
        raise InputError("amount_unclear", text=text[:40])
    typed = found["before"] or found["after"] or usual
    currency = "CNY" if typed == "元" else typed.upper()
    if not currency:
        raise InputError("amount_currency", text=text[:40])
    part = (found["part"] or "").ljust(2, "0")
    hundredths = int(found["whole"].replace(",", "")) * 100 + int(part)
    hundredths *= _TIMES[found["times"]]
    if hundredths > MOST * 100:
        raise InputError("amount_high", most=MOST)
    return hundredths, currency
