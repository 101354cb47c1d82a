"""Start to first paint, and to the first rows of the queue, as whole processes in a terminal."""

from __future__ import annotations

from benchmarks.bare import row_text
from benchmarks.databases import Bench, Filled
from benchmarks.figures import Figure, interleaved, median
from benchmarks.terminal import Terminal
from content.translations import translate
from db.queue_list import page

_CALLBACKS = 1_000
_ROUNDS = 15
_WARM = 2
_PAINT, _ROWS = 1.3, 2.5


def measure(bench: Bench) -> list[Figure]:
    """The figures of a desk with a thousand callbacks on SQLite."""
    filled = bench.filled("sqlite", _CALLBACKS)
    title, first = translate("en", "ui.title"), first_name(filled)
    rows: list[float] = []
    # The first paint without what other programs took: who has more to do stands longer in line.
    served: dict[str, list[float]] = {"paint": [], "bare": []}

    def desk() -> float:
        with Terminal(desk_command(filled), bench.folder) as terminal:
            painted = terminal.wait_for(title)
            served["paint"].append(painted - terminal.in_line)
            rows.append(terminal.wait_for(first))
            return painted

    def bare() -> float:
        with Terminal(bare_command(), bench.folder) as terminal:
            painted = terminal.wait_for(row_text(0))
            served["bare"].append(painted - terminal.in_line)
            return painted

    ours, anchor = interleaved(_ROUNDS, desk, bare, warm=_WARM)
    beside = median(anchor) * 1000
    paint, plain = (median(values[_WARM:]) * 1000 for values in served.values())
    return [
        Figure("start to first paint", median(ours) * 1000, beside, "ms", _PAINT),
        Figure("start to first rows", median(rows[_WARM:]) * 1000, beside, "ms", _ROWS),
        Figure("start to first paint, not counting time in line", paint, plain, "ms"),
    ]


def desk_command(filled: Filled) -> list[str]:
    """Arguments that open the desk on a database as its admin."""
    return ["-m", "app", "--database", filled.url, "--as", filled.actor.login, "--lang", "en"]


def bare_command() -> list[str]:
    """Arguments that open the bare app."""
    return ["-m", "benchmarks.bare"]


def first_name(filled: Filled) -> str:
    """The name in the first row of the queue."""
    return page(filled.database, filled.actor).rows[0].name
