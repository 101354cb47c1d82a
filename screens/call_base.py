"""The call screen's state and its work in the database: draft, legs, outcome, release."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.message import Message
from textual.timer import Timer

from content.reasons import reason_of
from content.surveys import surveys
from content.translations import as_language, translate
from content.variables import ScriptValues
from domain.day_rules import WrapUp
from domain.decision import Decision
from domain.errors import RefusedError, StorageError
from domain.expectation import Need, Talk, Verdict, Wish
from domain.outcome import OutcomeTable
from domain.said import Said
from domain.salutation import Sex, salutation
from screens.call_draft import CallDraft
from screens.call_left import CallLeft, LastDecision, Notice
from screens.call_messages import (
    CallDecided,
    CallLeaves,
    CallReread,
    DraftKept,
    HungUp,
    LegEnded,
    NumberRung,
    ScriptsReady,
)
from screens.draft_keeper import AGAIN, PAUSE, DraftKeeper
from screens.frame import FramedScreen
from screens.scripts import read_call, scripts_of
from screens.times import clock_text
from screens.work import database_work

if TYPE_CHECKING:
    from db.calls import OpenCall
    from db.customer_card import PhoneLine
    from db.dialling import Leg
    from db.seat_news import Taken
    from db.wishes import StandingWish

FIRST_SECONDS: Final = timedelta(seconds=2)
"""How long a customer is on screen before one key may dispose of them."""

NO_ANSWER: Final = "no-answer"


class CallBase(FramedScreen[CallLeft]):
    """State and database work of a call.

    Args:
        call: the call as the database gave it.
    """

    def __init__(self, call: OpenCall) -> None:
        super().__init__()
        self.call = call
        self.phone_id = call.phone_id
        self.keeper = DraftKeeper.at(call.draft_revision)
        self.read_only = call.read_only
        self._taken_told = call.read_only
        self.opened_at: datetime | None = None
        self._draft: CallDraft | None = None
        self._timer: Timer | None = None
        self._decision: Decision | None = None

    # -- the call ---------------------------------------------------------------------------

    @property
    def draft(self) -> CallDraft:
        """What was typed and chosen; read from the stored draft when first asked for."""
        if self._draft is None:
            self._draft = self._stored_draft()
        return self._draft

    def _stored_draft(self) -> CallDraft:
        call = self.call
        library = scripts_of(self.shell, call)
        bundle = surveys().bundle(call.survey)
        waiting = (
            one
            for one in call.card.wishes
            if one.complaint_id is None and one.state in ("open", "shelved")
        )
        of_cases = (one for case in call.card.complaints for one in case.wishes)
        talk = Talk(tuple(_wish(one) for one in (*of_cases, *waiting)))
        return CallDraft.from_dict(call.draft, library, call.playbook, bundle, surveys(), talk)

    @property
    def zone(self) -> str:
        """The customer's zone: the first one that may be meant; one's own where nobody knows."""
        return self.call.zones[0] if self.call.zones else self.shell.my_zone

    @property
    def open_leg(self) -> Leg | None:
        """The number that is being rung or talked over."""
        return next((leg for leg in reversed(self.call.legs) if leg.ended_at is None), None)

    @property
    def usable_phones(self) -> tuple[PhoneLine, ...]:
        """The numbers that can be rung, in the order of tries."""
        return tuple(
            one for one in self.call.card.phones if one.phone_id is not None and one.status == "ok"
        )

    @property
    def phone(self) -> PhoneLine | None:
        """The number to try next."""
        return next((one for one in self.usable_phones if one.phone_id == self.phone_id), None)

    def untried_phone(self) -> PhoneLine | None:
        """The next number that was not tried in this call and is not the present one."""
        tried = {leg.phone_id for leg in self.call.legs} | {self.phone_id}
        return next((one for one in self.usable_phones if one.phone_id not in tried), None)

    @property
    def wrap_up_rules(self) -> WrapUp:
        """How long wrap-up of this call may take."""
        first = self.call.callbacks[0].campaign_code if self.call.callbacks else None
        return self.database.rulebook.day.wrap_up(first)

    @property
    def outcomes(self) -> OutcomeTable:
        """The endings in force."""
        return self.database.rulebook.outcomes

    def script_values(self) -> ScriptValues:
        """What the desk knows for the words of this call."""
        card, language = self.call.card, self.shell.language
        first = self.call.callbacks[0] if self.call.callbacks else None
        asset = card.assets[0] if card.assets else None
        reason = "" if first is None else reason_of(first.campaign_code, language)
        owed = next((one.text for one in card.promises), "")
        return ScriptValues(
            language=language,
            customer_name=card.name,
            customer_salutation=card.salutation
            or salutation(card.name, _sex(card.sex), language, latin=card.pinyin),
            customer_asset=(asset.model or "") if asset else "",
            customer_plate=(asset.plate or "") if asset else "",
            customer_bought_on=asset.bought_on if asset else None,
            operator_name=self.actor.name,
            shop_name=self.shell.shop_name,
            shop_phone=self.shell.shop_phone,
            callback_reason=reason,
            promise_text=owed,
            local=self.shell.now().astimezone(ZoneInfo(self.zone)),
        )

    def change(self, draft: CallDraft) -> None:
        """Take a new state of the call: draw it and keep it."""
        if draft == self._draft:
            return
        self._draft = draft
        self.keeper.changed(draft.to_dict())
        self._schedule(PAUSE)
        self.draw()

    def draw(self) -> None:
        """Draw what the call has brought; the screen knows how."""

    def speak_script(self) -> None:
        """Go on with the script in the present language, once that language is loaded."""
        language = self.shell.language
        if self._draft is None or self._draft.walk.library.language == language:
            return
        if self.shell.scripts.ready_for(self.call, language) is None:
            self.load_scripts(language)
        else:
            self._draft = self._draft.in_language(scripts_of(self.shell, self.call))

    @database_work("call.scripts")
    def load_scripts(self, language: str) -> Message:
        """Load the call's scripts in another language."""
        self.shell.scripts.load_for(self.database, self.actor, self.call, language)
        return ScriptsReady()

    @on(ScriptsReady)
    def _scripts_ready(self) -> None:
        self.speak_script()
        self.draw()

    # -- the draft --------------------------------------------------------------------------

    def _schedule(self, pause: float) -> None:
        if self._timer is None:
            self._timer = self.set_timer(pause, self._write)

    def _write(self) -> None:
        self._timer = None
        taken = self.keeper.take()
        if taken is not None:
            self.keep_draft(*taken)
        elif not self.keeper.safe:
            self._schedule(PAUSE)

    @database_work("call.draft", every=True, quiet=True)
    def keep_draft(self, body: Mapping[str, Any], revision: int) -> Message:
        """Write the draft."""
        from db.drafts import save_draft  # noqa: PLC0415 - connected long since

        return DraftKept(save_draft(self.database, self.actor, self.call.call_id, body, revision))

    @on(DraftKept)
    def _draft_kept(self, event: DraftKept) -> None:
        self.keeper.stored(event.saved.revision)
        if event.saved.read_only and not self.read_only:
            self.read_only = True
            self.reread()
        if not self.keeper.safe:
            self._schedule(PAUSE)
        self.draw()

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """A draft that can't be written stays in memory and is tried again."""
        if work == "call.draft":
            self.keeper.failed()
            self._schedule(AGAIN)
            self.draw()
            if isinstance(error, StorageError):
                # Said in the head line: a dialog would take the next keys from the note.
                self.shell.in_trouble(error)
            return isinstance(error, RefusedError | StorageError)
        return False

    def save_last_words(self) -> None:
        """Write what is not in the database yet, waiting for it: the program is ending.

        Raises:
            StorageError: it can't be written.
        """
        unsaved = self.keeper.unsaved()
        if unsaved is not None and self.shell.connected:
            from db.drafts import save_draft  # noqa: PLC0415

            with suppress(RefusedError):  # the call is over: there is nothing to keep
                save_draft(self.database, self.actor, self.call.call_id, *unsaved)

    def connected(self) -> None:
        """Our seat was lost for a while and is a new one: take the call up again."""
        self.resume()

    @database_work("call.resume", every=True)
    def resume(self) -> Message:
        """Take up a call that went into check with its seat; read it where it did not."""
        from db.calls import show_call  # noqa: PLC0415
        from db.checks import resume  # noqa: PLC0415

        with suppress(RefusedError):  # settled meanwhile, or in other hands: the screen says so
            for line in self.call.callbacks[:1]:
                resume(self.database, self.actor, line.id)
        return CallReread(show_call(self.database, self.actor, self.call.call_id))

    def reason_to_stay(self) -> Said | None:
        """A call is open; what is typed may not be in the database yet."""
        name = self.call.card.name
        if not self.keeper.safe and self.shell.trouble is not None:
            return Said("call.quit_unsaved", {"name": name})
        return None if self.read_only else Said("call.quit_open", {"name": name})

    # -- numbers ----------------------------------------------------------------------------

    @database_work("call.dial", every=True)
    def ring(self, phone_id: int, number: str) -> Message:
        """Check once more and begin a leg; hand the number to the program that dials."""
        from db.dialling import dial  # noqa: PLC0415

        leg = dial(self.database, self.actor, self.call.call_id, phone_id)
        said = "call.dial_copied"
        if self.shell.practice:
            said = "call.dial_practice"
        elif self.shell.dial_command:
            from telephony.command import hand_over  # noqa: PLC0415

            hand_over(self.shell.dial_command, number)
            said = "call.dial_handed_over"
        return NumberRung(leg, said)

    @database_work("call.leg", every=True)
    def end_leg(self, leg_id: int | None, phone_id: int, result: str, following: int) -> Message:
        """Note what came of a number and go on with the next one."""
        from db.dialling import dial, end_leg  # noqa: PLC0415

        if leg_id is None:
            leg_id = dial(self.database, self.actor, self.call.call_id, phone_id).id
        end_leg(self.database, self.actor, self.call.call_id, leg_id, result)
        return LegEnded(leg_id, result, following)

    @on(LegEnded)
    def _leg_ended(self, event: LegEnded) -> None:
        self.phone_id = event.phone_id
        self.reread()

    @database_work("call.hang_up", every=True)
    def note_hang_up(self) -> Message:
        """Note that the talk is over."""
        from db.talking import hang_up  # noqa: PLC0415

        span = timedelta(seconds=self.wrap_up_rules.seconds)
        return HungUp(hang_up(self.database, self.actor, self.call.call_id, span))

    @on(HungUp)
    def _hung_up(self, event: HungUp) -> None:
        self.call = replace(self.call, talk_ended_at=event.at)
        self.draw()
        self.refresh_keys()

    @database_work("call.reread", quiet=True)
    def reread(self) -> Message:
        """Read the call again: something about it has changed, or somebody has taken it."""
        from db.calls import show_call  # noqa: PLC0415
        from db.seat_news import taken_away  # noqa: PLC0415

        call = show_call(self.database, self.actor, self.call.call_id)
        taken = taken_away(self.database, self.actor, call.call_id) if call.read_only else None
        return CallReread(call, taken)

    @property
    def leaving(self) -> bool:
        """Whether the call is being ended here: its end is no news."""
        ends = ("finish", "release", "park", "undo", "inbound")
        return any(self.requests.busy(f"call.{one}") for one in ends)

    @on(CallReread)
    def _reread(self, event: CallReread) -> None:
        if event.call.read_only and not self._taken_told and not self.leaving:
            self._taken_told = True
            self._say_taken(event.taken)
        self.call = event.call
        self.read_only = event.call.read_only
        self.draw()
        self.refresh_keys()

    def _say_taken(self, taken: Taken | None) -> None:
        """Say who has the call now; what is typed stays with it."""
        self.app.bell()
        key = self.shell.registry["call.leave"].shown_keys()[0]
        if taken is None:
            self.say("call.elsewhere")
        elif taken.why:
            self.say("wrap_up.taken_because", by=taken.by, why=taken.why, key=key)
        else:
            self.say("wrap_up.taken", by=taken.by, key=key)

    def leave_read_only(self) -> None:
        """Close a call that is in other hands; what is typed is written on the way."""
        unsaved = self.keeper.unsaved()
        if unsaved is not None:
            self.keep_draft(*unsaved)
        self._leave(CallLeft(said=Said("wrap_up.left", {"name": self.call.card.name})))

    # -- the end ----------------------------------------------------------------------------

    def decide(self, decision: Decision, *, quick: bool) -> None:
        """End the call; a repeat of the same content carries the same uuid."""
        before = self._decision
        if before is not None:
            same = replace(decision, uuid=before.uuid)
            if same.fingerprint(self.call.call_id) == before.fingerprint(self.call.call_id):
                decision = same
        self._decision = decision
        self.send_decision(decision, quick)

    @database_work("call.finish", every=True)
    def send_decision(self, decision: Decision, quick: bool) -> Message:
        """Write outcome, answers, promises and the next callback in one transaction."""
        from db.finish import finish  # noqa: PLC0415

        done = finish(self.database, self.actor, self.call.call_id, self.call.fence, decision)
        return CallDecided(done, quick=quick)

    @on(CallDecided)
    def _decided(self, event: CallDecided) -> None:
        finished = event.finished
        name = self.call.card.name
        self.shell.last_decision = LastDecision(finished.uuid, name)
        if finished.notice and finished.next_at is not None:
            self.shell.notice = Notice(name, self._notice_text(finished.next_at))
        left = CallLeft(
            go_on="now" if event.quick else "soon",
            said=Said("call.done", {"name": name, "what": self._what_follows(event)}),
            resume=self.call.direction == "in",
        )
        self._leave(self.after_decision(left))

    def after_decision(self, left: CallLeft) -> CallLeft:
        """What the desk says and does after this end; a subclass may know better."""
        return left

    def _notice_text(self, next_at: datetime) -> str:
        """Who rang, from where, and when we ring again, in the customer's language and clock."""
        shell = self.shell
        spoken = self.call.card.language or ""
        language = as_language(spoken) or ("zh" if spoken == "yue" else shell.language)
        at = clock_text(language, next_at, self.zone, shell.now())
        phone = translate(language, "call.notice_phone", phone=shell.shop_phone)
        return translate(
            language,
            "call.notice_text",
            who=self.actor.name,
            shop=translate(language, "call.notice_shop", shop=shell.shop_name)
            if shell.shop_name
            else "",
            phone=phone if shell.shop_phone else "",
            at=at,
        )

    def _what_follows(self, event: CallDecided) -> Said:
        finished = event.finished
        if finished.late:
            return Said("call.done_late")
        why = finished.why or Said("ui.nothing")
        if finished.next_at is not None:
            return Said("call.done_next", {"at": finished.next_at, "why": why})
        return Said("call.done_over", {"why": why})

    @database_work("call.release", every=True)
    def give_back(self) -> Message:
        """Give the customer back: nobody was rung."""
        from db.queue import release  # noqa: PLC0415

        release(self.database, self.actor, call_id=self.call.call_id)
        said = Said("call.released", {"name": self.call.card.name})
        return CallLeaves(CallLeft(said=said))

    @database_work("call.park", every=True)
    def put_aside(self) -> Message:
        """Put the wrap-up aside."""
        from db.parking import park  # noqa: PLC0415

        park(self.database, self.actor, self.call.call_id)
        return CallLeaves(CallLeft(said=Said("call.parked", {"name": self.call.card.name})))

    @database_work("call.undo", every=True)
    def take_back(self, last: LastDecision) -> Message:
        """Undo the outcome before; this call goes back to the queue untouched."""
        from db.undo import undo  # noqa: PLC0415

        taken = undo(self.database, self.actor, last.uuid, last.undo_uuid)
        self.shell.last_decision = None
        return CallLeaves(CallLeft(call=read_call(self.shell, taken.call_id)))

    @database_work("call.inbound", every=True)
    def serve(self, person_id: int) -> Message:
        """Open a call with a customer who rings us; this one is put aside."""
        from db.inbound import inbound  # noqa: PLC0415

        taken = inbound(self.database, self.actor, person_id)
        return CallLeaves(CallLeft(call=read_call(self.shell, taken.call_id)))

    @on(CallLeaves)
    def _leaves(self, event: CallLeaves) -> None:
        self._leave(event.left)

    def _leave(self, left: CallLeft) -> None:
        self.shell.last_words = None
        self.dismiss(left)


def _sex(recorded: str | None) -> Sex | None:
    match recorded:
        case "female" | "male":
            return recorded
        case _:
            return None


def _wish(stored: StandingWish) -> Wish:
    """A wish of an open case, to go on with; an offer that awaited its answer still does."""
    verdict = Verdict(stored.state)
    if verdict is Verdict.OPEN and stored.offer:
        verdict = Verdict.OFFERED
    return Wish(
        text=stored.text,
        possible=stored.possible,
        reason=stored.reason or "",
        offer=stored.offer or "",
        verdict=verdict,
        answer_by=stored.answer_by,
        stored_id=stored.id,
        need=Need(stored.need) if stored.need else None,
    )
