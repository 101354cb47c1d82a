"""How large a card of the handbook may be, and what its labels are called."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from content.toml_file import FOLDER, read_toml
from domain.errors import InputError
from domain.said import Said

FILE: Final = FOLDER / "handbook.toml"
FIND: Final = "find"
GOES_WITH: Final = "goes-with"
CLAIM: Final = "claim"
SOURCE: Final = "source"
TURNS: Final = ("customer", "we", "rung")
LABELS: Final = (FIND, GOES_WITH, CLAIM, SOURCE, *TURNS)


@dataclass(frozen=True, slots=True)
class HandbookRules:
    """What the cards of one language are held to.

    Attributes:
        language: `zh` or `en`.
        lines: the longest card, in lines of text without its title and empty lines.
        columns: terminal cells of a line; a Chinese character takes two.
        labels: the label that each emphasised word at the start of a paragraph stands for.
    """

    language: str
    lines: int
    columns: int
    labels: Mapping[str, str]

    def length(self, paragraphs: Iterable[str]) -> int:
        """The lines that paragraphs take on a page."""
        return sum(_lines_of(paragraph, self.columns) for paragraph in paragraphs)


def load_handbook_rules(language: str, path: Path = FILE) -> HandbookRules:
    """The rules of a language in a file.

    Raises:
        InputError: `content_bad`, naming the entry.
    """
    tables: dict[str, Any] = read_toml(path)
    try:
        return HandbookRules(
            language=language,
            lines=int(tables["page"]["lines"]),
            columns=int(tables["page"]["columns"]),
            labels={str(tables[language]["labels"][label]): label for label in LABELS},
        )
    except KeyError as error:
        where = f"{path.name} [{language}]"
        problem = Said("script.rules.missing", {"key": str(error)})
        raise InputError("content_bad", where=where, problem=problem) from error


@cache
def handbook_rules(language: str) -> HandbookRules:
    """The shipped rules of a language."""
    return load_handbook_rules(language)


def _lines_of(text: str, columns: int) -> int:
    """Lines that a paragraph takes: words stay whole, Chinese breaks between any characters."""
    lines, used = 1, 0
    for word in text.split(" "):
        width = cells_of(word)
        if used and used + 1 + width <= columns:
            used += 1 + width
        elif used and word.isascii():
            lines, used = lines + 1, width
        else:
            used += width + bool(used)
        while used > columns:
            lines, used = lines + 1, used - columns
    return lines


def cells_of(text: str) -> int:
    """Terminal cells that a text takes: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
