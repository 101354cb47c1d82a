"""The wishes of a case as lines: how each stands, and what was last told about it by whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from domain.contradiction import WishWord
from domain.said import Said
from screens.call_views import Say
from widgets.customer_card import CardLine

if TYPE_CHECKING:
    from db.wishes import StandingWish


def wish_lines(
    wishes: Sequence[StandingWish],
    say: Say,
    spoken: Callable[[Said], str],
    clock: Callable[[datetime], str],
) -> list[CardLine]:
    """The wishes in the customer's order, each with its offer, reason or date of the answer.

    Args:
        wishes: in the customer's order.
        say: gives sentences.
        spoken: says a sentence of the rules.
        clock: writes an instant on one's own clock.
    """
    lines = []
    for place, wish in enumerate(wishes, 1):
        state = "impossible" if wish.possible is False and not wish.offer else wish.state
        told = f"{wish.text} · {say(f'call.verdict.{state}')}"
        if wish.need:
            told += f" · {say(f'expectation.need.{wish.need}')}"
        lines.append(CardLine(f"{place} {told}", sign=" "))
        parts = [
            wish.offer and say("call.wish_offer", text=wish.offer),
            wish.reason and say("call.wish_reason", text=wish.reason),
            wish.answer_by and say("call.wish_answer_by", at=clock(wish.answer_by)),
        ]
        said = [part for part in parts if part]
        if said and wish.words:
            last = wish.words[-1]
            said.append(f"{clock(last.at)} {spoken(who_said(last))}")
        if said:
            lines.append(CardLine(" · ".join(said), sign=" ", style="$muted"))
    return lines


def who_said(word: WishWord) -> Said:
    """Who said a word, and in which call."""
    if word.call_id is not None:
        return Said("expectation.who.call", {"name": word.operator or "", "call": word.call_id})
    if word.operator:
        return Said("expectation.who.desk", {"name": word.operator})
    return Said("expectation.who.file")
