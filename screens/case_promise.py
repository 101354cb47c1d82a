"""A promise made about a case, outside a call: what, by when, and who keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from domain.decision import GivenPromise
from domain.said import Said
from screens.case_messages import CaseWritten
from screens.due_reader import due_reader
from screens.frame import FramedScreen
from screens.promise import PromiseDialog
from screens.work import database_work

if TYPE_CHECKING:
    from db.case_file import CaseFile


class CasePromises(FramedScreen[None]):
    """The promise that is made from a case; it makes a callback that tells the customer."""

    file: CaseFile | None = None
    """The case; none until it is read."""

    def do_promise(self) -> None:
        """Ask what is promised about the case, and by when on the customer's clock."""
        file = self.file
        if file is None:
            return

        def promised(given: GivenPromise | None) -> None:
            if given is not None and not self.requests.busy("case.promise"):
                self.make_promise(file.head.person_id, file.head.id, given)

        reader = due_reader(self, file.head.zone or self.shell.my_zone, None)
        self.app.push_screen(PromiseDialog(reader, deed=True), promised)

    @database_work("case.promise", every=True)
    def make_promise(self, person_id: int, case_id: int, given: GivenPromise) -> Message:
        """Enter the promise."""
        from db.promise_making import make_promise  # noqa: PLC0415 - connected long since

        made = make_promise(self.database, self.actor, person_id, given, complaint_id=case_id)
        return CaseWritten(Said("promise.made", {"id": made}))
