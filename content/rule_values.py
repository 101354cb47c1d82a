"""Values of rules as people type and read them: judged while they are typed, said with units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from content.rule_choices import Choices
from content.rule_forms import Field, Kind
from content.translations import Language, translate
from domain.calling_rules import ANYWHERE
from domain.said import Said
from domain.week import read_week, read_windows, write_week, write_windows
from domain.zones import is_zone

_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CLOCK: Final = re.compile(r"\b([0-9]):([0-5][0-9])\b")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_MONTHDAY: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_PLACE: Final = re.compile(r"[A-Z]{2}(-([A-Z0-9]{1,3}|\*))?")
_AMOUNT: Final = re.compile(r"([A-Z]{3})\s*([0-9]+)|([0-9]+)\s*([A-Z]{3})")
_SPAN: Final = re.compile(r"([0-9]+)\s*([^\s0-9]*)")
_APART: Final = re.compile(r"[,，、;；]")
_LONGEST: Final = 300
_LISTED: Final = 12

_MINUTES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("m", "min", "minute", "minutes", "分", "分钟"), 1),
    **dict.fromkeys(("h", "hour", "hours", "时", "小时"), 60),
    **dict.fromkeys(("d", "day", "days", "天", "日"), 1440),
}
_UNITS: Final[Mapping[str, int]] = {"minutes": 1, "hours": 60, "days": 1440}
"""Units of time that may be typed in place of a field's own."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a typed text means.

    Attributes:
        value: as the file has it; none where the field is left out.
        problem: why it can't be taken; none where it can.
    """

    value: object = None
    problem: Said | None = None


def judge(field: Field, text: str, choices: Choices, language: Language) -> Judged:
    """What a typed text means for a field, or what is wrong with it.

    Args:
        field: the field.
        text: as typed; widths and separators of Chinese keyboards are understood.
        choices: the words that fields take.
        language: the language in which words may be typed beside their codes.
    """
    given = text.strip()
    if field.kind is not Kind.TEXT:
        given = unicodedata.normalize("NFKC", given)
    if not given:
        return Judged() if field.may_be_empty else Judged(problem=Said("rule_form.bad.empty"))
    if len(given) > _LONGEST:
        return Judged(problem=Said("rule_form.bad.long", {"most": _LONGEST}))
    if field.of:
        return _words(field, given, choices, language)
    try:
        return Judged(_READERS[field.kind](field, given))
    except ValueError:
        return Judged(problem=wanted(field, choices, language))


def wanted(field: Field, choices: Choices, language: Language) -> Said:
    """The sentence that says what a field takes."""
    if field.kind in (Kind.WHOLE, Kind.NUMBERS):
        given: dict[str, object] = {"low": field.least, "high": field.most}
        if not field.unit:
            return Said("rule_form.takes.plain", given)
        unit = Said(f"rule_form.unit.{field.unit}")
        return Said(f"rule_form.takes.{field.kind}", {**given, "unit": unit})
    if field.kind is Kind.CHOICES:
        known = _listed(field, choices, language)
        return Said("rule_form.takes.choices", {"known": known})
    return Said(f"rule_form.takes.{field.kind}")


def typed(field: Field, value: object, choices: Choices, language: Language) -> str:
    """A value as one would type it; what is left out is empty."""
    if value is None:
        return ""
    if field.kind is Kind.CHOICES and isinstance(value, list | tuple):
        return ", ".join(choices.label(language, field.of, str(code)) for code in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{currency} {amount}" for currency, amount in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def spoken(field: Field, value: object, choices: Choices, language: Language) -> str:
    """A value as a person reads it, with its unit; what is left out by what holds then."""
    if value is None:
        if field.default is None:
            return translate(language, "rule_form.none")
        value = field.default
    if field.kind is Kind.FLAG:
        return translate(language, "rule_form.yes" if value else "rule_form.no")
    if field.of:
        codes = value if isinstance(value, list | tuple) else [value]
        return ", ".join(choices.label(language, field.of, str(code)) for code in codes)
    if field.unit and isinstance(value, int):
        return translate(language, f"rule_form.count.{field.unit}", n=value)
    if field.kind is Kind.NUMBERS:
        unit = translate(language, f"rule_form.unit.{field.unit}")
        return f"{typed(field, value, choices, language)} {unit}"
    if field.kind is Kind.HOURS and value == "none":
        return translate(language, "rule_form.closed")
    return typed(field, value, choices, language)


def _words(field: Field, given: str, choices: Choices, language: Language) -> Judged:
    known = choices.of(field.of)
    by_name = {_folded(choices.label(language, field.of, code)): code for code in known}
    found: list[str] = []
    one = field.kind is Kind.CHOICE
    for part in [given] if one else _parts(given):
        code = part if part in known else by_name.get(_folded(part), "")
        if not code:
            listed = _listed(field, choices, language)
            return Judged(problem=Said("rule_form.bad.word", {"word": part, "known": listed}))
        if code not in found:
            found.append(code)
    return Judged(found[0] if one else found)


def _listed(field: Field, choices: Choices, language: Language) -> str:
    known = choices.of(field.of)
    names = [choices.label(language, field.of, code) for code in known[:_LISTED]]
    return ", ".join([*names, *(["…"] if len(known) > _LISTED else [])])


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _parts(text: str) -> list[str]:
    return [part for each in _APART.split(text) if (part := each.strip())]


def _code(field: Field, text: str) -> str:
    del field
    return _matched(_CODE, text)


def _whole(field: Field, text: str) -> int:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(text)
    number, unit = int(match[1]), match[2].casefold()
    if unit and field.unit in _UNITS and unit in _MINUTES:
        number, rest = divmod(number * _MINUTES[unit], _UNITS[field.unit])
        if rest:
            raise ValueError(text)
    elif unit not in ("", "%"):
        raise ValueError(text)
    return _within(field, number)


def _within(field: Field, number: int) -> int:
    if not field.least <= number <= field.most:
        raise ValueError(number)
    return number


def _clocks(text: str) -> str:
    """Times with two digits an hour, split by blanks, whatever dash stands between them."""
    plain = re.sub(r"\s*[-–—~〜]\s*", "-", re.sub(r"[,、]", " ", text))
    return " ".join(_CLOCK.sub(r"0\1:\2", plain).split())


def _time(field: Field, text: str) -> str:
    del field
    return _matched(_TIME, _clocks(text))


def _hours(field: Field, text: str) -> str:
    del field
    return write_windows(read_windows(_clocks(text)))


def _week(field: Field, text: str) -> str:
    del field
    week = read_week(";".join(_clocks(day) for day in text.split(";")))
    if not any(week):
        raise ValueError(text)
    return write_week(week)


def _texts(field: Field, text: str) -> list[str]:
    del field
    return _parts(text)


def _numbers(field: Field, text: str) -> list[int]:
    numbers = [_within(field, int(part)) for part in _parts(text)]
    if sorted(set(numbers)) != numbers:
        raise ValueError(text)
    return numbers


def _date(field: Field, text: str) -> str:
    del field
    return date.fromisoformat(text).isoformat()


def _day(field: Field, text: str) -> date:
    del field
    return date.fromisoformat(text)


def _monthday(field: Field, text: str) -> str:
    del field
    return _matched(_MONTHDAY, text)


def _amounts(field: Field, text: str) -> dict[str, int]:
    del field
    amounts: dict[str, int] = {}
    for part in _parts(text.upper()):
        match = _AMOUNT.fullmatch(part)
        if match is None:
            raise ValueError(part)
        amounts[match[1] or match[4]] = int(match[2] or match[3])
    return amounts


def _place(field: Field, text: str) -> str:
    del field
    return text if text == ANYWHERE else _matched(_PLACE, text.upper())


def _zone(field: Field, text: str) -> str:
    del field
    if not is_zone(text):
        raise ValueError(text)
    return text


def _text(field: Field, text: str) -> str:
    del field
    return text


def _matched(pattern: re.Pattern[str], text: str) -> str:
    if pattern.fullmatch(text) is None:
        raise ValueError(text)
    return text


_READERS: Final[Mapping[Kind, Callable[[Field, str], object]]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.WHOLE: _whole,
    Kind.TIME: _time,
    Kind.HOURS: _hours,
    Kind.WEEK: _week,
    Kind.TEXTS: _texts,
    Kind.NUMBERS: _numbers,
    Kind.DATE: _date,
    Kind.DAY: _day,
    Kind.MONTHDAY: _monthday,
    Kind.AMOUNTS: _amounts,
    Kind.PLACE: _place,
    Kind.ZONE: _zone,
}
"""How each kind is read; flags and words are chosen."""
