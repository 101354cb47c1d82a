"""A claim beside the same statements through the bare driver, at 1,000 and 1,000,000 callbacks."""

from __future__ import annotations

import time
from collections.abc import Callable

import sqlalchemy as sa

from benchmarks.databases import NAMES, Bench, Filled, Kind
from benchmarks.figures import Figure, interleaved, median
from benchmarks.filling import BUSY_HOUR
from benchmarks.replay import Claimed, record
from db.housekeeping import keep_house
from db.queue import claim_next
from db.seats import open_seat
from db.tables import call, call_hold, callback, calling_window
from db.transaction import Unit

_BUDGETS = {"sqlite": 2.5, "postgresql": 2.0}
_SLOWER = 1.2
_ROUNDS = 150
_STAYS_OPEN = 8
"""One window of so many stays open while the others turn."""


def measure(bench: Bench, *, small: int = 1_000, large: int = 1_000_000) -> list[Figure]:
    """The figures of both databases; needs a PostgreSQL server."""
    return [figure for kind in NAMES for figure in _measure(bench, kind, small, large)]


def _measure(bench: Bench, kind: Kind, small: int, large: int) -> list[Figure]:
    few = Side(bench.filled(kind, small, now=BUSY_HOUR))
    many = Side(bench.filled(kind, large, now=BUSY_HOUR))
    one = Side(bench.filled(kind, small, now=BUSY_HOUR, windows=1))
    found = interleaved(
        _ROUNDS, few.ours, few.bare, many.ours, many.bare, one.ours, one.bare, many.turning, warm=10
    )
    few_ours, few_bare, many_ours, many_bare, one_ours, _, turning = map(median, found)
    for side in (few, many, one):
        side.close()
    name, budget = NAMES[kind], _BUDGETS[kind]
    return [
        Figure(f"claim, {name}, {small:,}", few_ours, few_bare, "ms", budget),
        Figure(f"claim, {name}, {large:,}", many_ours, many_bare, "ms", budget),
        Figure(f"claim, {name}, {large:,} beside {small:,}", many_ours, few_ours, "ms", _SLOWER),
        Figure(f"claim, {name}, 40 windows beside 1", few_ours, one_ours, "ms"),
        Figure(f"claim, {name}, {large:,}, windows turning", turning, many_bare, "ms", budget),
    ]


class Side:
    """A filled database, ready to be claimed from both ways."""

    def __init__(self, filled: Filled) -> None:
        self._database = filled.database
        self._actor = open_seat(filled.database, filled.actor.login).actor
        self.replay = record(filled.database, self._actor, self.forget)

    def claim(self) -> Claimed:
        """Claims the next callback through the desk's own function."""
        taken = claim_next(self._database, self._actor).taken
        if taken is None:
            raise RuntimeError("nothing is left to claim")
        return Claimed(taken.callback_id, taken.call_id)

    def ours(self) -> float:
        """Milliseconds of one claim through the desk's own function."""
        return self._timed(self.claim)

    def bare(self) -> float:
        """Milliseconds of one claim through the bare driver."""
        return self._timed(self.replay.claim)

    def turning(self) -> float:
        """Milliseconds of one claim while seven of eight windows have closed.

        That is the minute in which most of them turn, before housekeeping has come round.
        """
        self._database.write(
            lambda unit: unit.run(
                sa.update(calling_window)
                .where(calling_window.c.id % _STAYS_OPEN != 0)
                .values(closes_at=unit.now)
            )
        )
        took = self.ours()
        keep_house(self._database, every=0)
        return took

    def close(self) -> None:
        """Gives the bare connection back."""
        self.replay.close()

    def _timed(self, claim: Callable[[], Claimed]) -> float:
        began = time.perf_counter()
        claimed = claim()
        took = time.perf_counter() - began
        self.forget(claimed)
        return took * 1000

    def forget(self, claimed: Claimed) -> None:
        """Ends a claim outside the measured time, so that the next one takes the next callback."""

        def work(unit: Unit) -> None:
            unit.run(
                sa.update(callback)
                .where(callback.c.id == claimed.callback_id)
                .values(state="done", claimed_by=None, claimed_seat=None, call_id=None)
            )
            unit.run(sa.update(call).where(call.c.id == claimed.call_id).values(phase="ended"))
            unit.run(sa.delete(call_hold).where(call_hold.c.call_id == claimed.call_id))

        self._database.write(work)
