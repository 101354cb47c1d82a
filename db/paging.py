"""Lists that are read page by page, each page beside a row that is known already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from db.transaction import Unit

Side = Literal["after", "before", "from"]
"""Where a page lies: behind its anchor, in front of it, or from it on, the anchor included."""


@dataclass(frozen=True, slots=True)
class PageRows:
    """The rows of a page in the list's order, and whether the list goes on beyond them."""

    rows: Sequence[sa.RowMapping]
    more_before: bool
    more_after: bool


def page_rows(
    unit: Unit,
    query: sa.Select[Any],
    place: Sequence[sa.ColumnElement[Any]],
    anchor: Sequence[Any] | None,
    *,
    side: Side,
    limit: int,
    falling: bool = True,
) -> PageRows:
    """Reads a page of a list.

    Args:
        unit: the transaction.
        query: all rows of the list, in no order.
        place: what orders them, one after the other; together no two rows have the same.
        anchor: the place of a row, which need not be in the list any more; without one it is the
            first page, before nothing the last one.
        side: where the page lies.
        limit: how many rows at most.
        falling: whether the list begins with the highest.
    """
    backwards = side == "before"
    downwards = falling is not backwards
    if anchor is not None:
        bound = sa.tuple_(*place)
        there = sa.tuple_(*anchor, types=[one.type for one in place])
        if downwards:
            query = query.where(bound <= there if side == "from" else bound < there)
        else:
            query = query.where(bound >= there if side == "from" else bound > there)
    order = [one.desc() if downwards else one.asc() for one in place]
    found = unit.run(query.order_by(*order).limit(limit + 1)).mappings().all()
    rows, more, beyond = found[:limit], len(found) > limit, anchor is not None
    return PageRows(
        rows[::-1] if backwards else rows,
        more_before=more if backwards else beyond,
        more_after=beyond if backwards else more,
    )
