"""The line of advice beside the script, from what the call knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from domain.advising import Situation, situation_of
from domain.library import Advice
from screens.call_draft import CallDraft
from widgets.safe_text import cells, clean

if TYPE_CHECKING:
    from db.calls import OpenCall

_LEVELS: Final = ("regulator", "skip_level", "local")
"""Levels of a complaint, the gravest first."""


def situation(call: OpenCall, draft: CallDraft) -> Situation:
    """What decides which advice fits: the customer, and where the conversation stands."""
    levels = {complaint.level for complaint in call.card.complaints}
    return situation_of(
        draft.walk,
        call=call.call_id,
        light=draft.mood,
        asks=bool(draft.question),
        customer_class=call.card.customer_class,
        tier=call.card.tier,
        level=next((level for level in _LEVELS if level in levels), None),
        weight=None if draft.grievance is None else draft.grievance.weight,
        direction=call.direction,
    )


def advice_content(advice: Advice | None, more: str, width: int) -> Content:
    """The strip: the line, and how to read more about it where there is room to say so.

    Args:
        advice: the line, or none.
        more: names the key of the handbook, already spoken.
        width: cells of the strip.
    """
    if advice is None:
        return Content("")
    line = clean(f"* {advice.text}")
    styled = Content.styled(line, "italic $text-secondary")
    if cells(line) + cells(more) + 2 > width:
        return styled
    return Content.assemble(styled, "  ", (more, "$muted"))
