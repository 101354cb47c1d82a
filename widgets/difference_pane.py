"""A difference between two texts, each line with its sign, its numbers and its colour."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from widgets.difference import Difference, DifferentLine
from widgets.pane import TextPane
from widgets.safe_text import cells, clean, wrap
from widgets.sheet import Sheet

_STYLES: Final = {"+": "$text-success", "-": "$text-error", " ": "$muted"}


class DifferencePane(TextPane):
    """Shows a difference, unified; the changed letters of a changed line are underlined."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._difference = Difference((), 0, 0)
        self._nothing = ""
        self._places: list[int] = []
        self._at = -1

    def show(self, found: Difference, nothing: str) -> None:
        """Draw a difference from its beginning.

        Args:
            found: the difference.
            nothing: what to say where there is none.
        """
        self._difference, self._nothing, self._at = found, nothing, -1
        self.to_top()
        self.redraw()

    def next_place(self) -> None:
        """Scroll to the next changed place; behind the last one comes the first."""
        if self._places:
            self._at = (self._at + 1) % len(self._places)
            self.scroll_lines(self._places[self._at] - self._top)

    def lay_out(self, sheet: Sheet) -> None:
        """Every line, long ones folded beneath their text."""
        self._places = []
        if not self._difference.lines:
            sheet.put(self._nothing, "$muted")
        for line in self._difference.lines:
            if line.sign == "@":
                sheet.gap()
                self._places.append(sheet.height)
                sheet.line(Content.styled(f"··· {line.old} → {line.new}", "$text-accent"))
            else:
                self._put(sheet, line)

    def _put(self, sheet: Sheet, line: DifferentLine) -> None:
        style = _STYLES[line.sign]
        lead = f"{line.old or line.new:>4} {line.sign} "
        # A stretch is told by letters of the stored line: cleaned, it might be another one.
        whole = clean(line.text)
        marked = line.changed if whole == line.text else ()
        inset, at = cells(lead), 0
        for number, row in enumerate(wrap(whole, sheet.width - inset)):
            start = whole.find(row, at)
            at = start + len(row)
            text = Content.styled(row, style)
            for first, last in marked:
                a, b = max(first, start) - start, min(last, at) - start
                if a < b:
                    text = text.stylize(f"bold underline {style}", a, b)
            front = lead if number == 0 else " " * inset
            sheet.line(Content.assemble((front, style), text))
