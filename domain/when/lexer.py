"""From a plain text to its pieces, the longest form first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from domain.when import chinese, english, numeric
from domain.when.pattern import Pattern
from domain.when.pieces import Nothing, Piece, Unfit

LONGEST: Final = 120
"""Characters beyond which a text is no time that anybody said."""

_BLANK: Final = re.compile(r"""[\s,，。、;!?()\[\]{}"'“”·|…]+|[.:](?![0-9])""")
_LETTER: Final = re.compile("[a-z]")
_WORD: Final = re.compile(r"[a-z]+|[0-9]+|[^\sa-z0-9]")


class UnreadError(Exception):
    """A piece of the text means nothing to the grammar.

    Args:
        near: the piece.
    """

    def __init__(self, near: str) -> None:
        self.near = near
        super().__init__(near)


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece with the words that it was read from."""

    piece: Piece
    text: str


def lexemes(text: str) -> tuple[Lexeme, ...]:
    """The pieces of a plain text, those that carry no time left out.

    Raises:
        UnreadError: some of the text is no time.
    """
    if len(text) > LONGEST:
        raise UnreadError(text[LONGEST - 20 : LONGEST])
    found: list[Lexeme] = []
    forms = _forms(text)
    at = 0
    while at < len(text):
        blank = _BLANK.match(text, at)
        if blank is not None:
            at = blank.end()
            continue
        match, meaning = _longest(text, at, forms)
        if isinstance(meaning, Unfit):
            raise UnreadError(match[0].strip())
        words = match[0].strip()
        pieces = meaning if isinstance(meaning, tuple) else (meaning,)
        found.extend(Lexeme(piece, words) for piece in pieces if not isinstance(piece, Nothing))
        at = match.end()
    return tuple(found)


def _longest(
    text: str, at: int, forms: tuple[Pattern, ...]
) -> tuple[re.Match[str], Piece | tuple[Piece, ...]]:
    best: re.Match[str] | None = None
    meant: Pattern | None = None
    reach = at
    for form in forms:
        match = form.regex.match(text, at)
        if match is not None and match.end() > reach:
            best, meant, reach = match, form, match.end()
    if best is None or meant is None:
        word = _WORD.match(text, at)
        raise UnreadError(word[0] if word is not None else text[at])
    return best, meant.meaning(best)


def _forms(text: str) -> tuple[Pattern, ...]:
    """The patterns that a text can hold: most cells of a file are figures alone."""
    forms = numeric.patterns()
    if not text.isascii():
        forms += chinese.patterns()
    if _LETTER.search(text):
        forms += english.patterns()
    return forms
