"""How long a long piece of work takes: on the wall, on the processor, and behind other programs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.figures import Figure

T = TypeVar("T")


def timed(figures: list[Figure], name: str, budget: float, work: Callable[[], T]) -> T:
    """Does a piece of work and notes how long it took.

    Args:
        figures: where the figures go.
        name: of the work.
        budget: the most seconds that it may take on the wall. Where other programs keep the
            processors busy the wall tells of them too; how long we stood in line for a processor
            is told beside it, as far as the system knows.
        work: what is measured.
    """
    began, used, stood = time.perf_counter(), time.process_time(), sum(stood_in_line())
    found = work()
    wall, own = time.perf_counter() - began, time.process_time() - used
    figures.append(Figure(f"{name}, on the wall", wall, None, "s", budget))
    figures.append(Figure(f"{name}, of it on the processor", own, None, "s"))
    if stood:
        # One thread works at a time: the database's while the other waits for it.
        waited = sum(stood_in_line()) - stood
        figures.append(Figure(f"{name}, of it in line for one", waited, None, "s"))
    return found


def stood_in_line(process: int | str = "self") -> list[float]:
    """Seconds that each thread was ready while others had the processors; empty off Linux."""
    try:
        threads = Path(f"/proc/{process}/task").iterdir()
        lines = [(each / "schedstat").read_text() for each in threads]
    except OSError:
        return []
    return [int(line.split()[1]) / 1e9 for line in lines]


def used_by(process: int) -> float:
    """Seconds of a processor that a process has had; 0 off Linux."""
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0.0
    # The program's name, in brackets, may hold blanks.
    fields = told.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
