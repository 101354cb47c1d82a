"""Wrap-up on the call screen: its countdown, more time, the outcome saved by default."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from textual import on
from textual.message import Message
from textual.timer import Timer

from domain.decision import BY_DEFAULT
from domain.playbook import LinkKind
from domain.said import Said
from screens.call_left import CallLeft
from screens.call_messages import CallReread, HungUp
from screens.call_talk import CallTalk
from screens.work import database_work

_NONE: Final = timedelta(0)


class WrapUpLonger(Message):
    """Wrap-up was given more time; `ends_at` is none where none runs in the database."""

    def __init__(self, ends_at: datetime | None) -> None:
        super().__init__()
        self.ends_at = ends_at


class CallWrapUp(CallTalk):
    """The work after the talk, with its limit."""

    wrap_up_ends: datetime | None = None
    """When it should be over; none before the talk has ended."""
    extensions_left: int = 0
    _ticking: Timer | None = None
    _rang_for: datetime | None = None
    _default_stopped: bool = False
    _saved_by_default: bool = False

    # -- the countdown ----------------------------------------------------------------------

    def on_mount(self) -> None:
        """A call that is taken up again may be in wrap-up already."""
        if self.call.talk_ended_at is not None:
            self._begin(self.call.talk_ended_at)

    @on(HungUp)
    def _wrap_up_begins(self, event: HungUp) -> None:
        self._begin(event.at)
        rules, key = self.wrap_up_rules, self.shell.registry["call.extend"].shown_keys()[0]
        more = {"seconds": rules.seconds, "more": rules.extension, "n": rules.extensions}
        self.say("wrap_up.began", **more, key=key)

    @on(CallReread)
    def _wrap_up_reread(self, event: CallReread) -> None:
        if event.call.talk_ended_at is None:
            self.wrap_up_ends = None  # taken back: the talk goes on
        elif self.wrap_up_ends is None:
            self._begin(event.call.talk_ended_at)

    def _begin(self, since: datetime) -> None:
        rules, news = self.wrap_up_rules, self.shell.own.news
        self.extensions_left = rules.extensions
        ends_at = since + timedelta(seconds=rules.seconds)
        if news is not None and news.state == "wrap_up" and news.ends_at is not None:
            ends_at = max(ends_at, news.ends_at)
        self.wrap_up_ends = ends_at
        if self._ticking is None:
            self._ticking = self.set_interval(1.0, self.wrap_up_tick)
        self.draw()
        self.refresh_keys()

    def wrap_up_words(self) -> tuple[str, str]:
        """What stands before the time: while it runs, and once it is over."""
        return self.t("wrap_up.left_of", time="{time}"), self.t("wrap_up.over_by", time="{time}")

    def do_extend(self) -> None:
        """Give wrap-up more time."""
        if not self.requests.busy("call.extend"):
            self.extend()

    @database_work("call.extend", every=True)
    def extend(self) -> Message:
        """Write that wrap-up takes longer."""
        from db.talking import limit_wrap_up  # noqa: PLC0415 - connected long since

        more = timedelta(seconds=self.wrap_up_rules.extension)
        return WrapUpLonger(limit_wrap_up(self.database, self.actor, self.call.call_id, more))

    @on(WrapUpLonger)
    def _longer(self, event: WrapUpLonger) -> None:
        if event.ends_at is None:
            return
        self.extensions_left -= 1
        self.wrap_up_ends = event.ends_at
        self._default_stopped = False
        self.say("wrap_up.longer", more=self.wrap_up_rules.extension, n=self.extensions_left)
        self.draw()
        self.refresh_keys()

    @database_work("call.talk", every=True, quiet=True)
    def note_talk(self) -> None:
        """Note that somebody answered."""
        from db.talking import begin_talk  # noqa: PLC0415 - connected long since

        begin_talk(self.database, self.actor, self.call.call_id)

    # -- the end of the time ----------------------------------------------------------------

    def wrap_up_tick(self) -> None:
        """Ring once when the time is over; then warn of the default outcome, and save it."""
        ends_at = self.wrap_up_ends
        if ends_at is None or self.read_only:
            return
        over = self.shell.now() - ends_at
        if over < _NONE:
            return
        if self._rang_for != ends_at:
            self._rang_for = ends_at
            self.app.bell()
            if not self._default_may_come():
                key = self.shell.registry["call.finish"].shown_keys()[0]
                self.say("wrap_up.is_over", key=key)
        if self._default_may_come():
            self._count_to_default(self.wrap_up_rules.warning - int(over.total_seconds()))

    def _count_to_default(self, seconds: int) -> None:
        outcome = self.outcomes.name_of(self.wrap_up_rules.default_outcome or "")
        if seconds > 0:
            self.say("wrap_up.default_soon", outcome=outcome, seconds=seconds)
        elif not self.requests.busy("call.finish"):
            self._save_default()

    def _default_may_come(self) -> bool:
        """Whether the time may end the call: configured, not stopped, and nothing is missing."""
        at_work = not self.is_current or self.focused is not None
        return (
            self.wrap_up_rules.default_outcome is not None
            and not self._default_stopped
            and not at_work
            and not self.needs_a_person
        )

    @property
    def needs_a_person(self) -> bool:
        """Whether something about this call can't be ended without one.

        The talk must have come to the place of the script where this very outcome is offered, every
        question must have its answer, and nothing of weight may have been heard.
        """
        call, draft = self.call, self.draft
        rung = bool(call.legs) or call.direction == "in"
        ends = {
            choice.link.detail
            for choice in draft.walk.choices
            if choice.link.kind is LinkKind.DO and choice.link.target == "outcome"
        }
        answered = set(draft.interview.answers)
        heard = (
            draft.promises, draft.chances, draft.talk.wishes, draft.grievance, draft.question,
            self.unspoken, draft.owed,
        )  # fmt: skip
        return (
            not rung
            or len(call.callbacks) != 1
            or not draft.walk.can_go_back
            or self.wrap_up_rules.default_outcome not in ends
            or any(one.ref not in answered for one in draft.interview.questions)
            or any(heard)
            or draft.unhappy
            or (draft.mood_start is not None and draft.mood_end is None)
        )

    def _save_default(self) -> None:
        self._saved_by_default = True
        outcome = self.wrap_up_rules.default_outcome or ""
        decision = self.draft.decision(uuid=uuid4().hex, outcome=outcome, phone_id=self.phone_id)
        self.say("call.saving")
        self.decide(replace(decision, flags=(*decision.flags, BY_DEFAULT)), quick=False)

    async def action_carry_out(self, action_id: str, detail: str = "") -> None:
        """Whoever works on the call ends it, too: nothing is saved by itself any more."""
        if self.wrap_up_ends is not None and self.shell.now() >= self.wrap_up_ends:
            self._default_stopped = True
        await super().action_carry_out(action_id, detail)

    def after_decision(self, left: CallLeft) -> CallLeft:
        """What the desk says and does: nobody is fetched for one who may not be there."""
        if not self._saved_by_default:
            return self._with_quiet_minutes(left)
        key = self.shell.registry["desk.undo"].shown_keys()[0]
        return replace(
            left, go_on="no", said=Said("wrap_up.saved", {"said": left.said, "key": key})
        )

    def _with_quiet_minutes(self, left: CallLeft) -> CallLeft:
        """After a red call the desk proposes the pause that is meant for it."""
        pauses = self.database.rulebook.day.pauses
        place = next((place for place, one in enumerate(pauses, 1) if one.after_red), None)
        if self.draft.mood != "red" or place is None or self.shell.pausing:
            return left
        key = self.shell.registry["app.pause"].shown_keys()[0]
        meant = {"key": key, "digit": place % 10, "name": pauses[place - 1].name}
        return replace(left, said=Said("pause.after_red", {"said": left.said, **meant}))

    def do_leave(self) -> None:
        """Close a call that is in other hands."""
        self.leave_read_only()
