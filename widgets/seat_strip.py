"""The strip for what an operator must hear at their seat: it takes no key and no focus."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class SeatStrip(Static):
    """Up to three lines under the head of a screen; nothing where there is nothing to hear."""

    DEFAULT_CSS = """
    SeatStrip {
        display: none;
        width: 1fr;
        height: auto;
        max-height: 3;
        padding: 0 1;
        background: $warning-muted;
        color: $text-warning;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown = Content("")

    @property
    def shown(self) -> Content:
        """What it says."""
        return self._shown

    def show(self, content: Content) -> None:
        """Say something, or nothing; drawn anew only where it is something else."""
        if (content.plain, content.spans) == (self._shown.plain, self._shown.spans):
            return
        self._shown = content
        self.display = bool(content.plain)
        self.update(content)
