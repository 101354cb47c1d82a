"""The shipped care plans: when callbacks are made from what happens to customers and cars."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from content.campaigns import campaigns
from content.columns import column_book
from content.toml_file import FOLDER, parse_toml, read_text
from domain.campaign import Campaigns
from domain.care.plan import CarePlans
from domain.care.plan_file import care_plans_of

FILE = FOLDER / "care_plans.toml"


def load_care_plans(path: Path, known: Campaigns) -> CarePlans:
    """The care plans of a file.

    Args:
        path: the file.
        known: the kinds of callback that they may make.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    return care_plans_in(read_text(path), path.name, known)


def care_plans_in(text: str, where: str, known: Campaigns) -> CarePlans:
    """The care plans of a file's text.

    Raises:
        InputError: `content_bad`, naming `where`, the entry and what is wrong with it.
    """
    services = column_book().labels["service"]
    return care_plans_of(parse_toml(text, where), where, campaigns=known, services=services)


@cache
def care_plans() -> CarePlans:
    """The care plans that the desk ships with."""
    return load_care_plans(FILE, campaigns())
