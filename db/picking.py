"""Choosing the next callback: the best head among the open windows, mine on a tie.

What a lead has put before an operator as the next one comes before all others.

One indexed statement at any size. Legality is the window's (`opens_at <= now < closes_at`), not
the row's; a person or number in somebody's hands is passed over.
"""

from __future__ import annotations

import sqlalchemy as sa

from db.prepared import Prepared
from db.tables import callback, calling_window
from db.transaction import Unit

_INSTANT = callback.c.due_at.type

_FREE = """NOT EXISTS (SELECT 1 FROM call_hold k
   WHERE k.key IN ('p' || CAST(h.person_id AS TEXT), 'n' || CAST(h.phone_id AS TEXT))
     AND (k.until IS NULL OR k.until > :now))
  AND NOT EXISTS (SELECT 1 FROM campaign g
   WHERE g.id = h.campaign_id AND (g.paused_at IS NOT NULL OR NOT g.active))"""

_MINE = f"""SELECT h.id, h.band, h.due_at, 0 AS pool FROM callback h
  JOIN calling_window w ON w.id = h.window_id
  WHERE h.assigned_to = :operator AND h.state = 'due'
    AND w.opens_at <= :now AND w.closes_at > :now AND {_FREE}
  ORDER BY h.band, h.due_at, h.id LIMIT 1"""

_NEXT = f"""SELECT h.id, -1 AS band, h.due_at, 0 AS pool FROM callback h
  JOIN calling_window w ON w.id = h.window_id
  WHERE h.next_for = :operator AND h.assigned_to = :operator AND h.state = 'due'
    AND w.opens_at <= :now AND w.closes_at > :now AND {_FREE}
  ORDER BY h.due_at, h.id LIMIT 1"""

_POOL_HEAD = f"""SELECT h.id FROM callback h
  WHERE h.window_id = w.id AND h.state = 'due' AND h.assigned_to IS NULL
    AND (h.avoid_operator_id IS NULL OR h.avoid_operator_id <> :operator) AND {_FREE}
  ORDER BY h.band, h.due_at, h.id"""

_SQLITE = Prepared(
    sa.text(
        f"""SELECT id FROM (
  SELECT * FROM ({_NEXT})
  UNION ALL
  SELECT * FROM ({_MINE})
  UNION ALL
  SELECT * FROM (SELECT c.id, c.band, c.due_at, 1 AS pool FROM calling_window w
    JOIN callback c ON c.id = ({_POOL_HEAD} LIMIT 1)
    WHERE w.opens_at <= :now AND w.closes_at > :now
    ORDER BY c.band, c.due_at, c.id LIMIT 1)
) ORDER BY band, due_at, pool, id LIMIT 1"""
    ).bindparams(sa.bindparam("now", type_=_INSTANT))
)

_POSTGRES = Prepared(
    sa.text(
        f"""WITH head AS (
  SELECT * FROM ({_NEXT}) given
  UNION ALL
  SELECT * FROM (SELECT h.id, h.band, h.due_at, 0 AS pool FROM callback h
    JOIN calling_window w ON w.id = h.window_id
    WHERE h.assigned_to = :operator AND h.state = 'due'
      AND w.opens_at <= :now AND w.closes_at > :now AND {_FREE}
    ORDER BY h.band, h.due_at, h.id LIMIT :width) mine
  UNION ALL
  SELECT * FROM (SELECT c.id, c.band, c.due_at, 1 AS pool FROM calling_window w
    CROSS JOIN LATERAL ({_POOL_HEAD} LIMIT :width) t
    JOIN callback c ON c.id = t.id
    WHERE w.opens_at <= :now AND w.closes_at > :now
    ORDER BY c.band, c.due_at, c.id LIMIT :width) pool
)
SELECT c.id FROM head JOIN callback c ON c.id = head.id
WHERE c.state = 'due'
ORDER BY head.band, head.due_at, head.pool, head.id
LIMIT 1 FOR UPDATE OF c SKIP LOCKED"""
    ).bindparams(sa.bindparam("now", type_=_INSTANT))
)

_WIDTHS = (1, 16, 256)
"""How many heads a server looks at: others' locks may hide the first, then a look is wider."""


def pick(unit: Unit, operator_id: int) -> int | None:
    """The callback that this operator rings next, locked for this transaction; none to be had."""
    values = {"operator": operator_id, "now": unit.now}
    if unit.embedded:
        head: int | None = _SQLITE.scalar(unit, values)
        return head
    for width in _WIDTHS:
        found: int | None = _POSTGRES.scalar(unit, {**values, "width": width})
        if found is not None:
            return found
    return None


def is_open(unit: Unit, window_id: int) -> bool:
    """Whether calling is allowed now by a stored window."""
    return (
        unit.run(
            sa.select(calling_window.c.id).where(
                calling_window.c.id == window_id,
                calling_window.c.opens_at <= unit.now,
                calling_window.c.closes_at > unit.now,
            )
        ).first()
        is not None
    )
