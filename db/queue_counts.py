"""Counting what waits, up to a limit: a figure above the queue must cost little at any size.

Nobody acts differently on 40,000 than on "1000+", yet counting them takes half a second. So every
count stops at a limit, and windows and bands are walked along the indexes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

import sqlalchemy as sa

from db.engine import Database
from db.tables import callback
from db.transaction import Unit
from domain.bands import COURTESY
from domain.permissions import Actor, require
from domain.terms import OFF

LIMIT: Final = 1_000
"""Where the figures above the queue stop counting."""
EXACT: Final = 2**53
"""A limit that no queue reaches."""

POOL: Final = "h.state = 'due' AND h.assigned_to IS NULL"
MINE: Final = "h.state = 'due' AND h.assigned_to = :operator"

_OPEN: Final = "w.opens_at <= :now AND w.closes_at > :now"
_OFF: Final = f"w.preferred LIKE '%/{OFF}'"
_CLOSED: Final = f"(w.opens_at IS NULL OR w.opens_at > :now OR w.closes_at <= :now) AND NOT {_OFF}"
_PAUSED: Final = "SELECT g.id FROM campaign g WHERE g.paused_at IS NOT NULL"
_FIGURES: Final = (
    "pool_open", "pool_closed", "pool_overdue", "mine_open", "mine_closed", "mine_overdue",
    "others", "scheduled", "claimed", "check",
)  # fmt: skip
_BANDS: Final = f"(VALUES {', '.join(f'({band})' for band in range(COURTESY + 1))}) b"


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures above an operator's queue; each stops at the limit with which it was asked for.

    Attributes:
        due: callbacks whose time has come, that nobody has in hand, and that are anybody's or
            this operator's; not those of campaigns that are switched off.
        callable: of these, how many are within calling hours.
        closed: of these, how many are outside calling hours.
        overdue: of these, how many fell due an hour ago or more.
        mine: of these, how many are this operator's alone.
        others: callbacks whose time has come that are a colleague's alone.
        scheduled: callbacks whose time has not come.
        claimed: callbacks in somebody's hands.
        check: callbacks that wait for a person's word.
    """

    due: int
    callable: int
    closed: int
    overdue: int
    mine: int
    others: int
    scheduled: int
    claimed: int
    check: int


def shown(n: int, limit: int = LIMIT) -> int | str:
    """A count as people read it: `1000+` where counting stopped."""
    return f"{limit}+" if n >= limit else n


def counts(database: Database, actor: Actor, limit: int = LIMIT) -> Counts:
    """The figures above the queue.

    Args:
        database: the database.
        actor: whose queue.
        limit: where counting stops; `EXACT` counts to the end.
    """

    def work(unit: Unit) -> Counts:
        require(actor, "queue.list")
        n = count(unit, actor.operator_id, limit, *_FIGURES)
        callable_, closed = n["pool_open"] + n["mine_open"], n["pool_closed"] + n["mine_closed"]
        return Counts(
            due=min(limit, callable_ + closed),
            callable=min(limit, callable_),
            closed=min(limit, closed),
            overdue=min(limit, n["pool_overdue"] + n["mine_overdue"]),
            mine=min(limit, n["mine_open"] + n["mine_closed"]),
            others=n["others"],
            scheduled=n["scheduled"],
            claimed=n["claimed"],
            check=n["check"],
        )

    return database.read(work)


def count(unit: Unit, operator_id: int, limit: int, *names: str) -> Mapping[str, int]:
    """Counts of `parts` by name, in one statement; each stops at a limit."""
    values = {
        "now": unit.now,
        "hour_ago": unit.now - timedelta(hours=1),
        "operator": operator_id,
        "cap": limit,
    }
    statement, wanted = _statement(names, embedded=unit.embedded)
    row = unit.run(statement, {name: values[name] for name in wanted}).one()
    return dict(zip(names, row, strict=True))


def parts(*, embedded: bool) -> Mapping[str, str]:
    """SQL that finds each kind of waiting callback, at most `:cap` of them, by name."""
    late = "h.band = b.column1 AND h.due_at <= :hour_ago"
    own = "callback h CROSS JOIN calling_window w WHERE w.id = h.window_id AND"
    window = "h.window_id = w.id AND"

    def walk(outer: str, rows: str, condition: str = "1 = 1") -> str:
        # CROSS JOIN keeps SQLite to this order; PostgreSQL is kept to it by a lateral subquery
        # that has a limit of its own.
        if embedded:
            return f"{outer} CROSS JOIN callback h WHERE {rows} AND {condition}"
        lateral = f"SELECT 1 FROM callback h WHERE {rows} LIMIT :cap"
        return f"{outer} CROSS JOIN LATERAL ({lateral}) t WHERE {condition}"

    found = {
        "pool_open": walk("calling_window w", f"{window} {POOL}", _OPEN),
        "pool_closed": walk("calling_window w", f"{window} {POOL}", _CLOSED),
        "pool_overdue": walk(
            f"calling_window w CROSS JOIN {_BANDS}", f"{window} {late} AND {POOL}"
        ),
        # Where no campaign is paused, nothing is walked.
        "pool_paused": walk(
            f"({_PAUSED} LIMIT 1) p CROSS JOIN calling_window w",
            f"{window} {POOL} AND h.campaign_id IN ({_PAUSED})",
            _OPEN,
        ),
        "pool_off": walk("calling_window w", f"{window} {POOL}", _OFF),
        "mine_off": f"{own} {MINE} AND {_OFF}",
        "mine_open": f"{own} {MINE} AND {_OPEN}",
        "mine_paused": f"{own} {MINE} AND {_OPEN} AND h.campaign_id IN ({_PAUSED})",
        "mine_closed": f"{own} {MINE} AND {_CLOSED}",
        "mine_overdue": walk(_BANDS, f"{late} AND {MINE}"),
        "others": (
            "callback h WHERE h.state = 'due' AND h.assigned_to IS NOT NULL"
            " AND h.assigned_to <> :operator"
        ),
        "scheduled": "callback h WHERE h.state = 'scheduled'",
        "claimed": "callback h WHERE h.claimed_by IS NOT NULL AND h.state = 'claimed'",
        "check": "callback h WHERE h.state = 'check'",
    }
    return {name: f"SELECT 1 FROM {sql} LIMIT :cap" for name, sql in found.items()}


@cache
def _statement(names: tuple[str, ...], *, embedded: bool) -> tuple[sa.TextClause, frozenset[str]]:
    known = parts(embedded=embedded)
    counted = ", ".join(f"(SELECT count(*) FROM ({known[name]}) n)" for name in names)
    sql = f"SELECT {counted}"
    at = callback.c.due_at.type
    wanted = frozenset(re.findall(r":(\w+)", sql))
    instants = (sa.bindparam(name, type_=at) for name in wanted & {"now", "hour_ago"})
    return sa.text(sql).bindparams(*instants), wanted
