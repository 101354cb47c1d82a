"""A framed pane of text; one pane at a time owns the digits, and its frame shows it.

The pane draws its lines itself and never asks for a layout: a change costs the lines that changed,
not the whole screen, which counts over a slow line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol, runtime_checkable

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.selection import Selection
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from widgets.safe_text import clean
from widgets.sheet import Sheet

OWNER_SIGN = "▸ "
MORE_ABOVE = "▲"
MORE_BELOW = "▼"


@runtime_checkable
class TakesDigits(Protocol):
    """A pane that digits (and a few signs) can belong to."""

    def take_key(self, key: str) -> bool:
        """Use a key (`1`, `+`, `enter`); false if it means nothing here."""

    def own_digits(self, owns: bool) -> None:
        """Show by the frame whether the digits belong to this pane."""


class TextPane(Widget, can_focus=False):
    """A framed pane whose text scrolls, above a foot that stays in sight."""

    DEFAULT_CSS = """
    TextPane {
        & > .pane--more { color: $text-accent; }
        & > .pane--rule { color: $border-blurred; }
    }
    """
    DEFAULT_CLASSES: ClassVar[str] = "pane"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane--more", "pane--rule"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._heading = ""
        self._owns = False
        self._laid_out = (0, 0)
        self._body: list[Content] = []
        self._foot: list[Content] = []
        self._top = 0
        self._drawn: list[Strip] = []

    @property
    def owns_digits(self) -> bool:
        """Whether the digits belong to this pane."""
        return self._owns

    @property
    def text(self) -> str:
        """All lines of the pane, the ones out of sight too."""
        return "\n".join(line.plain for line in (*self._body, *self._foot))

    def on_resize(self) -> None:
        """Lay the text out for the new size."""
        if self._laid_out != (self.size.width, self.size.height):
            self.redraw()

    def name_it(self, heading: str) -> None:
        """The words in the frame."""
        self._heading = clean(heading)
        self._show_heading()

    def own_digits(self, owns: bool) -> None:
        """Show by frame and sign whether the digits belong to this pane."""
        if owns != self._owns:
            self._owns = owns
            self.set_class(owns, "-owner")
            self._show_heading()
            self.redraw()

    def redraw(self) -> None:
        """Lay the text out anew and draw the lines that have become others."""
        width, height = self.size.width, self.size.height
        self._laid_out = (width, height)
        if width <= 0 or height <= 0:
            return
        body, foot = Sheet(width), Sheet(width)
        self.lay_out(body)
        self.lay_out_foot(foot)
        if foot.height and body.height + 1 + foot.height <= height:
            body.gap()
            body.add(foot)
            foot = Sheet(width)
        elif foot.height:
            body = Sheet(width, tight=True)
            self.lay_out(body)
        self._body, self._foot = body.lines, foot.lines
        top, room = self._top, self._room()
        if body.marked is not None and not top <= body.marked < top + room:
            top = body.marked - room // 2
        self._begin_at(top)
        self._draw_changes()

    def relabel(self) -> None:
        """Say everything again in the present language."""
        self.redraw()

    def lay_out(self, sheet: Sheet) -> None:
        """Put the pane's text on a sheet."""
        raise NotImplementedError

    def lay_out_foot(self, sheet: Sheet) -> None:
        """Put what stays in sight on a sheet; nothing unless a pane has such a thing."""

    def scroll_lines(self, by: int) -> None:
        """Scroll the text by lines."""
        self._begin_at(self._top + by)
        self._draw_changes()

    def scroll_pages(self, by: int) -> None:
        """Scroll the text by screens."""
        self.scroll_lines(by * max(1, self._room() - 1))

    def to_top(self) -> None:
        """Begin at the beginning when it is drawn next."""
        self._top = 0

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.scroll_lines(-3)

    def notify_style_update(self) -> None:
        """Colours have changed: draw everything again."""
        super().notify_style_update()
        self._drawn = []
        self.refresh()

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw what the mouse has marked."""
        del selection
        self._drawn = []
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The marked text, for copying."""
        seen = "\n".join(line.plain for line in self._seen())
        return selection.extract(seen), "\n"

    def render_line(self, y: int) -> Strip:
        """One line of what is in sight."""
        if not self._drawn:
            self._drawn = self._strips()
        if y < len(self._drawn):
            return self._drawn[y]
        return Strip.blank(self.size.width, self.visual_style.rich_style)

    def _room(self) -> int:
        """Lines for the text above the foot and its rule."""
        return self.size.height - (len(self._foot) + 1 if self._foot else 0)

    def _begin_at(self, line: int) -> None:
        self._top = max(0, min(line, len(self._body) - self._room()))

    def _seen(self) -> Sequence[Content]:
        """The lines in sight, from the top; the rule above the foot among them."""
        room = self._room()
        lines = self._body[self._top : self._top + room]
        if not self._foot:
            return lines
        blank = [Content("")] * (room - len(lines))
        rule = Content.styled("─" * self.size.width, "$border-blurred")
        return [*lines, *blank, rule, *self._foot]

    def _draw_changes(self) -> None:
        before, self._drawn = self._drawn, self._strips()
        width = self.size.width
        if len(before) != len(self._drawn):
            self.refresh()
            return
        changed = [
            Region(0, y, width, 1) for y, strip in enumerate(self._drawn) if strip != before[y]
        ]
        if changed:
            self.refresh(*changed)

    def _strips(self) -> list[Strip]:
        width, height = self.size.width, self.size.height
        content = Content("\n").join(self._seen())
        style = self.visual_style
        strips = Visual.to_strips(self, content, width, height, style, pad=True)
        blank = Strip.blank(width, style.rich_style)
        strips = [*strips[:height], *[blank] * (height - len(strips))]
        room = self._room()
        if 0 < room <= height:
            if self._top:
                strips[0] = self._marked(strips[0], MORE_ABOVE)
            if self._top + room < len(self._body):
                strips[room - 1] = self._marked(strips[room - 1], MORE_BELOW)
        return [strip.apply_offsets(0, y) for y, strip in enumerate(strips)]

    def _marked(self, strip: Strip, sign: str) -> Strip:
        """A line with a sign at its end: there is more in this direction."""
        style = self.get_component_rich_style("pane--more")
        return Strip.join([strip.crop(0, self.size.width - 1), Strip([Segment(sign, style)])])

    def _show_heading(self) -> None:
        title = f"{OWNER_SIGN if self._owns else ''}{self._heading}"
        if str(self.border_title or "") != title:
            self.border_title = Content(title)
