"""A grumble or complaint that came in otherwise than by a call of ours: opened from the record."""

from __future__ import annotations

from typing import Final

from textual.message import Message

from domain.said import Said
from domain.touch import CHANNELS
from screens.choice import MOST, Choice
from screens.customer_contacts import CustomerContacts
from screens.customer_messages import RecordChanged
from screens.grievance import Grievance, Weight
from screens.grievance_dialog import GrievanceDialog, grievance_task
from screens.work import database_work

_WEIGHTS: Final[tuple[Weight, ...]] = ("complaint", "grumble")
_WAYS: Final = CHANNELS["in"][:MOST]


class CustomerGrievances(CustomerContacts):
    """The dialogs of a complaint that a customer brought by letter, on a visit, on the web."""

    def do_grievance(self) -> None:
        """Ask what it is and how it came in, then what it is about, in the customer's words."""

        def weighed(place: int | None) -> None:
            if place is not None:
                self._ask_way(_WEIGHTS[place])

        options = [Said(f"case.weight.{weight}") for weight in _WEIGHTS]
        self.app.push_screen(Choice(Said("grievance.which"), options), weighed)

    def _ask_way(self, weight: Weight) -> None:
        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_grievance(Grievance(weight), _WAYS[place])

        options = [Said(f"chances.channel.{one}") for one in _WAYS]
        self.app.push_screen(Choice(Said("chances.touch_how"), options), chosen)

    def _ask_grievance(self, grievance: Grievance, channel: str) -> None:
        latest: Grievance | None = grievance

        def keep(one: Grievance | None) -> None:
            nonlocal latest
            latest = one

        def done(through: bool | None) -> None:
            if through and latest is not None:
                self.open_case(latest, channel)

        rules = self.database.rulebook.cases
        task = grievance_task(rules, self.shell.language, grievance, words_needed=True)
        self.app.push_screen(GrievanceDialog(task, keep), done)

    @database_work("customer.write", every=True)
    def open_case(self, grievance: Grievance, channel: str) -> Message:
        """Open the case; a grumble goes to its department."""
        from db.cases import NewCase, open_case  # noqa: PLC0415 - connected long since

        given = grievance.given("")
        new = NewCase(
            self.person_id,
            given.description,
            weight=given.weight,
            level=given.level,
            category=given.category,
            department=given.department,
            channel=channel,
        )
        made = open_case(self.database, self.actor, new)
        return RecordChanged(Said("grievance.opened", {"case": made}))
