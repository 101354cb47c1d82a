"""Reading a phone number as files and people spell it.

A cell is read the way anyone at the desk would: white space trimmed (U+3000, tabs, byte order
marks too), full-width characters read as ordinary ones, an extension split off, and 00, 001 or 011
before the calling code of the row's own country taken as a dialling prefix. The row's own country
comes first: read as written, `0055 92…` in Brazil would turn into a number of Pakistan.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

NumberKind = Literal[
    "mobile", "landline", "either", "toll_free", "premium", "shared_cost", "voip", "other"
]
ProblemCode = Literal[
    "empty",
    "not_a_number",
    "scientific_notation",
    "masked",
    "too_short",
    "too_long",
    "not_valid",
]
PROBLEM_CODES: Final[tuple[ProblemCode, ...]] = (
    "empty",
    "not_a_number",
    "scientific_notation",
    "masked",
    "too_short",
    "too_long",
    "not_valid",
)

_KINDS: Final[dict[int, NumberKind]] = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "either",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
}
_INVISIBLE: Final = dict.fromkeys(
    [0xFEFF, 0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)]
)
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?e[+-]?\d+", re.IGNORECASE)
_MASK: Final = re.compile(r"[*•●■#]{2,}|\d[x]{3,}\d|\*", re.IGNORECASE)
_DIGIT: Final = re.compile(r"\d")
_NOT_DIGITS: Final = re.compile(r"\D+")
_EXTENSION: Final = re.compile(
    r"(?:转|轉|分机|分機|内线|;?\s*ext(?:ension|n)?\b|;?\s*ext(?=\d)|[x#])[\s.:=号]*(\d{1,7})\s*$",
    re.IGNORECASE,
)
_CHINESE_MOBILE: Final = re.compile(r"(?:\+86|0086|86)?(1\d{10})")
_DIALLING_PREFIXES: Final = ("00", "011", "001")
_CHINESE_DIGITS: Final = 11


@dataclass(frozen=True, slots=True)
class Number:
    """A number that can be dialled.

    Attributes:
        e164: the number as `+8613800138000`.
        extension: digits to dial after the connection, empty where there is none.
        kind: what sort of line it is, as far as its range tells.
        region: the two-letter country that the number belongs to; `001` for one of no country.
        calling_code: the country's calling code, such as 86.
    """

    e164: str
    extension: str
    kind: NumberKind
    region: str
    calling_code: int


@dataclass(frozen=True, slots=True)
class NumberProblem:
    """Why a cell is no number that can be dialled."""

    code: ProblemCode


@lru_cache(maxsize=16384)
def read_number(text: str, region: str) -> Number | NumberProblem:
    """The number that a cell holds, or why it can't be called.

    Args:
        text: the cell as it stands in the file or was typed.
        region: the two-letter code of the country whose habits the cell follows.

    Returns:
        A `Number`, or a `NumberProblem` whose code says what is wrong: `too_short` and `too_long`
        are said of Chinese numbers only (fewer or more than 11 digits); elsewhere lengths differ
        and `not_valid` covers both.
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    plain = plain.strip()
    if not plain:
        return NumberProblem("empty")
    if not _DIGIT.search(plain):
        return NumberProblem("not_a_number")
    if _SCIENTIFIC.fullmatch(plain):
        return NumberProblem("scientific_notation")
    if _MASK.search(plain):
        return NumberProblem("masked")
    extension = ""
    found = _EXTENSION.search(plain)
    if found:
        extension = found.group(1)
        plain = plain[: found.start()].rstrip(" -,;(")
    digits = _NOT_DIGITS.sub("", plain)
    parsed = _parsed(plain, digits, region)
    if parsed is not None:
        number = _as_number(parsed, extension)
        if number is not None:
            return number
    return NumberProblem(_what_is_wrong(digits, region))


def _parsed(plain: str, digits: str, region: str) -> PhoneNumber | None:
    """The number as the phone rules parse it, the row's own country first; not yet validated."""
    if region == "CN":
        # A Chinese mobile carries no trunk prefix: nothing of it is left to a parser's judgement.
        mobile = _CHINESE_MOBILE.fullmatch("+" + digits if plain.startswith("+") else digits)
        if mobile:
            return PhoneNumber(country_code=86, national_number=int(mobile.group(1)))
    if not plain.startswith("+") and digits.startswith("0"):
        code = str(phonenumbers.country_code_for_region(region))
        for prefix in _DIALLING_PREFIXES:
            if digits.startswith(prefix + code):
                parsed = _parse("+" + digits[len(prefix) :], region)
                if parsed is not None and phonenumbers.is_valid_number(parsed):
                    return parsed
    return _parse(plain, region)


def _parse(text: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def _as_number(parsed: PhoneNumber, extension: str) -> Number | None:
    # A known type is what validity means to the phone rules, so that one look answers both.
    kind = phonenumbers.number_type(parsed)
    if kind == PhoneNumberType.UNKNOWN:
        return None
    code = parsed.country_code or 0
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    if len(regions) == 1:
        region = str(regions[0])
    else:
        region = phonenumbers.region_code_for_number(parsed) or "001"
    national = phonenumbers.national_significant_number(parsed)
    return Number(
        e164=f"+{code}{national}",
        extension=extension or parsed.extension or "",
        kind=_KINDS.get(kind, "other"),
        region=region,
        calling_code=code,
    )


def _what_is_wrong(digits: str, region: str) -> ProblemCode:
    if region != "CN":
        return "not_valid"
    if digits.startswith("0086"):
        digits = digits[4:]
    elif digits.startswith("86") and len(digits) > _CHINESE_DIGITS:
        digits = digits[2:]
    if len(digits) < _CHINESE_DIGITS:
        return "too_short"
    return "too_long" if len(digits) > _CHINESE_DIGITS else "not_valid"
