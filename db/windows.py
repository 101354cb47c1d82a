"""Calling windows: one stored decision for each distinct input, kept current by housekeeping.

A callback points to its window; opening and closing change that one row and no callback.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.tables import calling_window
from db.topics import QUEUE
from db.transaction import Unit
from domain.calling_hours import current_or_next_window
from domain.rulebook import Rulebook


def window_for(
    unit: Unit,
    rulebook: Rulebook,
    *,
    zones: Sequence[str],
    places: Sequence[str],
    purpose: str,
    preferred: str = "",
) -> int:
    """The id of the window of a decision input; made when it is new.

    Args:
        unit: the transaction.
        rulebook: the calling rules in force.
        zones: all zones that the customer's number or setting can mean (IANA names).
        places: the countries or states whose rows apply.
        purpose: the purpose of the call.
        preferred: the customer's own hours; empty where none are known.
    """
    key = {
        "release": rulebook.calling_release,
        "zones": ",".join(sorted(set(zones))),
        "places": ",".join(sorted(set(places))),
        "purpose": purpose,
        "preferred": preferred,
    }
    columns = calling_window.c
    same = sa.and_(*(columns[name] == value for name, value in key.items()))
    found: int | None = unit.run(sa.select(columns.id).where(same)).scalar()
    if found is not None:
        return found
    opens, closes = _hours(rulebook, key, unit)
    made: int | None = unit.run(
        sa.text(
            "INSERT INTO calling_window (release, zones, places, purpose, preferred, opens_at,"
            " closes_at, rule, computed_at) VALUES (:release, :zones, :places, :purpose,"
            " :preferred, :opens, :closes, '{}', :now)"
            " ON CONFLICT (release, zones, places, purpose, preferred) DO NOTHING RETURNING id"
        ).bindparams(
            sa.bindparam("opens", type_=columns.opens_at.type),
            sa.bindparam("closes", type_=columns.opens_at.type),
            sa.bindparam("now", type_=columns.opens_at.type),
        ),
        {**key, "opens": opens, "closes": closes, "now": unit.now},
    ).scalar()
    if made is not None:
        return made
    return int(unit.run(sa.select(columns.id).where(same)).scalar_one())


def refresh(unit: Unit, rulebook: Rulebook, limit: int = 200) -> int:
    """Recomputes windows that have closed, or were without an opening; returns how many moved."""
    columns = calling_window.c
    stale = (
        unit.run(
            sa.select(calling_window)
            .where(
                columns.release == rulebook.calling_release,
                sa.or_(
                    columns.closes_at <= unit.now,
                    # Only where a practice clock was set back: it was computed in the future.
                    columns.computed_at > unit.now,
                    # A rule that never opens within the horizon is looked at once a day.
                    sa.and_(columns.closes_at.is_(None), columns.computed_at < unit.day_ago),
                ),
            )
            .order_by(columns.closes_at)
            .limit(limit)
        )
        .mappings()
        .all()
    )
    for row in stale:
        opens, closes = _hours(rulebook, dict(row), unit)
        unit.run(
            sa.update(calling_window)
            .where(columns.id == row["id"])
            .values(opens_at=opens, closes_at=closes, computed_at=unit.now)
        )
    if stale:
        unit.move(QUEUE)
    return len(stale)


def _hours(
    rulebook: Rulebook, key: Mapping[str, Any], unit: Unit
) -> tuple[datetime | None, datetime | None]:
    found = current_or_next_window(
        rulebook.calling,
        zones=_split(key["zones"]),
        places=_split(key["places"]),
        purpose=key["purpose"],
        preferred=key["preferred"] or None,
        at=unit.now,
    )
    return (None, None) if found is None else found


def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(",")) if joined else ()
