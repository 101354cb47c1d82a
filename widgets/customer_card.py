"""The customer beside the script: numbers, asset, debts, history."""

from __future__ import annotations

from dataclasses import dataclass

from widgets.pane import TextPane
from widgets.sheet import Sheet


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of the card.

    Attributes:
        text: what is drawn.
        label: stands before it, already spoken; empty for a line of its own.
        sign: draws attention (`!` open complaint, `▸` number to dial).
        style: a style of ours.
    """

    text: str
    label: str = ""
    sign: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class CardSection:
    """A headed part of the card; without lines it is not drawn."""

    heading: str
    lines: tuple[CardLine, ...]


@dataclass(frozen=True, slots=True)
class CardView:
    """The card as it is drawn."""

    name: str
    sections: tuple[CardSection, ...]
    note: str = ""


class CustomerPane(TextPane):
    """Shows one customer."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view: CardView | None = None

    def show(self, view: CardView | None) -> None:
        """Draw a customer, or nobody."""
        if view == self._view:
            return
        self._view = view
        self.to_top()
        self.redraw()

    def lay_out(self, sheet: Sheet) -> None:
        """Name, then each section."""
        view = self._view
        if view is None:
            return
        if view.name:
            sheet.put(view.name, "bold")
        if view.note:
            sheet.put(view.note, "$text-warning")
        for section in view.sections:
            if not section.lines:
                continue
            if section.heading:
                sheet.heading(section.heading)
            for line in section.lines:
                if line.label:
                    sheet.pair(line.label, line.text, line.style)
                else:
                    sheet.put(line.text, line.style, lead=f"{line.sign or ' '} ")
