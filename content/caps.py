"""The shipped caps: how often a customer may be rung."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from content.outcomes import outcomes
from content.toml_file import FOLDER, parse_toml, read_text
from domain.caps import Caps, caps_of
from domain.entry import Entry
from domain.outcome import OutcomeTable
from domain.said import Said

FILE = FOLDER / "caps.toml"


def load_caps(path: Path, known: OutcomeTable) -> Caps:
    """The caps of a file.

    Args:
        path: the file.
        known: the outcomes that they may leave uncounted.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    return caps_in(read_text(path), path.name, known)


def caps_in(text: str, where: str, known: OutcomeTable) -> Caps:
    """The caps of a file's text.

    Raises:
        InputError: `content_bad`, naming `where`, the entry and what is wrong with it.
    """
    caps = caps_of(parse_toml(text, where), where)
    codes = {outcome.code for outcome in known}
    for cap in caps.caps:
        for code in sorted(cap.uncounted - codes):
            problem = Said("caps.bad.outcome", {"outcome": code})
            raise Entry(f"{where} ({cap.code})", {}).bad(problem)
    return caps


@cache
def caps() -> Caps:
    """The caps that the desk ships with."""
    return load_caps(FILE, outcomes())
