"""Campaigns as the database keeps them: a row for each kind of callback."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from db.hours_input import HOURS, pointed_by, with_pointed
from db.tables import campaign
from db.transaction import Unit
from domain.campaign import Campaign, Campaigns
from domain.errors import InputError


def install_campaigns(unit: Unit, campaigns: Campaigns) -> int:
    """Adds the campaigns that are missing and returns how many; those that are there stay."""
    known = set(unit.run(sa.select(campaign.c.code)).scalars())
    new = [_values(one, campaigns) for one in campaigns if one.code not in known]
    if new:
        unit.run(campaign.insert(), new)
    return len(new)


def find_campaign(unit: Unit, code: str) -> sa.RowMapping:
    """The row of a campaign.

    Raises:
        InputError: `campaign_unknown`.
    """
    return find_campaigns(unit, {code})[code]


def campaign_in(unit: Unit, campaigns: Campaigns, code: str) -> sa.RowMapping:
    """The row of a kind of callback that the program itself makes.

    A database of an earlier program may not have it yet: then all that are missing are added.

    Raises:
        InputError: `campaign_unknown` for one that the rules don't have.
    """
    row = unit.run(sa.select(campaign).where(campaign.c.code == code)).mappings().first()
    if row is not None:
        return row
    install_campaigns(unit, campaigns)
    return find_campaign(unit, code)


def find_campaigns(unit: Unit, codes: Collection[str]) -> Mapping[str, sa.RowMapping]:
    """The rows of some campaigns by their codes.

    Raises:
        InputError: `campaign_unknown`.
    """
    rows = unit.run(sa.select(campaign).where(campaign.c.code.in_(sorted(codes)))).mappings()
    found = {row["code"]: row for row in rows}
    for code in sorted(codes):
        if code not in found:
            raise InputError("campaign_unknown", campaign=code)
    return found


def campaign_values(one: Campaign) -> dict[str, Any]:
    """The columns of a campaign's row that its rules say."""
    return {
        "name_zh": one.name.zh,
        "name_en": one.name.en,
        "purpose": one.purpose,
        "content_kind": one.content,
        "playbook": one.playbook,
        "survey": one.survey,
        "band": one.band,
        "attempt_cap": one.attempt_cap,
        "grace_minutes": one.grace_minutes,
        "active": one.active,
    }


def _values(one: Campaign, campaigns: Campaigns) -> dict[str, Any]:
    values = {"code": one.code, **campaign_values(one), "settings": {HOURS: one.hours}}
    return {**values, "settings": with_pointed(values["settings"], pointed_by(values, campaigns))}
