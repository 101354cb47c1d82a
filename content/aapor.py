"""The codes of the AAPOR standard definitions that were checked."""

from __future__ import annotations

from functools import cache

from content.toml_file import FOLDER, read_toml
from domain.aapor import Standard, standard_of

FILE = FOLDER / "aapor.toml"


@cache
def checked_codes() -> Standard:
    """The codes that the desk ships with; they are no rule, so a lead does not change them."""
    return standard_of(read_toml(FILE), FILE.name)
