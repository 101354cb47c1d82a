"""What a lead does to an operator: a line, their work, what they have in hand, a pause, the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from textual.message import Message

from db.lead_selection import Selection
from domain.lead import Deed, DeedKind
from domain.said import Said
from screens.choice import MOST, Choice
from screens.lead_base import Did, LeadMenu
from screens.lead_menu import CallbackMenu
from screens.work import database_work


class OperatorMenu(LeadMenu):
    """The deeds to an operator.

    Args:
        operator_id: the operator.
        name: the operator's name.
    """

    MENU: ClassVar[Mapping[str, tuple[str, str]]] = {
        "say": ("1", "m"),
        "work": ("2", "a"),
        "in_hand": ("3", "h"),
        "free": ("4", "g"),
        "pause": ("5", "p"),
        "unpause": ("6", "r"),
        "log_out": ("7", "l"),
        "say_all": ("8", "e"),
        "undo": ("-", "u"),
    }

    def __init__(self, operator_id: int, name: str) -> None:
        super().__init__()
        self._operator_id = operator_id
        self._name = name

    @property
    def _theirs(self) -> Selection:
        return Selection(operator_id=self._operator_id, states=("scheduled", "due"))

    @property
    def _in_hand(self) -> Selection:
        return Selection(operator_id=self._operator_id, states=("claimed", "check"))

    def heading(self) -> str:
        """Who it is."""
        return self.t("lead.menu.one", name=self._name)

    def why_not_deed(self, name: str) -> Said | None:
        """Why a deed can't be done; none where it can."""
        if name in ("say", "log_out") and self._operator_id == self.actor.operator_id:
            return Said("lead.why.yourself")
        return None

    def deed_say(self) -> None:
        """Send them a line."""
        self.ask_words(
            Said("lead.message.title", {"name": self._name}),
            Said("lead.message.hint"),
            lambda text: self.send((self._operator_id,), text, uuid4().hex),
            needed=True,
        )

    def deed_say_all(self) -> None:
        """Send everybody at a seat a line."""
        self.ask_words(
            Said("lead.message.all"),
            Said("lead.message.hint"),
            lambda text: self.send((), text, uuid4().hex),
            needed=True,
        )

    @database_work("lead.do", every=True)
    def send(self, to: tuple[int, ...], text: str, uuid: str) -> Message:
        """Send a line."""
        from db.lead_seats import message_to  # noqa: PLC0415 - connected long since

        n = message_to(self.database, self.actor, to, text, uuid)
        if to:
            return Did(Said("lead.message.sent", {"name": self._name}))
        return Did(Said("lead.message.sent_all", {"n": n}))

    def deed_work(self) -> None:
        """Give what waits for them to others."""
        self.ask_target(
            Said("lead.target.work", {"name": self._name}),
            lambda target: self.give(self._theirs, target),
        )

    def deed_in_hand(self) -> None:
        """Show the deeds to what they have in hand."""

        def closed(said: Said | None) -> None:
            if said is not None:
                self.dismiss(said)

        self.app.push_screen(CallbackMenu(self._in_hand), closed)

    def deed_free(self) -> None:
        """Give back what they have in hand and have not dialled."""
        self.plan(Deed(DeedKind.RELEASE), self._in_hand)

    def deed_pause(self) -> None:
        """Put them on a pause."""
        pauses = self.database.rulebook.day.pauses[:MOST]

        def chosen(place: int | None) -> None:
            if place is None:
                return
            code = pauses[place].code
            self.ask_words(
                Said("lead.pause.why", {"name": self._name}),
                Said("lead.pause.hint"),
                lambda reason: self.pause(code, reason, uuid4().hex),
            )

        options = [one.name.of(self.shell.language) for one in pauses]
        self.app.push_screen(
            Choice(Said("lead.pause.title", {"name": self._name}), options), chosen
        )

    @database_work("lead.do", every=True)
    def pause(self, code: str, reason: str, uuid: str) -> Message:
        """Put them on a pause, at once or after the call."""
        from db.lead_seats import force_pause  # noqa: PLC0415 - connected long since

        database, actor = self.database, self.actor
        done = force_pause(database, actor, self._operator_id, code, uuid, reason=reason or None)
        key = "lead.pause.done" if done.at_once else "lead.pause.later"
        return Did(Said(key, {"name": self._name}))

    def deed_unpause(self) -> None:
        """End their pause."""
        self.unpause(uuid4().hex)

    @database_work("lead.do", every=True)
    def unpause(self, uuid: str) -> Message:
        """End their pause."""
        from db.lead_seats import lift_pause  # noqa: PLC0415 - connected long since

        ended = lift_pause(self.database, self.actor, self._operator_id, uuid)
        key = "lead.pause.lifted" if ended else "lead.pause.none"
        return Did(Said(key, {"name": self._name}))

    def deed_log_out(self) -> None:
        """End their work at their seats."""
        self.ask_words(
            Said("lead.log_out.title", {"name": self._name}),
            Said("lead.log_out.hint"),
            lambda reason: self.log_out(reason, uuid4().hex),
            needed=True,
        )

    @database_work("lead.do", every=True)
    def log_out(self, reason: str, uuid: str) -> Message:
        """End their work at their seats."""
        from db.lead_seats import log_out  # noqa: PLC0415 - connected long since

        done = log_out(self.database, self.actor, self._operator_id, uuid, reason)
        key = "lead.log_out.with_calls" if done.calls else "lead.log_out.done"
        return Did(Said(key, {"name": self._name, "n": done.calls}))
