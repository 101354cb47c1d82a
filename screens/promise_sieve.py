"""What the list of promises shows; the program remembers it between two visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from db.promise_ledger import View

VIEWS: Final[tuple[View, ...]] = (
    "owed",
    "broken",
    "open",
    "kept",
    "late",
    "withdrawn",
    "all",
)
"""Which promises are shown, in the order in which a key goes through them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list shows.

    Attributes:
        view: by the state of the promises.
        mine: whether only one's own are shown.
    """

    view: View = "owed"
    mine: bool = False
