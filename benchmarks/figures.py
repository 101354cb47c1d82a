"""A measured figure beside its anchor and its budget, and the table in which they are printed."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_HEAD: Final = ("figure", "ours", "anchor", "ratio", "budget", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and what it is held against.

    Attributes:
        name: what was measured.
        ours: what the desk needed or did.
        anchor: the same of the bare tool, in the same run; none where the budget is absolute.
        unit: of both.
        budget: the most (or least) that the ratio, or `ours` without an anchor, may be; none for
            a figure that is only told.
        at_least: whether the budget is a least.
    """

    name: str
    ours: float
    anchor: float | None
    unit: str
    budget: float | None = None
    at_least: bool = False

    @property
    def measured(self) -> float:
        """What the budget speaks of: the ratio, or the figure itself where nothing anchors it."""
        return self.ours if self.anchor is None else self.ours / self.anchor

    @property
    def within(self) -> bool | None:
        """Whether the budget is kept; none where there is none."""
        if self.budget is None:
            return None
        return self.measured >= self.budget if self.at_least else self.measured <= self.budget

    def cells(self) -> tuple[str, ...]:
        """The figure as a row of the table."""
        sign = "≥" if self.at_least else "≤"
        times = "" if self.anchor is None else " ×"
        return (
            self.name,
            _plain(self.ours, self.unit),
            "" if self.anchor is None else _plain(self.anchor, self.unit),
            "" if self.anchor is None else f"{self.measured:.2f} ×",
            "" if self.budget is None else f"{sign} {self.budget:g}{times or ' ' + self.unit}",
            {True: "within", False: "MISSED", None: ""}[self.within],
        )


def table(figures: Iterable[Figure]) -> str:
    """Figures in aligned columns."""
    rows = [_HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 5) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def interleaved(rounds: int, *sides: Callable[[], float], warm: int = 1) -> tuple[list[float], ...]:
    """Measures several sides in turn, A B A B, so that a noisy minute hurts all of them alike.

    Args:
        rounds: how often each side is measured.
        sides: each does its work and returns what it measured.
        warm: rounds before, that do not count.
    """
    found: tuple[list[float], ...] = tuple([] for _ in sides)
    for number in range(-warm, rounds):
        # Every second round the other way round: what comes first finds colder caches.
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        for side in order:
            value = sides[side]()
            if number >= 0:
                found[side].append(value)
    return found


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """What 95 of 100 stay below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]


def _plain(value: float, unit: str) -> str:
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2
    return f"{value:,.{digits}f} {unit}"
