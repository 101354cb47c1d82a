"""What the conversation asks of the desk: objections, ladder, mood, promises, answers, the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, cast
from uuid import uuid4

from content.advice_places import advice_places
from content.surveys import surveys
from domain.advising import advise
from domain.chance import ChanceKind, GivenChance
from domain.decision import GivenPromise, Settled
from domain.errors import InputError
from domain.gap import Moment
from domain.handbook import BOOK, Handbook, first_card
from domain.library import Advice
from domain.playbook import Link, LinkKind
from domain.said import Said
from domain.survey import Kind
from screens.call_advice import situation
from screens.call_base import NO_ANSWER
from screens.call_draft import Light, ref_of
from screens.call_owed import CallOwed
from screens.call_views import question_of
from screens.call_wishes import WishStep
from screens.case_drawer import number_of
from screens.chance import ChanceDialog
from screens.choice import Choice
from screens.finish import FinishDialog
from screens.finish_choice import new_number, with_choice
from screens.finish_task import FinishChoice, FinishTask
from screens.grievance import Grievance, Weight
from screens.grievance_dialog import GrievanceDialog, grievance_task
from screens.mood import MoodDialog
from screens.objections import ObjectionPalette
from screens.playbook_map import PlaybookMap
from screens.promise import PromiseDialog
from screens.prompt import Prompt

_NONE: Final = "XXX"
"""The currency of ISO 4217 that stands for none."""


class CallTalk(CallOwed):
    """The dialogs of a call, and what the script's links ask for."""

    @property
    def advice(self) -> Advice | None:
        """The line that stands beside the present step."""
        return advise(situation(self.call, self.draft), advice_places(), self.draft.walk.library)

    async def do_handbook(self) -> None:
        """Read in the handbook, at the card that goes with the advice or with the script."""
        walk = self.draft.walk
        wishes = (self.advice, f"{BOOK}{walk.book.id}", f"{BOOK}{walk.playbook.id}")

        def card_of(handbook: Handbook) -> str | None:
            card = first_card(handbook, *wishes)
            return None if card is None else card.id

        await self.shell.show_handbook(card_of)

    # -- what a choice of the script asks for -----------------------------------------------

    def follow(self, number: int) -> None:
        """Take a way on, and do what it asks for."""
        walk = self.draft.walk
        if not 1 <= number <= len(walk.choices):
            return
        after = walk.choose(number)
        request = after.request
        self.change(self.draft.moved(after))
        if request is not None:
            self.carry_request(request)

    def carry_request(self, link: Link) -> None:
        """Do what a link of the script asks the desk for."""
        if link.kind is LinkKind.ASK:
            self.ask(link)
            return
        match link.target:
            case "outcome":
                self.open_finish(link.detail)
            case "wish":
                self.wish_asked(cast("WishStep", link.detail))
            case "gap":
                self.rate_gap(cast("Moment", link.detail))
            case "grumble" | "complaint" as weight:
                self.open_grievance(weight)
            case other:
                self._plain_requests[other]()

    @property
    def _plain_requests(self) -> Mapping[str, Callable[[], None]]:
        """What the actions without an argument do; the check lets no other one through."""
        return {
            "mood": self.open_mood,
            "promise": self.open_promise,
            "schedule": lambda: self.open_finish("callback-at"),
            "transfer": lambda: self.open_finish("referred"),
            "expectations": self.climb,
            "praise": lambda: self.change(self.draft.flagged("praise")),
        }

    def ask(self, link: Link) -> None:
        """Open a question of the survey; one that a key can't answer is typed at once."""
        draft = self.draft.ask(link, surveys())
        self.change(draft)
        asked = question_of(draft.interview, ref_of(link))
        if asked is not None and asked.question.kind in (Kind.TEXT, Kind.NUMBER, Kind.DATE):
            self.type_answer(asked.ref)

    def type_answer(self, ref: str) -> None:
        """Type the answer to a question."""
        asked = question_of(self.draft.interview, ref)
        if asked is None:
            return
        before = self.draft.interview.answers.get(ref)
        value = "" if before is None or before.value is None else str(before.value)
        text = asked.question.text.of(self.shell.language)
        prompt = Prompt(
            Said("call.answer_title"),
            Said("call.answer_hint", {"question": text}),
            value=value,
            limit=1000,
            may_be_empty=True,
        )

        def typed(answer: str | None) -> None:
            if answer is None:
                return
            self.try_change(
                lambda draft: draft.answered(draft.interview.go_to(ref).answer_text(answer), ref)
            )

        self.app.push_screen(prompt, typed)

    def press_answer(self, ref: str, key: str, *, go_on: bool) -> None:
        """Answer a question by a key.

        Args:
            ref: the question.
            key: the key.
            go_on: whether the interview goes on by itself (the script goes on anyway).
        """
        interview = self.draft.interview.go_to(ref)
        asked = question_of(interview, ref)
        if asked is None:
            return
        if key == "enter":
            self._go_on(ref)
            return
        try:
            after = interview.answer_key(key)
        except InputError as error:
            self.say(error.title_key, **error.params)
            return
        if after is None:
            if asked.question.kind in (Kind.TEXT, Kind.NUMBER, Kind.DATE):
                self.type_answer(ref)
            return
        if asked.question.kind is Kind.MULTIPLE:
            self.change(replace(self.draft, interview=after))
            return
        self.change(self.draft.answered(after, ref))
        if go_on:
            self._go_on(ref)

    def _go_on(self, ref: str) -> None:
        draft = self.draft
        if draft.question == ref and ref in draft.interview.answers:
            self.change(draft.answered(draft.interview, ref))
            return
        self.try_change(lambda one: replace(one, interview=one.interview.go_to(ref).go_on()))

    # -- objections, mood, promises, grievances ---------------------------------------------

    def do_objection(self) -> None:
        """Find an answer to what the customer said."""

        def chosen(objection: str | None) -> None:
            if objection is not None:
                self.try_change(lambda draft: draft.moved(draft.walk.open_objection(objection)))

        self.app.push_screen(ObjectionPalette(self.draft.walk), chosen)

    def do_map(self) -> None:
        """Show the whole script with the place where the conversation stands."""

        def chosen(step: str | None) -> None:
            if step is not None:
                self.try_change(lambda draft: draft.moved(draft.walk.go_to(step)))

        self.app.push_screen(PlaybookMap(self.draft.walk), chosen)

    def do_mood(self) -> None:
        """Set the mood light."""
        self.open_mood()

    def open_mood(self) -> None:
        """Ask for the light."""

        def lit(light: Light | None) -> None:
            if light is not None:
                self.change(self.draft.lit(light))
                self.say("call.advice", text=self.draft.walk.library.mood_advice(light))

        self.app.push_screen(MoodDialog(at_start=self.draft.mood_start is None), lit)

    def do_promise(self) -> None:
        """Record a promise."""
        self.open_promise()

    def open_promise(self, text: str = "") -> None:
        """Ask what is promised, and by when."""

        def promised(promise: GivenPromise | None) -> None:
            if promise is not None:
                self.change(self.draft.promised(promise))

        self.app.push_screen(PromiseDialog(self.understand(), text), promised)

    def do_chance(self) -> None:
        """Record an interest, an order, a referral or an idea: its kind, then what was said."""

        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_chance(tuple(ChanceKind)[place])

        options = [Said(f"chances.kind.{kind}") for kind in ChanceKind]
        self.app.push_screen(Choice(Said("chances.which"), options), chosen)

    def _ask_chance(self, kind: ChanceKind) -> None:
        from intake.judging.persons import currency_of  # noqa: PLC0415 - loaded when first asked

        here = currency_of(self.shell.region)
        usual = self.call.card.currency or here

        def told(chance: GivenChance | None) -> None:
            if chance is not None:
                self.change(self.draft.spotted(chance))
                self.say("chances.noted", kind=Said(f"chances.kind.{chance.kind}"))

        self.app.push_screen(
            ChanceDialog(
                kind, self.understand(), "" if usual == _NONE else usual, self.actor.login
            ),
            told,
        )

    def do_grumble(self) -> None:
        """Note a grumble."""
        self.open_grievance("grumble")

    def do_complaint(self) -> None:
        """Note a complaint."""
        self.open_grievance("complaint")

    def open_grievance(self, weight: Weight) -> None:
        """Note a grumble or complaint at once; what it is about and the words may follow."""
        self.change(self.draft.aggrieved(weight))
        grievance = self.draft.grievance or Grievance(weight)

        def keep(grievance: Grievance | None) -> None:
            self.change(replace(self.draft, grievance=grievance))

        task = grievance_task(self.database.rulebook.cases, self.shell.language, grievance)
        self.app.push_screen(GrievanceDialog(task, keep))

    def do_case(self) -> None:
        """Look at an open case of the customer; which one is asked where there are several."""
        cases = self.call.card.complaints
        if len(cases) == 1:
            self.shell.show_case(cases[0].id, looking=True)
            return

        def chosen(place: int | None) -> None:
            if place is not None:
                self.shell.show_case(cases[place].id, looking=True)

        options = [f"{number_of(one.id, one.number)} {one.description}" for one in cases]
        self.app.push_screen(Choice(Said("call.which_case"), options), chosen)

    # -- the end ----------------------------------------------------------------------------

    def do_finish(self) -> None:
        """Ask how the call ended."""
        self.open_finish("")

    def open_finish(self, outcome: str) -> None:
        """Ask how the call ended, with an outcome chosen already where the script named one."""
        draft = self.draft
        others = self.call.callbacks[1:]
        zh = self.shell.language == "zh"
        task = FinishTask(
            outcomes=self.outcomes,
            name=self.call.card.name,
            preset=outcome,
            has_note=bool(draft.note.strip()),
            flags=draft.flags,
            grievance=draft.grievance,
            others=tuple(one.campaign_zh if zh else one.campaign_en for one in others),
            low_score=draft.low_score,
            skipped_recovery=draft.skipped_recovery,
            colleagues=self.colleagues(),
            mood_start=draft.mood_start,
            mood_end=draft.mood_end,
        )

        def promised(promise: GivenPromise) -> None:
            self.change(self.draft.promised(promise))

        dialog = FinishDialog(task, self.understand(), promised)
        self.app.push_screen(dialog, self._finish_chosen)

    def colleagues(self) -> tuple[str, ...]:
        """The logins that a call can be passed to; the screen reads them."""
        return ()

    def _finish_chosen(self, choice: FinishChoice | None) -> None:
        if choice is None:
            return
        draft = with_choice(self.draft, choice)
        number = None
        if choice.number:
            number = new_number(choice.number, self._country())
            if number is None:
                self.say("finish.bad_number", text=choice.number)
                return
        self.change(draft)
        others = self.call.callbacks[1:] if choice.settle_all else ()
        settled = tuple(Settled(one.id, choice.outcome, choice.next_at) for one in others)
        decision = draft.decision(
            uuid=uuid4().hex,
            outcome=choice.outcome,
            next_at=choice.next_at,
            settled=settled,
            phone_id=self.phone_id,
            new_number=number,
            colleague=choice.colleague or None,
            next_owner=choice.next_owner,
        )
        self.say("call.saving")
        self.decide(decision, quick=False)

    def _country(self) -> str:
        """The country in which a number without its own lies: the customer's, else the desk's."""
        phone = self.phone
        return self.call.card.country or (phone.country if phone else None) or self.shell.region

    def dispose(self) -> None:
        """Nobody answered: note it, plan the next try, go on."""
        decision = self.draft.decision(uuid=uuid4().hex, outcome=NO_ANSWER, phone_id=self.phone_id)
        self.say("call.saving")
        self.decide(decision, quick=True)
