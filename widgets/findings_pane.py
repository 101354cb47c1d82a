"""What a check found in a file: one sentence for each fault, with its line."""

from __future__ import annotations

from dataclasses import dataclass

from widgets.pane import TextPane
from widgets.sheet import Sheet


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One fault.

    Attributes:
        place: where it is, already spoken (`12`, or another file with its line).
        text: what is wrong, already spoken.
    """

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class FindingsView:
    """What the check says.

    Attributes:
        state: whether all is well, how many faults there are, or that it is being looked at.
        sign: stands before it.
        style: of the state.
        lines: the faults, in the order of the file.
        marked: the one that was gone to last, from 0; none where none was.
    """

    state: str
    sign: str
    style: str
    lines: tuple[FindingLine, ...] = ()
    marked: int | None = None


class FindingsPane(TextPane):
    """Shows what the check found, the one gone to last marked by a sign."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view = FindingsView("", "", "")

    def show(self, view: FindingsView) -> None:
        """Draw what was found."""
        if view != self._view:
            self._view = view
            self.redraw()

    def lay_out(self, sheet: Sheet) -> None:
        """The state, then each fault."""
        view = self._view
        if view.state:
            sheet.put(view.state, view.style, lead=f"{view.sign} ")
        for number, line in enumerate(view.lines):
            here = number == view.marked
            if here:
                sheet.mark()
            style = "bold" if here else ""
            lead = f"{'▸' if here else ' '} {line.place:>4} "
            sheet.put(line.text, style, lead=lead, lead_style="bold $text-error")
