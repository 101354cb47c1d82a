"""What each piece of a playbook's source is, row by row, for an editor to colour.

A row is looked at by itself (the head of the file apart), so that only the rows in sight cost
anything. It is a help for the eye, not the parser: what is faulty is said by the check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final, Literal

from content.script_rules import script_rules

Piece = Literal[
    "head",
    "heading",
    "anchor",
    "sign",
    "quote",
    "label",
    "link",
    "target",
    "include",
    "variable",
    "condition",
    "broken",
]
"""What a stretch of a row is; `broken` is a variable or condition that is not closed."""

MOST_HEAD_ROWS: Final = 20
"""Rows in which the head of a file ends; one that stays open is coloured as if there were none."""

_FENCE: Final = "---"
_KEY: Final = re.compile(r"[^:]*:")
_HEADING: Final = re.compile(r"#{1,6}(?:\s|$)")
_ANCHOR: Final = re.compile(r"\{#[^}]*\}\s*$")
_QUOTE: Final = re.compile(r"\s{0,3}>")
_ITEM: Final = re.compile(r"\s{0,3}[-*+]\s")
_LABEL: Final = re.compile(r"(?:\s{0,3}>)?\s*(\*([^*]+)\*)")
_LINK: Final = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)")
_TEMPLATE: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{[{%].*")
_TABLE: Final = re.compile(r"\s*\[+[^\]]*\]+")
_KEYS: Final = re.compile(r"[^,]*,[^,]*")
_ENTRY: Final = re.compile(r"\s*(?:\"[^\"]*\"|[\w.-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a row: letters `start` up to `end` are a `piece`; later marks lie above."""

    start: int
    end: int
    piece: Piece


def head_rows(rows: Iterable[str]) -> int:
    """How many rows the head of a file takes, its lines of dashes with it; 0 without one."""
    first = list(islice(rows, MOST_HEAD_ROWS))
    if not first or first[0].strip() != _FENCE:
        return 0
    return next((n + 1 for n, row in enumerate(first) if n and row.strip() == _FENCE), 0)


@lru_cache(maxsize=4096)
def script_marks(row: str, language: str, *, in_head: bool = False) -> tuple[Mark, ...]:
    """The pieces of one row of a playbook.

    Args:
        row: the row without its line end.
        language: `zh` or `en`, for the labels.
        in_head: whether the row belongs to the head.
    """
    return tuple(_head_marks(row) if in_head else _body_marks(row, language))


@lru_cache(maxsize=4096)
def table_marks(row: str) -> tuple[Mark, ...]:
    """The pieces of one row of a table: for which place and purpose it holds, and the rest."""
    keys = _KEYS.match(row)
    return (Mark(0, keys.end(), "head"),) if keys else ()


@lru_cache(maxsize=4096)
def advice_marks(row: str) -> tuple[Mark, ...]:
    """The pieces of one row of a file of advice, or of rules that are TOML."""
    if row.lstrip().startswith("#"):
        return (Mark(0, len(row), "sign"),)
    if table := _TABLE.match(row):
        return (Mark(table.start(), table.end(), "heading"),)
    entry = _ENTRY.match(row)
    return (Mark(entry.start(), entry.end(), "head"),) if entry else ()


def _head_marks(row: str) -> Iterator[Mark]:
    if row.strip() == _FENCE:
        yield Mark(0, len(row), "sign")
    elif key := _KEY.match(row):
        yield Mark(0, key.end(), "head")


def _body_marks(row: str, language: str) -> Iterator[Mark]:
    if _HEADING.match(row):
        yield Mark(0, len(row), "heading")
        if anchor := _ANCHOR.search(row):
            yield Mark(anchor.start(), anchor.end(), "anchor")
        return
    if quote := _QUOTE.match(row):
        yield Mark(quote.end(), len(row), "quote")
        yield Mark(0, quote.end(), "sign")
    elif item := _ITEM.match(row):
        yield Mark(0, item.end(), "sign")
    label = _LABEL.match(row)
    if label and label[2].rstrip(" .。:：") in script_rules(language).labels:
        yield Mark(label.start(1), label.end(1), "label")
    for link in _LINK.finditer(row):
        if link[2].startswith("include:"):
            yield Mark(link.start(), link.end(), "include")
        else:
            yield Mark(link.start(), link.end(), "target")
            yield Mark(link.start(1), link.end(1), "link")
    for template in _TEMPLATE.finditer(row):
        yield Mark(template.start(), template.end(), _template_piece(template[0]))


def _template_piece(text: str) -> Piece:
    if text.startswith("{{"):
        return "variable" if text.endswith("}}") else "broken"
    return "condition" if text.endswith("%}") else "broken"
