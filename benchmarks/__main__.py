"""`python -m benchmarks`: all figures beside their anchors, with the budgets; or the named ones."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Final

import click

from app.__main__ import FEWER_SWEEPS
from benchmarks import (
    boards,
    care,
    claim,
    idle,
    imports,
    keys,
    lists,
    load,
    palette,
    seats,
    start,
    tiers,
)
from benchmarks.databases import Bench, bench
from benchmarks.figures import Figure, table

ALL: Final[dict[str, Callable[[Bench], list[Figure]]]] = {
    "start": start.measure,
    "idle": idle.measure,
    "boards": boards.measure,
    "imports": imports.measure,
    "palette": palette.measure,
    "claim": claim.measure,
    "care": care.measure,
    "tiers": tiers.measure,
    "lists": lists.measure,
    "keys": keys.measure,
    "seats": seats.measure,
}

COMMANDS: Final[dict[str, click.Command]] = {"load": load.command}
"""What takes its time and has options; it is not among all of them."""


def main(names: list[str]) -> int:
    """Measures and prints; returns an exit code, 1 where a budget was missed.

    Args:
        names: of `ALL`; all of them where none is named.
    """
    if names and names[0] in COMMANDS:
        COMMANDS[names[0]](names[1:])
    unknown = set(names) - set(ALL)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(ALL)}", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    gc.set_threshold(FEWER_SWEEPS)  # as the program does
    with bench() as databases:
        for name in names or ALL:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            found = ALL[name](databases)
            print(table(found), flush=True)
            figures += found
    if len(names) != 1:
        print(f"\n{table(figures)}")
    missed = [figure.name for figure in figures if figure.within is False]
    if missed:
        print(f"missed: {'; '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
