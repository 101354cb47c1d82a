"""Writing what is wanted in transactions so short that a claim never waits for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from db.care_blackout import Waiting, put_off, waiting_in
from db.care_planning import Planned
from db.care_run import Tally, Wanted
from db.care_writing import Absorbed, Note, write_absorbed, write_wanted
from db.engine import Database
from db.transaction import Unit
from domain.care.plan import CarePlans
from domain.permissions import Actor

_LOOKED_AT = 500
T = TypeVar("T")


@dataclass(slots=True)
class Pace:
    """How much is written at once: as much as was done within the time, the last time.

    Attributes:
        seconds: how long a transaction may last; for so long nobody else can write to an embedded
            database. None for no care.
        size: how many rows the next one takes.
        most: no more than so many.
        breath: seconds between two transactions, in which others get their turn.
    """

    seconds: float | None = None
    size: int = 100
    most: int = 100
    breath: float = 0.0

    def took(self, rows: int, seconds: float) -> None:
        """Learns how long a transaction lasted."""
        if self.seconds is None:
            return
        if seconds > self.seconds:
            self.size = max(1, min(self.size, rows) // 2)
        elif rows >= self.size and seconds < self.seconds / 2:
            self.size = min(self.most, self.size + max(1, self.size // 4))


def carry_out(
    database: Database,
    actor: Actor | None,
    planned: Planned,
    note: Note | None,
    tally: Tally,
    pace: Pace,
) -> None:
    """Makes the callbacks that are wanted of a batch of customers, and counts them.

    Args:
        database: the database.
        actor: who has them made; none for the desk itself.
        planned: what is wanted.
        note: puts a callback's note into words.
        tally: what is counted.
        pace: how much is written at once.
    """

    def make(unit: Unit, some: Sequence[Wanted]) -> list[tuple[Wanted, int]]:
        return write_wanted(unit, database.rulebook, actor, some, note)

    def absorb(unit: Unit, some: Sequence[Absorbed]) -> list[tuple[Absorbed, int]]:
        write_absorbed(unit, actor, some, note)
        return []

    for one, replaced in _in_pieces(database, planned.wanted, make, pace):
        tally.add(one, replaced)
    _in_pieces(database, planned.absorbed, absorb, pace)


def clear_blackout(
    database: Database, plans: CarePlans, zone: str, after: int, pace: Pace
) -> tuple[int, int]:
    """Puts off what waits in the queue and must not be rung on a blackout day, some at a time.

    Args:
        database: the database.
        plans: the plans in force.
        zone: the shop's clock (IANA name).
        after: the last callback that was looked at; 0 to begin with.
        pace: how much is written at once.

    Returns:
        The last callback that was looked at, 0 when there are no more; and how many were put off.
    """
    campaigns = database.rulebook.campaigns
    last, waiting = database.read(
        lambda unit: waiting_in(unit, plans, campaigns, zone, after, _LOOKED_AT)
    )

    def work(unit: Unit, some: Sequence[Waiting]) -> list[tuple[Waiting, int]]:
        return [(some[0], put_off(unit, some))]

    return last, sum(n for _, n in _in_pieces(database, waiting, work, pace))


def _in_pieces(
    database: Database,
    rows: Sequence[T],
    work: Callable[[Unit, Sequence[T]], list[tuple[T, int]]],
    pace: Pace,
) -> list[tuple[T, int]]:
    done: list[tuple[T, int]] = []
    start = 0
    while start < len(rows):
        some = rows[start : start + pace.size]
        spent = 0.0

        def timed(unit: Unit, some: Sequence[T] = some) -> list[tuple[T, int]]:
            nonlocal spent
            began = time.perf_counter()
            found = work(unit, some)
            spent = time.perf_counter() - began
            return found

        done += database.write(timed)
        pace.took(len(some), spent)
        start += len(some)
        if pace.breath:
            time.sleep(pace.breath)
    return done
