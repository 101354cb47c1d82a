"""The shipped kinds of callback."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from content.toml_file import FOLDER, read_toml
from domain.campaign import Campaigns, campaigns_of

FILE = FOLDER / "campaigns.toml"


def load_campaigns(path: Path) -> Campaigns:
    """The kinds of callback of a file.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    return campaigns_of(read_toml(path), path.name)


@cache
def campaigns() -> Campaigns:
    """The kinds of callback that the desk ships with."""
    return load_campaigns(FILE)
