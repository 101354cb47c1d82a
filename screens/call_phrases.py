"""The order in which a call offers its wordings: read once, in the background, and then kept."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from domain.phrases import PhraseOrder
from screens.call_base import CallBase
from screens.call_messages import PhrasesKnown
from screens.work import database_work

if TYPE_CHECKING:
    from domain.phrases import Draw


class CallPhrases(CallBase):
    """A call that knows which of its wordings work."""

    @database_work("call.phrases", quiet=True)
    def read_phrases(self) -> Message:
        """Read what was known of the wordings when the call began."""
        from db.phrases import known_phrases  # noqa: PLC0415 - connected long since

        return PhrasesKnown(known_phrases(self.database, self.actor, self.call.started_at))

    @on(PhrasesKnown)
    def _phrases_known(self, event: PhrasesKnown) -> None:
        """Take the order up; words that the customer may be hearing stay as they are."""
        order = PhraseOrder(
            event.known.tallies, self._draws_of_this_call if event.known.learning else None
        )
        walk = self.draft.walk
        talking = bool(self.call.legs) or self.call.direction == "in"
        walk = replace(walk, order=order) if talking else walk.ordered(order)
        # What was offered is kept with the first thing that is typed: until then nothing happened.
        self._draft = replace(self.draft, walk=walk)
        self.draw()

    def _draws_of_this_call(self, seed: str) -> Draw:
        return random.Random(f"{self.call.call_id}/{seed}").betavariate  # noqa: S311 - no secret
