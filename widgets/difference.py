"""Two texts compared line by line, and within the lines that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

Sign = Literal["+", "-", " ", "@"]

CONTEXT: Final = 3
"""Unchanged lines shown around a change."""

_ALIKE: Final = 0.4
"""From this likeness on, a line that went and one that came are shown as one that was changed."""

_LONGEST: Final = 2000
"""Letters of a line that are compared letter by letter."""


@dataclass(frozen=True, slots=True)
class DifferentLine:
    """One line of a difference.

    Attributes:
        sign: `+` came, `-` went, ` ` stayed; `@` begins another place, its text is empty.
        text: the line as it is stored.
        old: its number in the old text, from 1; 0 where it is not there.
        new: its number in the new text, from 1; 0 where it is not there.
        changed: stretches of letters that differ from the line it replaces or is replaced by.
    """

    sign: Sign
    text: str
    old: int
    new: int
    changed: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """How one text became another.

    Attributes:
        lines: in order, each place introduced by a line with `@`; empty where nothing changed.
        added: lines that came.
        removed: lines that went.
    """

    lines: tuple[DifferentLine, ...]
    added: int
    removed: int


def difference(old: str, new: str, context: int = CONTEXT) -> Difference:
    """How one text became another, unified, with some unchanged lines around each change."""
    before, after = old.splitlines(), new.splitlines()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    lines: list[DifferentLine] = []
    for group in matcher.get_grouped_opcodes(context):
        lines.append(DifferentLine("@", "", group[0][1] + 1, group[0][3] + 1))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                lines += [
                    DifferentLine(" ", text, old_from + n + 1, new_from + n + 1)
                    for n, text in enumerate(before[old_from:old_to])
                ]
            else:
                lines += _replaced(
                    before[old_from:old_to], after[new_from:new_to], old_from, new_from
                )
    return Difference(
        tuple(lines),
        sum(line.sign == "+" for line in lines),
        sum(line.sign == "-" for line in lines),
    )


def _replaced(
    went: Sequence[str], came: Sequence[str], old_from: int, new_from: int
) -> Iterator[DifferentLine]:
    """Lines that went above those that came, what changed within a line marked in both."""
    paired = len(went) == len(came)
    marks = [_within(a, b) for a, b in zip(went, came, strict=True)] if paired else []
    for n, text in enumerate(went):
        yield DifferentLine("-", text, old_from + n + 1, 0, marks[n][0] if paired else ())
    for n, text in enumerate(came):
        yield DifferentLine("+", text, 0, new_from + n + 1, marks[n][1] if paired else ())


_Stretches = tuple[tuple[int, int], ...]


def _within(old: str, new: str) -> tuple[_Stretches, _Stretches]:
    if max(len(old), len(new)) > _LONGEST:
        return (), ()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return (), ()
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return (
        tuple((code[1], code[2]) for code in codes if code[1] < code[2]),
        tuple((code[3], code[4]) for code in codes if code[3] < code[4]),
    )
