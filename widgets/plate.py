"""One line of text in a place of fixed size: drawn anew only when it says something else."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Plate(Static):
    """A label that never asks for a layout, so that a change costs its own cells only."""

    DEFAULT_CSS = """
    Plate {
        width: 1fr;
        height: 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
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
        """Say something; nothing is drawn where it is the same."""
        if (content.plain, content.spans) != (self._shown.plain, self._shown.spans):
            self._shown = content
            self.update(content, layout=False)
