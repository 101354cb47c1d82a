"""The line of keys at the foot of a screen; drawn, never recomposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from widgets.safe_text import cells

DANGER_SIGN = "!"


@dataclass(frozen=True, slots=True)
class KeyHint:
    """One key with its name.

    Attributes:
        action_id: what a click on it carries out.
        key: the key as it stands on the keyboard.
        label: the short name, already spoken.
        enabled: whether it can be done now.
        danger: whether it can't simply be undone.
    """

    action_id: str
    key: str
    label: str
    enabled: bool = True
    danger: bool = False

    @property
    def width(self) -> int:
        """The cells it takes, the gap behind it included."""
        return cells(self.key) + cells(self.label) + 1 + len(self._sign) + 2

    @property
    def _sign(self) -> str:
        return DANGER_SIGN if self.danger else ""

    @property
    def text(self) -> str:
        """The name with its danger sign."""
        return f" {self.label}{self._sign}"


class KeyBar(Widget):
    """Shows as many hints as fit, the first ones first; the tail hints always fit."""

    DEFAULT_CSS = """
    KeyBar {
        height: 1;
        background: $panel;
        & > .key-bar--key { color: $text-accent; text-style: bold; }
        & > .key-bar--label { color: $foreground; }
        & > .key-bar--disabled { color: $text-disabled; }
        & > .key-bar--danger { color: $text-error; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "key-bar--key",
        "key-bar--label",
        "key-bar--disabled",
        "key-bar--danger",
    }

    class Pressed(Message):
        """A hint was clicked."""

        def __init__(self, action_id: str) -> None:
            super().__init__()
            self.action_id = action_id

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._hints: tuple[KeyHint, ...] = ()
        self._tail: tuple[KeyHint, ...] = ()

    def show_hints(self, hints: Sequence[KeyHint], tail: Sequence[KeyHint] = ()) -> None:
        """Draw other hints; nothing is sent to the terminal when they are the same.

        Args:
            hints: in order of importance; those that don't fit are left out.
            tail: hints that always stand at the right end (help).
        """
        new = (tuple(hints), tuple(tail))
        if new != (self._hints, self._tail):
            self._hints, self._tail = new
            self.refresh()

    def fitting(self, width: int) -> list[tuple[int, KeyHint]]:
        """The hints that fit a width, each with the cell that it begins at."""
        end = width - sum(hint.width for hint in self._tail)
        place = 1
        placed = []
        for hint in self._hints:
            if place + hint.width - 2 > end:
                break
            placed.append((place, hint))
            place += hint.width
        place = max(place, end)
        for hint in self._tail:
            placed.append((place, hint))
            place += hint.width
        return placed

    def render_line(self, y: int) -> Strip:
        """The one line of the bar."""
        del y
        width = self.size.width
        blank = self.rich_style
        segments: list[Segment] = []
        drawn = 0
        for place, hint in self.fitting(width):
            segments.append(Segment(" " * (place - drawn), blank))
            parts = ("key", "danger" if hint.danger else "label")
            key, label = parts if hint.enabled else ("disabled", "disabled")
            segments.append(Segment(hint.key, self.get_component_rich_style(f"key-bar--{key}")))
            segments.append(Segment(hint.text, self.get_component_rich_style(f"key-bar--{label}")))
            drawn = place + hint.width - 2
        return Strip(segments).adjust_cell_length(width, blank).crop(0, width)

    def on_click(self, event: events.Click) -> None:
        """Carry out the hint under the mouse."""
        for place, hint in self.fitting(self.size.width):
            if place <= event.x < place + hint.width - 2:
                self.post_message(self.Pressed(hint.action_id))
