"""A customer's whole record: who it is, what we owe them, and every call, visit and complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from screens.actions import bindings
from screens.card_view import CardDrawer
from screens.frame import FramedScreen
from screens.work import database_work
from widgets.customer_card import CustomerPane

if TYPE_CHECKING:
    from db.customers import CustomerRecord


class RecordRead(Message):
    """The record as it stands now."""

    def __init__(self, record: CustomerRecord) -> None:
        super().__init__()
        self.record = record


class CustomerScreen(FramedScreen[None]):
    """The record of one customer.

    Args:
        person_id: the customer.
    """

    SCOPE = "customer"
    BINDINGS: ClassVar[list[BindingType]] = bindings("customer")
    CSS_PATH = "customer.tcss"

    def __init__(self, person_id: int) -> None:
        super().__init__()
        self.person_id = person_id
        self.record: CustomerRecord | None = None

    def compose_body(self) -> ComposeResult:
        """The card."""
        yield CustomerPane(id="customer-card")

    def on_mount(self) -> None:
        """Read the record."""
        super().on_mount()
        self.read()

    @database_work("customer.read")
    def read(self) -> Message:
        """Read the whole record."""
        from db.customers import show  # noqa: PLC0415 - connected long since

        return RecordRead(show(self.database, self.actor, self.person_id))

    @on(RecordRead)
    def _read(self, event: RecordRead) -> None:
        self.record = event.record
        shell = self.shell
        drawer = CardDrawer(
            self.t,
            shell.language,
            self.clock,
            shell.my_zone,
            shell.now(),
            self.database.rulebook.outcomes,
        )
        pane = self.query_one("#customer-card", CustomerPane)
        pane.show(drawer.whole_card(event.record.card))

    def do_back(self) -> None:
        """Close the record."""
        self.dismiss(None)
