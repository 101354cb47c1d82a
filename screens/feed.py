"""What a screen hears of the database: topics that moved, and how its own seat stands."""

from __future__ import annotations

from typing import Literal

from textual.message import Message

SeatState = Literal["ok", "lost", "taken", "closed", "revoked", "dismissed"]


class TopicsMoved(Message):
    """Something behind the screen has changed; what is shown of these topics is asked for anew.

    Args:
        topics: as the database names them.
    """

    def __init__(self, topics: frozenset[str]) -> None:
        super().__init__()
        self.topics = topics


class SeatHeard(Message):
    """What the seat learnt from its heartbeat."""

    def __init__(self, state: SeatState) -> None:
        super().__init__()
        self.state = state


class DatabaseTroubled(Message):
    """The database can't be written now, or can again.

    Args:
        error: none once it is over.
    """

    def __init__(self, error: BaseException | None) -> None:
        super().__init__()
        self.error = error


class FeedHeard(Message):
    """Whether what moves elsewhere is heard here.

    Args:
        there: whether it is now.
    """

    def __init__(self, there: bool) -> None:
        super().__init__()
        self.there = there
