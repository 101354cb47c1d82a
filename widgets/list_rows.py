"""What a list shows: its columns, its rows, and how wide each column is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a row.

    Attributes:
        text: what is drawn, cleaned and cut to its column.
        tone: a component class of the list (`urgent`, `muted`, …) or none.
    """

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list.

    Attributes:
        id: what the row is in the database; the mark follows it.
        cells: one for each column.
        muted: whether the whole row is drawn as out of reach now.
    """

    id: int
    cells: tuple[Cell, ...]
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the list.

    Attributes:
        title: its heading, already spoken.
        width: cells it takes; for a stretching column, the least it needs.
        stretch: its share of the room that is left; 0 for a fixed width.
        need: the narrowest list in which the column is still shown.
        right: whether its text is pushed to the right edge.
    """

    title: str
    width: int
    stretch: int = 0
    need: int = 0
    right: bool = False


def laid_out(
    columns: Sequence[Column], cells: Sequence[Cell], width: int
) -> list[tuple[Column, int, Cell]]:
    """The columns that a list of this width shows, how many cells each takes, and what is in it.

    Args:
        columns: all columns of the list.
        cells: one field of a row for each of them.
        width: cells of the screen that a row has.
    """
    shown = [
        (column, cell) for column, cell in zip(columns, cells, strict=True) if width >= column.need
    ]
    spare = max(0, width - sum(column.width + 1 for column, _ in shown))
    shares = sum(column.stretch for column, _ in shown)
    return [
        (column, column.width + (spare * column.stretch // shares if shares else 0), cell)
        for column, cell in shown
    ]
