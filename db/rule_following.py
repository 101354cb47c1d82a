"""Callbacks that wait follow a change of the rules: hours, band, cap of attempts, owner's grace.

Nothing is gone through when rules come into force. Each campaign that is concerned remembers how
far its callbacks have been gone through; they are in short batches, so that claims go on meanwhile.
What is asked again, or after a crash, comes out the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from db.callbacks import grace_end
from db.campaign_hours import FACTS, pointed_window
from db.cap_waits import shorten_waits
from db.caps import hold_back
from db.hours_input import HOURS, HoursInput, is_pointed, pointed_by, with_pointed
from db.tables import callback, calling_window, campaign, person, phone
from db.topics import QUEUE
from db.transaction import Unit
from domain.bands import KEY_CUSTOMER, Priority, Tier, band_of
from domain.rulebook import Rulebook
from domain.tries import Tries

BAND: Final = "band"
CAP: Final = "cap"
GRACE: Final = "grace"
CAPS: Final = "caps"
WINDOW: Final = "window"

_FOLLOWING: Final = "following"
"""In a campaign's settings: what of its callbacks follows, and the last id looked at.

`to` is there where they are pointed to their windows anew: by which reading.
"""
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
    if not wanted:
        return dict(settings)
    return {**settings, _FOLLOWING: {**present, "what": wanted, "after": 0}}


def follow_rules(unit: Unit, rulebook: Rulebook, limit: int = 100) -> bool:
    """Brings callbacks in line with the rules in force, one batch.

    Promised callbacks and steps of cases keep their band, whatever their campaign.

    Returns:
        Whether more are to be gone through.
    """
    rows = unit.run(sa.select(campaign)).mappings().all()
    concerned = [row["id"] for row in rows if _begun(rulebook, row).get(_FOLLOWING)]
    if not concerned:
        return False
    found = (
        unit.run(
            sa.select(campaign)
            .where(campaign.c.id.in_(concerned))
            .order_by(campaign.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )
    kinds = [{**kind, "settings": _begun(rulebook, kind)} for kind in found]
    kinds = [kind for kind in kinds if _FOLLOWING in kind["settings"]]
    # Those that have come equally far go on together: the table is gone through once for all.
    after = min((kind["settings"][_FOLLOWING]["after"] for kind in kinds), default=0)
    together = {
        kind["id"]: kind for kind in kinds if kind["settings"][_FOLLOWING]["after"] == after
    }
    last = unit.run(sa.select(sa.func.max(callback.c.id))).scalar() or 0
    waiting = _waiting(unit, list(together), (after, after + _STRETCH), limit)
    windows: dict[HoursInput, int] = {}
    moved: dict[int, list[int]] = defaultdict(list)
    for row in waiting:
        kind = together[row["campaign_id"]]
        if row["phone_id"] is not None and WINDOW in kind["settings"][_FOLLOWING]["what"]:
            window_id = pointed_window(unit, rulebook, kind, row, windows)
            if window_id != row["window_id"]:
                moved[window_id].append(row["id"])
        _follow(unit, rulebook, kind, row)
    _move(unit, moved)
    _hold_back(unit, rulebook, together, waiting)
    reached = waiting[-1]["id"] if len(waiting) == limit else after + _STRETCH
    for campaign_id, kind in together.items():
        settings = _reached(kind["settings"], reached, over=reached >= last)
        unit.run(sa.update(campaign).where(campaign.c.id == campaign_id).values(settings=settings))
    return reached < last or len(together) < len(concerned)


def _begun(rulebook: Rulebook, kind: sa.RowMapping) -> dict[str, Any]:
    """A campaign's settings, from which its callbacks are pointed anew where they have to be."""
    settings = {**kind["settings"], HOURS: rulebook.campaigns.hours_of(kind["code"])}
    known = {**kind, "settings": settings}
    to = pointed_by(known, rulebook.campaigns)
    if is_pointed(known, rulebook.campaigns) or settings.get(_FOLLOWING, {}).get("to") == to:
        return settings
    begun = begin_following(with_pointed(settings, None), (WINDOW,))
    return {**begun, _FOLLOWING: {**begun[_FOLLOWING], "to": to}}


def _reached(settings: Mapping[str, Any], reached: int, *, over: bool) -> dict[str, Any]:
    following = settings[_FOLLOWING]
    if not over:
        return {**settings, _FOLLOWING: {**following, "after": reached}}
    left = {name: value for name, value in settings.items() if name != _FOLLOWING}
    return with_pointed(left, following["to"]) if "to" in following else left


def _waiting(
    unit: Unit, campaigns: Sequence[int], ids: tuple[int, int], limit: int
) -> Sequence[sa.RowMapping]:
    return (
        unit.run(
            sa.select(callback, person.c.tier, *FACTS)
            .join(person, person.c.id == callback.c.person_id)
            .join(calling_window, calling_window.c.id == callback.c.window_id)
            .outerjoin(phone, phone.c.id == callback.c.phone_id)
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


def _follow(
    unit: Unit,
    rulebook: Rulebook,
    kind: Mapping[str, Any],
    row: sa.RowMapping,
) -> None:
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


def _move(unit: Unit, moved: Mapping[int, Sequence[int]]) -> None:
    """Points callbacks to other windows: all that go to the same one at once."""
    for window_id, ids in moved.items():
        unit.run(
            sa.update(callback)
            .where(callback.c.id.in_(ids))
            .values(window_id=window_id, updated_at=unit.now)
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
    kinds: Mapping[int, Mapping[str, Any]],
    rows: Sequence[sa.RowMapping],
) -> None:
    held = {
        row["id"]: row["person_id"]
        for row in rows
        if CAPS in kinds[row["campaign_id"]]["settings"][_FOLLOWING]["what"]
    }
    if held:
        hold_back(unit, rulebook, set(held.values()), only=list(held))
        shorten_waits(unit, rulebook, set(held.values()), list(held))
