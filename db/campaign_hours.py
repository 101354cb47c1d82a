"""Which window a waiting callback points to by its campaign: own hours, purpose, switched off.

A campaign's settings tell by which reading all its callbacks point to their windows. While that is
not what the rules say, they are gone through in batches (`db.rule_following`), and a claim looks at
each callback of the campaign once more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from db.callbacks import window_of
from db.hours_input import PERSON_FIELDS, PHONE_FIELDS, HoursInput, hours_input, is_pointed
from db.states import in_state
from db.tables import callback, calling_window, person, phone
from db.topics import QUEUE
from db.transaction import Unit
from db.transitions import CallbackRow
from db.windows import window_for
from domain.rulebook import Rulebook
from domain.terms import read_terms

_BESIDE: Final = 100
"""How many others in the same place a claim takes along: some 10 ms."""

FACTS: Final[tuple[sa.Label[Any], ...]] = (
    calling_window.c.preferred.label("terms"),
    *(person.c[name].label(f"person_{name}") for name in sorted(PERSON_FIELDS)),
    *(phone.c[name].label(f"phone_{name}") for name in sorted(PHONE_FIELDS)),
)
"""What `pointed_window` wants to know of a callback."""


def pointed_window(
    unit: Unit,
    rulebook: Rulebook,
    kind: Mapping[str, Any],
    row: sa.RowMapping,
    windows: dict[HoursInput, int],
) -> int:
    """The window to which a callback belongs; `windows` remembers those that were asked for.

    Args:
        unit: the transaction.
        rulebook: the rules in force.
        kind: its campaign.
        row: its columns with `FACTS`.
        windows: by what decides about hours.
    """
    key = hours_input(
        {name: row[f"person_{name}"] for name in PERSON_FIELDS},
        {name: row[f"phone_{name}"] for name in PHONE_FIELDS},
        kind,
        rulebook.campaigns,
        named_by_customer=read_terms(row["terms"]).named,
    )
    if key not in windows:
        windows[key] = window_for(unit, rulebook, key)
    return windows[key]


def points_elsewhere(unit: Unit, rulebook: Rulebook, row: CallbackRow) -> bool:
    """Whether a callback waited by hours that its campaign no longer has; now it points to others.

    Others that wait beside it go along, so that a claim does not meet each of them.

    Args:
        unit: the transaction.
        rulebook: the rules in force.
        row: the callback with `code`, `active`, `settings` and `purpose` of its campaign; the
            settings may be as the driver gives them.
    """
    settings = row["settings"]
    kind: Mapping[str, Any] = {
        **{name: row[name] for name in ("code", "active", "purpose")},
        "settings": json.loads(settings) if isinstance(settings, str) else settings,
    }
    if row["phone_id"] is None or is_pointed(kind, rulebook.campaigns):
        return False
    terms = sa.select(calling_window.c.preferred).where(calling_window.c.id == row["window_id"])
    window_id = window_of(
        unit,
        rulebook,
        row["phone_id"],
        person_id=row["person_id"],
        campaign_id=row["campaign_id"],
        named_by_customer=read_terms(unit.run(terms).scalar_one()).named,
    )
    if window_id == row["window_id"]:
        return False
    beside = (
        sa.select(callback.c.id)
        .where(
            callback.c.window_id == row["window_id"],
            callback.c.campaign_id == row["campaign_id"],
            in_state("due"),
            callback.c.assigned_to.is_(None),
        )
        .order_by(callback.c.band, callback.c.due_at, callback.c.id)
        .limit(_BESIDE)
        .with_for_update(skip_locked=True)
    )
    unit.run(
        sa.update(callback)
        .where(sa.or_(callback.c.id == row["id"], callback.c.id.in_(beside)))
        .values(window_id=window_id, updated_at=unit.now)
    )
    unit.move(QUEUE)
    return True
