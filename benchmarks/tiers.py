"""Sorting many customers: the tiers and cards that are proposed, loyalty and trend kept."""

from __future__ import annotations

import time
from typing import Final

from benchmarks.customers import CUSTOMERS, NOW, SHARE, fill_customers
from benchmarks.databases import Bench
from benchmarks.figures import Figure
from db.tiers import Proposed, propose

_BUDGET: Final = 60.0 * SHARE


def measure(bench: Bench) -> list[Figure]:
    """Seconds to sort all customers for the first time, and again when nothing has changed."""
    target = bench.empty("sqlite", NOW)
    fill_customers(target.database)
    figures: list[Figure] = []

    def timed(name: str) -> Proposed:
        began, used = time.perf_counter(), time.process_time()
        found = propose(target.database, target.actor, NOW.date())
        wall, own = time.perf_counter() - began, time.process_time() - used
        named = f"tiers: {CUSTOMERS:,} customers {name}"
        figures.append(Figure(f"{named}, on the wall", wall, None, "s", _BUDGET))
        figures.append(Figure(f"{named}, processor time", own, None, "s"))
        return found

    first, again = timed("sorted, proposals written"), timed("sorted again")
    if not first.open or first.open != again.open:
        raise AssertionError("a second run proposes the same")
    return figures
