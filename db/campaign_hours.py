"""Hours of a campaign's own: what waits for its calls follows when the rules change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from db.callbacks import window_of
from db.tables import callback, calling_window, campaign
from db.topics import QUEUE
from db.transaction import Unit
from domain.rulebook import Rulebook
from domain.terms import read_terms

_HOURS: Final = "hours"
"""In a campaign's settings: the hours by which all its callbacks go."""
_TO: Final = "hours_to"
_AFTER: Final = "hours_after"
"""Where they are being pointed to other hours: to which, and the last callback that was."""
_OPEN: Final = ("scheduled", "due", "claimed", "check")


def follow_hours(unit: Unit, rulebook: Rulebook, limit: int = 100) -> int:
    """Points callbacks to the hours that the rules in force give their campaign, one batch.

    Returns:
        How many callbacks were looked at; fewer than `limit` when no more are waiting.
    """
    kinds = unit.run(sa.select(campaign.c.id, campaign.c.code, campaign.c.settings)).all()
    left = limit
    for kind in kinds:
        hours = rulebook.campaigns.hours_of(kind.code)
        if left and kind.settings.get(_HOURS, "") != hours:
            left -= _batch(unit, rulebook, (kind.id, hours), left)
    return limit - left


def _batch(unit: Unit, rulebook: Rulebook, kind: tuple[int, str], limit: int) -> int:
    campaign_id, hours = kind
    settings: Mapping[str, Any] = unit.run(
        sa.select(campaign.c.settings).where(campaign.c.id == campaign_id).with_for_update()
    ).scalar_one()
    after = settings.get(_AFTER, 0) if settings.get(_TO) == hours else 0
    rows = unit.run(
        sa.select(
            callback.c.id,
            callback.c.person_id,
            callback.c.phone_id,
            callback.c.window_id,
            calling_window.c.preferred,
        )
        .join(calling_window, calling_window.c.id == callback.c.window_id)
        .where(
            callback.c.campaign_id == campaign_id,
            callback.c.state.in_(_OPEN),
            callback.c.id > after,
        )
        .order_by(callback.c.id)
        .limit(limit)
        .with_for_update(of=callback)
    ).all()
    for row in rows:
        if row.phone_id is None:
            continue
        window_id = window_of(
            unit,
            rulebook,
            row.phone_id,
            person_id=row.person_id,
            campaign_id=campaign_id,
            named_by_customer=read_terms(row.preferred).named,
        )
        if window_id != row.window_id:
            unit.run(
                sa.update(callback)
                .where(callback.c.id == row.id)
                .values(window_id=window_id, updated_at=unit.now)
            )
            unit.move(QUEUE)
    others = {name: one for name, one in settings.items() if name not in {_HOURS, _TO, _AFTER}}
    if len(rows) < limit:
        kept = {**others, _HOURS: hours}
    else:
        before = {_HOURS: settings[_HOURS]} if _HOURS in settings else {}
        kept = {**others, **before, _TO: hours, _AFTER: rows[-1].id}
    unit.run(sa.update(campaign).where(campaign.c.id == campaign_id).values(settings=kept))
    return len(rows)
