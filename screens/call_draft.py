"""What a call has brought so far: one value, changed step by step, saved, and decided at last.

It knows no screen and no database; the call screen shows it and stores what `to_dict` gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from domain.chance import ChanceKind, GivenChance
from domain.decision import (
    Decision,
    GivenComplaint,
    GivenPromise,
    GivenScore,
    GivenUse,
    GivenWish,
    GivenWord,
    NewNumber,
    NextOwner,
    Recovery,
    Settled,
)
from domain.errors import InputError
from domain.expectation import RUNGS, Talk, Verdict
from domain.gap import MOMENTS, GivenGap, with_rating
from domain.interview import Interview
from domain.library import Library
from domain.playbook import BookKind, Link, LinkKind
from domain.scoring import Score, scores_of
from domain.survey import SCALES, Answer, Survey, Surveys
from domain.walk import Walk
from screens.grievance import Grievance, Weight

Light = Literal["green", "yellow", "red"]
LIGHTS: Final[tuple[Light, ...]] = ("green", "yellow", "red")
LOW_SHARE: Final = 0.5
"""An answer in the lower half of its scale deserves a second look before the script goes on."""
_NO_TALK: Final = Talk()


@dataclass(frozen=True, slots=True)
class CallDraft:
    """Everything that is typed and chosen during a call and not decided yet.

    Attributes:
        walk: where the script stands, and the words that were used.
        interview: the answers.
        talk: wishes and rungs.
        question: `survey/question` that the script asks now; empty when it asks none.
        mood_start: the customer's light at the start.
        mood_end: the light later on; the last one set counts.
        note: what the operator typed.
        promises: what was promised.
        owed: what was said about earlier promises.
        chances: what was heard that may bring something.
        gaps: what was expected and what was received.
        flags: noted beside any ending (`praise`).
        grievance: a grumble or a complaint.
        skipped_recovery: why an unhappy customer was left without either.
    """

    walk: Walk
    interview: Interview
    talk: Talk = field(default_factory=Talk)
    question: str = ""
    mood_start: Light | None = None
    mood_end: Light | None = None
    note: str = ""
    promises: tuple[GivenPromise, ...] = ()
    owed: tuple[GivenWord, ...] = ()
    chances: tuple[GivenChance, ...] = ()
    gaps: tuple[GivenGap, ...] = ()
    flags: tuple[str, ...] = ()
    grievance: Grievance | None = None
    skipped_recovery: str = ""

    @classmethod
    def begin(
        cls,
        library: Library,
        playbook: str,
        surveys: tuple[Survey, ...],
        talk: Talk = _NO_TALK,
    ) -> CallDraft:
        """The draft of a call that has just been opened.

        Args:
            library: the books of the present language.
            playbook: the call's script.
            surveys: the call's surveys.
            talk: the wishes of the customer's open cases.

        Raises:
            InputError: `script_no_book`.
        """
        draft = cls(Walk.start(library, playbook), Interview.begin(surveys), talk)
        return draft.arrived()

    # -- the script -------------------------------------------------------------------------

    def moved(self, walk: Walk) -> CallDraft:
        """The draft with the script somewhere else; a question of the new step is opened."""
        draft = replace(self, walk=walk)
        if walk.place == self.walk.place:
            return draft
        rung = walk.place.step
        if walk.book.kind is BookKind.LADDER and rung in RUNGS:
            draft = replace(draft, talk=draft.talk.tick(rung))
        return draft.arrived()

    def arrived(self) -> CallDraft:
        """The draft with the question of the present step open, if a key answers it."""
        asked = self.walk.pending_question
        if asked is None:
            return replace(self, question="")
        ref = ref_of(asked.link)
        return replace(self, question=ref if self._one_key(ref) else "")

    def ask(self, link: Link, known: Surveys) -> CallDraft:
        """The draft with a question opened that the script asks for.

        Args:
            link: the `ask:` link.
            known: all surveys, for one outside the call's own bundle.

        Raises:
            InputError: `survey_unknown`, `survey_question_unknown`.
        """
        interview = self.interview.also_ask(known[link.target]).go_to(ref_of(link))
        return replace(self, interview=interview, question=ref_of(link))

    def answered(self, interview: Interview, ref: str) -> CallDraft:
        """The draft after a question was answered; the script goes on unless the answer is low."""
        draft = replace(self, interview=interview)
        if ref != self.question:
            return draft
        low = is_low(interview, ref)
        walk = self.walk.ask_done(link_of(ref), go_on=not low)
        draft = replace(draft, walk=walk, question="")
        return draft if walk.place == self.walk.place else draft.arrived()

    def _one_key(self, ref: str) -> bool:
        asked = next((one for one in self.interview.questions if one.ref == ref), None)
        return asked is not None and asked.question.one_key

    # -- mood, promises, flags --------------------------------------------------------------

    def lit(self, light: Light) -> CallDraft:
        """The draft with a mood light: the first one is the start, every later one the end."""
        if self.mood_start is None:
            return replace(self, mood_start=light)
        return replace(self, mood_end=light)

    @property
    def mood(self) -> Light | None:
        """The light that was set last."""
        return self.mood_end or self.mood_start

    def spoken_of(self, word: GivenWord) -> CallDraft:
        """The draft with words about an earlier promise; later ones take their place."""
        others = tuple(one for one in self.owed if one.promise_id != word.promise_id)
        return replace(self, owed=(*others, word))

    def promised(self, promise: GivenPromise) -> CallDraft:
        """The draft with one more promise."""
        return replace(self, promises=(*self.promises, promise))

    def spotted(self, chance: GivenChance) -> CallDraft:
        """The draft with one more chance."""
        return replace(self, chances=(*self.chances, chance))

    def flagged(self, flag: str) -> CallDraft:
        """The draft with a flag set, or taken away where it was set."""
        if flag in self.flags:
            return replace(self, flags=tuple(one for one in self.flags if one != flag))
        return replace(self, flags=(*self.flags, flag))

    def aggrieved(self, weight: Weight) -> CallDraft:
        """The draft with a grumble or complaint noted; what is known of it stays."""
        before = self.grievance or Grievance(weight)
        return replace(self, grievance=before.weighing(weight))

    def rated(self, rating: GivenGap) -> CallDraft:
        """The draft with a factor rated; a rating without a value is taken away."""
        return replace(self, gaps=with_rating(self.gaps, rating))

    @property
    def low_score(self) -> bool:
        """Whether an answer that counts lies in the lower half of its scale."""
        return any(is_low(self.interview, ref) for ref in self.interview.counted)

    @property
    def unhappy(self) -> bool:
        """Whether a low score or a red light asks for a grumble, a case, or a reason why not."""
        return self.low_score or self.mood == "red"

    @property
    def needs_recovery(self) -> bool:
        """Whether an unhappy customer has neither a grumble nor a case, and nobody said why."""
        return self.unhappy and self.grievance is None and not self.skipped_recovery

    @property
    def recovery(self) -> Recovery | None:
        """What became of an unhappy customer; none for a happy one, or while nobody decided."""
        if not self.unhappy:
            return None
        if self.grievance is not None:
            return "case" if self.grievance.weight == "complaint" else "grumble"
        return "skipped" if self.skipped_recovery else None

    @property
    def scores(self) -> tuple[Score, ...]:
        """What the answers come to."""
        return scores_of(self.interview.counted, self.interview.surveys)

    # -- kept and decided -------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values for the stored draft."""
        return {
            "walk": self.walk.to_dict(),
            "interview": self.interview.to_dict(),
            "talk": self.talk.to_dict(),
            "question": self.question,
            "mood_start": self.mood_start,
            "mood_end": self.mood_end,
            "note": self.note,
            "promises": [_plain_promise(promise) for promise in self.promises],
            "owed": [asdict(word) for word in self.owed],
            "chances": [_plain_chance(chance) for chance in self.chances],
            "gaps": [asdict(gap) for gap in self.gaps],
            "flags": list(self.flags),
            "grievance": None if self.grievance is None else asdict(self.grievance),
            "skipped_recovery": self.skipped_recovery,
        }

    @classmethod
    def from_dict(
        cls,
        data: Mapping[str, Any],
        library: Library,
        playbook: str,
        surveys: tuple[Survey, ...],
        known: Surveys,
        talk: Talk = _NO_TALK,
    ) -> CallDraft:
        """The draft of a stored one, under the script and surveys in hand.

        Args:
            data: what `to_dict` gave, possibly by an older program or another language.
            library: the books of the present language.
            playbook: the call's script.
            surveys: the call's surveys.
            known: all surveys, for those that the script added.
            talk: the wishes of the customer's open cases, for a call without a draft.

        Raises:
            InputError: `script_draft_broken` when the stored draft can't be read.
        """
        if not data:
            return cls.begin(library, playbook, surveys, talk)
        try:
            grievance = data["grievance"]
            return cls(
                walk=Walk.from_dict(library, data["walk"]),
                interview=Interview.from_dict(data["interview"], surveys, known),
                talk=Talk.from_dict(data["talk"]),
                question=str(data["question"]),
                mood_start=_light(data["mood_start"]),
                mood_end=_light(data["mood_end"]),
                note=str(data["note"]),
                promises=tuple(_promise(promise) for promise in data["promises"]),
                # Drafts of an earlier program have none.
                owed=tuple(_word(word) for word in data.get("owed", ())),
                chances=tuple(_chance(chance) for chance in data.get("chances", ())),
                gaps=tuple(_gap(gap) for gap in data.get("gaps", ())),
                flags=tuple(str(flag) for flag in data["flags"]),
                grievance=None if grievance is None else Grievance.from_dict(grievance),
                skipped_recovery=str(data["skipped_recovery"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("script_draft_broken") from error

    def in_language(self, library: Library) -> CallDraft:
        """The same call with the words of another language."""
        return replace(self, walk=self.walk.in_library(library))

    def decision(
        self,
        uuid: str,
        outcome: str,
        *,
        next_at: datetime | None = None,
        settled: tuple[Settled, ...] = (),
        phone_id: int | None = None,
        new_number: NewNumber | None = None,
        colleague: str | None = None,
        next_owner: NextOwner | None = None,
    ) -> Decision:
        """The decision that ends the call with everything that was brought.

        Args:
            uuid: names the decision, so that a repeat gives the first result.
            outcome: code of the ending.
            next_at: when to ring again (UTC), where the customer named it.
            settled: outcomes of further callbacks of the same person.
            phone_id: the number that the ending speaks of.
            new_number: another number that the customer gave.
            colleague: login of the colleague that the call is passed to.
            next_owner: who makes the agreed call in one's own place.
        """
        return Decision(
            uuid=uuid,
            outcome=outcome,
            next_at=next_at,
            note=self.note.strip() or None,
            mood_start=self.mood_start,
            mood_end=self.mood_end,
            answers=self.interview.rows(),
            scores=tuple(GivenScore(one.metric, one.value, one.n) for one in self.scores),
            uses=tuple(
                GivenUse(
                    kind=use.kind,
                    playbook=use.playbook,
                    version=use.version,
                    step=use.step,
                    variant=use.variant,
                    language=use.language,
                    result=use.result,
                    wording=use.wording,
                    shown=use.shown,
                )
                for use in self.walk.trail
            ),
            promises=self.promises,
            owed=self.owed,
            chances=self.chances,
            gaps=self.gaps,
            wishes=tuple(
                GivenWish(
                    text=wish.text,
                    state="open" if wish.verdict is Verdict.OFFERED else str(wish.verdict),
                    possible=wish.possible,
                    reason=wish.reason or None,
                    offer=wish.offer or None,
                    answer_by=wish.answer_by,
                    wish_id=wish.stored_id,
                    need=wish.need,
                )
                for wish in self.talk.wishes
                if wish.is_news
            ),
            flags=self.flags,
            complaint=self._complaint(),
            settled=settled,
            phone_id=phone_id,
            new_number=new_number,
            colleague=colleague,
            recovery=self.recovery,
            recovery_reason=self.skipped_recovery if self.recovery == "skipped" else None,
            next_owner=next_owner,
        )

    def _complaint(self) -> GivenComplaint | None:
        grievance = self.grievance
        if grievance is None:
            return None
        return grievance.given(self.note.strip() or self.walk.step.title)


def ref_of(link: Link) -> str:
    """The address of the question that an `ask:` link names."""
    return f"{link.target}/{link.detail}"


def link_of(ref: str) -> Link:
    """The `ask:` link of a question's address."""
    survey, _, question = ref.partition("/")
    return Link(LinkKind.ASK, survey, question)


def is_low(interview: Interview, ref: str) -> bool:
    """Whether the answer to a scale lies in its lower half."""
    answer: Answer | None = interview.answers.get(ref)
    asked = next((one for one in interview.questions if one.ref == ref), None)
    if answer is None or asked is None or asked.question.kind not in SCALES:
        return False
    scale = SCALES[asked.question.kind]
    if not isinstance(answer.value, int):
        return False
    return (answer.value - scale[0]) / (scale[-1] - scale[0]) < LOW_SHARE


def _light(value: object) -> Light | None:
    if value is None or value in LIGHTS:
        return value
    raise ValueError(value)


def _plain_promise(promise: GivenPromise) -> dict[str, Any]:
    due_at = None if promise.due_at is None else promise.due_at.isoformat()
    return {**asdict(promise), "due_at": due_at}


def _promise(data: Mapping[str, Any]) -> GivenPromise:
    due_at = data["due_at"]
    return GivenPromise(
        text=str(data["text"]),
        due_at=None if due_at is None else datetime.fromisoformat(due_at),
        condition=data["condition"],
        kind="deed" if data["kind"] == "deed" else "call",
    )


def _word(data: Mapping[str, Any]) -> GivenWord:
    what = data["what"]
    if what not in ("told", "let_off"):
        raise ValueError(what)
    return GivenWord(int(data["promise_id"]), what, str(data["text"]))


def _plain_chance(chance: GivenChance) -> dict[str, Any]:
    next_at = None if chance.next_at is None else chance.next_at.isoformat()
    return {**asdict(chance), "next_at": next_at}


def _chance(data: Mapping[str, Any]) -> GivenChance:
    next_at = data["next_at"]
    return GivenChance(
        kind=ChanceKind(data["kind"]),
        text=str(data["text"]),
        value=data["value"],
        currency=data["currency"],
        next_step=data["next_step"],
        next_at=None if next_at is None else datetime.fromisoformat(next_at),
        owner=data["owner"],
    )


def _gap(data: Mapping[str, Any]) -> GivenGap:
    return GivenGap(
        moment=MOMENTS[MOMENTS.index(data["moment"])],
        factor=str(data["factor"]),
        scale=int(data["scale"]),
        expected=None if data["expected"] is None else int(data["expected"]),
        received=None if data["received"] is None else int(data["received"]),
    )
