"""Times as English says them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from domain.when import english_days, english_hours
from domain.when.numerals import WORD_END
from domain.when.numeric import minutes_east
from domain.when.pattern import Meaning, Pattern, pattern
from domain.when.pieces import Bound, Nothing, Piece, Place, SameTime, Soon, To
from domain.when.places import ENGLISH_PLACES
from domain.zones import KNOWN_LETTERS, read_zone

# Letters of zones that are ordinary words too.
_WORDS_TOO: Final = frozenset({"AT", "NT"})


@cache
def patterns() -> tuple[Pattern, ...]:
    """The forms of English."""
    return (*english_days.forms(), *english_hours.forms(), *_places(), *_small_words())


def _places() -> list[Pattern]:
    names = "|".join(sorted(ENGLISH_PLACES, key=len, reverse=True))
    letters = "|".join(
        sorted((name.lower() for name in KNOWN_LETTERS - _WORDS_TOO), key=len, reverse=True)
    )
    they = "(?:their|his|her|the customer'?s|customer'?s?|the client'?s|client'?s?)"
    return [
        pattern(
            rf"(?:(?:my|our)\s(?:local\s)?(?:time|clock|end|side)|(?:over\s)?here){WORD_END}",
            Place("mine"),
        ),
        pattern(
            rf"(?:{they}\s(?:local\s)?(?:time|clock|end|side)|(?:the\s)?local(?:\stime)?|over\sthere|there){WORD_END}",
            Place("theirs"),
        ),
        pattern(rf"({names})\stime{WORD_END}", lambda m: Place(ENGLISH_PLACES[m[1]])),
        pattern(rf"({letters}){WORD_END}", lambda m: Place(m[1].upper())),
        pattern(r"(?:utc|gmt)\s?([+-][0-9]{1,2}(?::?[0-9]{2})?)(?![0-9])", _offset_place),
        pattern(rf"(?:utc|z){WORD_END}", Place(0)),
        pattern(r"[a-z]+(?:/[a-z_]+){1,2}" + WORD_END, _zone_name),
    ]


def _offset_place(match: re.Match[str]) -> Meaning:
    return Place(minutes_east(match[1]))


def _zone_name(match: re.Match[str]) -> Meaning:
    zone = read_zone(match[0])
    if zone is None:
        raise ValueError(match[0])
    return Place(zone)


def _small_words() -> list[Pattern]:
    nothing = (
        "on|at|the|of|please|call(?: back)?|ring(?: back)?|phone|back|him|her|them|me|us|again"
        "|sharp|exactly|between|time|any ?time|some ?time|in(?= the )|for|say|ok"
        "|later(?= (?:today|this|that))"
    )
    soon = (
        r"asap|a\.s\.a\.p\.?|as soon as possible|right away|straight away|immediately"
        "|right now|now|at once"
    )
    words: tuple[tuple[str, Piece], ...] = (
        (soon, Soon()),
        ("(?:the )?same time|this time", SameTime()),
        ("(?:any ?time )?after|past|from|not before|no earlier than|earliest", Bound("after")),
        ("before|not after|prior to", Bound("before")),
        ("by|no later than|at the latest|latest", Bound("by")),
        (r"around|about|approx(?:imately)?\.?|roughly|circa|or so", Bound("about")),
        ("to|until|till", To(word=True)),
        ("and", To(word=False)),
        (nothing, Nothing()),
    )
    return [pattern(f"(?:{regex}){WORD_END}", piece) for regex, piece in words]
