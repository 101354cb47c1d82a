"""The shipped caps of looking customers up."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from content.toml_file import FOLDER, read_toml
from domain.search_caps import SearchCaps, search_caps_of

PRIVACY = FOLDER / "privacy.toml"


def load_search_caps(path: Path) -> SearchCaps:
    """The caps of a file.

    Raises:
        InputError: `content_bad`, naming the entry.
    """
    return search_caps_of(read_toml(path), path.name)


@cache
def search_caps() -> SearchCaps:
    """The caps that the desk ships with."""
    return load_search_caps(PRIVACY)
