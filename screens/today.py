"""One's own calls of today: what was decided, and putting it right until the day is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from content.surveys import surveys
from domain.answering import Asked
from domain.decision import BY_DEFAULT, Decision, GivenScore, NewNumber
from domain.errors import InputError, RefusedError
from domain.interview import Interview
from domain.said import Said
from domain.scoring import scores_of
from domain.survey import SCALES
from screens.actions import Action, bindings
from screens.call_views import answer_text
from screens.correction import NOTE, OUTCOME, Correction
from screens.due_reader import due_reader
from screens.finish import FinishDialog
from screens.finish_choice import new_number
from screens.finish_task import FinishChoice, FinishTask
from screens.grievance import Grievance
from screens.marked_list import MarkedListScreen
from screens.prompt import Prompt
from screens.work import database_work
from widgets.customer_card import CardLine, CardSection, CardView, CustomerPane
from widgets.list_rows import Cell, Column, Row
from widgets.window_list import Request, WindowList

if TYPE_CHECKING:
    from db.calls import OpenCall
    from db.own_calls import OwnCall

_ABOUT_MARKED: Final = frozenset({"today.correct", "today.customer"})


class TodayRead(Message):
    """One's calls of today."""

    def __init__(self, request: Request, calls: tuple[OwnCall, ...]) -> None:
        super().__init__()
        self.request = request
        self.calls = calls


class CorrectionBegun(Message):
    """The decision that is to be put right, with its call."""

    def __init__(self, call: OpenCall, decision: Decision) -> None:
        super().__init__()
        self.call = call
        self.decision = decision


class Corrected(Message):
    """A decision was put right; `said` tells what follows."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self.said = said


class TodayScreen(MarkedListScreen["OwnCall"]):
    """The list of one's calls of today, and what was decided in the marked one."""

    SCOPE = "today"
    BINDINGS: ClassVar[list[BindingType]] = bindings("today")
    CSS_PATH = "today.tcss"
    AUTO_FOCUS = "#today-list"
    TOPICS = frozenset({"queue"})

    def compose_body(self) -> ComposeResult:
        """List at the left, the decision at the right."""
        with Horizontal(id="today-body"):
            with Vertical(id="today-calls", classes="pane -owner"):
                yield WindowList(id="today-list")
            yield CustomerPane(id="today-decided")

    # -- what is shown ----------------------------------------------------------------------

    def title_words(self) -> str:
        """How many there are."""
        return self.t("today.title", n=len(self.found))

    def pane_words(self) -> str:
        """What was decided."""
        return self.t("today.decided")

    def nothing(self) -> str:
        """No call yet."""
        return self.t("today.none")

    def columns(self) -> tuple[Column, ...]:
        """When, who, why, and the outcome."""
        return (
            Column(self.t("today.at"), 6),
            Column(self.t("today.name"), 8, stretch=1),
            Column(self.t("today.campaign"), 10, stretch=2, need=60),
            Column(self.t("today.outcome"), 10, stretch=2),
        )

    def row(self, one: OwnCall) -> Row:
        """A call."""
        local = one.at.astimezone(ZoneInfo(self.shell.my_zone))
        outcome = self._outcome(one.outcome)
        return Row(
            one.call_id,
            (
                Cell(f"{local:%H:%M}"),
                Cell(one.name),
                Cell(self._campaign(one), "muted"),
                Cell(f"{outcome} ✎" if one.amended else outcome),
            ),
        )

    def _outcome(self, code: str) -> str:
        return self.database.rulebook.outcomes.name_of(code).of(self.shell.language)

    def _campaign(self, one: OwnCall) -> str:
        return one.campaign_zh if self.shell.language == "zh" else one.campaign_en

    def drawn(self, one: OwnCall) -> CardView:
        """What was decided in a call."""
        lines = [CardLine(self._campaign(one)), CardLine(self._outcome(one.outcome), sign="■")]
        if one.next_at is not None:
            lines.append(CardLine(self.t("today.next", at=one.next_at), sign="»"))
        if one.amended:
            lines.append(CardLine(self.t("today.amended"), sign="✎"))
        sections = [CardSection("", tuple(lines))]
        if one.note:
            sections.append(CardSection(self.t("call.note"), (CardLine(one.note),)))
        return CardView(one.name, tuple(sections))

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id in _ABOUT_MARKED and self.marked is None:
            return Said("today.none_marked")
        if action.id == "today.correct":
            if self.shell.seat.looking:
                return Said("desk.only_looking")
            if self.marked is not None and self.marked.callbacks > 1:
                return Said("today.several")
        return None

    # -- reading ----------------------------------------------------------------------------

    @property
    def _since(self) -> datetime:
        """When today began on one's own clock (UTC)."""
        local = self.shell.now().astimezone(ZoneInfo(self.shell.my_zone))
        return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)

    def want(self, request: Request) -> None:
        """Read one's calls of today."""
        self.read(request, self._since)

    @database_work("today.read", quiet=True)
    def read(self, request: Request, since: datetime) -> Message:
        """Read the list."""
        from db.own_calls import own_calls  # noqa: PLC0415 - connected long since

        return TodayRead(request, own_calls(self.database, self.actor, since))

    @on(TodayRead)
    def _read(self, event: TodayRead) -> None:
        self.receive(event.request, event.calls)

    # -- putting right ----------------------------------------------------------------------

    def do_customer(self) -> None:
        """Open the customer's record."""
        if self.marked is not None:
            self.shell.show_customer(self.marked.person_id)

    @on(WindowList.Chosen, "#today-list")
    async def _chosen(self) -> None:
        await self.shell.carry_out("today.correct")

    def do_correct(self) -> None:
        """Ask what is to be put right."""
        if self.marked is not None and not self.requests.busy("today.begin"):
            self.begin(self.marked.call_id)

    @database_work("today.begin")
    def begin(self, call_id: int) -> Message:
        """Read the decision with all that was said in it."""
        from db.calls import show_call  # noqa: PLC0415
        from db.decision_record import decision_in_force  # noqa: PLC0415

        decision = decision_in_force(self.database, self.actor, call_id)
        return CorrectionBegun(show_call(self.database, self.actor, call_id), decision)

    @on(CorrectionBegun)
    def _begun(self, event: CorrectionBegun) -> None:
        call, decision = event.call, event.decision
        interview = _interview(call, decision)
        language = self.shell.language
        answers = tuple(
            (one.ref, one.question.text.of(language), self._answer(one, interview))
            for one in interview.questions
        )
        asked = Correction(self._outcome(decision.outcome), decision.note or "", answers)

        def chosen(what: str | None) -> None:
            if what == OUTCOME:
                self._ask_outcome(call, decision)
            elif what == NOTE:
                self._ask_note(decision)
            elif what is not None:
                self._ask_answer(decision, interview, what)

        self.app.push_screen(asked, chosen)

    def _answer(self, one: Asked, interview: Interview) -> str:
        return answer_text(one, interview.answers.get(one.ref), self.t, self.shell.language)

    def _ask_outcome(self, call: OpenCall, decision: Decision) -> None:
        task = FinishTask(
            outcomes=self.database.rulebook.outcomes,
            name=call.card.name,
            preset=decision.outcome,
            has_note=bool(decision.note),
            # A person looks at it now: what the desk saved by itself becomes theirs.
            flags=tuple(flag for flag in decision.flags if flag != BY_DEFAULT),
            grievance=None if (said := decision.complaint) is None else Grievance.of_given(said),
            words_needed=True,
        )
        zone = call.zones[0] if call.zones else self.shell.my_zone
        dialog = FinishDialog(task, due_reader(self, zone, call.card.country))

        def chosen(choice: FinishChoice | None) -> None:
            if choice is None:
                return
            number = None
            if choice.number:
                number = new_number(choice.number, call.card.country or self.shell.region)
                if number is None:
                    self.say("finish.bad_number", text=choice.number)
                    return
            self._amend(decision, _with_choice(decision, choice, number))

        self.app.push_screen(dialog, chosen)

    def _ask_note(self, decision: Decision) -> None:
        def typed(text: str | None) -> None:
            if text is not None:
                self._amend(decision, replace(decision, note=text.strip() or None))

        prompt = Prompt(
            Said("today.note_title"), value=decision.note or "", limit=2000, may_be_empty=True
        )
        self.app.push_screen(prompt, typed)

    def _ask_answer(self, decision: Decision, interview: Interview, ref: str) -> None:
        asked = next(one for one in interview.questions if one.ref == ref)
        hint = Said("today.answer_hint", {"question": asked.question.text.of(self.shell.language)})

        def typed(text: str | None) -> None:
            if text is None:
                return
            try:
                after = _answered(interview.go_to(ref), asked, text.strip())
            except InputError as error:
                self.say(error.title_key, **error.params)
                return
            self._amend(decision, _with_answers(decision, after))

        self.app.push_screen(Prompt(Said("today.answer_title"), hint, limit=1000), typed)

    def _amend(self, first: Decision, decision: Decision) -> None:
        if decision == first:
            self.say("today.nothing_changed")
            return
        self.amend(first.uuid, replace(decision, uuid=uuid4().hex), self._since)

    @database_work("today.amend", every=True)
    def amend(self, uuid: str, decision: Decision, since: datetime) -> Message:
        """Put the decision in the place of the other."""
        from db.undo import amend  # noqa: PLC0415

        done = amend(self.database, self.actor, uuid, decision, since=since)
        if done.next_at is None:
            return Corrected(Said("today.corrected"))
        return Corrected(Said("today.corrected_next", {"at": done.next_at}))

    @on(Corrected)
    def _corrected(self, event: Corrected) -> None:
        self.say_said(event.said)
        self.listing.again()

    def takes_failure(self, work: str, error: BaseException) -> bool:
        """What is refused is said in a line; the list shows how it stands now."""
        if work in ("today.begin", "today.amend") and isinstance(error, RefusedError):
            self.say(error.title_key, **error.params)
            self.listing.again()
            return True
        return False


def _interview(call: OpenCall, decision: Decision) -> Interview:
    known = surveys()
    bundle = known.bundle(call.survey)
    asked = {survey.id for survey in bundle}
    further = dict.fromkeys(one.survey for one in decision.answers if one.survey not in asked)
    shipped = {survey.id for survey in known}
    every = (*bundle, *(known[name] for name in further if name in shipped))
    return Interview.of_rows(decision.answers, every)


def _answered(interview: Interview, asked: Asked, text: str) -> Interview:
    if asked.question.kind in SCALES and text.isdecimal():
        return interview.answer(asked.ref, int(text))
    after = interview.answer_key(text) if len(text) == 1 else None
    return interview.answer_text(text) if after is None else after


def _with_answers(decision: Decision, interview: Interview) -> Decision:
    """The decision with other answers; what the surveys don't know any more stays as it was."""
    aside = tuple(
        one for one in decision.answers if f"{one.survey}/{one.question}" in interview.aside
    )
    scores = scores_of(interview.counted, interview.surveys)
    return replace(
        decision,
        answers=(*interview.rows(), *aside),
        scores=tuple(GivenScore(one.metric, one.value, one.n) for one in scores),
    )


def _with_choice(decision: Decision, choice: FinishChoice, number: NewNumber | None) -> Decision:
    """The decision with another ending; time and number of the one before go with it."""
    same = choice.outcome == decision.outcome
    note = "\n".join(part for part in (decision.note, choice.note) if part)
    return replace(
        decision,
        outcome=choice.outcome,
        next_at=choice.next_at or (decision.next_at if same else None),
        note=note or None,
        flags=choice.flags,
        complaint=None if choice.grievance is None else choice.grievance.given(note),
        colleague=choice.colleague or None,
        next_owner=choice.next_owner if choice.next_at or not same else decision.next_owner,
        new_number=number,
    )
