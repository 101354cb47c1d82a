"""What waits follows when the input of its hours is read anew: a campaign's own hours, above all.

A campaign's settings tell by which input its callbacks are pointed to their windows. Where that is
no longer what the rules in force say, all callbacks are gone through once, a stretch of their ids
at a time, so that claims go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from db.hours_input import (
    PERSON_FIELDS,
    PHONE_FIELDS,
    HoursInput,
    hours_input,
    pointed_by,
)
from db.tables import callback, calling_window, campaign, person, phone
from db.topics import QUEUE
from db.transaction import Unit
from db.windows import window_for
from domain.rulebook import Rulebook
from domain.terms import read_terms

_POINTED: Final = "pointed"
_POINTING: Final = "pointing"
"""While they are gone through: to which input, and the last id that was looked at."""
_OPEN: Final = ("scheduled", "due", "claimed", "check")
_STRETCH: Final = 5_000
"""Ids of one batch: a campaign that nobody waits for must not be looked for in a whole table."""


def follow_hours(unit: Unit, rulebook: Rulebook, limit: int = 100) -> bool:
    """Points callbacks to the hours that the rules in force give their campaign, one batch.

    Returns:
        Whether more are to be gone through.
    """
    rows = unit.run(sa.select(campaign.c.id, campaign.c.code, campaign.c.settings))
    stale = {
        row.id: pointed_by(rulebook.campaigns, row.code)
        for row in rows
        if row.settings.get(_POINTED) != pointed_by(rulebook.campaigns, row.code)
    }
    if not stale:
        return False
    kinds = (
        unit.run(
            sa.select(campaign)
            .where(campaign.c.id.in_(stale))
            .order_by(campaign.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )
    # Those that have come equally far go on together: the table is gone through once for all.
    after = min(_after(kind["settings"], stale[kind["id"]]) for kind in kinds)
    together = {
        kind["id"]: kind for kind in kinds if _after(kind["settings"], stale[kind["id"]]) == after
    }
    last = unit.run(sa.select(sa.func.max(callback.c.id))).scalar() or 0
    rows_left = _waiting(unit, list(together), (after, after + _STRETCH), limit)
    _point(unit, rulebook, together, rows_left)
    reached = rows_left[-1]["id"] if len(rows_left) == limit else after + _STRETCH
    for campaign_id, kind in together.items():
        to = stale[campaign_id]
        others = pointed_anew(kind["settings"])
        if reached >= last:
            kept = {**others, _POINTED: to}
        else:
            before = {k: v for k, v in kind["settings"].items() if k == _POINTED}
            kept = {**others, **before, _POINTING: {"to": to, "after": reached}}
        unit.run(sa.update(campaign).where(campaign.c.id == campaign_id).values(settings=kept))
    return reached < last or len(together) < len(stale)


def pointed_anew(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A campaign's settings from which its callbacks are pointed to their windows once more."""
    return {key: value for key, value in settings.items() if key not in {_POINTED, _POINTING}}


def _after(settings: Mapping[str, Any], to: str) -> int:
    pointing = settings.get(_POINTING) or {}
    return int(pointing["after"]) if pointing.get("to") == to else 0


def _waiting(
    unit: Unit, campaigns: Sequence[int], ids: tuple[int, int], limit: int
) -> Sequence[sa.RowMapping]:
    return (
        unit.run(
            sa.select(
                callback.c.id,
                callback.c.campaign_id,
                callback.c.window_id,
                calling_window.c.preferred,
                *(person.c[name].label(f"person_{name}") for name in sorted(PERSON_FIELDS)),
                *(phone.c[name].label(f"phone_{name}") for name in sorted(PHONE_FIELDS)),
            )
            .join(calling_window, calling_window.c.id == callback.c.window_id)
            .join(person, person.c.id == callback.c.person_id)
            .join(phone, phone.c.id == callback.c.phone_id)
            .where(
                callback.c.campaign_id.in_(campaigns),
                callback.c.state.in_(_OPEN),
                callback.c.id > ids[0],
                callback.c.id <= ids[1],
            )
            .order_by(callback.c.id)
            .limit(limit)
            .with_for_update(of=callback)
        )
        .mappings()
        .all()
    )


def _point(
    unit: Unit,
    rulebook: Rulebook,
    kinds: Mapping[int, sa.RowMapping],
    rows: Sequence[sa.RowMapping],
) -> None:
    windows: dict[HoursInput, int] = {}
    for row in rows:
        key = hours_input(
            {name: row[f"person_{name}"] for name in PERSON_FIELDS},
            {name: row[f"phone_{name}"] for name in PHONE_FIELDS},
            kinds[row["campaign_id"]],
            rulebook.campaigns,
            named_by_customer=read_terms(row["preferred"]).named,
        )
        if key not in windows:
            windows[key] = window_for(unit, rulebook, key)
        if windows[key] != row["window_id"]:
            unit.run(
                sa.update(callback)
                .where(callback.c.id == row["id"])
                .values(window_id=windows[key], updated_at=unit.now)
            )
            unit.move(QUEUE)
