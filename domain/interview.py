"""A survey being answered: an immutable state that can be left, stored and resumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from domain.answering import (
    MISSING_KEYS,
    Asked,
    answer_of_row,
    answer_row,
    plain,
    read_answer,
    read_value,
    value_of_key,
)
from domain.decision import GivenAnswer
from domain.errors import InputError
from domain.survey import Answer, Kind, Missing, Survey

ENTER: Final = "enter"
_TYPED: Final = frozenset({Kind.NUMBER, Kind.DATE, Kind.TEXT})


@dataclass(frozen=True, slots=True)
class Interview:
    """The answers so far, and where the interview stands.

    Attributes:
        surveys: what is asked, in order.
        answers: what came of each question, by `survey/question`.
        at: the question that is open; "" once the last one is passed.
        aside: stored answers that the surveys in hand can't take (another version); they are
            carried along unchanged and never scored.
    """

    surveys: tuple[Survey, ...]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    at: str = ""
    aside: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def begin(cls, surveys: Iterable[Survey]) -> Interview:
        """An interview at its first question."""
        fresh = cls(tuple(surveys))
        questions = fresh.questions
        return replace(fresh, at=questions[0].ref if questions else "")

    @classmethod
    def filled(cls, data: Mapping[str, object], surveys: Iterable[Survey]) -> Interview:
        """An interview with plain values by `survey/question`, as the command line gives them.

        Raises:
            InputError: `survey_question_unknown` or `survey_value`, naming the question.
        """
        interview = cls.begin(surveys)
        for ref, value in data.items():
            interview = interview.answer(ref, value)
        return interview

    @classmethod
    def of_rows(cls, rows: Iterable[GivenAnswer], surveys: Iterable[Survey]) -> Interview:
        """An interview as it was stored with a call.

        An answer to a question that the surveys don't have any more is put aside; see `aside`.
        """
        interview = cls.begin(surveys)
        known = {one.ref: one for one in _every(interview.surveys)}
        answers: dict[str, Answer] = {}
        aside: dict[str, object] = {}
        for row in rows:
            ref = f"{row.survey}/{row.question}"
            try:
                answers[ref] = answer_of_row(known[ref], row)
            except (KeyError, InputError):
                aside[ref] = row.text or row.number or row.status
        return replace(interview, answers=answers, aside=aside)

    @property
    def questions(self) -> tuple[Asked, ...]:
        """The questions that are asked, given the answers so far, in order."""
        return tuple(one for one in _every(self.surveys) if self._shown(one))

    @property
    def current(self) -> Asked | None:
        """The question that is open, or the next one if an answer has hidden it; none at the end.

        Without an open question, an interview is over; `go_to` opens one again.
        """
        every = _every(self.surveys)
        places = [place for place, one in enumerate(every) if one.ref == self.at]
        if not places:
            return None
        return next((one for one in every[places[0] :] if self._shown(one)), None)

    @property
    def counted(self) -> Mapping[str, Answer]:
        """The answers to questions that are asked; those of hidden ones stay out of scores."""
        shown = {one.ref for one in self.questions}
        return {ref: answer for ref, answer in self.answers.items() if ref in shown}

    @property
    def open_required(self) -> tuple[Asked, ...]:
        """Required questions that have neither an answer nor a reason for none."""
        return tuple(
            one for one in self.questions if one.question.required and one.ref not in self.answers
        )

    def answer_key(self, key: str) -> Interview | None:
        """The interview after one key; none where the key means nothing to the open question.

        A digit answers a scale (`0` is ten on 1 to 10 and zero on 0 to 10, `t` and `+` are ten),
        `1` and `2` say yes and no, a digit picks an option, `-`, `*` and `#` say why there is no
        value, and Enter goes on. The answer does not go on by itself, so that it can be seen.

        Raises:
            InputError: `survey_required` when Enter would leave a required question unanswered.
        """
        if key == ENTER:
            return self.go_on() if self.current else None
        asked = self.current
        if asked is None or asked.question.kind in _TYPED:
            return None
        if key in MISSING_KEYS:
            return self.mark(MISSING_KEYS[key])
        value = value_of_key(asked.question, key)
        if value is None:
            return None
        if asked.question.kind is Kind.MULTIPLE:
            return self._toggle(asked, str(value))
        return self._with(asked.ref, Answer(value))

    def answer_text(self, text: str) -> Interview:
        """The interview with the open question answered by typed text; empty text clears it.

        Raises:
            InputError: `survey_value` when the text is no answer to it.
        """
        asked = self._open()
        if not text.strip():
            return self.clear()
        return self._with(asked.ref, Answer(read_value(asked, text)))

    def answer(self, ref: str, value: object) -> Interview:
        """The interview with a question answered by a plain value, wherever it stands.

        Args:
            ref: `survey/question`.
            value: as `read_answer` takes it.

        Raises:
            InputError: `survey_question_unknown` or `survey_value`.
        """
        return self._with(ref, read_answer(self._find(ref), value))

    def mark(self, missing: Missing) -> Interview:
        """The interview with the open question noted as having no value."""
        return self._with(self._open().ref, Answer(None, missing))

    def clear(self) -> Interview:
        """The interview with the open question as if it had not been answered."""
        ref = self._open().ref
        return replace(self, answers={key: one for key, one in self.answers.items() if key != ref})

    def go_on(self) -> Interview:
        """The interview at the next question, or past the last one.

        Raises:
            InputError: `survey_required` when the open one must be answered first.
        """
        asked = self._open()
        if asked.question.required and asked.ref not in self.answers:
            raise InputError("survey_required", question=asked.ref)
        refs = [one.ref for one in self.questions]
        place = refs.index(asked.ref) + 1
        return replace(self, at=refs[place] if place < len(refs) else "")

    def go_back(self) -> Interview:
        """The interview at the question before; the first one stays."""
        refs = [one.ref for one in self.questions]
        asked = self.current
        place = refs.index(asked.ref) if asked else len(refs)
        return replace(self, at=refs[max(place - 1, 0)] if refs else "")

    def go_to(self, ref: str) -> Interview:
        """The interview at a question that a script asks.

        Args:
            ref: `survey/question`.

        Raises:
            InputError: `survey_question_unknown`.
        """
        return replace(self, at=self._find(ref).ref)

    def also_ask(self, survey: Survey) -> Interview:
        """The interview with a further survey behind the others, because the script asks from it.

        One that is there already is not added again.
        """
        if any(one.id == survey.id for one in self.surveys):
            return self
        return replace(self, surveys=(*self.surveys, survey))

    def rows(self) -> tuple[GivenAnswer, ...]:
        """What is stored with the call: an answer or reason for none of each question asked."""
        return tuple(
            answer_row(one, self.answers[one.ref])
            for one in self.questions
            if one.ref in self.answers
        )

    def to_dict(self) -> dict[str, object]:
        """Plain values that JSON can hold; `from_dict` reads them back."""
        return {
            "surveys": [[survey.id, survey.version] for survey in self.surveys],
            "answers": {ref: plain(answer) for ref, answer in self.answers.items()},
            "at": self.at,
            "aside": dict(self.aside),
        }

    @classmethod
    def from_dict(
        cls, data: Mapping[str, object], surveys: Iterable[Survey], known: Iterable[Survey] = ()
    ) -> Interview:
        """The interview of `to_dict`, under the surveys in hand.

        An answer that they can't take, because its question or scale has changed, is kept in
        `aside` and written again by `to_dict`: nothing typed is lost.

        Args:
            data: what was stored.
            surveys: the surveys of the call, in order.
            known: all surveys, for those that the script added.
        """
        stored = dict(_pairs(data.get("surveys")))
        fresh = cls.begin(surveys)
        by_id = {survey.id: survey for survey in known}
        for name in stored:
            if name in by_id:
                fresh = fresh.also_ask(by_id[name])
        versions = {survey.id: survey.version for survey in fresh.surveys}
        questions = {one.ref: one for one in _every(fresh.surveys)}
        answers: dict[str, Answer] = {}
        aside = _table(data.get("aside"))
        for ref, value in _table(data.get("answers")).items():
            name = ref.split("/", 1)[0]
            same = stored.get(name) == versions.get(name)
            try:
                if not same or ref not in questions:
                    raise InputError("survey_question_unknown", question=ref)
                answers[ref] = read_answer(questions[ref], value)
            except InputError:
                aside[ref] = value
        at = data.get("at")
        return replace(
            fresh,
            answers=answers,
            aside=aside,
            at=at if isinstance(at, str) and (at in questions or not at) else fresh.at,
        )

    def _shown(self, asked: Asked) -> bool:
        condition = asked.question.show_if
        if condition is None:
            return True
        earlier = f"{asked.survey.id}/{condition.question}"
        return condition.holds(self.answers.get(earlier)) and self._shown(self._find(earlier))

    def _find(self, ref: str) -> Asked:
        for one in _every(self.surveys):
            if one.ref == ref:
                return one
        raise InputError("survey_question_unknown", question=ref)

    def _open(self) -> Asked:
        asked = self.current
        if asked is None:
            raise InputError("survey_over")
        return asked

    def _with(self, ref: str, answer: Answer) -> Interview:
        return replace(self, answers={**self.answers, ref: answer})

    def _toggle(self, asked: Asked, option: str) -> Interview:
        before = self.answers.get(asked.ref)
        chosen = set(before.value) if before and isinstance(before.value, tuple) else set()
        chosen ^= {option}
        order = [one.id for one in asked.question.options if one.id in chosen]
        return self._with(asked.ref, Answer(tuple(order))) if order else self.clear()


def _every(surveys: Iterable[Survey]) -> tuple[Asked, ...]:
    return tuple(
        Asked(f"{survey.id}/{question.id}", survey, question)
        for survey in surveys
        for question in survey.questions
    )


def _table(value: object) -> dict[str, object]:
    return {str(key): one for key, one in value.items()} if isinstance(value, Mapping) else {}


def _pairs(value: object) -> Iterator[tuple[str, int]]:
    for pair in value if isinstance(value, list) else []:
        if isinstance(pair, list) and [type(part) for part in pair] == [str, int]:
            yield pair[0], pair[1]
