"""One card of the handbook: text, words to say, dialogues, and claims with where they come from."""

from __future__ import annotations

from typing import Final

from domain.handbook import Block, BlockKind, Card, Claim
from widgets.pane import TextPane
from widgets.safe_text import cells, fit
from widgets.sheet import Sheet
from widgets.speech import words

_SPOKEN: Final = (BlockKind.CUSTOMER, BlockKind.WE)
_CLOSE: Final = (BlockKind.BULLET, *_SPOKEN)
"""Paragraphs that stand close to one of their own sort: points of a list, turns of a dialogue."""


class HandbookPage(TextPane):
    """Shows one card."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._card: Card | None = None

    @property
    def card(self) -> Card | None:
        """The card that is shown."""
        return self._card

    def show(self, card: Card | None) -> None:
        """Draw a card from its beginning, or none."""
        if card != self._card:
            self._card = card
            self.name_it("" if card is None else card.topic)
            self.to_top()
            self.redraw()

    def lay_out(self, sheet: Sheet) -> None:
        """The title, then each paragraph in its own way."""
        card = self._card
        if card is None:
            return
        sheet.heading(card.title)
        before: Block | Claim | None = None
        for block in card.blocks:
            if not self._close(before, block):
                sheet.gap()
            if isinstance(block, Claim):
                self._put_claim(sheet, block)
            else:
                self._put(sheet, block)
            before = block

    @staticmethod
    def _close(before: Block | Claim | None, block: Block | Claim) -> bool:
        """Whether no empty line parts two paragraphs."""
        if not isinstance(before, Block) or not isinstance(block, Block):
            return False
        if before.kind is BlockKind.RUNG:
            return True
        return before.kind in _CLOSE and (
            before.kind is block.kind or (before.kind in _SPOKEN and block.kind in _SPOKEN)
        )

    def _put_claim(self, sheet: Sheet, claim: Claim) -> None:
        label = f"{words(self, 'handbook.claim')} "
        sheet.put(claim.text, "", lead=label, lead_style="bold $text-warning")
        source = f"{words(self, 'handbook.source')} "
        inset = " " * max(0, cells(label) - cells(source))
        sheet.put(claim.source, "$muted italic", lead=inset + source, lead_style="$muted")

    def _put(self, sheet: Sheet, block: Block) -> None:
        match block.kind:
            case BlockKind.BULLET:
                sheet.put(block.text, lead="• ", lead_style="$text-accent")
            case BlockKind.WORDS:
                sheet.bar(block.text, "bold", sign_style="$text-primary")
            case BlockKind.RUNG:
                rung = f"{words(self, 'handbook.rung')} "
                sheet.put(block.text, "italic $text-accent", lead=rung, lead_style="$muted")
            case BlockKind.CUSTOMER | BlockKind.WE:
                self._put_turn(sheet, block)
            case _:
                sheet.put(block.text)

    def _put_turn(self, sheet: Sheet, block: Block) -> None:
        names = {kind: words(self, f"handbook.turn.{kind}") for kind in _SPOKEN}
        wide = max(map(cells, names.values()))
        ours = block.kind is BlockKind.WE
        sheet.put(
            block.text,
            "bold" if ours else "",
            lead=f"{fit(names[block.kind], wide)} {'▌' if ours else '│'} ",
            lead_style="$text-primary" if ours else "$muted",
        )
