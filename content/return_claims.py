"""What training material claims about customers who come back, for beside the shop's own rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from content.toml_file import FOLDER, parse_toml, read_text
from domain.bilingual import Bilingual
from domain.case_returns import Handling
from domain.entry import Entry
from domain.said import Said

FILE: Final = FOLDER / "return_claims.toml"
_CLAIMED: Final = (Handling.UNSAID, Handling.UNRESOLVED, Handling.RESOLVED, Handling.QUICK)
_ALL: Final = 100


@dataclass(frozen=True, slots=True)
class ReturnClaim:
    """Percentages that somebody states, by handling, never shown without who states them."""

    source: Bilingual
    percents: Mapping[Handling, int]


@cache
def return_claims() -> tuple[ReturnClaim, ...]:
    """The shipped claims.

    Raises:
        InputError: `content_bad`, naming the place and what is wrong with it.
    """
    return claims_in(read_text(FILE), FILE.name)


def claims_in(text: str, where: str) -> tuple[ReturnClaim, ...]:
    """The claims of a file's text.

    Raises:
        InputError: `content_bad`, naming the place and what is wrong with it.
    """
    file = Entry(where, parse_toml(text, where))
    claims = tuple(_claim(entry) for entry in file.entries("claim"))
    file.close()
    return claims


def _claim(entry: Entry) -> ReturnClaim:
    percents = {one: entry.whole(one) for one in _CLAIMED if entry.has(one)}
    for handling, percent in percents.items():
        if not 0 <= percent <= _ALL:
            raise entry.bad(Said("rules.bad.number", {"field": handling.value}))
    claim = ReturnClaim(entry.both("source"), percents)
    entry.close()
    return claim
