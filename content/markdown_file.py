"""What every Markdown file of the content has in common: how it is refused, and its blocks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from content.script_finding import Finding

MOST_BYTES: Final = 200_000
"""A file beyond this is no playbook and no handbook; it is refused before anything reads it."""

LONGEST_LINE: Final = 1_000
"""Letters in one line of a file."""


LONGEST_PARAGRAPH: Final = 8_000
"""Letters between two empty lines; the time to read brackets that never close grows with their
square."""


def refusals(file: str, text: str) -> Iterator[Finding]:
    """Why a file is not read at all: too big, a line too long, a character that nobody sees."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        yield Finding(file, 1, "file_too_big", {"kilobytes": MOST_BYTES // 1000})
        return
    paragraph = 0
    for number, row in enumerate(text.split("\n"), 1):
        before = paragraph
        paragraph = before + len(row) if row.strip() else 0
        if before <= LONGEST_PARAGRAPH < paragraph:
            yield Finding(file, number, "paragraph_too_long", {"most": LONGEST_PARAGRAPH})
        if len(row) > LONGEST_LINE:
            yield Finding(file, number, "line_too_long", {"most": LONGEST_LINE})
        hidden = next((letter for letter in row.rstrip("\r") if is_hidden(letter)), None)
        if hidden is not None:
            yield Finding(file, number, "hidden_character", {"code": f"U+{ord(hidden):04X}"})


def is_hidden(letter: str) -> bool:
    """Whether a character is obeyed or left out where it should be drawn."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and letter != "\t"


@cache
def markdown() -> MarkdownIt:
    """The reader of Markdown; raw HTML is text to it."""
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 12})


def blocks_of(tokens: Sequence[Token]) -> Iterable[Sequence[Token]]:
    """The blocks of one level, each from its opening to its closing token."""
    start = depth = 0
    for number, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : number + 1]
            start = number + 1


def line_of(token: Token) -> int:
    """The line that a token begins on, counted from 1."""
    return token.map[0] + 1 if token.map else 1
