"""What is known of a wording, in words: beside the script, and in the objection palette."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.phrases import Tally
from domain.scoring import FEW
from domain.walk import Walk

Say = Callable[..., str]
"""Gives the sentence of a catalogue key."""

_LONG: Final = ("phrases.share", "phrases.share_few")
_SHORT: Final = ("phrases.brief", "phrases.brief_few")


def evidence(walk: Walk, say: Say) -> str:
    """How often the wording shown has worked, with interval and n; empty while nobody judged it."""
    wording = walk.wording
    if wording is None or walk.order is None:
        return ""
    return _told(walk.order.tally(walk.kind, wording), say, _LONG)


def leading(walk: Walk, objection: str, say: Say) -> str:
    """The same, shorter, for the wording that the call would offer first to an objection.

    Raises:
        InputError: `script_no_objection`.
    """
    order = walk.order
    if order is None:
        return ""
    there = walk.open_objection(objection)
    wording = there.wording
    return "" if wording is None else _told(order.tally(there.kind, wording), say, _SHORT)


def _told(tally: Tally, say: Say, keys: tuple[str, str]) -> str:
    share = tally.share
    if share.value is None or share.interval is None:
        return ""
    return say(
        keys[share.n < FEW],
        share=round(share.value),
        low=round(share.interval.low),
        high=round(share.interval.high),
        n=share.n,
    )
