"""Calling windows: one stored decision for each distinct input, kept current by housekeeping.

A callback points to its window; opening and closing change that one row and no callback.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.hours_input import HoursInput
from db.prepared import Prepared
from db.rule_state import in_step
from db.tables import calling_window
from db.topics import QUEUE
from db.transaction import Unit
from domain.calling_hours import current_or_next_window
from domain.rulebook import Rulebook

_A_SECOND: Final = timedelta(seconds=1)
_KEY: Final = ("release", "zones", "places", "purpose", "preferred")
# Asked for every callback that is made.
_SAME: Final = Prepared(
    sa.select(calling_window.c.id).where(
        *(calling_window.c[name] == sa.bindparam(name) for name in _KEY)
    )
)


def window_for(unit: Unit, rulebook: Rulebook, asked: HoursInput) -> int:
    """The id of the window of a decision input; made when it is new."""
    key: dict[str, Any] = {
        "release": rulebook.calling_release,
        "zones": ",".join(sorted(set(asked.zones))),
        "places": ",".join(sorted(set(asked.places))),
        "purpose": asked.purpose,
        "preferred": asked.preferred,
    }
    columns = calling_window.c
    found: int | None = _SAME.scalar(unit, key)
    if found is not None:
        return found
    of_older_rules = sa.select(columns.id).where(
        *(columns[name] == value for name, value in key.items() if name != "release")
    )
    older: int | None = unit.run(of_older_rules.order_by(columns.id.desc()).limit(1)).scalar()
    computed_at = unit.now
    if not in_step(unit, rulebook):
        # Whoever works by the newer rules computes it, at once: it looks like an old one.
        opens, closes, computed_at = None, None, unit.day_ago - _A_SECOND
    else:
        opens, closes = _hours(rulebook, key, unit)
        if older is not None:
            _renew(unit, older, rulebook, (opens, closes))
    if older is not None:
        return older
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
        {**key, "opens": opens, "closes": closes, "now": computed_at},
    ).scalar()
    if made is not None:
        return made
    return int(_SAME.scalar(unit, key))


def refresh(unit: Unit, rulebook: Rulebook, limit: int = 200) -> int:
    """Recomputes windows that have closed, or were without an opening; returns how many moved.

    Windows of older rules are taken over by the rules in force, so that the callbacks which point
    to them follow without being touched. By rules that hold no more nothing is computed.
    """
    if not in_step(unit, rulebook):
        return 0
    columns = calling_window.c
    stale = (
        unit.run(
            sa.select(calling_window)
            .where(
                sa.or_(
                    columns.release != rulebook.calling_release,
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
        _renew(unit, row["id"], rulebook, (opens, closes))
    if stale:
        unit.move(QUEUE)
    return len(stale)


def _renew(
    unit: Unit, window_id: int, rulebook: Rulebook, hours: tuple[datetime | None, datetime | None]
) -> None:
    unit.run(
        sa.update(calling_window)
        .where(calling_window.c.id == window_id)
        .values(
            release=rulebook.calling_release,
            opens_at=hours[0],
            closes_at=hours[1],
            computed_at=unit.now,
        )
    )


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
