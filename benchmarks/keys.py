"""Key to paint, 95 of 100 keys, with a million open callbacks in the table."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.bare import ROWS, row_text
from benchmarks.databases import NAMES, Bench, Filled, Kind
from benchmarks.figures import Figure, p95
from benchmarks.start import bare_command, desk_command
from benchmarks.terminal import Terminal
from db import operators
from db.engine import open_database
from db.queue import claim_next, release
from db.queue_list import Place, page
from db.seats import beat, close_seat, open_seat

_BUDGET = 2.0
_KEYS = 300
_DOWN = b"\x1b[B"
_PAUSE = 0.05


def measure(bench: Bench, *, callbacks: int = 1_000_000) -> list[Figure]:
    """Figures while the queue stands still, and while a colleague moves it four times a second."""
    return [figure for kind in NAMES for figure in _measure(bench, kind, callbacks)]


def _measure(bench: Bench, kind: Kind, callbacks: int) -> list[Figure]:
    filled = bench.filled(kind, callbacks)
    name = NAMES[kind]
    still, beside_still = _press(bench, filled)
    with _colleague(filled):
        moved, beside_moved = _press(bench, filled)
    return [
        Figure(f"key to paint p95, {name}, {callbacks:,}", still, beside_still, "ms", _BUDGET),
        Figure(f"the same, a colleague works, {name}", moved, beside_moved, "ms", _BUDGET),
    ]


def _press(bench: Bench, filled: Filled) -> tuple[float, float]:
    """Milliseconds that 95 of 100 keys stay below: the desk's and the bare app's."""
    names = _names(filled, _KEYS + 1)
    ours: list[float] = []
    bare: list[float] = []
    with (
        Terminal(desk_command(filled), bench.folder) as desk,
        Terminal(bare_command(), bench.folder) as plain,
    ):
        desk.wait_for(names[0])
        plain.wait_for(row_text(0))
        desk.quiet(1.0)
        plain.quiet()
        for number in range(1, _KEYS + 1):
            desk.listen(_PAUSE)
            ours.append(desk.press(_DOWN, names[number]) * 1000)
            plain.listen(_PAUSE)
            bare.append(plain.press(_DOWN, row_text(number % ROWS)) * 1000)
    return p95(ours), p95(bare)


def _names(filled: Filled, wanted: int) -> list[str]:
    """The names of the queue's first rows, in its order."""
    found: list[str] = []
    after: Place | None = None
    while len(found) < wanted:
        rows = page(filled.database, filled.actor, after=after).rows
        found += [row.name for row in rows]
        after = rows[-1].place
    return found


@contextmanager
def _colleague(filled: Filled) -> Iterator[None]:
    """Somebody who claims a callback and gives it back, again and again, from another seat."""
    database = open_database(filled.url, rulebook=filled.database.rulebook)
    actor = open_seat(database, operators.list_all(database)[-1].login, other="take_over").actor
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.25):
            # Without a heart the seat would be lost to the desk that is measured.
            beat(database, actor)
            if claim_next(database, actor).taken is not None:
                release(database, actor)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        close_seat(database, actor)
        database.close()
