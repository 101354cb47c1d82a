"""The list and the figures above it with a million callbacks, beside a thousand."""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks.databases import NAMES, Bench, Filled, Kind
from benchmarks.figures import Figure, interleaved, median
from db.emptiness import why_empty
from db.housekeeping import run_once
from db.queue_counts import counts
from db.queue_list import page
from db.why import why

_ROUNDS = 15


def measure(bench: Bench, *, small: int = 1_000, large: int = 1_000_000) -> list[Figure]:
    """Figures without a budget of their own: together they are what a live desk asks for."""
    return [figure for kind in NAMES for figure in _measure(bench, kind, small, large)]


def _measure(bench: Bench, kind: Kind, small: int, large: int) -> list[Figure]:
    few, many = _questions(bench.filled(kind, small)), _questions(bench.filled(kind, large))
    figures = []
    for name in few:
        ours, beside = interleaved(_ROUNDS, _timed(many[name]), _timed(few[name]), warm=3)
        title = f"{name}, {NAMES[kind]}, {large:,} beside {small:,}"
        figures.append(Figure(title, median(ours), median(beside), "ms"))
    return figures


def _questions(filled: Filled) -> dict[str, Callable[[], object]]:
    database, actor = filled.database, filled.actor
    first = page(database, actor).rows[-1]
    return {
        "page of the queue": lambda: page(database, actor, after=first.place),
        "page of one's own": lambda: page(database, actor, "mine"),
        "figures above the queue": lambda: counts(database, actor),
        "why": lambda: why(database, actor, first.id),
        "why it is empty": lambda: database.read(lambda unit: why_empty(unit, actor.operator_id)),
        "a turn of housekeeping": lambda: database.write(
            lambda unit: run_once(unit, database.rulebook)
        ),
    }


def _timed(ask: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        began = time.perf_counter()
        ask()
        return (time.perf_counter() - began) * 1000

    return run
