"""What the conversation asks of the desk: objections, ladder, mood, promises, answers, the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from content.advice_places import advice_places
from content.surveys import surveys
from domain.advising import advise
from domain.decision import GivenPromise, Settled
from domain.errors import DeskError, InputError
from domain.expectation import AGREEMENT, RUNGS, SHELVING
from domain.handbook import BOOK, Handbook, first_card
from domain.library import Advice
from domain.playbook import Link, LinkKind
from domain.said import Said
from domain.survey import Kind
from screens.call_advice import situation
from screens.call_base import NO_ANSWER
from screens.call_draft import CallDraft, Light, Weight, ref_of
from screens.call_phrases import CallPhrases
from screens.call_views import LADDER_STEPS, question_of
from screens.due_reader import due_reader
from screens.finish import FinishChoice, FinishDialog, FinishTask
from screens.finish_choice import new_number, with_choice
from screens.mood import MoodDialog
from screens.objections import ObjectionPalette
from screens.playbook_map import PlaybookMap
from screens.promise import PromiseDialog
from screens.prompt import Prompt
from screens.wish import Step, WishDialog
from widgets.due_input import DueEcho


class CallTalk(CallPhrases):
    """The dialogs of a call, and what the script's links ask for."""

    wish_marked = 0
    """The wish that the ladder's keys are about, from 0."""

    def show_ladder(self, shown: bool) -> None:
        """Show or hide the ladder; the screen knows where."""

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

    def try_change(self, change: Callable[[CallDraft], CallDraft]) -> None:
        """Change the draft, or say which rule is against it."""
        try:
            self.change(change(self.draft))
        except DeskError as error:
            self.say(error.title_key, **error.params)

    def understand(self) -> Callable[[str], DueEcho]:
        """What reads a typed time with this customer's clock."""
        return due_reader(self, self.zone, self.call.card.country)

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
            case "mood":
                self.open_mood()
            case "promise":
                self.open_promise()
            case "schedule":
                self.open_finish("callback-at")
            case "transfer":
                self.open_finish("referred")
            case "expectations":
                self.show_ladder(shown=True)
            case "praise":
                self.change(self.draft.flagged("praise"))
            case "grumble" | "complaint" as weight:
                self.open_grievance(weight)

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

    def open_grievance(self, weight: Weight) -> None:
        """Note a grumble or complaint at once; the words may follow."""
        self.change(self.draft.aggrieved(weight))
        heading = Said(f"call.{weight}_title")

        def described(words: str | None) -> None:
            if words:
                self.change(self.draft.aggrieved(weight, words))

        self.app.push_screen(
            Prompt(heading, Said("call.grievance_hint"), limit=500, may_be_empty=True), described
        )

    # -- the ladder -------------------------------------------------------------------------

    def open_rung(self, number: int) -> None:
        """Show the words of a rung and tick it."""
        if not 1 <= number <= len(LADDER_STEPS):
            return
        name = LADDER_STEPS[number - 1]

        def opened(draft: CallDraft) -> CallDraft:
            talk = draft.talk.tick(name) if name in RUNGS else draft.talk
            return replace(draft.moved(draft.walk.open_rung(name)), talk=talk)

        self.try_change(opened)

    def hear_wish(self) -> None:
        """Ask for one more wish."""

        def heard(text: str | None) -> None:
            if text:
                self.wish_marked = len(self.draft.talk.wishes)
                self.try_change(lambda draft: replace(draft, talk=draft.talk.hear(text)))

        self.app.push_screen(Prompt(Said("call.wish_new"), Said("call.wish_new_hint")), heard)

    def treat_wish(self) -> None:
        """Ask what becomes of the marked wish."""
        wishes = self.draft.talk.wishes
        if not wishes:
            self.hear_wish()
            return
        place = min(self.wish_marked, len(wishes) - 1)

        def decided(step: Step | None) -> None:
            if step is not None:
                self._wish_step(place, step)

        self.app.push_screen(WishDialog(wishes[place]), decided)

    def _wish_step(self, place: int, step: Step) -> None:
        match step:
            case "accept":
                self.try_change(lambda one: replace(one, talk=one.talk.accept(place)))
            case "refuse":
                self.try_change(lambda one: replace(one, talk=one.talk.refuse(place)))
            case "first":
                order = [place, *(n for n in range(len(self.draft.talk.wishes)) if n != place)]
                self.wish_marked = 0
                self.try_change(lambda one: replace(one, talk=one.talk.rank(order)))
            case "shelve":
                self._shelve(place)
            case "impossible":
                self._ask_words(
                    Said("call.wish_why"),
                    lambda one, text: replace(
                        one, talk=one.talk.judge(place, possible=False, reason=text)
                    ),
                )
            case "offer":
                self._ask_words(
                    Said("call.wish_what"),
                    lambda one, text: replace(one, talk=one.talk.offer(place, text)),
                )
            case "as_wished":
                wish = self.draft.talk.wishes[place].text
                self.try_change(
                    lambda one: replace(
                        one, talk=one.talk.judge(place, possible=True).offer(place, wish)
                    )
                )

    def _ask_words(self, heading: Said, change: Callable[[CallDraft, str], CallDraft]) -> None:
        def typed(text: str | None) -> None:
            if text:
                self.try_change(lambda draft: change(draft, text))

        self.app.push_screen(Prompt(heading), typed)

    def _shelve(self, place: int) -> None:
        """Put a wish aside with a date for the answer: that is a promise of its own."""
        wish = self.draft.talk.wishes[place].text

        def promised(promise: GivenPromise | None) -> None:
            if promise is None or promise.due_at is None:
                return
            at: datetime = promise.due_at

            def shelved(draft: CallDraft) -> CallDraft:
                return replace(draft.promised(promise), talk=draft.talk.shelve(place, at))

            self.try_change(shelved)
            self.open_rung(LADDER_STEPS.index(SHELVING) + 1)

        text = self.t("call.shelve_promise", text=wish)
        self.app.push_screen(PromiseDialog(self.understand(), text), promised)

    def offer_agreement(self) -> None:
        """Show the words that propose and ask."""
        self.open_rung(LADDER_STEPS.index(AGREEMENT) + 1)

    # -- the end ----------------------------------------------------------------------------

    def do_finish(self) -> None:
        """Ask how the call ended."""
        self.open_finish("")

    def open_finish(self, outcome: str) -> None:
        """Ask how the call ended, with an outcome chosen already where the script named one."""
        draft = self.draft
        grievance = (draft.grievance.weight,) if draft.grievance else ()
        others = self.call.callbacks[1:]
        zh = self.shell.language == "zh"
        task = FinishTask(
            outcomes=self.outcomes,
            name=self.call.card.name,
            preset=outcome,
            has_note=bool(draft.note.strip()),
            flags=(*draft.flags, *grievance),
            others=tuple(one.campaign_zh if zh else one.campaign_en for one in others),
            recovery=draft.needs_recovery,
            colleagues=self.colleagues(),
        )
        self.app.push_screen(FinishDialog(task, self.understand()), self._finish_chosen)

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
