"""The history checker: proves from the rows that nothing was lost, doubled or put out of reach.

It only reads, changes nothing, and sees the database as it stood at one instant, so that it may run
beside working seats. The law of one callback's history is `domain.history`; what tables owe each
other is in `db.history_rows`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.history_rows import numbers_twice, row_faults
from db.tables import callback, callback_event
from db.transaction import Unit
from domain.history import Fault, Standing, Step, Walk, held_twice

LIMIT: Final = 1_000
"""How many faults are enough."""
_AT_ONCE: Final = 2_000

_EVENTS = (
    sa.select(
        callback.c.person_id,
        callback.c.id.label("callback_id"),
        callback.c.state,
        callback.c.fence,
        callback.c.call_id,
        callback_event.c.id.label("event_id"),
        callback_event.c.kind,
        callback_event.c.from_state,
        callback_event.c.to_state,
        callback_event.c.call_id.label("event_call"),
        callback_event.c.fence.label("event_fence"),
    )
    .outerjoin(callback_event, callback_event.c.callback_id == callback.c.id)
    .order_by(callback.c.person_id, callback.c.id, callback_event.c.id)
)


def check_history(database: Database, *, limit: int = LIMIT) -> tuple[Fault, ...]:
    """All faults of the history of calls and callbacks; none where everything is as it must be.

    Claims of a callback never overlap, and no person or number is in two hands; the events of a
    callback follow each other and lead to its state; its fence grows where the right to finish
    changes hands and never shrinks; an outcome is in force once, and what it superseded is chained
    to it; a callback that is open can be come by; phases of calls, holds and drafts agree.

    Rows are read as a stream: a million events need the memory of one person's.

    Args:
        database: the database; its tables must be of this program's revision.
        limit: how many faults are enough.

    Raises:
        StorageError: the database can't be reached or read.
    """
    return database.read(lambda unit: tuple(islice(_faults(unit), limit)), long=True)


def history_size(database: Database) -> int:
    """About how many events the history has: the number of the newest one.

    Raises:
        StorageError: the database can't be reached or read.
    """
    newest = sa.select(sa.func.coalesce(sa.func.max(callback_event.c.id), 0))
    return int(database.read(lambda unit: unit.run(newest).scalar_one()))


def _faults(unit: Unit) -> Iterator[Fault]:
    yield from row_faults(unit)
    yield from numbers_twice(unit)
    yield from _walks(unit)


def _walks(unit: Unit) -> Iterator[Fault]:
    rows = unit.run(_EVENTS.execution_options(yield_per=_AT_ONCE))
    for person_id, of_person in groupby(rows, attrgetter("person_id")):
        walks = []
        for _, of_callback in groupby(of_person, attrgetter("callback_id")):
            walk: Walk | None = None
            for row in of_callback:
                if walk is None:
                    walk = Walk(Standing(row.callback_id, row.state, row.fence, row.call_id))
                if row.event_id is not None:
                    yield from walk.follow(_step(row))
            if walk is not None:
                yield from walk.end()
                if walk.stretches:
                    walks.append(walk)
        yield from held_twice(person_id, walks)


def _step(row: sa.Row[*tuple[Any, ...]]) -> Step:
    return Step(
        row.event_id, row.kind, row.from_state, row.to_state, row.event_call, row.event_fence
    )
