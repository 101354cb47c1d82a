"""What is said in a call about promises that we owe: done and told, or let off by the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from content.promise_words import promised_text
from domain.decision import GivenWord
from domain.said import Said
from screens.call_wishes import CallWishes
from screens.choice import MOST, Choice
from screens.prompt import Prompt

if TYPE_CHECKING:
    from db.promises import PromiseLine

Word = Literal["told", "let_off"]


class CallOwed(CallWishes):
    """The words about earlier promises; they are kept with the call and settle them."""

    @property
    def unspoken(self) -> tuple[PromiseLine, ...]:
        """What is owed to the customer and was not spoken of in this call."""
        spoken = {one.promise_id for one in self.draft.owed}
        return tuple(one for one in self.call.card.promises if one.id not in spoken)

    def do_owed(self) -> None:
        """Note what the customer was told about a promise, or that they let us off."""
        owed = self.unspoken[:MOST]
        if len(owed) == 1:
            self._ask_what(owed[0])
            return

        def chosen(place: int | None) -> None:
            if place is not None:
                self._ask_what(owed[place])

        language = self.shell.language
        options = [promised_text(language, one.kind, one.text, one.condition) for one in owed]
        self.app.push_screen(Choice(Said("promise.which"), options), chosen)

    def _ask_what(self, promise: PromiseLine) -> None:
        words: tuple[Word, ...] = ("let_off",) if promise.kind == "call" else ("told", "let_off")
        if len(words) == 1:
            self._words_about(promise, words[0])
            return

        def chosen(place: int | None) -> None:
            if place is not None:
                self._words_about(promise, words[place])

        text = promised_text(self.shell.language, promise.kind, promise.text, promise.condition)
        options = [Said(f"promise.word.{one}") for one in words]
        self.app.push_screen(Choice(Said("promise.what", {"text": text}), options), chosen)

    def _words_about(self, promise: PromiseLine, what: Word) -> None:
        def typed(text: str | None) -> None:
            if text:
                self.change(self.draft.spoken_of(GivenWord(promise.id, what, text)))

        prompt = Prompt(Said(f"promise.word.{what}"), Said(f"promise.word.{what}.hint"))
        self.app.push_screen(prompt, typed)
