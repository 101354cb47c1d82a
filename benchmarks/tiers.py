"""Sorting many customers: the tiers and cards that are proposed, loyalty and trend kept."""

from __future__ import annotations

from typing import Final

from benchmarks.customers import CUSTOMERS, NOW, SHARE, fill_customers
from benchmarks.databases import Bench
from benchmarks.figures import Figure
from benchmarks.timing import timed
from db.tiers import Proposed, propose

_BUDGET: Final = 60.0 * SHARE


def measure(bench: Bench) -> list[Figure]:
    """Seconds to sort all customers for the first time, and again when nothing has changed."""
    target = bench.empty("sqlite", NOW)
    fill_customers(target.database)
    figures: list[Figure] = []

    def run(name: str) -> Proposed:
        named = f"tiers: {CUSTOMERS:,} customers {name}"
        today = NOW.date()
        return timed(figures, named, _BUDGET, lambda: propose(target.database, target.actor, today))

    first, again = run("sorted, proposals written"), run("sorted again")
    if not first.open or first.open != again.open:
        raise AssertionError("a second run proposes the same")
    return figures
