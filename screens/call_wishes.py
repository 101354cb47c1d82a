"""The wishes of a call and the ladder beside the script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

from domain.decision import GivenPromise
from domain.errors import DeskError
from domain.expectation import Verdict
from domain.said import Said
from screens.call_draft import CallDraft
from screens.call_phrases import CallPhrases
from screens.call_views import LADDER_STEPS
from screens.choice import Choice
from screens.due_reader import due_reader
from screens.promise import PromiseDialog
from screens.prompt import Prompt
from screens.wish import Step, WishDialog
from widgets.due_input import DueEcho

WishStep = Step | Literal["hear"]

_UNSETTLED: Final = frozenset({Verdict.OPEN, Verdict.OFFERED, Verdict.REFUSED})
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

        text = self.t("call.shelve_promise", text=wish)
        self.app.push_screen(PromiseDialog(self.understand(), text), promised)
