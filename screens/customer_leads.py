"""From a customer's record to what a lead does to their callbacks, also to those that are over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domain.history import OVER
from domain.said import Said
from screens.choice import MOST, Choice
from screens.customer_privacy import CustomerPrivacy
from screens.lead_acts import act_on_callbacks, why_no_deeds

if TYPE_CHECKING:
    from db.customer_record import CallbackLine
    from db.customers import CustomerRecord


class CustomerLeads(CustomerPrivacy):
    """The way from a record to a lead's deeds."""

    def why_no_lead(self, record: CustomerRecord) -> Said | None:
        """Why a lead's key does nothing now; none where it does."""
        if (why := why_no_deeds(self.shell)) is not None:
            return why
        return None if record.callbacks else Said("customer.no_callback")

    def do_lead(self) -> None:
        """Ask which callback is meant, where there are several, and show the deeds to it."""
        record = self.record
        if record is None:
            return
        known = _worth_asking(record.callbacks)

        def chosen(place: int | None) -> None:
            if place is not None:
                act_on_callbacks(self.shell, (known[place].id,))

        if len(known) == 1:
            chosen(0)
            return
        options = [self._told(one) for one in known]
        beyond = len(record.callbacks) - len(known)
        more = Said("customer.older_callbacks", {"n": beyond}) if beyond else None
        self.app.push_screen(Choice(Said("customer.which_callback"), options, more), chosen)

    def _told(self, one: CallbackLine) -> str:
        name = one.campaign_zh if self.shell.language == "zh" else one.campaign_en
        return " · ".join((self.clock(one.due_at), name, self.t(f"customer.state.{one.state}")))


def _worth_asking(callbacks: Sequence[CallbackLine]) -> Sequence[CallbackLine]:
    """As many as there are digits, those that wait and those that are over both among them."""
    waiting = [one for one in callbacks if one.state not in OVER]
    over = [one for one in callbacks if one.state in OVER]
    room = max(MOST // 2, MOST - len(over))
    first = waiting[:room]
    return (*first, *over[: MOST - len(first)])
