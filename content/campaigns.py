"""The shipped kinds of callback."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from content.surveys import surveys
from content.toml_file import FOLDER, parse_toml, read_text
from domain.campaign import Campaigns, campaigns_of
from domain.entry import Entry
from domain.said import Said
from domain.survey import Surveys

FILE = FOLDER / "campaigns.toml"


def load_campaigns(path: Path, known: Surveys) -> Campaigns:
    """The kinds of callback of a file.

    Args:
        path: the file.
        known: the surveys and bundles that they may ask.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    return campaigns_in(read_text(path), path.name, known)


def campaigns_in(text: str, where: str, known: Surveys) -> Campaigns:
    """The kinds of callback of a file's text.

    Raises:
        InputError: `content_bad`, naming `where`, the entry and what is wrong with it.
    """
    campaigns = campaigns_of(parse_toml(text, where), where)
    names = {survey.id for survey in known} | set(known.bundles)
    for campaign in campaigns:
        if campaign.survey and campaign.survey not in names:
            problem = Said("rules.bad.unknown_bundle", {"bundle": campaign.survey})
            raise Entry(f"{where} ({campaign.code})", {}).bad(problem)
    return campaigns


@cache
def campaigns() -> Campaigns:
    """The kinds of callback that the desk ships with."""
    return load_campaigns(FILE, surveys())
