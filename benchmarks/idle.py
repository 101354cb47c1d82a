"""What a call screen and the live board send over the line while nobody presses a key."""

from __future__ import annotations

from benchmarks.databases import Bench, Filled
from benchmarks.figures import Figure
from benchmarks.start import desk_command, first_name
from benchmarks.terminal import Terminal

_BUDGET = 200
_SECONDS = 30


def measure(bench: Bench) -> list[Figure]:
    """Bytes a second of an open call, its clock and timers running."""
    filled = bench.demo()
    with Terminal(desk_command(filled), bench.folder) as terminal:
        terminal.wait_for(first_name(filled))
        terminal.quiet(1.0)
        terminal.press(b"n")
        # Its timer ticks: it is never quiet.
        terminal.listen(3.0)
        sent = terminal.listen(_SECONDS)
    return [
        Figure("idle call screen", sent / _SECONDS, None, "bytes/s", _BUDGET),
        Figure("idle board", _idle_board(bench) / _SECONDS, None, "bytes/s", _BUDGET),
    ]


def _idle_board(bench: Bench) -> int:
    """Bytes of a board behind which nothing moves: its times change once a minute."""
    with Terminal(_board_command(bench.demo()), bench.folder) as terminal:
        terminal.wait_for("service level")
        terminal.quiet(3.0)
        return terminal.listen(_SECONDS)


def _board_command(filled: Filled) -> list[str]:
    return [*desk_command(filled)[:2], "board", *desk_command(filled)[2:]]
