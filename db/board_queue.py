"""What waits, is in hand and in check, by band and by kind of callback.

Asked up to four times a second, so every count stops at a limit and walks along an index: of what
waits the pool's (`window, band, due`), an operator's own (`assigned, band, due`) and that of a kind
(`campaign, window, due`); of what is in hand and in check there is never much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from operator import add
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.states import in_state
from db.tables import call, callback, campaign
from db.transaction import Unit
from domain.bands import COURTESY
from domain.board import Waiting
from domain.terms import OFF

OPEN: Final = "w.opens_at <= :now AND w.closes_at > :now"
ON: Final = f"w.preferred NOT LIKE '%/{OFF}'"
CLOSED: Final = f"(w.opens_at IS NULL OR w.opens_at > :now OR w.closes_at <= :now) AND {ON}"
_POOL: Final = "h.state = 'due' AND h.assigned_to IS NULL"
_OWN: Final = "h.state = 'due' AND h.assigned_to IS NOT NULL"
_LATE: Final = "h.due_at <= :late"
_BANDS: Final = f"(VALUES {', '.join(f'({band})' for band in range(COURTESY + 1))}) b"


@dataclass(frozen=True, slots=True)
class BandLine:
    """What there is of a band; `oldest` is when the longest waiting one fell due that may be rung.

    Only what belongs to everybody is asked for its age; instants in UTC.
    """

    band: int
    waiting: Waiting
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """What there is of a kind of callback."""

    id: int
    code: str
    name_zh: str
    name_en: str
    paused: bool
    active: bool
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class QueueNow:
    """The queue at an instant.

    Attributes:
        at: the instant (UTC).
        bands: every band from 0 to 9.
        campaigns: every kind that is on or of which there is something.
        limit: where each count stopped.
    """

    at: datetime
    bands: tuple[BandLine, ...]
    campaigns: tuple[CampaignLine, ...]
    limit: int

    @property
    def total(self) -> Waiting:
        """What there is in all; at least this much where a band's count stopped at the limit."""
        return sum((one.waiting for one in self.bands), Waiting())

    @property
    def oldest(self) -> datetime | None:
        """When the longest waiting one fell due (UTC); none where nobody waits."""
        return min((one.oldest for one in self.bands if one.oldest is not None), default=None)


def queue_now(unit: Unit, database: Database, limit: int) -> QueueNow:
    """The queue within a transaction; each count stops at a limit."""
    values = {"now": unit.now, "late": unit.now - database.rulebook.board.overdue, "cap": limit}
    by_band, by_kind = _in_hand(unit)
    pool = unit.run(_pool(embedded=unit.embedded).columns(*_BAND_COLUMNS), values).all()
    # Where the pool alone reaches the limit, nobody's own callbacks can add to it.
    short = tuple(row[0] for row in pool if min(row[1:4]) < limit)
    own = {
        row[0]: row[1:4]
        for row in (unit.run(_own(short, embedded=unit.embedded), values) if short else ())
    }
    bands = tuple(
        BandLine(
            row[0],
            _waiting(map(add, row[1:4], own.get(row[0], (0, 0, 0))), limit)
            + by_band.get(row[0], Waiting()),
            row[4],
        )
        for row in pool
    )
    counted = {row[0]: row[1:4] for row in unit.run(_kinds(embedded=unit.embedded), values)}
    kinds = []
    for row in unit.run(_CAMPAIGNS):
        waiting = _waiting(counted[row.id], limit) + by_kind.get(row.id, Waiting())
        if row.active or waiting != Waiting():
            paused = row.paused_at is not None
            names = (row.code, row.name_zh, row.name_en)
            kinds.append(CampaignLine(row.id, *names, paused, row.active, waiting))
    return QueueNow(unit.now, bands, tuple(kinds), limit)


_BAND_COLUMNS: Final[tuple[sa.ColumnClause[Any], ...]] = (
    *(sa.column(name, sa.Integer) for name in ("band", "open", "closed", "overdue")),
    sa.column("oldest", callback.c.due_at.type),
)
_CAMPAIGNS: Final = sa.select(
    campaign.c.id,
    campaign.c.code,
    campaign.c.name_zh,
    campaign.c.name_en,
    campaign.c.paused_at,
    campaign.c.active,
).order_by(campaign.c.band, campaign.c.id)
_HAND: Final = (
    sa.select(
        callback.c.band,
        callback.c.campaign_id,
        callback.c.state,
        call.c.talk_ended_at.is_not(None).label("over"),
    )
    .select_from(callback.outerjoin(call, call.c.id == callback.c.call_id))
    .where(callback.c.claimed_by.is_not(None), in_state("claimed", "check"))
)


def _in_hand(unit: Unit) -> tuple[Mapping[int, Waiting], Mapping[int, Waiting]]:
    """What is in hand or in check, by band and by kind."""
    bands: dict[int, Waiting] = {}
    kinds: dict[int, Waiting] = {}
    for row in unit.run(_HAND):
        if row.state == "check":
            one = Waiting(check=1)
        else:
            one = Waiting(wrap_up=1) if row.over else Waiting(claimed=1)
        bands[row.band] = bands.get(row.band, Waiting()) + one
        kinds[row.campaign_id] = kinds.get(row.campaign_id, Waiting()) + one
    return bands, kinds


def _waiting(counts: Iterable[Any], limit: int) -> Waiting:
    opened, closed, overdue = (min(limit, int(n)) for n in counts)
    return Waiting(open=opened, closed=closed, overdue=overdue)


@cache
def _pool(*, embedded: bool) -> sa.TextClause:
    """What is anybody's, by band: within hours, outside them, overdue; and the oldest within."""

    def walk(condition: str, window: str) -> str:
        rows = f"h.window_id = w.id AND h.band = b.column1 AND {condition} AND {_POOL}"
        return _counted(_windows_first(rows, window, embedded=embedded))

    head = (
        "SELECT h.due_at FROM callback h WHERE h.window_id = w.id AND h.band = b.column1"
        f" AND {_POOL} ORDER BY h.due_at, h.id LIMIT 1"
    )
    oldest = f"SELECT min(({head})) FROM calling_window w WHERE {OPEN}"
    sql = (
        f"SELECT b.column1, {walk('1 = 1', OPEN)}, {walk('1 = 1', CLOSED)}, {walk(_LATE, ON)},"
        f" ({oldest}) AS oldest FROM {_BANDS} ORDER BY 1"
    )
    return _typed(sa.text(sql))


@lru_cache(maxsize=64)
def _own(bands: tuple[int, ...], *, embedded: bool) -> sa.TextClause:
    """What is somebody's own, of some bands: within hours, outside them, overdue."""

    def walk(condition: str, window: str) -> str:
        own = f"h.assigned_to = o.id AND h.band = b.column1 AND {condition} AND {_OWN}"
        if embedded:
            return _counted(
                "SELECT 1 FROM operator o CROSS JOIN callback h CROSS JOIN calling_window w"
                f" WHERE {own} AND w.id = h.window_id AND {window}"
            )
        # A plain join would look through all windows for each operator.
        return _counted(
            "SELECT 1 FROM operator o CROSS JOIN LATERAL (SELECT 1 FROM callback h"
            " CROSS JOIN LATERAL (SELECT 1 FROM calling_window w"
            f" WHERE w.id = h.window_id AND {window} LIMIT 1) v WHERE {own} LIMIT :cap) t"
        )

    chosen = ", ".join(map(str, bands))
    sql = (
        f"SELECT b.column1, {walk('1 = 1', OPEN)}, {walk('1 = 1', CLOSED)}, {walk(_LATE, ON)}"
        f" FROM {_BANDS} WHERE b.column1 IN ({chosen})"
    )
    return _typed(sa.text(sql))


@cache
def _kinds(*, embedded: bool) -> sa.TextClause:
    def walk(condition: str, window: str) -> str:
        rows = f"h.campaign_id = g.id AND h.window_id = w.id AND h.state = 'due' AND {condition}"
        return _counted(_windows_first(rows, window, embedded=embedded))

    sql = (
        f"SELECT g.id, {walk('1 = 1', OPEN)}, {walk('1 = 1', CLOSED)}, {walk(_LATE, ON)}"
        " FROM campaign g"
    )
    return _typed(sa.text(sql))


def _windows_first(rows: str, window: str, *, embedded: bool) -> str:
    """SQL that goes from the windows to their callbacks.

    An embedded database keeps to the order of a CROSS JOIN, a server to a lateral's limit.
    """
    if embedded:
        return f"SELECT 1 FROM calling_window w CROSS JOIN callback h WHERE {rows} AND {window}"
    return (
        "SELECT 1 FROM calling_window w CROSS JOIN LATERAL"
        f" (SELECT 1 FROM callback h WHERE {rows} LIMIT :cap) t WHERE {window}"
    )


def _counted(part: str) -> str:
    return f"(SELECT count(*) FROM (SELECT 1 FROM ({part}) m LIMIT :cap) n)"


def _typed(statement: sa.TextClause) -> sa.TextClause:
    at = callback.c.due_at.type
    return statement.bindparams(sa.bindparam("now", type_=at), sa.bindparam("late", type_=at))
