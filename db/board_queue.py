"""What waits, is in hand and in check, by band and by kind of callback.

Asked many times a second. A queue of some thousands is counted whole, in one pass. In a longer one
every count stops at a limit and walks along an index: of what waits the pool's and that of what has
an owner (`window, band, due`), and that of a kind (`campaign, window, due`). Of what is in hand and
in check there is never much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import add
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.queue_counts import EXACT
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
        limit: where each count stopped; `queue_counts.EXACT` where all went to the end.
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


def queue_now(unit: Unit, database: Database, limit: int, *, whole: int) -> QueueNow:
    """The queue within a transaction.

    Args:
        unit: the transaction.
        database: whose rules are in force.
        limit: where each count of a long queue stops.
        whole: up to how many due callbacks a queue is counted to the end.
    """
    values = {"now": unit.now, "late": unit.now - database.rulebook.board.overdue}
    due = _counted_whole(unit, values, whole)
    reached = EXACT
    if due is None:
        due, reached = _counted_up_to(unit, {**values, "cap": limit}), limit
    by_band, by_kind = _in_hand(unit)
    bands = tuple(
        BandLine(
            band,
            due.bands.get(band, Waiting()) + by_band.get(band, Waiting()),
            due.oldest.get(band),
        )
        for band in range(COURTESY + 1)
    )
    kinds = []
    for row in unit.run(_CAMPAIGNS):
        waiting = due.kinds.get(row.id, Waiting()) + by_kind.get(row.id, Waiting())
        if row.active or waiting != Waiting():
            paused = row.paused_at is not None
            names = (row.code, row.name_zh, row.name_en)
            kinds.append(CampaignLine(row.id, *names, paused, row.active, waiting))
    return QueueNow(unit.now, bands, tuple(kinds), reached)


@dataclass(frozen=True, slots=True)
class _Due:
    """What is due: by band, by kind, and when the oldest of a band fell due that may be rung."""

    bands: Mapping[int, Waiting]
    kinds: Mapping[int, Waiting]
    oldest: Mapping[int, datetime]


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


def _counted_whole(unit: Unit, values: Mapping[str, Any], few: int) -> _Due | None:
    """What is due, counted to the end; none where it is more than a few."""
    bands: dict[int, Waiting] = {}
    kinds: dict[int, Waiting] = {}
    oldest: dict[int, datetime] = {}
    seen = 0
    for row in unit.run(_WHOLE, {**values, "rows": few + 1}):
        seen += row.seen
        one = Waiting(open=row.open, closed=row.closed, overdue=row.overdue)
        bands[row.band] = bands.get(row.band, Waiting()) + one
        kinds[row.kind] = kinds.get(row.kind, Waiting()) + one
        if row.oldest is not None:
            oldest[row.band] = min(row.oldest, oldest.get(row.band, row.oldest))
    return None if seen > few else _Due(bands, kinds, oldest)


def _counted_up_to(unit: Unit, values: Mapping[str, Any]) -> _Due:
    """What is due, each count up to the limit."""
    limit = values["cap"]
    pool = unit.run(_by_band(_POOL, oldest=True, embedded=unit.embedded), values).all()
    own = unit.run(_by_band(_OWN, oldest=False, embedded=unit.embedded), values).all()
    kinds = unit.run(_by_kind(embedded=unit.embedded), values).all()
    return _Due(
        {
            one[0]: _waiting(map(add, one[1:4], two[1:4]), limit)
            for one, two in zip(pool, own, strict=True)
        },
        {row[0]: _waiting(row[1:4], limit) for row in kinds},
        {row.band: row.oldest for row in pool if row.oldest is not None},
    )


def _waiting(counts: Iterable[Any], limit: int) -> Waiting:
    opened, closed, overdue = (min(limit, int(n)) for n in counts)
    return Waiting(open=opened, closed=closed, overdue=overdue)


def _counted_if(condition: str, name: str) -> str:
    return f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END) AS {name}"


@cache
def _by_band(whose: str, *, oldest: bool, embedded: bool) -> sa.TextualSelect:
    """By band: within hours, outside them, overdue; the oldest within where it is asked for."""

    def walk(condition: str, window: str) -> str:
        rows = f"h.window_id = w.id AND h.band = b.column1 AND {condition} AND {whose}"
        return _counted(_windows_first(rows, window, embedded=embedded))

    head = (
        "SELECT h.due_at FROM callback h WHERE h.window_id = w.id AND h.band = b.column1"
        f" AND {whose} ORDER BY h.due_at, h.id LIMIT 1"
    )
    first = f"SELECT min(({head})) FROM calling_window w WHERE {OPEN}" if oldest else "NULL"
    sql = (
        f"SELECT b.column1 AS band, {walk('1 = 1', OPEN)}, {walk('1 = 1', CLOSED)},"
        f" {walk(_LATE, ON)}, ({first}) AS oldest FROM {_BANDS} ORDER BY 1"
    )
    return _typed(sa.text(sql)).columns(*_BAND_COLUMNS)


@cache
def _by_kind(*, embedded: bool) -> sa.TextClause:
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


_BAND_COLUMNS: Final[tuple[sa.ColumnClause[Any], ...]] = (
    *(sa.column(name, sa.Integer) for name in ("band", "open", "closed", "overdue")),
    sa.column("oldest", callback.c.due_at.type),
)
_WHOLE: Final = _typed(
    sa.text(
        "SELECT h.band, h.campaign_id AS kind, count(*) AS seen,"
        f" {_counted_if(OPEN, 'open')}, {_counted_if(CLOSED, 'closed')},"
        f" {_counted_if(f'{_LATE} AND {ON}', 'overdue')},"
        f" min(CASE WHEN {OPEN} AND {_POOL} THEN h.due_at END) AS oldest"
        " FROM (SELECT d.band, d.campaign_id, d.window_id, d.due_at, d.state, d.assigned_to"
        " FROM callback d WHERE d.state = 'due' LIMIT :rows) h"
        " JOIN calling_window w ON w.id = h.window_id GROUP BY h.band, h.campaign_id"
    )
).columns(
    *(
        sa.column(name, sa.Integer)
        for name in ("band", "kind", "seen", "open", "closed", "overdue")
    ),
    sa.column("oldest", callback.c.due_at.type),
)
