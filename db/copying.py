"""Moving a whole database to another one, from a file to a server or back.

The source is read as it stood at one moment; the target is filled in one transaction, so that it
is whole or empty. Links between rows are left out while rows come in, in whatever order they do,
and are put back and checked at the end. Both sides are counted and summed up before the commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
import sqlalchemy.exc as sa_exc
from sqlalchemy.schema import AddConstraint, DropConstraint

from db.engine import Database
from db.faults import as_storage_error
from db.schema import OF_TABLES, REVISION, build_on, check, upgrading
from db.tables import desk_fact, metadata, seat
from db.transaction import Unit
from domain.errors import InputError, RefusedError, StorageError

_AT_ONCE: Final = 1000
_SUM: Final = 1 << 64


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """What was copied of one table.

    Attributes:
        name: the table.
        rows: how many rows it has, in both databases.
        checksum: of all its values, alike in both databases; the order of rows does not matter.
    """

    name: str
    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Copied:
    """A database that was copied.

    Attributes:
        source: its address, without password.
        target: where it was copied to.
        revision: of the tables.
        taken_at: the moment at which it was read (UTC).
        open_seats: seats that were open then: what they do afterwards is not in the copy.
        tables: one by one, in the order in which they were copied.
    """

    source: str
    target: str
    revision: str
    taken_at: datetime
    open_seats: int
    tables: tuple[CopiedTable, ...]


def copy_database(
    source: Database,
    target: Database,
    *,
    while_open: bool = False,
    told: Callable[[str, int], None] = lambda _table, _rows: None,
) -> Copied:
    """Copies all tables of a database into an empty one.

    Args:
        source: a database of this program's revision.
        target: one without tables, or with empty ones.
        while_open: whether to copy although seats are open at the source.
        told: called with a table and its rows as soon as these are copied.

    Raises:
        InputError: `copy_same`, `copy_not_empty`, or `copy_unfit` (table, reason) when a server
            takes no such value.
        RefusedError: `copy_seats_open` (n).
        StorageError: `copy_differs` (table); the source's tables are older or newer; one of them
            can't be reached, read or written. The target is as it was.
    """
    if source.place.url == target.place.url:
        raise InputError("copy_same", database=source.place.shown)
    check(source, exactly=True)

    def work(unit: Unit) -> Copied:
        seats = unit.run(
            sa.select(sa.func.count()).select_from(seat).where(seat.c.closed_at.is_(None))
        ).scalar_one()
        if seats and not while_open:
            raise RefusedError("copy_seats_open", database=source.place.shown, n=seats)
        with upgrading(target) as connection:
            tables = _fill(unit, connection, target, told)
        return Copied(
            source.place.shown, target.place.shown, REVISION, unit.now, seats, tuple(tables)
        )

    try:
        return source.read(work, long=True)
    except sa_exc.DBAPIError as error:
        raise as_storage_error(error, target.place.shown) or error from error


def _fill(
    unit: Unit,
    connection: sa.Connection,
    target: Database,
    told: Callable[[str, int], None],
) -> Iterator[CopiedTable]:
    build_on(connection, target)
    # What the tables say of themselves comes with them, and again from the source.
    connection.execute(sa.delete(desk_fact).where(desk_fact.c.name == OF_TABLES))
    tables = metadata.sorted_tables
    for table in tables:
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise InputError("copy_not_empty", database=target.place.shown, table=table.name)
    links = [] if target.embedded else [link for one in tables for link in _links(one)]
    for link in links:
        connection.execute(DropConstraint(link))
    copied = [_copy_table(unit, connection, table, target, told) for table in tables]
    for link in links:
        connection.execute(AddConstraint(link, isolate_from_table=False))
    if not target.embedded:
        for table in tables:
            _go_on_counting(connection, table)
    return iter(copied)


def _copy_table(
    unit: Unit,
    connection: sa.Connection,
    table: sa.Table,
    target: Database,
    told: Callable[[str, int], None],
) -> CopiedTable:
    insert = _insertion(table, embedded=target.embedded)
    names = [column.name for column in table.columns]
    rows = total = 0
    for batch in _batches(unit.connection, table):
        rows += len(batch)
        total = (total + sum(map(_digest, batch))) % _SUM
        values = [dict(zip(names, row, strict=True)) for row in batch]
        try:
            connection.execute(insert, values)
        except (sa_exc.DataError, sa_exc.IntegrityError) as error:
            reason = str(error.orig).splitlines()[0]
            raise InputError("copy_unfit", table=table.name, reason=reason) from error
    there, sum_there = 0, 0
    for batch in _batches(connection, table):
        there += len(batch)
        sum_there = (sum_there + sum(map(_digest, batch))) % _SUM
    if (there, sum_there) != (rows, total):
        raise StorageError("copy_differs", database=target.place.shown, table=table.name)
    told(table.name, rows)
    return CopiedTable(table.name, rows, f"{total:016x}")


def _batches(connection: sa.Connection, table: sa.Table) -> Iterator[list[tuple[Any, ...]]]:
    """All rows of a table, some at a time; what is JSON as the text that it is kept as."""
    server = connection.dialect.name == "postgresql"
    columns = [
        (sa.cast(column, sa.Text) if server else sa.type_coerce(column, sa.Text)).label(column.name)
        if isinstance(column.type, sa.JSON)
        else column
        for column in table.columns
    ]
    options = {"stream_results": True, "max_row_buffer": _AT_ONCE}
    found = connection.execute(sa.select(*columns), execution_options=options)
    for part in found.partitions(_AT_ONCE):
        yield [tuple(row) for row in part]


def _insertion(table: sa.Table, *, embedded: bool) -> sa.Insert:
    """An insertion that takes JSON as text: NULL stays NULL, and null stays null."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if isinstance(column.type, sa.JSON):
            text: sa.ColumnElement[Any] = sa.bindparam(column.name, type_=sa.Text())
            values[column.name] = text if embedded else sa.cast(text, sa.JSON)
        else:
            values[column.name] = sa.bindparam(column.name, type_=column.type)
    return sa.insert(table).values(values)


def _digest(row: tuple[Any, ...]) -> int:
    plain = "\x1f".join(map(_plain, row)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(plain, digest_size=8).digest())


def _plain(value: Any) -> str:
    """A value as text that tells it from every other one, whatever driver gave it."""
    if value is None:
        return "\x00"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _links(table: sa.Table) -> list[sa.ForeignKeyConstraint]:
    return sorted(table.foreign_key_constraints, key=lambda link: str(link.name))


def _go_on_counting(connection: sa.Connection, table: sa.Table) -> None:
    """Has the server number new rows after those that came with their numbers."""
    number = table.autoincrement_column
    if number is None:
        return
    highest = connection.execute(sa.select(sa.func.max(number))).scalar()
    if highest is not None:
        connection.execute(
            sa.text("SELECT setval(pg_get_serial_sequence(:name, :number), :highest)"),
            {"name": table.name, "number": number.name, "highest": highest},
        )
