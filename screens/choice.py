"""A dialog that asks for one of a few things; each has a digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from domain.said import Said
from screens.boxed import Boxed
from widgets.safe_text import clean, safe

MOST: Final = 10
"""The tenth has the key 0."""


class Choice(Boxed[int]):
    """Asks for one of at most ten things; gives back its place, from 0.

    Args:
        heading: what is asked.
        options: what can be chosen: a sentence of the catalogues, or stored text.
        detail: more about it; none for nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(digit % 10), f"choose({digit - 1})", show=False) for digit in range(1, MOST + 1)
    ]

    def __init__(
        self, heading: Said, options: Sequence[Said | str], detail: Said | None = None
    ) -> None:
        super().__init__()
        self._heading = heading
        self._options = tuple(options)[:MOST]
        self._detail = detail

    def heading(self) -> str:
        """What is asked."""
        return self.spoken(self._heading)

    def text(self) -> Content:
        """The options, each with its digit."""
        lines = []
        if self._detail is not None:
            lines += [safe(self.spoken(self._detail), lines=True), Content("")]
        for digit, option in enumerate(self._options, 1):
            told = self.spoken(option) if isinstance(option, Said) else option
            lines.append(Content.assemble((f"{digit % 10}  ", "bold $text-accent"), clean(told)))
        return Content("\n").join(lines)

    def keys(self) -> str:
        """A digit or Escape."""
        return self.t("customer.choice_keys")

    def action_choose(self, place: int) -> None:
        """Give the choice back, if there is such a one."""
        if place < len(self._options):
            self.dismiss(place)
