"""What a new word about a wish takes back of what was told before, and in which call that was."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class WishWord:
    """One thing that was said about a wish, in a call or at the desk; instants in UTC.

    Attributes:
        at: when it was said.
        state: open, accepted, shelved or refused.
        possible: whether it could be had as wished; none where nobody judged it.
        reason: why not, as told to the customer.
        offer: what was offered.
        answer_by: by when a shelved wish is answered.
        call_id: the call; none for what was imported or judged at the desk.
        operator: the name of who said so; none for an import.
    """

    at: datetime
    state: str
    possible: bool | None = None
    reason: str | None = None
    offer: str | None = None
    answer_by: datetime | None = None
    call_id: int | None = None
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class NewWord:
    """What is about to be said: an offer, that it can't be had, or another day for the answer."""

    wish: str
    offer: str | None = None
    impossible: bool = False
    answer_by: datetime | None = None


class Contradiction(StrEnum):
    """How a new word goes against an earlier one, the gravest first."""

    ACCEPTED_OFFER = "accepted_offer"
    STANDING_OFFER = "standing_offer"
    SAID_POSSIBLE = "said_possible"
    SAID_IMPOSSIBLE = "said_impossible"
    LATER_ANSWER = "later_answer"


def contradicted(
    new: NewWord, words: Sequence[WishWord]
) -> tuple[tuple[Contradiction, WishWord], ...]:
    """What of the earlier words a new one goes against, the gravest first, each at most once.

    An offer that the customer refused binds nobody: another one may follow. An offer that was
    accepted, or that awaits its answer, does; so does a reason why something can't be had. Of each
    kind the latest word counts, and a word that was itself taken back later counts no more.

    Args:
        new: what is about to be said.
        words: what was said about the same wish before, in any order.
    """
    spoken = sorted(words, key=lambda word: word.at)
    found: dict[Contradiction, WishWord] = {}
    offered = _last_offer(spoken)
    if offered is not None and offered.state != "refused" and not _same(offered.offer, new):
        kind = Contradiction.STANDING_OFFER
        if offered.state == "accepted":
            kind = Contradiction.ACCEPTED_OFFER
        if new.offer is not None or new.impossible:
            found[kind] = offered
    judged = next((word for word in reversed(spoken) if word.possible is not None), None)
    if judged is not None:
        if judged.possible and new.impossible:
            found[Contradiction.SAID_POSSIBLE] = judged
        elif not judged.possible and new.offer is not None and _alike(new.offer, new.wish):
            found[Contradiction.SAID_IMPOSSIBLE] = judged
    shelved = next((word for word in reversed(spoken) if word.answer_by is not None), None)
    if (
        shelved is not None
        and shelved.answer_by is not None
        and new.answer_by is not None
        and new.answer_by > shelved.answer_by
    ):
        found[Contradiction.LATER_ANSWER] = shelved
    return tuple((kind, found[kind]) for kind in Contradiction if kind in found)


def same_wish(one: str, other: str) -> bool:
    """Whether two texts name the same wish: width, case, spaces and punctuation aside."""
    return _alike(one, other)


def _last_offer(spoken: Sequence[WishWord]) -> WishWord | None:
    return next((word for word in reversed(spoken) if word.offer), None)


def _same(offer: str | None, new: NewWord) -> bool:
    return not new.impossible and new.offer is not None and _alike(offer or "", new.offer)


def _alike(one: str, other: str) -> bool:
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LNS")
