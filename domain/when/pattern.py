"""A pattern of the grammar: what it looks like, and what it means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from domain.when.pieces import Piece, Unfit

Meaning = Piece | tuple[Piece, ...]
Build = Callable[[re.Match[str]], Meaning]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One form of the grammar.

    Attributes:
        regex: what it looks like, on plain text.
        build: what a match means; a `ValueError` or `KeyError` says that it is no such time.
    """

    regex: re.Pattern[str]
    build: Build

    def meaning(self, match: re.Match[str]) -> Meaning:
        """What a match means; `Unfit` where it only has the form of a time."""
        try:
            return self.build(match)
        except (ValueError, KeyError):
            return Unfit()


def pattern(regex: str, build: Build | Piece | tuple[Piece, ...]) -> Pattern:
    """A pattern from its regex and either a function of the match or a fixed meaning."""
    # ASCII: only ordinary figures count, and a Chinese character ends an English word.
    compiled = re.compile(regex, re.ASCII)
    if callable(build):
        return Pattern(compiled, build)
    meaning: Meaning = build
    return Pattern(compiled, lambda _: meaning)
