"""What workers tell the customer screen: frozen answers of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from domain.said import Said

if TYPE_CHECKING:
    from db.calls import OpenCall
    from db.customers import CustomerRecord


class RecordRead(Message):
    """The record as it stands now."""

    def __init__(self, record: CustomerRecord) -> None:
        super().__init__()
        self.record = record


class RecordChanged(Message):
    """Something was written; `said` tells what.

    Args:
        said: what was written.
        person_id: the customer whose record is shown from now on; none for the same one.
    """

    def __init__(self, said: Said, person_id: int | None = None) -> None:
        super().__init__()
        self.said = said
        self.person_id = person_id


class CallTaken(Message):
    """A call with the customer, ready for its screen."""

    def __init__(self, call: OpenCall) -> None:
        super().__init__()
        self.call = call
