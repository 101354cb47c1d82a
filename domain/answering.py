"""Answers read from keys, typed text and plain values, and written for storage."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from domain.decision import GivenAnswer
from domain.errors import InputError
from domain.survey import SCALES, Answer, Kind, Missing, Question, Survey, Value

TEN_KEYS: Final = ("t", "+")
"""Keys that mean ten on the scales that reach it; on 1 to 10, `0` means ten as well."""

MISSING_KEYS: Final[Mapping[str, Missing]] = {
    "-": Missing.DONT_KNOW,
    "*": Missing.REFUSED,
    "#": Missing.NOT_APPLICABLE,
}
"""Keys that say why there is no value, the same for every question that a key answers."""

YES_KEY: Final = "1"
NO_KEY: Final = "2"
_DIGITS = "1234567890"
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d\d)(\d\d)")
_GREATEST = 10**15


@dataclass(frozen=True, slots=True)
class Asked:
    """A question where it stands in an interview.

    Attributes:
        ref: `survey/question`, the address that links and stored answers use.
        survey: the survey that it belongs to.
        question: the question.
    """

    ref: str
    survey: Survey
    question: Question


def read_answer(asked: Asked, value: object) -> Answer:
    """An answer from plain values: what `plain` wrote, or a bare value.

    Args:
        asked: the question.
        value: `{"missing": reason}`, `{"value": …}`, or a value as `read_value` takes it.

    Raises:
        InputError: `survey_value` when it is no answer to the question.
    """
    if isinstance(value, Mapping):
        reasons = [reason for reason in Missing if value.get("missing") == reason.value]
        if reasons and len(value) == 1:
            return Answer(None, reasons[0])
        if set(value) != {"value"}:
            raise _unfit(asked, value)
        value = value["value"]
    return Answer(read_value(asked, value))


def read_value(asked: Asked, value: object) -> Value:
    """A value that answers the question, from a plain one.

    Args:
        asked: the question.
        value: a whole number for a scale, true or false, an option's id, a list of them, a number
            or its text, a date as ISO or Chinese text, or open text.

    Raises:
        InputError: `survey_value` when it is no answer to the question.
    """
    found = _read(asked.question, value)
    if found is None:
        raise _unfit(asked, value)
    return found


def plain(answer: Answer) -> dict[str, object]:
    """An answer as JSON can hold it."""
    if answer.missing is not None:
        return {"missing": str(answer.missing)}
    value = answer.value
    if isinstance(value, tuple):
        return {"value": list(value)}
    return {"value": str(value) if isinstance(value, Decimal | date) else value}


def _read(question: Question, value: object) -> Value | None:
    kind = question.kind
    if kind in SCALES:
        fits = isinstance(value, int) and not isinstance(value, bool) and value in SCALES[kind]
        return value if fits and isinstance(value, int) else None
    if kind is Kind.YES_NO:
        return value if isinstance(value, bool) else None
    options = [option.id for option in question.options]
    if kind is Kind.SINGLE:
        return value if isinstance(value, str) and value in options else None
    if kind is Kind.MULTIPLE:
        known = isinstance(value, list | tuple) and all(one in options for one in value)
        chosen = (
            tuple(one for one in options if one in value) if isinstance(value, list | tuple) else ()
        )
        return chosen if known and chosen else None
    if kind is Kind.TEXT:
        return value if isinstance(value, str) and value.strip() else None
    return _number(value) if kind is Kind.NUMBER else _date(value)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        number = Decimal(unicodedata.normalize("NFKC", str(value)).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < _GREATEST else None


def _date(value: object) -> date | None:
    if isinstance(value, date):
        return value
    text = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else ""
    match = _DATE.fullmatch(text)
    try:
        return date(*(int(part) for part in match.groups() if part)) if match else None
    except ValueError:
        return None


def value_of_key(question: Question, key: str) -> bool | int | str | None:
    """What a single key says to a question: a scale value, yes or no, or an option's id.

    None where the key means nothing to it, and for questions that are answered by typing.

    Args:
        question: the question.
        key: one character.
    """
    if len(key) != 1:
        return None
    kind = question.kind
    if kind is Kind.YES_NO:
        return {YES_KEY: True, NO_KEY: False}.get(key)
    if kind in SCALES:
        ten = key in TEN_KEYS or (key == "0" and kind is Kind.SCALE_10)
        number = 10 if ten else "0123456789".find(key)
        return number if number in SCALES[kind] else None
    if kind not in (Kind.SINGLE, Kind.MULTIPLE):
        return None
    place = _DIGITS.find(key)
    return question.options[place].id if 0 <= place < len(question.options) else None


def answer_row(asked: Asked, answer: Answer) -> GivenAnswer:
    """An answer as it is stored with the call."""
    kind, value = asked.question.kind, answer.value
    text: str | None = None
    choices: tuple[str, ...] | None = None
    if isinstance(value, date) or (isinstance(value, str) and kind is Kind.TEXT):
        text = str(value)
    elif isinstance(value, str):
        choices = (value,)
    elif isinstance(value, tuple):
        choices = value
    return GivenAnswer(
        survey=asked.survey.id,
        version=str(asked.survey.version),
        question=asked.question.id,
        status=str(answer.missing) if answer.missing else "answered",
        number=float(value) if isinstance(value, int | Decimal) else None,
        text=text,
        choices=choices,
    )


def answer_of_row(asked: Asked, row: GivenAnswer) -> Answer:
    """The answer that `answer_row` stored.

    Raises:
        InputError: `survey_value` when it is no answer to the question.
    """
    if row.status != "answered":
        return read_answer(asked, {"missing": row.status})
    kind = asked.question.kind
    value: object = row.text
    if kind is Kind.YES_NO:
        value = None if row.number is None else bool(row.number)
    elif kind in SCALES:
        value = None if row.number is None else int(row.number)
    elif kind is Kind.NUMBER:
        value = None if row.number is None else str(row.number)
    elif kind is Kind.SINGLE:
        value = row.choices[0] if row.choices else None
    elif kind is Kind.MULTIPLE:
        value = row.choices
    return read_answer(asked, {"value": value})


def _unfit(asked: Asked, value: object) -> InputError:
    return InputError("survey_value", question=asked.ref, value=str(value)[:80])
