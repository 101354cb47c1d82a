"""What a survey asks: questions with their scales, choices and conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.bilingual import Bilingual
from domain.entry import Entry
from domain.errors import InputError
from domain.said import Said

Value = bool | int | Decimal | str | date | tuple[str, ...]
"""An answer: yes/no, scale value, number, option or open text, date, several options."""


class Kind(StrEnum):
    """How a question is answered."""

    SCALE_5 = "1-5"
    SCALE_7 = "1-7"
    SCALE_10 = "1-10"
    SCALE_11 = "0-10"
    YES_NO = "yes-no"
    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


SCALES: Final[Mapping[Kind, range]] = {
    Kind.SCALE_5: range(1, 6),
    Kind.SCALE_7: range(1, 8),
    Kind.SCALE_10: range(1, 11),
    Kind.SCALE_11: range(11),
}
"""The values of each scale, in order."""


class Missing(StrEnum):
    """Why there is no value; kept apart from scores and out of every mean."""

    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"


class Metric(StrEnum):
    """What a survey measures as a whole."""

    NONE = "none"
    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    SALES_INDEX = "sales_index"
    AFTER_SALES_INDEX = "after_sales_index"
    SERVICE_GAP = "service_gap"


INDICES: Final = frozenset({Metric.SALES_INDEX, Metric.AFTER_SALES_INDEX})

_SCALE_OF: Final[Mapping[Metric, Kind]] = {
    Metric.NPS: Kind.SCALE_11,
    Metric.CSAT: Kind.SCALE_5,
    Metric.CES: Kind.SCALE_7,
    Metric.SALES_INDEX: Kind.SCALE_10,
    Metric.AFTER_SALES_INDEX: Kind.SCALE_10,
    Metric.SERVICE_GAP: Kind.SCALE_10,
}
_MOST_OPTIONS = 10


class Comparison(StrEnum):
    """How a condition looks at an earlier answer; `has` asks for an option among several."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    HAS = "has"


_ORDERED = frozenset({Comparison.LESS, Comparison.AT_MOST, Comparison.MORE, Comparison.AT_LEAST})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question: a value, or why there is none; never both."""

    value: Value | None
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """When a question is asked: an earlier one of the same survey was answered so."""

    question: str
    how: Comparison
    value: bool | int | str

    def holds(self, answer: Answer | None) -> bool:
        """Whether the answer fulfils it; one that is missing fulfils nothing."""
        if answer is None or answer.value is None:
            return False
        found = answer.value
        if self.how is Comparison.HAS:
            return isinstance(found, tuple) and self.value in found
        if self.how is Comparison.EQUAL:
            return found == self.value
        if self.how is Comparison.UNEQUAL:
            return found != self.value
        if not isinstance(found, int | Decimal) or not isinstance(self.value, int):
            return False
        return {
            Comparison.LESS: found < self.value,
            Comparison.AT_MOST: found <= self.value,
            Comparison.MORE: found > self.value,
            Comparison.AT_LEAST: found >= self.value,
        }[self.how]


@dataclass(frozen=True, slots=True)
class Option:
    """One of the choices of a question."""

    id: str
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        id: unique within its survey.
        kind: how it is answered.
        text: the words to ask.
        low: what the lowest scale value means; none where nothing is drawn.
        high: what the highest one means.
        options: the choices of `single` and `multiple`, two to ten.
        required: an answer or the reason for none is needed before going on.
        weight: its share of an index, relative to the others.
        show_if: when it is asked; none for always.
        against: id of the question that asks what was expected, where this asks what was received.
        name: what it is about, in a word or two, for tables; none where the words must do.
    """

    id: str
    kind: Kind
    text: Bilingual
    low: Bilingual | None
    high: Bilingual | None
    options: tuple[Option, ...]
    required: bool
    weight: float
    show_if: Condition | None
    against: str
    name: Bilingual | None = None

    @property
    def one_key(self) -> bool:
        """Whether a single key answers it whole."""
        return self.kind in SCALES or self.kind in (Kind.YES_NO, Kind.SINGLE)


@dataclass(frozen=True, slots=True)
class Survey:
    """A set of questions under one version.

    Attributes:
        id: what links and stored answers name.
        version: grows with every change of wording or scale.
        title: what people read.
        metric: what it measures as a whole.
        weights_source: where the weights of an index come from; "" without an index.
        questions: in the order of asking.
    """

    id: str
    version: int
    title: Bilingual
    metric: Metric
    weights_source: str
    questions: tuple[Question, ...]

    def __getitem__(self, question: str) -> Question:
        """The question of an id.

        Raises:
            InputError: `survey_question_unknown`.
        """
        for one in self.questions:
            if one.id == question:
                return one
        raise InputError("survey_question_unknown", question=f"{self.id}/{question}")


@dataclass(frozen=True, slots=True)
class Surveys:
    """All surveys, and the bundles in which campaigns ask them.

    Attributes:
        surveys: every survey.
        bundles: the ids of surveys in their order, by bundle.
    """

    surveys: tuple[Survey, ...]
    bundles: Mapping[str, tuple[str, ...]]

    def __iter__(self) -> Iterator[Survey]:
        return iter(self.surveys)

    def __getitem__(self, survey: str) -> Survey:
        """The survey of an id.

        Raises:
            InputError: `survey_unknown`.
        """
        for one in self.surveys:
            if one.id == survey:
                return one
        raise InputError("survey_unknown", survey=survey)

    def bundle(self, name: str) -> tuple[Survey, ...]:
        """The surveys of a bundle, or the one survey of that id; none for "".

        Raises:
            InputError: `survey_unknown`.
        """
        if not name:
            return ()
        return tuple(self[survey] for survey in self.bundles.get(name, (name,)))


def survey_of(data: object, where: str) -> Survey:
    """The survey of a parsed data file.

    Args:
        data: the parsed file: `id`, `version`, `title`, `metric`, and a list `question`.
        where: its name, for errors.

    Raises:
        InputError: `content_bad`, naming the place and what is wrong with it.
    """
    file = Entry(where, data)
    survey = Survey(
        id=file.text("id"),
        version=file.whole("version"),
        title=file.both("title"),
        metric=file.one_of("metric", Metric, Metric.NONE),
        weights_source=file.text("weights_source") if file.has("weights_source") else "",
        questions=_questions(file),
    )
    file.close()
    _check_metric(file, survey)
    return survey


def _questions(file: Entry) -> tuple[Question, ...]:
    questions: dict[str, Question] = {}
    for entry in file.entries("question"):
        question = _question(entry, questions)
        if question.id in questions:
            raise file.bad(Said("rules.bad.twice", {"value": question.id}))
        questions[question.id] = question
    if not questions:
        raise file.bad(Said("rules.bad.no_questions"))
    return tuple(questions.values())


def _question(entry: Entry, earlier: Mapping[str, Question]) -> Question:
    name = entry.text("id")
    entry.where = f"{entry.where} ({name})"
    against = entry.text("against") if entry.has("against") else ""
    if against and against not in earlier:
        raise entry.bad(Said("rules.bad.unknown_question", {"question": against}))
    question = Question(
        id=name,
        kind=entry.one_of("kind", Kind),
        text=entry.both("text"),
        low=entry.both("low") if entry.has("low") else None,
        high=entry.both("high") if entry.has("high") else None,
        options=tuple(_option(one) for one in entry.entries("option")),
        required=entry.flag("required", default=False),
        weight=entry.number("weight", 1.0),
        show_if=_condition(entry.entry("show_if"), earlier) if entry.has("show_if") else None,
        against=against,
        name=entry.both("name") if entry.has("name") else None,
    )
    entry.close()
    ids = {option.id for option in question.options}
    chosen = question.kind in (Kind.SINGLE, Kind.MULTIPLE)
    if chosen != (2 <= len(ids) <= _MOST_OPTIONS) or len(ids) < len(question.options):
        raise entry.bad(Said("rules.bad.options"))
    return question


def _option(entry: Entry) -> Option:
    option = Option(entry.text("id"), entry.both("text"))
    entry.close()
    return option


def _condition(entry: Entry, earlier: Mapping[str, Question]) -> Condition:
    name = entry.text("question")
    how = entry.one_of("how", Comparison)
    value = entry.value("value")
    entry.close()
    if name not in earlier:
        raise entry.bad(Said("rules.bad.unknown_question", {"question": name}))
    if isinstance(value, bool | int | str) and _comparable(earlier[name], how, value):
        return Condition(name, how, value)
    raise entry.bad(Said("rules.bad.condition", {"question": name}))


def _comparable(question: Question, how: Comparison, value: bool | int | str) -> bool:
    kind = question.kind
    if how is Comparison.HAS:
        return kind is Kind.MULTIPLE and value in {option.id for option in question.options}
    if kind in SCALES or kind is Kind.NUMBER:
        return isinstance(value, int) and not isinstance(value, bool)
    if how in _ORDERED:
        return False
    if kind is Kind.YES_NO:
        return isinstance(value, bool)
    return kind is Kind.SINGLE and value in {option.id for option in question.options}


def _check_metric(file: Entry, survey: Survey) -> None:
    """A survey that measures something asks it on the scale that its formula is made for."""
    if survey.metric is Metric.NONE:
        return
    scales = [question for question in survey.questions if question.kind in SCALES]
    right = bool(scales) and all(one.kind is _SCALE_OF[survey.metric] for one in scales)
    if survey.metric in INDICES:
        right = right and bool(survey.weights_source)
    elif survey.metric is Metric.SERVICE_GAP:
        right = right and any(one.against for one in scales)
    else:
        right = right and len(scales) == 1
    if not right:
        raise file.bad(Said("rules.bad.measure", {"metric": survey.metric}))
