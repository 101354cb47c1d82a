"""The shipped outcomes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from content.aapor import checked_codes
from content.toml_file import FOLDER, parse_toml, read_text
from domain.outcome import OutcomeTable, outcome_table

FILE = FOLDER / "outcomes.toml"


def load_outcomes(path: Path) -> OutcomeTable:
    """The outcomes of a file.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    return outcomes_in(read_text(path), path.name)


def outcomes_in(text: str, where: str) -> OutcomeTable:
    """The outcomes of a file's text.

    Raises:
        InputError: `content_bad`, naming `where`, the entry and what is wrong with it.
    """
    return replace(outcome_table(parse_toml(text, where), where), standard=checked_codes())


@cache
def outcomes() -> OutcomeTable:
    """The outcomes that the desk ships with."""
    return load_outcomes(FILE)
