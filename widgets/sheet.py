"""Text laid out for a pane of a known width: headings, paragraphs with hanging indents, pairs."""

from __future__ import annotations

from textual.content import Content

from widgets.safe_text import cells, clean, clip, fit, wrap


class Sheet:
    """Lines for a pane, each cut or wrapped to its width.

    Args:
        width: cells of a line.
        tight: whether empty lines are left out, where room is short.
    """

    def __init__(self, width: int, *, tight: bool = False) -> None:
        self.width = max(4, width)
        self._tight = tight
        self._lines: list[Content] = []
        self.marked: int | None = None

    def mark(self) -> Sheet:
        """The line that is put next is the one to keep in sight."""
        self.marked = len(self._lines)
        return self

    @property
    def tight(self) -> bool:
        """Whether room is short."""
        return self._tight

    @property
    def height(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def gap(self) -> Sheet:
        """One empty line; never two in a row, never at the top."""
        if self._lines and self._lines[-1].plain and not self._tight:
            self._lines.append(Content(""))
        return self

    def heading(self, text: str) -> Sheet:
        """A heading, with room above it."""
        self.gap()
        self._lines.append(Content.styled(clip(text, self.width), "bold $text-accent"))
        return self

    def put(self, text: str, style: str = "", *, lead: str = "", lead_style: str = "") -> Sheet:
        """A paragraph; `lead` stands before its first line and the others hang beneath the text.

        Args:
            text: stored or spoken text.
            style: a style of ours.
            lead: a sign of ours or a digit before the first line.
            lead_style: its style.
        """
        lead = clean(lead)
        inset = cells(lead)
        for number, line in enumerate(wrap(text, self.width - inset)):
            front = lead if number == 0 else " " * inset
            self._lines.append(
                Content.assemble((front, lead_style or style), (line, style))
                if inset
                else Content.styled(line, style)
            )
        return self

    def bar(
        self, text: str, style: str, sign: str = "▌ ", sign_style: str = "", label: str = ""
    ) -> Sheet:
        """A paragraph with a sign before every line.

        Args:
            text: stored or spoken text.
            style: a style of ours.
            sign: a sign of ours.
            sign_style: its style.
            label: stands muted before the text, on its first line.
        """
        label = clean(f"{label} ") if label else ""
        for line in wrap(label + text, self.width - cells(sign)):
            words = line.removeprefix(label)
            muted = line[: len(line) - len(words)]
            self._lines.append(
                Content.assemble(
                    (sign, sign_style or style), (muted, "$muted italic"), (words, style)
                )
            )
            label = ""
        return self

    def pair(self, label: str, value: str, style: str = "", *, width: int = 8) -> Sheet:
        """A label and its value, wrapped beneath itself where it is long.

        Args:
            label: already spoken.
            value: stored text; nothing is drawn where it is empty.
            style: a style of ours for the value.
            width: cells of the label's column.
        """
        if value:
            self.put(value, style, lead=fit(label, width) + " ", lead_style="$muted")
        return self

    def line(self, line: Content) -> Sheet:
        """A line that is already laid out, folded where it is too long."""
        self._lines += line.wrap(self.width)
        return self

    def add(self, other: Sheet) -> Sheet:
        """Everything that was put on another sheet."""
        self._lines += other.lines
        return self

    @property
    def lines(self) -> list[Content]:
        """Everything that was put on the sheet, line by line."""
        return list(self._lines)
