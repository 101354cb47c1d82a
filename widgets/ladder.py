"""The expectation ladder: six rungs, the agreement, and the wishes with what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual.message import Message

from widgets.pane import TextPane
from widgets.safe_text import cells
from widgets.sheet import Sheet
from widgets.speech import words

_BETWEEN: Final = "   "


@dataclass(frozen=True, slots=True)
class RungLine:
    """One rung.

    Attributes:
        digit: its key.
        title: what it is called.
        used: whether it was used in this call.
        due: whether it is the one to use now.
        shown: whether its words are in the script pane.
    """

    digit: str
    title: str
    used: bool = False
    due: bool = False
    shown: bool = False


@dataclass(frozen=True, slots=True)
class WishLine:
    """One wish, in the customer's order.

    Attributes:
        text: in the customer's words.
        state: how it stands, already spoken.
        sign: the same as a sign.
        detail: offer, reason, or date of the answer, already spoken.
        chosen: whether the keys for offers and verdicts are about this one.
    """

    text: str
    state: str
    sign: str
    detail: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class LadderView:
    """The ladder as it is drawn."""

    rungs: tuple[RungLine, ...]
    wishes: tuple[WishLine, ...] = ()
    keys: str = ""
    agreed: str = ""


class Ladder(TextPane):
    """Digits open rungs; the words of a rung stand in the script pane."""

    class Chose(Message):
        """A rung was chosen, by its number from 1."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view: LadderView | None = None

    def show(self, view: LadderView) -> None:
        """Draw the ladder."""
        self._view = view
        self.redraw()

    def take_key(self, key: str) -> bool:
        """Open a rung."""
        view = self._view
        if view is None:
            return False
        if key == "enter":
            due = next((n for n, rung in enumerate(view.rungs, 1) if rung.due), 1)
            self.post_message(self.Chose(due))
            return True
        if key.isdigit() and 1 <= int(key) <= len(view.rungs):
            self.post_message(self.Chose(int(key)))
            return True
        return False

    def lay_out(self, sheet: Sheet) -> None:
        """Rungs above, wishes below."""
        view = self._view
        if view is None:
            return
        for rung in view.rungs:
            sign = "✓" if rung.used else ("▸" if rung.due else " ")
            style = "bold reverse" if rung.shown else ("bold" if rung.due else "")
            lead_style = "bold $text-accent" if self.owns_digits else "$muted"
            sheet.put(rung.title, style, lead=f"{rung.digit}{sign} ", lead_style=lead_style)
        sheet.heading(words(self, "call.wishes"))
        if not view.wishes:
            sheet.put(words(self, "call.no_wishes"), "$muted")
        for number, wish in enumerate(view.wishes, 1):
            style = "bold" if wish.chosen else ""
            if wish.chosen and self.owns_digits:
                sheet.mark()
            lead = f"{'▸' if wish.chosen else ' '}{number}{wish.sign} "
            sheet.put(f"{wish.text} · {wish.state}", style, lead=lead)
            if wish.detail:
                sheet.put(wish.detail, "$muted", lead="    ")
        if view.agreed:
            sheet.gap()
            sheet.put(view.agreed, "bold $text-success", lead="✓ ")
        if view.keys:
            sheet.gap()
            for line in _whole_hints(view.keys, sheet.width):
                sheet.put(line, "$muted")


def _whole_hints(keys: str, width: int) -> list[str]:
    """Hints on as few lines as they need, none of them broken: three blanks stand between them."""
    lines: list[str] = []
    for hint in keys.split(_BETWEEN):
        longer = f"{lines[-1]}{_BETWEEN}{hint}" if lines else hint
        if lines and cells(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(hint)
    return lines
