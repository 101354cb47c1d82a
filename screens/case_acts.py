"""What can be done with a case: each act asks for its words and writes them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from textual import on
from textual.message import Message

from domain.bilingual import Bilingual
from domain.case import LEVELS, NOTES, Act, CaseState, Level, refusal, verdict_needs_lead
from domain.case_rules import CaseRules
from domain.case_timer import Timer, Unit
from domain.errors import InputError
from domain.said import Said
from screens.case_messages import CaseWritten, ColleaguesRead
from screens.case_promise import CasePromises
from screens.choice import Choice
from screens.code_finder import CodeFinder
from screens.prompt import Prompt
from screens.work import database_work

if TYPE_CHECKING:
    from db.case_file import CaseFile, LimitLine

_LONG: Final = 2000
_ACTS: Final[Mapping[str, Act]] = {
    "note": Act.NOTE,
    "inspection": Act.NOTE,
    "understanding": Act.NOTE,
    "promise": Act.NOTE,
    "edit": Act.CHANGE,
    "raise": Act.RAISE,
    "decline": Act.ANSWER_HANDOVER,
    "escalate": Act.ESCALATE,
    "deescalate": Act.DEESCALATE,
    "timer": Act.TIMERS,
    "wish": Act.CHANGE,
    "resolve": Act.RESOLVE,
    "review": Act.REVIEW,
    "close": Act.CLOSE,
    "reopen": Act.REOPEN,
}
_CHANGES: Final = ("category", "cause", "customer_class", "department", "description", "number")
"""What can be changed of a case, in the order to be shown."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question for words.

    Attributes:
        what: names its sentences.
        deed: what is done with the words.
        empty: whether no words are an answer too.
        value: what stands there already.
    """

    what: str
    deed: Callable[[str], object]
    empty: bool
    value: str


class CaseActs(CasePromises):
    """The dialogs of a case and what they write.

    Args:
        case_id: the case.
        looking: whether nothing can be done with it from here.
    """

    def __init__(self, case_id: int, *, looking: bool = False) -> None:
        super().__init__()
        self.case_id = case_id
        self.looking = looking
        self._unwritten: Asking | None = None

    # -- what can't be done -----------------------------------------------------------------

    def reason_against_act(self, name: str, file: CaseFile) -> Said | None:
        """Why something can't be done with the case now; none where it can."""
        acts = self._acts_of(name, file.state)
        if not acts:
            return None
        if self.looking:
            return Said("case.only_looking")
        if self.shell.seat.looking:
            return Said("desk.only_looking")
        refused = [refusal(act, file.state, self.actor) for act in acts]
        if all(error is not None for error in refused) and refused[0] is not None:
            return Said(refused[0].title_key, refused[0].params)
        return None

    def _acts_of(self, name: str, state: CaseState) -> tuple[Act, ...]:
        """The acts of which one must be allowed."""
        match name:
            case "handover":
                return (Act.OFFER_HANDOVER,)
            case "accept":
                mine = state.handover_to == self.actor.operator_id
                return (Act.ANSWER_HANDOVER,) if mine else (Act.TAKE_OVER,)
            case "slip":
                return (Act.CHANGE, Act.NOTE)
            case "verdict":
                return (Act.VERDICT, Act.TRY_VERDICT)
        act = _ACTS.get(name)
        return () if act is None else (act,)

    def running(self, file: CaseFile) -> list[LimitLine]:
        """The limits that are still owed."""
        return [one for one in file.timers if one.limit.runs]

    # -- writing ----------------------------------------------------------------------------

    @database_work("case.write", every=True)
    def write(self, said: Said, deed: Callable[[], object]) -> Message:
        """Do something with the case and say so."""
        deed()
        return CaseWritten(said)

    def _ask(
        self, what: str, deed: Callable[[str], object], *, empty: bool = False, value: str = ""
    ) -> None:
        """Ask for words, then do something with them."""
        self._ask_words(Asking(what, deed, empty, value))

    def _ask_words(self, asking: Asking) -> None:
        def typed(text: str | None) -> None:
            if text is not None and not self.requests.busy("case.write"):
                self._unwritten = replace(asking, value=text)
                self.write(Said(f"case.done.{asking.what}"), lambda: asking.deed(text))

        heading = Said(f"case.ask.{asking.what}", {"case": self.case_id})
        hint = Said(f"case.hint.{asking.what}")
        prompt = Prompt(heading, hint, value=asking.value, limit=_LONG, may_be_empty=asking.empty)
        self.app.push_screen(prompt, typed)

    def ask_again(self) -> bool:
        """Show the words again that could not be written; says whether there are any."""
        asking, self._unwritten = self._unwritten, None
        if asking is None or not asking.value:
            return False
        self._ask_words(asking)
        return True

    @property
    def _version(self) -> int | None:
        return None if self.file is None else self.file.head.version

    # -- the diary --------------------------------------------------------------------------

    def do_note(self) -> None:
        """Write into the diary."""
        self._note("note")

    def do_inspection(self) -> None:
        """Write what was found on the spot."""
        self._note("inspection")

    def do_understanding(self) -> None:
        """Write that the customer has understood, and how that was checked."""
        self._note("understanding")

    def _note(self, kind: str) -> None:
        if kind not in NOTES:
            raise ValueError(kind)

        def deed(text: str) -> object:
            from db.cases import note_case  # noqa: PLC0415 - connected long since

            return note_case(self.database, self.actor, self.case_id, text, kind=kind)

        self._ask(kind, deed)

    # -- what it is -------------------------------------------------------------------------

    def do_edit(self) -> None:
        """Ask what is to be changed, then how."""

        def chosen(place: int | None) -> None:
            if place is not None:
                self._change(_CHANGES[place])

        options = [Said(f"case.field.{name}") for name in _CHANGES]
        self.app.push_screen(Choice(Said("case.ask.edit", {"case": self.case_id}), options), chosen)

    def _change(self, name: str) -> None:
        file = self.file
        if file is None:
            return
        present = str(getattr(file.head, name) or "")
        if name in ("description", "number"):
            self._ask(name, lambda text: self._write_field(name, text), value=present, empty=True)
            return
        rules = self.database.rulebook.cases
        names = {
            "category": rules.categories,
            "cause": {code: one.name for code, one in rules.causes.items()},
            "customer_class": {code: one.name for code, one in rules.classes.items()},
            "department": {code: one.name for code, one in rules.departments.items()},
        }[name]

        def found(code: str | None) -> None:
            if code is not None:
                self.write(Said(f"case.done.{name}"), lambda: self._write_field(name, code))

        self.app.push_screen(CodeFinder(Said(f"case.field.{name}"), names, present), found)

    def _write_field(self, name: str, value: str) -> object:
        from db.cases import CaseChanges, change_case  # noqa: PLC0415

        changes = CaseChanges(**{name: value})
        return change_case(self.database, self.actor, self.case_id, changes, version=self._version)

    def do_raise(self) -> None:
        """Make a case of a grumble: what it is about, then why."""
        rules = self.database.rulebook.cases

        def found(code: str | None) -> None:
            if code is not None:
                self._ask("raise", lambda text: self._raise(code, text), empty=True)

        self.app.push_screen(CodeFinder(Said("case.field.category"), rules.categories), found)

    def _raise(self, category: str, reason: str) -> object:
        from db.cases import raise_grumble  # noqa: PLC0415

        return raise_grumble(
            self.database,
            self.actor,
            self.case_id,
            category=category,
            reason=reason,
            version=self._version,
        )

    # -- whose it is, and how far it went ---------------------------------------------------

    def do_handover(self) -> None:
        """Ask a colleague to take the case over, or take the question back."""
        file = self.file
        if file is not None and file.state.handover_to is not None:
            self.write(Said("case.done.withdraw"), self._withdraw)
        else:
            self.read_colleagues()

    def _withdraw(self) -> object:
        from db.case_owner import withdraw_handover  # noqa: PLC0415

        return withdraw_handover(self.database, self.actor, self.case_id, version=self._version)

    @database_work("case.colleagues")
    def read_colleagues(self) -> Message:
        """Read whom the case can be handed to."""
        from db.operators import list_all  # noqa: PLC0415

        owner = None if self.file is None else self.file.head.owner_id
        return ColleaguesRead(
            tuple(one for one in list_all(self.database) if one.active and one.id != owner)
        )

    @on(ColleaguesRead)
    def _colleagues_read(self, event: ColleaguesRead) -> None:
        if not event.colleagues:
            self.say("case.nobody_else")
            return
        names = {one.login: Bilingual(one.name, one.name) for one in event.colleagues}

        def found(login: str | None) -> None:
            if login is not None:
                self._ask("handover", lambda text: self._offer(login, text), empty=True)

        self.app.push_screen(CodeFinder(Said("case.ask.colleague"), names), found)

    def _offer(self, login: str, note: str) -> object:
        from db.case_owner import offer_handover  # noqa: PLC0415

        return offer_handover(
            self.database, self.actor, self.case_id, login, note=note, version=self._version
        )

    def do_accept(self) -> None:
        """Accept a case that is offered; a lead takes one over, with a reason."""
        file = self.file
        if file is not None and file.state.handover_to == self.actor.operator_id:
            self.write(Said("case.done.accept"), lambda: self._answer("", accept=True))
        else:
            self._ask("take_over", self._take_over)

    def do_decline(self) -> None:
        """Decline a case that is offered, with a reason."""
        self._ask("decline", lambda text: self._answer(text, accept=False))

    def _answer(self, reason: str, *, accept: bool) -> object:
        from db.case_owner import answer_handover  # noqa: PLC0415

        return answer_handover(
            self.database,
            self.actor,
            self.case_id,
            accept=accept,
            reason=reason,
            version=self._version,
        )

    def _take_over(self, reason: str) -> object:
        from db.case_owner import take_over  # noqa: PLC0415

        return take_over(self.database, self.actor, self.case_id, reason, version=self._version)

    def do_escalate(self) -> None:
        """Take the case to a higher level, with a reason."""
        self._ask_level(up=True)

    def do_deescalate(self) -> None:
        """Take the case to a lower level, with a reason."""
        self._ask_level(up=False)

    def _ask_level(self, *, up: bool) -> None:
        file = self.file
        if file is None:
            return
        place = LEVELS.index(Level(file.head.level))
        levels = LEVELS[place + 1 :] if up else tuple(reversed(LEVELS[:place]))
        what = "escalate" if up else "deescalate"
        if len(levels) == 1:
            self._ask(what, lambda text: self._to_level(levels[0], text, up=up))
            return

        def chosen(number: int | None) -> None:
            if number is not None:
                self._ask(what, lambda text: self._to_level(levels[number], text, up=up))

        rules: CaseRules = self.database.rulebook.cases
        options = [rules.levels[one].name.of(self.shell.language) for one in levels]
        heading = Said(f"case.ask.{what}", {"case": self.case_id})
        self.app.push_screen(Choice(heading, options), chosen)

    def _to_level(self, level: Level, reason: str, *, up: bool) -> object:
        from db.case_owner import deescalate, escalate  # noqa: PLC0415

        change = escalate if up else deescalate
        return change(
            self.database, self.actor, self.case_id, reason, to=str(level), version=self._version
        )

    # -- limits -----------------------------------------------------------------------------

    def do_timer(self) -> None:
        """Let a limit stand or run on, tick it off, let it go, or start another one."""
        file = self.file
        if file is None:
            return
        running = self.running(file)

        def chosen(place: int | None) -> None:
            if place is None:
                return
            if place == len(running):
                self._start_timer()
            else:
                self._treat_timer(running[place])

        names: list[Said | str] = [
            one.limit.rule.step_name.of(self.shell.language) for one in running
        ]
        heading = Said("case.ask.which_timer")
        self.app.push_screen(Choice(heading, [*names, Said("case.start_timer")]), chosen)

    def _treat_timer(self, one: LimitLine) -> None:
        limit = one.limit
        stands = limit.paused_since is not None
        deeds: list[tuple[str, bool, Callable[[str], object]]] = [
            ("resume", True, lambda text: self._resume(limit.id, text))
            if stands
            else ("pause", False, lambda text: self._pause(limit.id, text)),
            ("timer_met", True, lambda _: self._met(limit.id)),
            ("timer_stop", False, lambda text: self._stop(limit.id, text)),
        ]

        def chosen(place: int | None) -> None:
            if place is None:
                return
            what, empty, deed = deeds[place]
            if what == "timer_met":
                self.write(Said("case.done.timer_met"), lambda: deed(""))
            else:
                self._ask(what, deed, empty=empty)

        name = limit.rule.step_name.of(self.shell.language)
        options = [Said(f"case.timer_deed.{what}") for what, _, _ in deeds]
        self.app.push_screen(Choice(Said("case.ask.timer", {"name": name}), options), chosen)

    def _start_timer(self) -> None:
        timers = {f"{one.regime}/{one.step}": one for one in self.database.rulebook.timers}
        names = {
            code: Bilingual(
                f"{one.regime_name.zh}：{one.step_name.zh}",
                f"{one.regime_name.en}: {one.step_name.en}",
            )
            for code, one in timers.items()
        }

        def found(code: str | None) -> None:
            if code is None:
                return
            timer = timers[code]
            if timer.unit is Unit.TYPED_DATE:
                self._ask("timer_date", lambda text: self._start(timer, text))
            else:
                self.write(Said("case.done.timer_start"), lambda: self._start(timer, ""))

        self.app.push_screen(CodeFinder(Said("case.start_timer"), names), found)

    def _start(self, timer: Timer, typed: str) -> object:
        from db.case_timers import start_timer  # noqa: PLC0415

        try:
            day = date.fromisoformat(typed.strip()) if typed else None
        except ValueError as error:
            raise InputError("case_no_date", value=typed[:20]) from error
        return start_timer(
            self.database,
            self.actor,
            self.case_id,
            timer.regime,
            timer.step,
            typed=day,
            version=self._version,
        )

    def _pause(self, timer_id: int, reason: str) -> object:
        from db.case_timers import pause_timer  # noqa: PLC0415

        return pause_timer(self.database, self.actor, timer_id, reason)

    def _resume(self, timer_id: int, reason: str) -> object:
        from db.case_timers import resume_timer  # noqa: PLC0415

        return resume_timer(self.database, self.actor, timer_id, reason=reason)

    def _met(self, timer_id: int) -> object:
        from db.case_timers import meet_timer  # noqa: PLC0415

        return meet_timer(self.database, self.actor, timer_id)

    def _stop(self, timer_id: int, reason: str) -> object:
        from db.case_timers import stop_timer  # noqa: PLC0415

        return stop_timer(self.database, self.actor, timer_id, reason)

    # -- the end ----------------------------------------------------------------------------

    def do_resolve(self) -> None:
        """Write what was done for the customer."""

        def deed(text: str) -> object:
            from db.case_closing import resolve  # noqa: PLC0415

            return resolve(self.database, self.actor, self.case_id, text, version=self._version)

        self._ask("resolve", deed)

    def do_verdict(self) -> None:
        """Write what the customer says of the resolution, or that nobody could be asked."""
        verdicts = self.database.rulebook.cases.verdicts
        codes = tuple(verdicts)

        def chosen(place: int | None) -> None:
            if place is None:
                return
            if place == len(codes):
                self._ask("try_verdict", self._try_verdict)
            else:
                self._ask("verdict", lambda text: self._verdict(codes[place], text), empty=True)

        language = self.shell.language
        options = [verdicts[code].name.of(language) for code in codes]
        heading = Said("case.ask.which_verdict")
        self.app.push_screen(Choice(heading, [*options, Said("case.not_reached")]), chosen)

    def _try_verdict(self, text: str) -> object:
        from db.case_closing import try_verdict  # noqa: PLC0415

        return try_verdict(self.database, self.actor, self.case_id, text, version=self._version)

    def _verdict(self, code: str, text: str) -> object:
        from db.case_closing import give_verdict  # noqa: PLC0415

        return give_verdict(
            self.database, self.actor, self.case_id, code, text=text, version=self._version
        )

    def do_review(self) -> None:
        """Write what we learn from it."""

        def deed(text: str) -> object:
            from db.case_closing import review_case  # noqa: PLC0415

            return review_case(self.database, self.actor, self.case_id, text, version=self._version)

        present = "" if self.file is None else self.file.head.review or ""
        self._ask("review", deed, value=present)

    def do_close(self) -> None:
        """Close the case; against the customer's verdict with a reason."""
        file = self.file
        if file is not None:
            self._ask("close", self._close, empty=not verdict_needs_lead(file.state))

    def _close(self, reason: str) -> object:
        from db.case_closing import close_case  # noqa: PLC0415

        return close_case(
            self.database, self.actor, self.case_id, reason=reason, version=self._version
        )

    def do_reopen(self) -> None:
        """Open the case again, with a reason."""

        def deed(text: str) -> object:
            from db.case_closing import reopen_case  # noqa: PLC0415

            return reopen_case(self.database, self.actor, self.case_id, text, version=self._version)

        self._ask("reopen", deed)
