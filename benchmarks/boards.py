"""What a live board costs while a shop is at work: bytes over its line, time of a processor."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from benchmarks.databases import NAMES, Bench, Filled, Kind
from benchmarks.figures import Figure
from benchmarks.filling import fill
from benchmarks.start import desk_command
from benchmarks.terminal import Terminal
from db.operator_states import State, enter_state
from db.seats import open_seat

_OPERATORS: Final = 24
_CALLBACKS: Final = 7_200
_RATE: Final = 12
"""Changes a second: five times what twenty-four people do who ring one customer a minute and pass
through six states with each."""
_SECONDS: Final = 20.0
_LINE: Final = 4_000
"""Bytes a second: half of what a line of 64,000 bits a second carries."""
_STATES: Final[tuple[State, ...]] = ("dialling", "talking", "wrap_up", "ready")


def measure(bench: Bench) -> list[Figure]:
    """The figures of a board behind which twelve states a second change."""
    kinds: tuple[Kind, ...] = ("sqlite", "postgresql")
    return [figure for kind in kinds for figure in _board(bench, kind)]


def _board(bench: Bench, kind: Kind) -> list[Figure]:
    filled = bench.empty(kind)
    fill(filled.database, filled.actor, _CALLBACKS, people=_OPERATORS + 1)
    command = desk_command(filled)
    seats = [
        open_seat(filled.database, f"op{number}").actor.seat_id
        for number in range(1, _OPERATORS + 1)
    ]
    stopping = threading.Event()
    with (
        Terminal([*command[:2], "board", *command[2:]], bench.folder) as terminal,
        ThreadPoolExecutor(1) as shop,
    ):
        terminal.wait_for("service level")
        terminal.listen(3.0)
        changes = shop.submit(_work, filled, seats, stopping)
        try:
            used, began = terminal.used, time.perf_counter()
            sent = terminal.listen(_SECONDS)
            lasted = time.perf_counter() - began
            share = (terminal.used - used) / lasted * 100
        finally:
            stopping.set()
        rate = changes.result() / lasted
    name = f"board, twelve states a second, {NAMES[kind]}"
    return [
        Figure(f"{name}, changes", rate, None, "/s", _RATE * 0.95, at_least=True),
        Figure(f"{name}, sent", sent / lasted, None, "bytes/s", _LINE),
        Figure(f"{name}, processor", share, None, "% of one"),
    ]


def _work(filled: Filled, seats: Sequence[int | None], stopping: threading.Event) -> int:
    """Lets operators go from state to state until it is to stop; returns how often they did."""
    began, turn = time.perf_counter(), 0
    while not stopping.wait(max(0.0, began + turn / _RATE - time.perf_counter())):
        seat_id, state = seats[turn % len(seats)], _STATES[turn // len(seats) % len(_STATES)]
        if seat_id is not None:
            filled.database.write(lambda unit, at=seat_id, to=state: enter_state(unit, at, to))  # type: ignore[misc]
        turn += 1
    return turn
