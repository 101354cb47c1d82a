"""What is known of customers when they are sorted: contribution and visits, batch by batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from db.tables import person, service_order
from db.transaction import Unit
from domain.loyalty import Visited


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a customer has spent with the shop so far, in minor units of the currency."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Sorting:
    """A customer as the rules of tiers look at them.

    Attributes:
        id: of the person.
        tier: the tier that holds.
        pinned: whether a lead set it.
        member_level: the card.
        loyalty: the class that is stored.
        trend: the trend that is stored.
        contribution: none where neither the record nor any visit tells an amount.
        visits: to the workshop, with the amounts of the contribution's currency.
    """

    id: int
    tier: str | None
    pinned: bool
    member_level: str | None
    loyalty: str | None
    trend: str | None
    contribution: Contribution | None
    visits: tuple[Visited, ...]


def contributions(unit: Unit, after: int, limit: int) -> tuple[int | None, list[Contribution]]:
    """The contributions of a batch of living customers, and where the next batch begins.

    Args:
        unit: the transaction.
        after: the id behind which the batch begins; 0 for the first.
        limit: customers of a batch.
    """
    rows = _persons(unit, after, limit)
    if not rows:
        return None, []
    ids = [row.id for row in rows]
    columns = service_order.c
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    for person_id, currency, amount in unit.run(
        sa.select(columns.person_id, columns.currency, sa.func.sum(columns.amount))
        .where(columns.person_id.in_(ids), columns.amount.is_not(None))
        .group_by(columns.person_id, columns.currency)
    ):
        sums[person_id][currency] = int(amount)
    found = [contribution_of(row.spent, row.currency, sums[row.id]) for row in rows]
    return ids[-1], [one for one in found if one is not None]


def sorting_batch(unit: Unit, after: int, limit: int) -> list[Sorting]:
    """A batch of living customers, in the order of their ids, behind the id `after`."""
    return _with_visits(unit, _persons(unit, after, limit))


def contribution_now(unit: Unit, person_id: int) -> Contribution | None:
    """What one customer has spent so far; none where nobody knows."""
    query = sa.select(*_COLUMNS).where(person.c.id == person_id)
    return _with_visits(unit, unit.run(query).all())[0].contribution


def contribution_of(
    spent: int | None, currency: str | None, ordered: Mapping[str, int]
) -> Contribution | None:
    """What a customer has spent so far.

    The record's own figure and the sum of the known visits tell of the same money: each may lack
    what the other has, so the larger one counts. Other currencies than the record's are left out.

    Args:
        spent: the figure of the record, in minor units.
        currency: its currency.
        ordered: the sums of the visits by currency.
    """
    if currency is None:
        if not ordered:
            return None
        currency = max(ordered, key=lambda one: (ordered[one], one))
        spent = None
    known = [one for one in (spent, ordered.get(currency)) if one is not None]
    return Contribution(max(0, *known), currency) if known else None


_Person = sa.Row[*tuple[Any, ...]]
_Order = tuple[Any, ...]
"""Day, service, amount and currency of a visit."""

_COLUMNS = (
    person.c.id,
    person.c.tier,
    person.c.tier_pinned,
    person.c.member_level,
    person.c.loyalty,
    person.c.trend,
    person.c.spent,
    person.c.currency,
)


def _persons(unit: Unit, after: int, limit: int) -> Sequence[_Person]:
    return unit.run(
        sa.select(*_COLUMNS)
        .where(person.c.id > after, person.c.closed_at.is_(None), person.c.department.is_(None))
        .order_by(person.c.id)
        .limit(limit)
    ).all()


def _with_visits(unit: Unit, rows: Sequence[_Person]) -> list[Sorting]:
    columns = service_order.c
    orders: dict[int, list[_Order]] = defaultdict(list)
    for person_id, *order in unit.each(
        sa.select(
            columns.person_id, columns.visited_on, columns.service, columns.amount, columns.currency
        ).where(columns.person_id.in_([row.id for row in rows]))
    ):
        orders[person_id].append(tuple(order))
    return [_sorting(row, orders.get(row.id, ())) for row in rows]


def _sorting(row: _Person, orders: Sequence[_Order]) -> Sorting:
    person_id, tier, pinned, member_level, loyalty, trend, spent, currency = row
    sums: dict[str, int] = defaultdict(int)
    for _, _, amount, paid_in in orders:
        if amount is not None:
            sums[paid_in] += amount
    contribution = contribution_of(spent, currency, sums)
    counted = contribution.currency if contribution else None
    visits = tuple(
        Visited(day, service, (amount or 0) if paid_in == counted else 0)
        for day, service, amount, paid_in in orders
        if day is not None
    )
    return Sorting(person_id, tier, pinned, member_level, loyalty, trend, contribution, visits)
