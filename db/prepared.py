"""Statements that are compiled once and run on the driver's own cursor.

A claim takes a dozen small statements, and nobody else can write to an embedded database meanwhile.
SQLAlchemy needs ten times as long to run such a statement as SQLite to answer it, so those of a
claim go the short way: written and typed like all others, without the machinery around results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
import sqlalchemy.exc as sa_exc
from sqlalchemy import BindParameter as Bind
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import visitors

from db.transaction import Unit

Row = tuple[Any, ...]
_Processor = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement in a database's words, with what turns values into the driver's."""

    sql: str
    fixed: Mapping[str, Any]
    processors: tuple[tuple[str, _Processor], ...]
    order: tuple[str, ...] | None

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver wants them: by name, or in the statement's order."""
        filled = {**self.fixed, **values}
        for name, process in self.processors:
            filled[name] = process(filled[name])
        return filled if self.order is None else [filled[name] for name in self.order]


class Prepared:
    """A statement of the hot path.

    Its rows come as the driver gives them: it is for columns of numbers and words. Lists of values
    (`IN`) can't be bound.
    """

    def __init__(
        self, statement: sa.Select[*tuple[Any, ...]] | sa.UpdateBase | sa.TextClause
    ) -> None:
        self._statement = statement
        self._compiled: WeakKeyDictionary[Dialect, dict[Row, Compiled]] = WeakKeyDictionary()

    def rows(self, unit: Unit, values: Mapping[str, Any]) -> list[Row]:
        """Runs the statement and returns its rows.

        Args:
            unit: the transaction.
            values: for its parameters; for an insert or update, by column.

        Raises:
            sqlalchemy.exc.DBAPIError: what the driver raised, as everywhere else.
        """
        connection = unit.connection
        dialect = connection.dialect
        ready = self._ready(dialect, tuple(values))
        parameters = ready.parameters(values)
        raw = connection.connection
        cursor = raw.cursor()
        try:
            cursor.execute(ready.sql, parameters)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
        except dialect.loaded_dbapi.Error as error:
            lost = dialect.is_disconnect(error, raw, cursor)
            if lost:
                connection.invalidate(error)
            raise sa_exc.DBAPIError.instance(
                ready.sql,
                None,
                error,
                dialect.loaded_dbapi.Error,
                connection_invalidated=lost,
                dialect=dialect,
            ) from error
        finally:
            cursor.close()

    def first(self, unit: Unit, values: Mapping[str, Any]) -> Row | None:
        """The first row, none where there is none."""
        rows = self.rows(unit, values)
        return rows[0] if rows else None

    def scalar(self, unit: Unit, values: Mapping[str, Any]) -> Any:
        """The first column of the first row; none where there is none."""
        rows = self.rows(unit, values)
        return rows[0][0] if rows else None

    def _ready(self, dialect: Dialect, names: Row) -> Compiled:
        known = self._compiled.setdefault(dialect, {})
        if names not in known:
            known[names] = self._compile(dialect, names)
        return known[names]

    def _compile(self, dialect: Dialect, names: Row) -> Compiled:
        # What the statement binds by itself, in a subquery, is no column of the row.
        own = {one.key for one in visitors.iterate(self._statement) if isinstance(one, Bind)}
        columns = [name for name in names if name not in own]
        compiled = self._statement.compile(dialect=dialect, column_keys=columns)
        if not isinstance(compiled, sa.sql.compiler.SQLCompiler):
            raise TypeError("only statements that are compiled to SQL can be prepared")
        processors: list[tuple[str, _Processor]] = []
        fixed: dict[str, Any] = {}
        for bind, name in compiled.bind_names.items():
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if process is not None:
                processors.append((name, process))
            if name not in names:
                fixed[name] = bind.effective_value
        order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
        return Compiled(compiled.string, fixed, tuple(processors), order)
