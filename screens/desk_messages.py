"""What workers tell the desk: frozen answers of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from widgets.window_list import Request

if TYPE_CHECKING:
    from db.calls import OpenCall
    from db.customer_card import CustomerCard
    from db.emptiness import EmptyQueue
    from db.queue_counts import Counts
    from db.queue_list import Page
    from db.why import Why


class PageRead(Message):
    """A page of the queue."""

    def __init__(self, request: Request, page: Page) -> None:
        super().__init__()
        self.request = request
        self.page = page


class Counted(Message):
    """The figures above the queue, how many calls are put aside, how many own cases are late."""

    def __init__(self, counts: Counts, aside: int, late_cases: int) -> None:
        super().__init__()
        self.counts = counts
        self.aside = aside
        self.late_cases = late_cases


class Explained(Message):
    """Why a callback stands where it stands, and its customer."""

    def __init__(self, why: Why, card: CustomerCard) -> None:
        super().__init__()
        self.why = why
        self.card = card


class Given(Message):
    """The next customer, or the reason why there is none."""

    def __init__(self, call: OpenCall | None, empty: EmptyQueue | None) -> None:
        super().__init__()
        self.call = call
        self.empty = empty
