"""One transaction of one use case: its connection, its one reading of the clock, its topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Executable, Row

_AT_ONCE: Final = 200


@dataclass(slots=True)
class Unit:
    """What a use case works with inside its transaction.

    Attributes:
        connection: the open transaction.
        now: the database's clock, read once, in UTC.
        embedded: whether the database is SQLite.
        topics: the live-feed topics that this transaction moves; told at commit.
    """

    connection: Connection
    now: datetime
    embedded: bool
    topics: set[str] = field(default_factory=set)

    def run(
        self,
        statement: Executable,
        values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> CursorResult[*tuple[Any, ...]]:
        """Executes a statement in this transaction."""
        return self.connection.execute(statement, values)

    def each(self, statement: Executable) -> Iterator[Row[*tuple[Any, ...]]]:
        """The rows of a long answer, taken some at a time, so that few wait to be looked at."""
        return chain.from_iterable(self.run(statement).partitions(_AT_ONCE))

    @property
    def day_ago(self) -> datetime:
        """The instant 24 hours before now."""
        return self.now - timedelta(days=1)

    def move(self, *topics: str) -> None:
        """Notes that topics moved; seats that show them ask again after the commit."""
        self.topics.update(topics)
