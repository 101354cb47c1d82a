"""The desk's work in the database: pages of the queue, figures, reasons, and customers to call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from textual.message import Message

from domain.errors import RefusedError
from domain.permissions import allowed
from screens.desk_messages import Counted, Explained, Given, PageRead
from screens.frame import FramedScreen
from screens.scripts import read_call
from screens.work import database_work
from widgets.window_list import Direction, Request

if TYPE_CHECKING:
    from db.queue_list import QueueRow, View

_LAST_BAND: Final = 99
_LAST_INSTANT: Final = datetime(9000, 1, 1, tzinfo=UTC)
_LAST_ID: Final = 2**62


class DeskBase(FramedScreen[None]):
    """What the desk asks the database for; answers come as messages."""

    view: View = "open"
    """Which callbacks the list shows."""

    @database_work("desk.page", quiet=True)
    def read_page(self, request: Request, anchor: QueueRow | None) -> Message:
        """Read the page that the list wants."""
        from db.queue_list import Place, page  # noqa: PLC0415 - the desk is drawn without it

        after = before = None
        match request.direction:
            case Direction.AFTER if anchor is not None:
                after = anchor.place
            case Direction.BEFORE if anchor is not None:
                before = anchor.place
            case Direction.AGAIN if anchor is not None:
                after = Place(anchor.band, anchor.due_at, anchor.id - 1)
            case Direction.LAST:
                before = Place(_LAST_BAND, _LAST_INSTANT, _LAST_ID)
        found = page(
            self.database,
            self.actor,
            self.view,
            after=after,
            before=before,
            limit=request.limit,
        )
        return PageRead(request, found)

    @database_work("desk.counts", quiet=True)
    def read_counts(self) -> Message:
        """Read the figures above the queue."""
        from db.case_list import CaseFilter, count_cases  # noqa: PLC0415
        from db.parking import parked_calls  # noqa: PLC0415
        from db.queue_counts import counts  # noqa: PLC0415

        aside = parked_calls(self.database, self.actor)
        others = allowed(self.actor.role, "complaints.handle_others")
        late = CaseFilter(
            weights=frozenset({"complaint", "appeal"}),
            owner_id=None if others else self.actor.operator_id,
            overdue=True,
        )
        late_cases = count_cases(self.database, self.actor, late)
        return Counted(counts(self.database, self.actor), len(aside), late_cases)

    @database_work("desk.why", quiet=True)
    def explain(self, callback_id: int, person_id: int) -> Message | None:
        """Ask why a callback stands where it stands, and who its customer is."""
        import screens.card_view  # noqa: F401, PLC0415 - its libraries are loaded off the loop
        from db.customers import show  # noqa: PLC0415
        from db.why import why  # noqa: PLC0415

        try:
            told = why(self.database, self.actor, callback_id)
            return Explained(told, show(self.database, self.actor, person_id).card)
        except RefusedError:
            return None  # it has gone meanwhile; the list learns that by itself

    @database_work("desk.next", every=True)
    def fetch_next(self) -> Message:
        """Claim the next customer and read what the call screen needs."""
        from db.queue import claim_next  # noqa: PLC0415

        claim = claim_next(self.database, self.actor)
        if claim.taken is None:
            return Given(None, claim.empty)
        return Given(read_call(self.shell, claim.taken.call_id), None)

    @database_work("desk.duty", every=True, quiet=True)
    def begin_duty(self) -> None:
        """The first customer begins the shift."""
        from db.duty import begin_duty  # noqa: PLC0415 - connected long since

        begin_duty(self.database, self.actor)

    @database_work("desk.take", every=True)
    def take(self, callback_id: int) -> Message:
        """Claim a chosen callback and read what the call screen needs."""
        from db.queue import claim  # noqa: PLC0415

        taken = claim(self.database, self.actor, callback_id)
        return Given(read_call(self.shell, taken.call_id), None)

    @database_work("desk.aside", every=True)
    def take_up(self, stop: bool) -> Message | None:
        """Take up the call that was put aside last, or the next customer where none was.

        Args:
            stop: whether nobody is fetched where nothing was put aside.
        """
        from db.parking import parked_calls, unpark  # noqa: PLC0415
        from db.queue import claim_next  # noqa: PLC0415

        aside = parked_calls(self.database, self.actor)
        if aside:
            unpark(self.database, self.actor, aside[-1][0])
            return Given(read_call(self.shell, aside[-1][0]), None)
        if stop:
            return None
        claim = claim_next(self.database, self.actor)
        if claim.taken is None:
            return Given(None, claim.empty)
        return Given(read_call(self.shell, claim.taken.call_id), None)

    @database_work("desk.inbound", every=True)
    def serve(self, person_id: int) -> Message:
        """Open a call with a customer who is ringing."""
        from db.inbound import inbound  # noqa: PLC0415

        taken = inbound(self.database, self.actor, person_id)
        return Given(read_call(self.shell, taken.call_id), None)

    @database_work("desk.undo", every=True)
    def take_back(self, decision: str, uuid: str) -> Message:
        """Undo a decision and read its call again."""
        from db.undo import undo  # noqa: PLC0415

        taken = undo(self.database, self.actor, decision, uuid)
        self.shell.last_decision = None
        return Given(read_call(self.shell, taken.call_id), None)
