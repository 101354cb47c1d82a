"""Column types of the desk's own: instants that can't be naive, and plain JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_WIDTH = 27  # 2026-11-23T06:30:00.000000Z


def to_text(instant: datetime) -> str:
    """An instant as SQLite keeps it: UTC, fixed width, so that text order is time order."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[: _WIDTH - 1] + "Z"


def from_text(text: str) -> datetime:
    """The instant of SQLite's text, in UTC."""
    return datetime.fromisoformat(text)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; a naive datetime is refused with ValueError before it reaches a table."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text of a fixed width on SQLite, `timestamptz` elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(_WIDTH))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive instants and bring the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime for a database column: {value!r}")
        return to_text(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """An aware datetime in UTC."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return from_text(value)
        return cast("datetime", value).astimezone(UTC)


BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A row number: 64 bits everywhere, and SQLite's own row id where it is the primary key."""
