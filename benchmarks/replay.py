"""The same statements through the bare driver: a claim is recorded, then replayed by hand.

Two claims are recorded. Values that differ between them are the callback, its person and number,
or the call; the replay fills in its own, as it learns them from the answers on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from db import prepared
from db.driver import sqlite_module
from db.engine import Database
from db.place import read_place
from db.queue import claim_next
from db.tables import callback
from domain.permissions import Actor

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Slot:
    """A value that the replay puts in itself: a fact, behind a letter in the key of a hold."""

    fact: str
    letter: str = ""

    def of(self, facts: Facts) -> Any:
        value = facts[self.fact]
        return f"{self.letter}{value}" if self.letter else value


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim took."""

    callback_id: int
    call_id: int


class Replay:
    """A claim through the bare driver, with the statements of the real one."""

    def __init__(self, database: Database, steps: Sequence[tuple[str, Any]]) -> None:
        self._embedded = database.embedded
        self._steps = steps
        place = read_place(str(database.place.file) if database.place.file else _url(database))
        if place.file is not None:
            self._connection: Any = sqlite_module().connect(
                str(place.file), isolation_level=None, check_same_thread=False
            )
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
        else:
            import psycopg  # noqa: PLC0415 - only where a server is measured

            self._connection = psycopg.connect(_url(database), prepare_threshold=None)

    @property
    def statements(self) -> int:
        """How many statements a claim takes, commit not counted."""
        return len(self._steps)

    def claim(self) -> Claimed:
        """Claims the next callback and commits."""
        facts: Facts = {}
        cursor = self._connection.cursor()
        for sql, values in self._steps:
            cursor.execute(sql, _filled(values, facts))
            if cursor.description is None:
                continue
            row = cursor.fetchone()
            if row is None:
                continue
            if "call_hold k" in sql:
                facts["callback"] = row[0]
            elif sql.startswith("INSERT INTO call "):
                facts["call"] = row[0]
            elif "callback" in facts and "person" not in facts:
                names = [column[0] for column in cursor.description]
                if "phone_id" in names:
                    facts["person"] = row[names.index("person_id")]
                    facts["phone"] = row[names.index("phone_id")]
        cursor.close()
        if self._embedded:
            self._connection.execute("COMMIT")
        else:
            self._connection.commit()
        return Claimed(facts["callback"], facts["call"])

    def close(self) -> None:
        """Gives the connection back."""
        self._connection.close()


def record(database: Database, actor: Actor, forget: Callable[[Claimed], None]) -> Replay:
    """Records two claims of an operator and makes their replay.

    Args:
        database: the database.
        actor: an operator at a working seat.
        forget: called with each claim, so that the next one takes another callback.
    """
    taken = [_record_one(database, actor, forget) for _ in range(2)]
    (first, first_facts), (second, second_facts) = taken
    if [sql for sql, _ in first] != [sql for sql, _ in second]:
        raise RuntimeError("two claims took different statements")
    steps = [
        (sql, _slotted(one, other, first_facts, second_facts))
        for (sql, one), (_, other) in zip(first, second, strict=True)
    ]
    return Replay(database, steps)


def _record_one(
    database: Database, actor: Actor, forget: Callable[[Claimed], None]
) -> tuple[list[tuple[str, Any]], Facts]:
    seen: list[tuple[str, Any]] = []

    def note(*args: Any) -> None:
        seen.append((args[2], args[3]))

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        with _prepared_noted(seen):
            taken = claim_next(database, actor).taken
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)
    if taken is None:
        raise RuntimeError("nothing to claim")
    row = database.read(
        lambda unit: unit.run(
            sa.select(callback.c.person_id, callback.c.phone_id).where(
                callback.c.id == taken.callback_id
            )
        ).one()
    )
    forget(Claimed(taken.callback_id, taken.call_id))
    return seen, {
        "callback": taken.callback_id,
        "call": taken.call_id,
        "person": row.person_id,
        "phone": row.phone_id,
    }


@contextmanager
def _prepared_noted(seen: list[tuple[str, Any]]) -> Iterator[None]:
    """Notes what goes to the driver without SQLAlchemy's events."""
    plain = prepared.Compiled.parameters

    def noting(self: prepared.Compiled, values: Mapping[str, Any]) -> Any:
        made = plain(self, values)
        seen.append((self.sql, made))
        return made

    with patch.object(prepared.Compiled, "parameters", noting):
        yield


def _slotted(one: Any, other: Any, first: Facts, second: Facts) -> Any:
    if isinstance(one, Mapping):
        return {name: _slot(one[name], other[name], first, second) for name in one}
    return tuple(_slot(*pair, first, second) for pair in zip(one, other, strict=True))


def _slot(one: Any, other: Any, first: Facts, second: Facts) -> Any:
    if one == other or repr(one) == repr(other):
        return one
    for fact, letter in (
        ("callback", ""), ("call", ""), ("person", ""), ("phone", ""), ("person", "p"),
        ("phone", "n"),
    ):  # fmt: skip
        slot = _Slot(fact, letter)
        if slot.of(first) == one and slot.of(second) == other:
            return slot
    raise RuntimeError(f"two claims differ in {one!r} and {other!r}, which the replay can't know")


def _filled(values: Any, facts: Facts) -> Any:
    if isinstance(values, Mapping):
        return {
            name: value.of(facts) if isinstance(value, _Slot) else value
            for name, value in values.items()
        }
    return [value.of(facts) if isinstance(value, _Slot) else value for value in values]


def _url(database: Database) -> str:
    return database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
