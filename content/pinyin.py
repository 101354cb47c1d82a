"""Toneless pinyin of the words that objections and cards of the handbook are found by.

The shipped words have theirs in a table, because the library that knows pinyin takes a third of a
second to import; it is only imported for words that a lead has just written. Run as a module, this
file writes the tables anew.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).parent / "objections" / "zh" / "pinyin.csv"
HANDBOOK_TABLE: Final = Path(__file__).parent / "handbook" / "zh" / "pinyin.csv"


def pinyin_of(words: str) -> str:
    """Syllables separated by spaces; empty where the words hold no Chinese."""
    if words.isascii():
        return ""
    known = _table().get(words)
    return spelled(words) if known is None else known


def spelled(words: str) -> str:
    """The same, worked out and not looked up; slow at the first call of a process."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - a third of a second, rarely needed

    if not any("\u4e00" <= letter <= "\u9fff" for letter in words):
        return ""
    return " ".join(
        piece
        for syllable in lazy_pinyin(words, style=Style.NORMAL)
        if (piece := syllable.strip("，。！？、· ").lower())
    )


def write_table(phrases: Iterable[str], path: Path = TABLE) -> None:
    """Write the table for the phrases given."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows((words, spelled(words)) for words in sorted(set(phrases)))


@cache
def _table() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for path in (TABLE, HANDBOOK_TABLE):
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                known |= {row[0]: row[1] for row in csv.reader(file)}
    return known


if __name__ == "__main__":
    from content.handbook import handbook_phrases
    from content.playbooks import shipped_phrases

    write_table(shipped_phrases())
    write_table(handbook_phrases(), HANDBOOK_TABLE)
