"""Somebody else ended this seat: who did it, what becomes of the work, and the way out."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from domain.said import Said
from screens.boxed import Boxed
from widgets.safe_text import clean, safe

_LEAVES: Final = 2.0
"""Seconds for which one whose key was revoked still sees why."""


class SeatEnded(Boxed[None]):
    """Says that the seat has ended; every way on leads out of the program.

    Args:
        said: who ended it.
        texts: the messages that were not read yet, already spoken.
        leaves: whether the program ends by itself.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape,space,q,ctrl+q", "leave", show=False)
    ]

    def __init__(self, said: Said, texts: tuple[str, ...], *, leaves: bool) -> None:
        super().__init__()
        self._said_first = said
        self._texts = texts
        self._leaves = leaves

    def on_mount(self) -> None:
        """Leave by itself where nobody may stay."""
        if self._leaves:
            self.set_timer(_LEAVES, self.action_leave)

    def heading(self) -> str:
        """That it is over."""
        return self.t("notice.ended.title")

    def text(self) -> Content:
        """Who did it, what is kept, and what was not read yet."""
        lines = [
            Content.styled(clean(self.spoken(self._said_first)), "bold"),
            safe(self.t("notice.ended.kept")),
            *(safe(f"▸ {one}") for one in self._texts),
        ]
        return Content("\n").join(lines)

    def keys(self) -> str:
        """Enter leaves."""
        return self.t("notice.ended.keys")

    def action_leave(self) -> None:
        """Leave the program; the sentence stands in the terminal once more."""
        self.app.exit(0, message=clean(self.spoken(self._said_first)))
