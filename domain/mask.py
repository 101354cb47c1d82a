"""Showing personal data without giving it away."""

from __future__ import annotations

import re
from typing import Final

_DIGIT: Final = re.compile(r"\d(?=(?:.*?\d){2})", re.DOTALL)
_SHOWN_OF_ADDRESS: Final = 6
HIDDEN: Final = "*"
"""What stands for each character that is hidden."""


def mask(e164: str) -> str:
    """A number with its middle hidden, such as `+86138****8000`."""
    hidden = max(4, len(e164) - 10)
    return e164[: -4 - hidden] + HIDDEN * hidden + e164[-4:]


def mask_digits(text: str) -> str:
    """A text with all its digits hidden but the last two, for citizen numbers and broken cells."""
    return _DIGIT.sub(HIDDEN, text)


def mask_mail(address: str) -> str:
    """A mail address with its name hidden but the first letter, such as `l***@example.com`."""
    name, at, host = address.partition("@")
    return f"{name[:1]}{HIDDEN * 3}{at}{host}"


def mask_address(address: str) -> str:
    """The beginning of an address, its town or street, without figures: `深圳市南山区***`."""
    return re.sub(r"\d", HIDDEN, address[:_SHOWN_OF_ADDRESS]) + HIDDEN * 3


def mask_birthday(day: str) -> str:
    """A birthday without its year: `****-05-17`; one without a year is as it was."""
    year, dash, rest = day.partition("-")
    return f"{HIDDEN * 4}{dash}{rest}" if len(year) == 4 and year.isdigit() else day
