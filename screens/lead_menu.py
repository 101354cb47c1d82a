"""What a lead does to callbacks: one, the picked ones, or all that a list shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import on
from textual.message import Message

from domain.bands import COURTESY
from domain.history import OVER
from domain.lead import LEAST_BAND, Deed, DeedKind
from domain.said import Said
from screens.choice import Choice
from screens.due_reader import due_reader
from screens.lead_base import Did, LeadMenu
from screens.lead_run import WhenDialog
from screens.lead_target import Target
from screens.on_desk import open_on_desk
from screens.scripts import read_call
from screens.work import database_work

if TYPE_CHECKING:
    from db.calls import OpenCall
    from db.lead_people import Subject
    from db.lead_selection import Selection

_WAITING: Final = ("scheduled", "due")
_BY_STATE: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "steal": (("claimed",), "lead.why.not_in_hand"),
    "check": (("check",), "lead.why.not_in_check"),
    "reopen": (OVER, "lead.why.not_over"),
}
"""Deeds that are only for callbacks in some states, and what is said of others."""
_ONE_ONLY: Final = frozenset(
    {"next_for", "steal", "check", "reopen", "message", "campaign", "operator"}
)


class Looked(Message):
    """The callbacks as they stand."""

    def __init__(self, subjects: tuple[Subject, ...], beyond: int) -> None:
        super().__init__()
        self.subjects = subjects
        self.beyond = beyond


class Took(Message):
    """A stolen call, in the lead's own hands now."""

    def __init__(self, call: OpenCall) -> None:
        super().__init__()
        self.call = call


class CallbackMenu(LeadMenu):
    """The deeds to callbacks.

    Args:
        wanted: which callbacks.
        whole: all that the list shows, where the menu can be widened to it; none where it can't.
    """

    MENU: ClassVar[Mapping[str, tuple[str, str]]] = {
        "assign": ("1", "a"),
        "next_for": ("2", "n"),
        "release": ("3", "g"),
        "time": ("4", "t"),
        "band": ("5", "b"),
        "cancel": ("6", "x"),
        "steal": ("7", "s"),
        "check": ("8", "k"),
        "reopen": ("9", "o"),
        "message": ("0", "m"),
        "operator": ("F6", "i"),
        "campaign": ("F5", "p"),
        "undo": ("-", "u"),
        "whole": ("+", "w"),
    }

    def __init__(self, wanted: Selection, whole: Selection | None = None) -> None:
        super().__init__()
        self._wanted = wanted
        self._whole = whole
        self._subjects: tuple[Subject, ...] = ()
        self._beyond = 0
        self._known = False

    def on_mount(self) -> None:
        """Look at them."""
        self.look()

    @database_work("lead.look")
    def look(self) -> Message:
        """Read how the callbacks stand."""
        from db.lead_people import look_at  # noqa: PLC0415 - connected long since

        return Looked(*look_at(self.database, self.actor, self._wanted))

    @on(Looked)
    def _looked(self, event: Looked) -> None:
        self._subjects, self._beyond, self._known = event.subjects, event.beyond, True
        self.relabel()
        self.go_on_typed()

    # -- what is shown ----------------------------------------------------------------------

    def heading(self) -> str:
        """Which callbacks."""
        if len(self._subjects) == 1:
            return self.t("lead.menu.one", name=self._subjects[0].name)
        return self.t("lead.menu.many", n=len(self._subjects) + self._beyond)

    def about(self) -> tuple[str, ...]:
        """How the one callback stands."""
        if len(self._subjects) != 1:
            return ()
        one = self._subjects[0]
        zh = self.shell.language == "zh"
        state = self.t(f"lead.stands.{one.standing.state}", name=one.standing.holder)
        whose = one.whose or self.t("lead.target.the_pool")
        kind = one.campaign_zh if zh else one.campaign_en
        due = self.clock(one.standing.due_at)
        return (self.t("lead.menu.stands", kind=kind, due=due, state=state, whose=whose),)

    def why_not_deed(self, name: str) -> Said | None:
        """Why a deed can't be done; none where it can."""
        if name in ("undo", "whole"):
            listed = name == "undo" or self._whole is not None
            return None if listed else Said("lead.why.no_list")
        if not self._subjects:
            return Said("lead.why.nothing" if self._known else "ui.starting")
        if name in _ONE_ONLY and len(self._subjects) > 1:
            return Said("lead.why.one_only")
        return self._why_not_one(name)

    def _why_not_one(self, name: str) -> Said | None:
        one = self._subjects[0]
        state = one.standing.state
        if name in _BY_STATE and state not in _BY_STATE[name][0]:
            return Said(_BY_STATE[name][1])
        if name == "steal":
            mine = one.holder_id == self.actor.operator_id
            return Said("lead.why.your_own") if mine else None
        if name in ("message", "operator"):
            return None if self._reader is not None else Said("lead.why.nobodys")
        if name in _BY_STATE or name == "campaign" or len(self._subjects) > 1:
            return None
        return self._why_not_waiting(name, one)

    def _why_not_waiting(self, name: str, one: Subject) -> Said | None:
        state, holder = one.standing.state, {"name": one.standing.holder}
        if name == "release" and state == "claimed":
            return Said("lead.skip.dialled", holder) if one.standing.dialled else None
        if state == "claimed":
            return Said("lead.skip.in_hand", holder)
        if state == "check":
            return Said("lead.skip.check", holder)
        if state not in _WAITING:
            return Said("lead.skip.over")
        if name == "release" and one.standing.assigned_to is None:
            return Said("lead.skip.pool")
        return None

    @property
    def _reader(self) -> int | None:
        """Who reads a message about the one callback: who holds it, else whose it is."""
        one = self._subjects[0]
        reader = one.holder_id or one.standing.assigned_to
        return None if reader == self.actor.operator_id else reader

    # -- deeds ------------------------------------------------------------------------------

    def deed_whole(self) -> None:
        """Mean all that the list shows from now on."""
        if self._whole is not None:
            self._wanted, self._whole, self._known, self._subjects = self._whole, None, False, ()
            self.relabel()
            self.look()

    def deed_assign(self) -> None:
        """Give them to somebody, to a team or to the pool."""
        self.ask_target(Said("lead.target.title"), lambda target: self.give(self._wanted, target))

    def deed_next_for(self) -> None:
        """Put the one before somebody as the next call."""

        def given(target: Target) -> None:
            self.plan(Deed(DeedKind.NEXT_FOR, to=target.people), self._wanted)

        self.ask_target(Said("lead.target.next"), given, pool=False, teams=False)

    def deed_release(self) -> None:
        """Give them to everybody."""
        self.plan(Deed(DeedKind.RELEASE), self._wanted)

    def deed_time(self) -> None:
        """Move them to another time."""
        one = self._subjects[0]
        zone = (one.zone if len(self._subjects) == 1 else None) or self.shell.my_zone
        reader = due_reader(self, zone, one.country)

        def typed(at: datetime | None) -> None:
            if at is not None:
                self.plan(Deed(DeedKind.RESCHEDULE, at=at), self._wanted)

        self.app.push_screen(WhenDialog(Said("lead.when.title"), reader), typed)

    def deed_band(self) -> None:
        """Put them into another band."""
        bands = range(LEAST_BAND, COURTESY + 1)

        def chosen(place: int | None) -> None:
            if place is not None:
                self.plan(Deed(DeedKind.BAND, band=bands[place]), self._wanted)

        options = [Said("lead.band.option", {"band": band}) for band in bands]
        self.app.push_screen(Choice(Said("lead.band.title"), options), chosen)

    def deed_cancel(self) -> None:
        """Cancel them."""
        self.plan(Deed(DeedKind.CANCEL), self._wanted)

    def deed_steal(self) -> None:
        """Take the stuck call over."""
        name = self._subjects[0].standing.holder
        self.ask_words(
            Said("lead.steal.title", {"name": name}),
            Said("lead.steal.hint", {"name": name}),
            lambda reason: self.steal(self._subjects[0].callback_id, reason, uuid4().hex),
        )

    @database_work("lead.do", every=True)
    def steal(self, callback_id: int, reason: str, uuid: str) -> Message:
        """Take a call out of somebody's hands, and go on with it where the seat is free."""
        from db.lead_claims import steal  # noqa: PLC0415 - connected long since

        stolen = steal(self.database, self.actor, callback_id, uuid, reason or None)
        if stolen.state == "claimed":
            return Took(read_call(self.shell, stolen.call_id))
        return Did(Said("lead.stolen"))

    @on(Took)
    def _took(self, event: Took) -> None:
        open_on_desk(self.shell, event.call)

    def deed_check(self) -> None:
        """Say whether the customer was called: in the list of what waits for a word."""
        self.dismiss(None)
        self.shell.show_checks()

    def deed_reopen(self) -> None:
        """Put the one that is over back in the queue."""
        self.reopen(self._subjects[0].callback_id)

    @database_work("lead.do", every=True)
    def reopen(self, callback_id: int) -> Message:
        """Put a callback that is over back in the queue."""
        from db.reopening import reopen  # noqa: PLC0415 - connected long since

        state = reopen(self.database, self.actor, callback_id)
        return Did(Said(f"lead.reopened.{state}", {"name": self._subjects[0].name}))

    def deed_message(self) -> None:
        """Send a line to whoever has the one."""
        one, reader = self._subjects[0], self._reader
        if reader is None:
            return
        name = one.standing.holder or one.whose or ""
        self.ask_words(
            Said("lead.message.title", {"name": name}),
            Said("lead.message.hint"),
            lambda text: self.send(reader, name, text, uuid4().hex),
            needed=True,
        )

    @database_work("lead.do", every=True)
    def send(self, operator_id: int, name: str, text: str, uuid: str) -> Message:
        """Send a line."""
        from db.lead_seats import message_to  # noqa: PLC0415 - connected long since

        message_to(self.database, self.actor, [operator_id], text, uuid)
        return Did(Said("lead.message.sent", {"name": name}))

    def deed_operator(self) -> None:
        """Show the deeds to whoever has the one."""
        from screens.lead_operator import OperatorMenu  # noqa: PLC0415 - it opens this one, too

        one, reader = self._subjects[0], self._reader
        if reader is None:
            return

        def closed(said: Said | None) -> None:
            if said is not None:
                self.dismiss(said)

        name = one.standing.holder or one.whose or ""
        self.app.push_screen(OperatorMenu(reader, name), closed)

    def deed_campaign(self) -> None:
        """Pause the kind of the one, or let it go on."""
        one = self._subjects[0]
        name = {"campaign": one.campaign_zh if self.shell.language == "zh" else one.campaign_en}
        which = "resume" if one.campaign_paused else "pause"
        self.ask_words(
            Said(f"lead.campaign.{which}", name),
            Said("lead.campaign.hint"),
            lambda reason: self.pause(reason, uuid4().hex),
        )

    @database_work("lead.do", every=True)
    def pause(self, reason: str, uuid: str) -> Message:
        """Pause a kind of callback, or let it go on."""
        from db.lead_campaigns import pause_campaign  # noqa: PLC0415 - connected long since

        one = self._subjects[0]
        paused = not one.campaign_paused
        pause_campaign(
            self.database, self.actor, one.campaign, uuid, paused=paused, reason=reason or None
        )
        name = one.campaign_zh if self.shell.language == "zh" else one.campaign_en
        key = "lead.campaign.paused" if paused else "lead.campaign.goes_on"
        return Did(Said(key, {"campaign": name}))
