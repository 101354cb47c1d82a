"""How often customers may be looked up, and what is still looked for beyond that."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.entry import Entry
from domain.errors import RefusedError
from domain.permissions import Role
from domain.record.marks import read_plate

HOUR: Final = timedelta(hours=1)
_NUMBER: Final = re.compile(r"\+?[\d\s().\-/]*\d[\d\s().\-/]*")
_LAST: Final = 4
_WHOLE_NUMBER: Final = 8
_WHOLE_PLATE: Final = range(5, 11)


class Term(StrEnum):
    """What kind of thing is looked for; all that the audit knows of a term."""

    LAST_FOUR = "last_four"
    NUMBER = "number"
    PART = "part_of_number"
    PLATE = "plate"
    MAIL = "mail"
    NAME = "name"


SAID_BY_CALLERS: Final = frozenset({Term.LAST_FOUR, Term.NUMBER, Term.PLATE})
"""What a customer on the line can say of themselves."""


@dataclass(frozen=True, slots=True)
class SearchCaps:
    """How often a customer may be looked up.

    Attributes:
        per_hour: searches that a person of each role may begin in 60 minutes.
        results: how many customers a search shows.
        typing: how soon a look has to follow another one to be of the same search.
        looks: how many looks one search may take.
        beyond: searches in 60 minutes altogether, for terms of `SAID_BY_CALLERS`.
        results_beyond: how many customers such a search shows beyond the first cap.
    """

    per_hour: Mapping[Role, int]
    results: int
    typing: timedelta
    looks: int
    beyond: int
    results_beyond: int


def search_caps_of(data: Mapping[str, object], where: str) -> SearchCaps:
    """The caps of a file's tables.

    Raises:
        InputError: `content_bad`, naming the entry.
    """
    whole = Entry(where, data)
    first, beyond = whole.entry("searches"), whole.entry("beyond")
    caps = SearchCaps(
        per_hour={role: first.whole(role.value) for role in Role},
        results=first.whole("results"),
        typing=timedelta(seconds=first.whole("typing_seconds")),
        looks=first.whole("looks"),
        beyond=beyond.whole("searches"),
        results_beyond=beyond.whole("results"),
    )
    for entry in (first, beyond, whole):
        entry.close()
    return caps


def term_of(text: str) -> Term:
    """What kind of thing a text looks for."""
    if _NUMBER.fullmatch(text):
        digits = sum(letter.isdigit() for letter in text)
        if digits == _LAST:
            return Term.LAST_FOUR
        return Term.NUMBER if digits >= _WHOLE_NUMBER else Term.PART
    if "@" in text:
        return Term.MAIL
    plate = read_plate(text)
    digit = any(letter.isdigit() for letter in text)
    if plate is not None and digit and len(plate.key) in _WHOLE_PLATE:
        return Term.PLATE
    return Term.NAME


def results_allowed(
    caps: SearchCaps, role: Role, term: Term, begun: Sequence[datetime], now: datetime
) -> int:
    """How many customers a search may show.

    Args:
        caps: the caps.
        role: of who searches.
        term: what is looked for.
        begun: when this person's other searches of the last hour began (UTC), the earliest first.
        now: the present instant (UTC).

    Raises:
        RefusedError: `search_cap` with `most` and the instant `at` which it clears.
    """
    most = caps.per_hour[role]
    recent = [at for at in begun if at > now - HOUR]
    if len(recent) < most:
        return caps.results
    if term in SAID_BY_CALLERS:
        most = max(most, caps.beyond)
        if len(recent) < most:
            return min(caps.results, caps.results_beyond)
    # One more may begin as soon as fewer than the cap are left in the hour.
    at = recent[-most] if most else now
    raise RefusedError("search_cap", most=most, at=at + HOUR)
