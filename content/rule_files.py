"""The files of rules: their names, and the shipped ones as texts; nothing is read into rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from content.toml_file import FOLDER, read_text

RULES: Final = "rules"
"""The kind of the files of rules; they are the same in every language."""

FILES: Final[Mapping[str, str]] = {
    "campaigns": "campaigns.toml",
    "outcomes": "outcomes.toml",
    "calling_hours": "calling_hours.csv",
    "caps": "caps.toml",
    "tiers": "tiers.toml",
    "care_plans": "care_plans.toml",
    "case_timers": "case_timers.csv",
    "complaints": "complaints.toml",
}
"""The rules by name, and the file that each stands in."""


def shipped_rules() -> dict[str, str]:
    """The text of every shipped file of rules, by name.

    Raises:
        InputError: `content_bad` for a file that is no UTF-8.
    """
    return {name: read_text(FOLDER / file) for name, file in FILES.items()}


def digest_of(text: str) -> str:
    """Names the version of a file of rules."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def release_of(files: Mapping[str, str]) -> tuple[str, str]:
    """Names the calling rules, and all rules together, by the texts of their files.

    Files that only another program knows count too: all programs give the same names to what they
    take from one database.
    """
    hours = digest_of(files["calling_hours"])
    every = "\n".join(f"{name} {digest_of(files[name])}" for name in sorted(files))
    return hours, f"{hours}-{digest_of(every)}"


def are_shipped(digests: Mapping[str, str]) -> bool:
    """Whether files of rules, by name, are those that the program ships.

    A file that is not there holds as it is shipped.
    """
    shipped = {name: digest_of(text) for name, text in shipped_rules().items()}
    return all(shipped.get(name) == digest for name, digest in digests.items())
