"""The source of a file to edit: its pieces coloured, its faults marked beside the line numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, ClassVar, Final, Protocol

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from widgets.safe_text import clean

FAULT_SIGN: Final = "!"
LONGEST: Final = 200_000
"""Letters that a text may have; what is longer is no script and would only be a burden."""
PIECES: Final = (
    *("head", "heading", "anchor", "sign", "quote", "label"),
    *("link", "target", "include", "variable", "condition", "broken"),
)
"""What a stretch of a row may be; each has a component class `source-editor--<piece>`."""


class Marked(Protocol):
    """A stretch of a row: letters `start` up to `end` are a `piece`."""

    @property
    def start(self) -> int:
        """The first letter."""

    @property
    def end(self) -> int:
        """Behind the last letter."""

    @property
    def piece(self) -> str:
        """One of `PIECES`."""


Marks = Callable[[int, str, Callable[[int], str]], Iterable[Marked]]
"""Gives the stretches of a row: its number from 0, its text, and a way to read the other rows."""


class SourceEditor(TextArea):
    """A text area that colours only the rows in sight; Escape gives the keyboard to the actions.

    Args:
        marks: says what the stretches of a row are.
    """

    takes_text: ClassVar[bool] = True
    """Letters typed here are text, never actions."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "source-editor--fault",
        *(f"source-editor--{piece}" for piece in PIECES),
    }
    DEFAULT_CSS = """
    SourceEditor {
        border: round $border-blurred;
        border-title-color: $text-muted;
        padding: 0;
        background: $background;
        scrollbar-size-vertical: 1;
        & .text-area--cursor-line { background: $surface; }
        & .text-area--gutter { color: $text-muted; }
        & .text-area--cursor-gutter { color: $text-accent; text-style: bold; }
        & > .source-editor--fault { color: $text-error; text-style: bold; }
        & > .source-editor--head { color: $text-secondary; }
        & > .source-editor--heading { color: $text-accent; text-style: bold; }
        & > .source-editor--anchor { color: $text-muted; text-style: not bold; }
        & > .source-editor--sign { color: $text-primary; }
        & > .source-editor--quote { text-style: bold; }
        & > .source-editor--label { color: $text-secondary; text-style: bold italic; }
        & > .source-editor--link { color: $text-accent; }
        & > .source-editor--target { color: $text-muted; }
        & > .source-editor--include { color: $text-success; text-style: underline; }
        & > .source-editor--variable { color: $text-success; }
        & > .source-editor--condition { color: $text-muted; text-style: italic; }
        & > .source-editor--broken { color: $text-error; text-style: underline; }
        &:focus {
            border: heavy $border;
            border-title-color: $text-accent;
            border-title-style: bold;
        }
    }
    """

    class Left(Message):
        """The person wants letters to be actions again."""

    class Full(Message):
        """More text came than there is room for; none of it was taken."""

    def __init__(self, marks: Marks, *, id: str | None = None) -> None:  # noqa: A002
        self._marks = marks
        self._faults: frozenset[int] = frozenset()
        self._piece_styles: dict[str, Style] = {}
        super().__init__(
            id=id, tab_behavior="focus", soft_wrap=True, show_line_numbers=True, max_checkpoints=200
        )
        self.cursor_blink = False
        self.match_cursor_bracket = False

    def watch(
        self,
        obj: DOMNode,
        attribute_name: str,
        callback: Callable[..., Any],
        init: bool = True,
    ) -> None:
        """Watch anything but the app, which outlives the editor and would keep it for ever."""
        if obj is not self.app:
            super().watch(obj, attribute_name, callback, init)

    def notify_style_update(self) -> None:
        """Colours have changed: take the new ones."""
        super().notify_style_update()
        self._piece_styles = {}
        if self.is_mounted:
            self.mutate_reactive(TextArea.theme)

    def fill(self, text: str) -> None:
        """Begin with a text: nothing to undo, nothing that a terminal could obey."""
        self._faults = frozenset()
        self.load_text(clean(text, lines=True))

    def put(self, text: str) -> None:
        """Replace the whole text; it can be undone."""
        row = self.cursor_location[0]
        self.replace(clean(text, lines=True), self.document.start, self.document.end)
        self.go_to(row + 1)

    def take(self, text: str) -> None:
        """Write where the cursor stands; nothing where it would be more than `LONGEST`."""
        if len(text) + len(self.text) > LONGEST:
            self.post_message(self.Full())
        else:
            self.replace(clean(text, lines=True), *self.selection)

    def go_to(self, line: int) -> None:
        """Put the cursor on a line, counted from 1."""
        row = max(0, min(line - 1, self.document.line_count - 1))
        self.move_cursor((row, 0), center=True)

    @property
    def line(self) -> int:
        """The line of the cursor, counted from 1."""
        return self.cursor_location[0] + 1

    def show_faults(self, lines: Collection[int]) -> None:
        """Mark the lines that have a fault, counted from 1."""
        faults = frozenset(lines)
        if faults != self._faults:
            self._faults = faults
            self._line_cache.clear()
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """A row with its pieces coloured; called for rows in sight only."""
        line = super().get_line(line_index)
        for mark in self._marks(line_index, line.plain, self.document.get_line):
            line.stylize(self._style_of(mark.piece), mark.start, mark.end)
        return line

    def _style_of(self, piece: str) -> Style:
        style = self._piece_styles.get(piece)
        if style is None:
            # Only the letters: the background is the row's, which may be the cursor's or marked.
            whole = self.get_component_rich_style(f"source-editor--{piece}")
            style = Style(
                color=whole.color,
                bold=whole.bold,
                italic=whole.italic,
                underline=whole.underline,
            )
            self._piece_styles[piece] = style
        return style

    def _render_line(self, y: int) -> Strip:
        """A drawn line; the blank behind the number of a faulty row becomes a sign."""
        strip = super()._render_line(y)
        place = y + self.scroll_offset[1]
        if not self._faults or place >= self.wrapped_document.height:
            return strip
        row, column = self.wrapped_document.offset_to_location(Offset(0, place))
        if column or row + 1 not in self._faults:
            return strip
        first, *rest = strip
        style = (first.style or Style()) + self._style_of("fault")
        sign = Segment(FAULT_SIGN, style)
        gutter = Segment(first.text[:-2], first.style)
        return Strip([gutter, sign, Segment(" ", first.style), *rest], strip.cell_length)

    async def _on_paste(self, event: events.Paste) -> None:
        """Take a paste in without what a terminal could obey."""
        event.prevent_default()
        event.stop()
        if not self.read_only:
            self.take(event.text)

    def action_leave(self) -> None:
        """Give the keyboard back to the actions."""
        self.post_message(self.Left())
