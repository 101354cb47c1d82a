"""What the list of cases shows: which book, whose, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

View = Literal["mine", "all", "overdue", "warned", "over"]
Book = Literal["cases", "grumbles"]
VIEWS: Final[tuple[View, ...]] = ("mine", "all", "overdue", "warned", "over")
NARROWING: Final = ("weight", "level", "category", "department", "status", "text")


@dataclass(frozen=True, slots=True)
class Sieve:
    """What the list shows; it stays while the program runs.

    Attributes:
        book: cases, or grumbles: the two are never listed together.
        view: mine, all, overdue, due soon, or those that are over.
        weight: complaint or appeal; empty for both.
        level: empty for all.
        category: empty for all.
        department: empty for all.
        status: empty for all.
        text: a part of the customer's name or of the case's number.
    """

    book: Book = "cases"
    view: View = "mine"
    weight: str = ""
    level: str = ""
    category: str = ""
    department: str = ""
    status: str = ""
    text: str = ""

    def by(self, name: str, value: str) -> Sieve:
        """The same with one field narrowed to a value.

        Raises:
            ValueError: it is none of the fields that narrow.
        """
        if name not in NARROWING:
            raise ValueError(name)
        changes: dict[str, Any] = {name: value}
        return replace(self, **changes)

    @property
    def narrowed(self) -> tuple[str, ...]:
        """The fields that leave something out, beside book and view."""
        return tuple(name for name in NARROWING if getattr(self, name))
