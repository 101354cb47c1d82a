"""What becomes of open work at the end of a shift: kept, given to a colleague, or to the pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.errors import InputError


class WorkKind(StrEnum):
    """A piece of open work: what waits in the queue, what is owed, a case, a call to be ended."""

    CALLBACK = "callback"
    PROMISE = "promise"
    CASE = "case"
    CALL = "call"


class Goes(StrEnum):
    """Where it goes: it stays, to a colleague, or to whoever asks first."""

    KEEP = "keep"
    TO = "to"
    POOL = "pool"


WAYS: Final[Mapping[WorkKind, tuple[Goes, ...]]] = {
    WorkKind.CALLBACK: (Goes.KEEP, Goes.TO, Goes.POOL),
    # What is owed, a case and a call that was made need one who answers for them.
    WorkKind.PROMISE: (Goes.KEEP, Goes.TO),
    WorkKind.CASE: (Goes.KEEP, Goes.TO),
    WorkKind.CALL: (Goes.KEEP, Goes.TO),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of open work and where it goes; instants in UTC.

    Attributes:
        kind: what it is.
        id: its number in its kind.
        name: of the customer.
        due_at: when something has to happen; none for a call to be ended.
        promised: whether the customer was given this time.
        typed: whether something was typed that is not decided yet.
        goes: where it goes.
        to: the colleague who gets it.
    """

    kind: WorkKind
    id: int
    name: str
    due_at: datetime | None
    promised: bool = False
    typed: bool = False
    goes: Goes = Goes.KEEP
    to: int | None = None

    @property
    def key(self) -> str:
        """Names the piece: `callback:12`."""
        return f"{self.kind}:{self.id}"

    def going(self, goes: Goes, to: int | None = None) -> Piece:
        """The same piece with another way.

        Raises:
            InputError: `hand_over_way` where a piece of this kind can't go there,
                `hand_over_whom` where a colleague is missing.
        """
        if goes not in WAYS[self.kind]:
            raise InputError("hand_over_way", piece=self.key)
        if (goes is Goes.TO) != (to is not None):
            raise InputError("hand_over_whom", piece=self.key)
        return replace(self, goes=goes, to=to)


def proposed(piece: Piece, back_at: datetime | None, deputy: int | None) -> Piece:
    """Where a piece goes unless its owner says otherwise.

    What is due only once its owner is back stays, so does what nobody else could answer for; all
    else goes to the deputy, or to the pool where there is none.

    Args:
        piece: the piece.
        back_at: when its owner is at work again (UTC); none where nobody knows.
        deputy: who stands in for its owner; none where nobody does.
    """
    waits = piece.due_at is not None and back_at is not None and piece.due_at >= back_at
    if waits:
        return piece.going(Goes.KEEP)
    if deputy is not None:
        return piece.going(Goes.TO, deputy)
    if Goes.POOL in WAYS[piece.kind]:
        return piece.going(Goes.POOL)
    return piece.going(Goes.KEEP)


def counted(pieces: Iterable[Piece]) -> Counter[tuple[Goes, int | None]]:
    """How many pieces go where, by way and colleague."""
    return Counter((piece.goes, piece.to) for piece in pieces)
