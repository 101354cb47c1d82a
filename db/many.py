"""Inserting many rows in one statement, with their ids in the order of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from db.transaction import Unit


def insert_many(unit: Unit, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Inserts rows into a table that numbers them, and returns their ids in the same order.

    Args:
        unit: the transaction.
        table: a table with a column `id`.
        rows: every row with the same columns.
    """
    if not rows:
        return []
    identity = table.c.id
    if unit.embedded:
        # SQLite numbers the rows of one statement upwards, and one transaction writes at a time;
        # asked for the order itself, the driver would insert them one by one.
        return sorted(unit.run(table.insert().returning(identity), rows).scalars())
    ordered = table.insert().returning(identity, sort_by_parameter_order=True)
    return list(unit.run(ordered, rows).scalars())
