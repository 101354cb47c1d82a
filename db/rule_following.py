"""Callbacks that wait follow a change of the rules: band, cap of attempts, owner's grace.

Nothing is gone through when rules come into force. Each campaign that is concerned remembers how
far its callbacks have been gone through; they are in short batches, so that claims go on meanwhile.
What is asked again, or after a crash, comes out the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from db.callbacks import grace_end
from db.caps import hold_back
from db.tables import callback, campaign, person
from db.topics import QUEUE
from db.transaction import Unit
from domain.bands import KEY_CUSTOMER, Priority, Tier, band_of
from domain.rulebook import Rulebook
from domain.tries import Tries

BAND: Final = "band"
CAP: Final = "cap"
GRACE: Final = "grace"
CAPS: Final = "caps"

_FOLLOWING: Final = "following"
"""In a campaign's settings: what of its callbacks follows, and the last id looked at."""
_OPEN: Final = ("scheduled", "due", "claimed", "check")
_STRETCH: Final = 5_000
"""Ids of one batch: a campaign that nobody waits for must not be looked for in a whole table."""


def begin_following(settings: Mapping[str, Any], what: Iterable[str]) -> dict[str, Any]:
    """A campaign's settings from which its callbacks follow, from the first one on.

    Args:
        settings: as they are.
        what: `band`, `cap`, `grace`, or `caps`: until when customers have been rung enough.
    """
    present = settings.get(_FOLLOWING) or {"what": []}
    wanted = sorted({*present["what"], *what})
    return {**settings, _FOLLOWING: {"what": wanted, "after": 0}} if wanted else dict(settings)


def follow_rules(unit: Unit, rulebook: Rulebook, limit: int = 100) -> bool:
    """Brings callbacks in line with the rules in force, one batch.

    Promised callbacks and steps of cases keep their band, whatever their campaign.

    Returns:
        Whether more are to be gone through.
    """
    rows = unit.run(sa.select(campaign.c.id, campaign.c.settings))
    concerned = [row.id for row in rows if _FOLLOWING in row.settings]
    if not concerned:
        return False
    kinds = (
        unit.run(
            sa.select(campaign)
            .where(campaign.c.id.in_(concerned))
            .order_by(campaign.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )
    places = {kind["id"]: kind["settings"].get(_FOLLOWING) for kind in kinds}
    # Those that have come equally far go on together: the table is gone through once for all.
    after = min((place["after"] for place in places.values() if place), default=0)
    together = {
        kind["id"]: kind
        for kind in kinds
        if (place := places[kind["id"]]) and place["after"] == after
    }
    last = unit.run(sa.select(sa.func.max(callback.c.id))).scalar() or 0
    waiting = _waiting(unit, list(together), (after, after + _STRETCH), limit)
    for row in waiting:
        _follow(unit, rulebook, together[row["campaign_id"]], row)
    _hold_back(unit, rulebook, together, waiting)
    reached = waiting[-1]["id"] if len(waiting) == limit else after + _STRETCH
    for campaign_id, kind in together.items():
        settings = {**kind["settings"], _FOLLOWING: {**places[campaign_id], "after": reached}}
        if reached >= last:
            del settings[_FOLLOWING]
        unit.run(sa.update(campaign).where(campaign.c.id == campaign_id).values(settings=settings))
    return reached < last or len(together) < len(concerned)


def _waiting(
    unit: Unit, campaigns: Sequence[int], ids: tuple[int, int], limit: int
) -> Sequence[sa.RowMapping]:
    return (
        unit.run(
            sa.select(callback, person.c.tier)
            .join(person, person.c.id == callback.c.person_id)
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


def _follow(unit: Unit, rulebook: Rulebook, kind: sa.RowMapping, row: sa.RowMapping) -> None:
    what = kind["settings"][_FOLLOWING]["what"]
    values: dict[str, Any] = {}
    if BAND in what and not row["promised"] and row["band"] >= KEY_CUSTOMER:
        values["band"] = ordinary_band_of(
            rulebook, kind["band"], priority=row["priority"], tier=row["tier"]
        )
    if CAP in what:
        tries = Tries.from_dict(row["tries"])
        values["tries"] = replace(tries, cap=kind["attempt_cap"]).to_dict()
    if GRACE in what and row["assigned_to"] is not None and row["grace_until"] is not None:
        begun = max(row["ready_at"], row["created_at"])
        values["grace_until"] = grace_end(row["ready_at"], begun, kind["grace_minutes"])
    changed = {name: value for name, value in values.items() if value != row[name]}
    if changed:
        unit.run(
            sa.update(callback)
            .where(callback.c.id == row["id"])
            .values(updated_at=unit.now, **changed)
        )
        unit.move(QUEUE)


def ordinary_band_of(
    rulebook: Rulebook, campaign_band: int, *, priority: str | None, tier: str | None
) -> int:
    """The band of a callback for which nothing was promised and that is no step of a case."""
    return band_of(
        campaign_band,
        priority=Priority(priority or Priority.NORMAL),
        tier=Tier(tier) if tier else None,
        tier_bands=rulebook.tiers.bands,
    ).band


def _hold_back(
    unit: Unit,
    rulebook: Rulebook,
    kinds: Mapping[int, sa.RowMapping],
    rows: Sequence[sa.RowMapping],
) -> None:
    held = {
        row["id"]: row["person_id"]
        for row in rows
        if CAPS in kinds[row["campaign_id"]]["settings"][_FOLLOWING]["what"]
    }
    if held:
        hold_back(unit, rulebook, set(held.values()), only=list(held))
