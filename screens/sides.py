"""On which side of its anchor the page lies that a list wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from widgets.window_list import Direction

if TYPE_CHECKING:
    from db.paging import Side

SIDES: Final[Mapping[Direction, Side]] = {
    Direction.FIRST: "after",
    Direction.AFTER: "after",
    Direction.BEFORE: "before",
    Direction.LAST: "before",
    Direction.AGAIN: "from",
}
