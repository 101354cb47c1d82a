"""Asking for callbacks and calls by state, so that the partial indexes over states apply.

The states stand in the statement itself: where one is a bound value, SQLite must read the statement
again at each execution to learn that an index over that state serves, or misses the index.
"""

from __future__ import annotations

import sqlalchemy as sa

from db.tables import call, callback

OPEN_STATES = ("scheduled", "due", "claimed", "check")
"""States of callbacks that are not over."""


def in_state(*states: str) -> sa.ColumnElement[bool]:
    """Whether a callback is in one of some states."""
    spelt: list[sa.ColumnClause[str]] = [sa.literal_column(f"'{state}'") for state in states]
    return callback.c.state == spelt[0] if len(spelt) == 1 else callback.c.state.in_(spelt)


def in_phase(phase: str) -> sa.ColumnElement[bool]:
    """Whether a call is in a phase: `open`, `parked` or `ended`."""
    return call.c.phase == sa.literal_column(f"'{phase}'")
