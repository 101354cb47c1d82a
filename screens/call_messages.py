"""What workers tell the call screen: frozen answers of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from datetime import datetime

    from db.calls import OpenCall
    from db.dialling import Leg
    from db.drafts import DraftSaved
    from db.finish import Finished
    from db.phrases import KnownPhrases
    from db.seat_news import Taken
    from screens.call_left import CallLeft


class DraftKept(Message):
    """The draft is in the database."""

    def __init__(self, saved: DraftSaved) -> None:
        super().__init__()
        self.saved = saved


class PhrasesKnown(Message):
    """What was known of the wordings when the call began."""

    def __init__(self, known: KnownPhrases) -> None:
        super().__init__()
        self.known = known


class NumberRung(Message):
    """A number is being rung; `said` is the catalogue key of what was done with it."""

    def __init__(self, leg: Leg, said: str) -> None:
        super().__init__()
        self.leg = leg
        self.said = said


class LegEnded(Message):
    """A number's result is noted; `phone_id` is the one to try next."""

    def __init__(self, leg_id: int, result: str, phone_id: int) -> None:
        super().__init__()
        self.leg_id = leg_id
        self.result = result
        self.phone_id = phone_id


class HungUp(Message):
    """The talk is over; wrap-up runs since this instant."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at


class CallDecided(Message):
    """The call has ended with an outcome."""

    def __init__(self, finished: Finished, *, quick: bool) -> None:
        super().__init__()
        self.finished = finished
        self.quick = quick


class CallReread(Message):
    """The call as it stands in the database now, and who has taken it where somebody has."""

    def __init__(self, call: OpenCall, taken: Taken | None = None) -> None:
        super().__init__()
        self.call = call
        self.taken = taken


class CallLeaves(Message):
    """The call screen closes."""

    def __init__(self, left: CallLeft) -> None:
        super().__init__()
        self.left = left


class ScriptsReady(Message):
    """The call's scripts are loaded in the language that was asked for."""
