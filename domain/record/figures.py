"""Money and mileage as files spell them."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final, Literal

FigureProblem = Literal["empty", "not_a_figure", "negative"]

_MONEY: Final = re.compile(
    r"(?P<sign>-)?\s*(?:[¥$€£]|rmb|cny|usd|eur|gbp)?\s*(?P<sign2>-)?\s*"
    r"(?P<figure>\d[\d,]*(?:\.\d+)?|\.\d+)\s*(?:元|圆|块|rmb|cny|usd|eur|gbp)?",
    re.IGNORECASE,
)
_MILEAGE: Final = re.compile(
    r"(?P<figure>\d[\d, ]*(?:\.\d+)?)\s*(?:公里|千米|km|kms|kilometres|kilometers)?", re.IGNORECASE
)
_GROUPS: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|[\d]+(?:\.\d+)?|\.\d+")


def read_money(cell: str | float) -> int | FigureProblem:
    """An amount in hundredths of its unit (fen, cents).

    Args:
        cell: a number, or text such as `￥11,954.90`, `¥ 382.5` or `649.60元`.
    """
    if isinstance(cell, int | float):
        return _hundredths(Decimal(repr(cell)))
    text = unicodedata.normalize("NFKC", cell).strip()
    if not text:
        return "empty"
    found = _MONEY.fullmatch(text)
    if found is None or not _GROUPS.fullmatch(found["figure"]):
        return "not_a_figure"
    amount = _hundredths(Decimal(found["figure"].replace(",", "")))
    return -amount if found["sign"] or found["sign2"] else amount


def read_mileage(cell: str | float) -> int | FigureProblem:
    """A mileage in whole kilometres.

    Args:
        cell: a number, or text such as `4520`, `4,520` or `4520公里`.
    """
    if isinstance(cell, int | float):
        return "negative" if cell < 0 else int(cell)
    text = unicodedata.normalize("NFKC", cell).strip()
    if not text:
        return "empty"
    found = _MILEAGE.fullmatch(text)
    if found is None:
        return "not_a_figure"
    try:
        return int(Decimal(found["figure"].replace(",", "").replace(" ", "")))
    except InvalidOperation:
        return "not_a_figure"


def _hundredths(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))
