"""The wishes of a call and the ladder beside the script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

from content.surveys import surveys
from domain.contradiction import NewWord, WishWord, contradicted, same_wish
from domain.decision import GivenPromise
from domain.errors import DeskError
from domain.expectation import Need, Verdict
from domain.gap import GivenGap, Moment, factors_of
from domain.said import Said
from screens.call_draft import CallDraft
from screens.call_phrases import CallPhrases
from screens.call_views import LADDER_STEPS
from screens.choice import Choice
from screens.contradicts import Contradicts
from screens.due_reader import due_reader
from screens.gap import SURVEY, GapDialog
from screens.promise import PromiseDialog
from screens.prompt import Prompt
from screens.wish import Step, WishDialog
from widgets.due_input import DueEcho

WishStep = Step | Literal["hear"]

_UNSETTLED: Final = frozenset({Verdict.OPEN, Verdict.OFFERED, Verdict.REFUSED})
_SETTLED: Final = frozenset({Verdict.ACCEPTED, Verdict.SHELVED})
_OFFERED: Final = frozenset({Verdict.OFFERED})
_FITTING: Final[Mapping[str, frozenset[Verdict]]] = {
    "first": frozenset(Verdict),
    "impossible": _UNSETTLED,
    "offer": _UNSETTLED | {Verdict.SHELVED},
    "accept": _OFFERED,
    "refuse": _OFFERED,
    "shelve": _UNSETTLED,
}
"""How a wish may stand for what the script asks about it."""


class CallWishes(CallPhrases):
    """What becomes of the customer's wishes: heard, ranked, offered for, accepted or shelved."""

    wish_marked = 0
    """The wish that the ladder's keys are about, from 0."""

    def show_ladder(self, shown: bool) -> None:
        """Show or hide the ladder; the screen knows where."""

    def own_script(self) -> None:
        """Give the digits to the script; the screen knows how."""

    def try_change(self, change: Callable[[CallDraft], CallDraft]) -> None:
        """Change the draft, or say which rule is against it."""
        try:
            self.change(change(self.draft))
        except DeskError as error:
            self.say(error.title_key, **error.params)

    def understand(self) -> Callable[[str], DueEcho]:
        """What reads a typed time with this customer's clock."""
        return due_reader(self, self.zone, self.call.card.country)

    # -- the ladder -------------------------------------------------------------------------

    def open_rung(self, number: int) -> None:
        """Show the words of a rung and tick it."""
        if not 1 <= number <= len(LADDER_STEPS):
            return
        name = LADDER_STEPS[number - 1]
        self.try_change(lambda draft: draft.moved(draft.walk.open_rung(name)))

    def climb(self) -> None:
        """Show the ladder beside the script, and lead the script to the rung that is due."""
        self.show_ladder(shown=True)
        self.open_rung(LADDER_STEPS.index(self.draft.talk.next_rung) + 1)
        self.own_script()

    def wish_asked(self, step: WishStep) -> None:
        """Do what the script asks about a wish, after asking which one where several fit."""
        if step == "hear":
            self.hear_wish()
            return
        wishes = self.draft.talk.wishes
        fitting = [place for place, wish in enumerate(wishes) if wish.verdict in _FITTING[step]]
        if not fitting:
            self.say("call.wish_none_fits" if wishes else "call.wish_none")
        elif len(fitting) == 1:
            self._wish_step(fitting[0], step)
        else:
            options = [wishes[place].text for place in fitting]

            def chosen(number: int | None) -> None:
                if number is not None:
                    self.wish_marked = fitting[number]
                    self._wish_step(fitting[number], step)

            self.app.push_screen(Choice(Said("call.wish_which"), options), chosen)

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

    def earlier_words(self, place: int) -> tuple[WishWord, ...]:
        """What earlier calls said about a wish, or about the same one in another case."""
        wish = self.draft.talk.wishes[place]
        return tuple(
            word
            for one in self.call.card.wishes
            if one.id == wish.stored_id or same_wish(one.text, wish.text)
            for word in one.words
        )

    def _say_word(self, place: int, new: NewWord, change: Callable[[CallDraft], CallDraft]) -> None:
        """Change the draft; what goes against an earlier call is shown first, with that call."""
        found = contradicted(new, self.earlier_words(place))
        if not found:
            self.try_change(change)
            return

        def decided(said: bool | None) -> None:
            if said:
                self.try_change(change)

        self.app.push_screen(Contradicts(found), decided)

    def _weigh(self, place: int) -> None:
        """Ask what kind of need stands behind a wish."""
        needs = tuple(Need)

        def chosen(number: int | None) -> None:
            if number is not None:
                self.try_change(lambda one: replace(one, talk=one.talk.weigh(place, needs[number])))

        options = [Said(f"expectation.need.{need}.hint") for need in needs]
        self.app.push_screen(Choice(Said("expectation.need"), options), chosen)

    # -- expected and received --------------------------------------------------------------

    def do_gap(self) -> None:
        """Ask what the customer expected and what they received."""
        agreed = any(wish.verdict in _SETTLED for wish in self.draft.talk.wishes)
        self.rate_gap("after" if agreed else "before")

    def rate_gap(self, moment: Moment) -> None:
        """Rate the factors at one moment."""

        def rated(ratings: tuple[GivenGap, ...] | None) -> None:
            if ratings is not None:
                self.change(replace(self.draft, gaps=ratings))

        factors = factors_of(surveys()[SURVEY])
        self.app.push_screen(GapDialog(factors, self.draft.gaps, moment), rated)

    def _wish_step(self, place: int, step: Step) -> None:
        wish = self.draft.talk.wishes[place].text
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
            case "need":
                self._weigh(place)
            case "impossible":
                self._ask_words(Said("call.wish_why"), lambda why: self._refuse(place, why))
            case "offer":
                self._ask_words(
                    Said("call.wish_what"),
                    lambda text: self._say_word(
                        place,
                        NewWord(wish, offer=text),
                        lambda one: replace(one, talk=one.talk.offer(place, text)),
                    ),
                )
            case "as_wished":
                self._say_word(
                    place,
                    NewWord(wish, offer=wish),
                    lambda one: replace(
                        one, talk=one.talk.judge(place, possible=True).offer(place, wish)
                    ),
                )

    def _refuse(self, place: int, reason: str) -> None:
        """Say that a wish can't be had, and why."""
        self._say_word(
            place,
            NewWord(self.draft.talk.wishes[place].text, impossible=True),
            lambda one: replace(one, talk=one.talk.judge(place, possible=False, reason=reason)),
        )

    def _ask_words(self, heading: Said, use: Callable[[str], None]) -> None:
        def typed(text: str | None) -> None:
            if text:
                use(text)

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

            self._say_word(place, NewWord(wish, answer_by=at), shelved)

        text = self.t("call.shelve_promise", text=wish)
        self.app.push_screen(PromiseDialog(self.understand(), text), promised)
