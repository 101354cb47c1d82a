"""Clocks, parts of the day and stretches of time as English says them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from domain.when.numerals import EN, EN_WORD, WORD_END, en_number
from domain.when.numeric import HALF, clock, half_of
from domain.when.pattern import Meaning, Pattern, pattern
from domain.when.pieces import Bound, Clock, InPart, Number, Offset, Part, To

_UNITS: Final[tuple[tuple[str, str, float], ...]] = (
    ("minutes", "minutes?|mins?|m", 1),
    ("minutes", "hours?|hrs?|h", 60),
    ("days", "days?|d", 1),
    ("days", "weeks?|wks?|w", 7),
    ("days", "fortnights?", 14),
    ("months", "months?|mos?", 1),
    ("months", "years?|yrs?", 12),
    ("workdays", "(?:business|working|work|week) ?days?", 1),
)
_UNIT: Final = f"(?:{'|'.join(names for _, names, _ in _UNITS)}){WORD_END}'?(?:s\\b)?"
_FIGURES: Final = r"[0-9]{1,5}(?:\.[0-9]{1,2})?"
_SAID_AMOUNT: Final = (
    rf"(?:{EN}|an?|one)\sand\sa\shalf|half\san?|half|(?:a\s)?quarter\sof\san"
    rf"|three\squarters\sof\san|(?:a\s)?couple(?:\sof)?|{EN_WORD}|an?"
)
_STRETCH: Final = (
    rf"(?:{_FIGURES}\s?|(?<![a-z])(?:{_SAID_AMOUNT})\s){_UNIT}(?:\sand\sa\shalf{WORD_END})?"
)


def forms() -> list[Pattern]:
    """The forms that name an hour or a stretch of time."""
    return [*_clocks(), *_parts(), *_stretches()]


def _clocks() -> list[Pattern]:
    half = rf"(?:\s?{HALF})?"
    small = "(?:five|ten|twenty|twenty[ -]?five|5|10|20|25)"
    return [
        pattern(
            rf"(?:12\s)?(?:noon|midday)(?:ish)?{WORD_END}|noontime{WORD_END}",
            Clock(12, written=True),
        ),
        pattern(f"midnight{WORD_END}", Clock(24, written=True)),
        pattern(
            rf"(?P<hour>{EN})\s?o'?\s?clock{WORD_END}{half}",
            lambda m: _said(m["hour"], "", m["half"]),
        ),
        pattern(
            rf"half(?:\s|-)(?:past\s)?(?P<hour>{EN}){WORD_END}(?!\s?(?:{_UNIT})){half}",
            lambda m: _said(m["hour"], "30", m["half"]),
        ),
        pattern(
            rf"(?:a\s)?quarter\s(?:past|after)\s(?P<hour>{EN}){WORD_END}{half}",
            lambda m: _said(m["hour"], "15", m["half"]),
        ),
        pattern(
            rf"(?P<min>{EN})\s(?:minutes?\s|mins?\s)?(?:past|after)\s(?P<hour>{EN}){WORD_END}{half}",
            lambda m: _said(m["hour"], str(en_number(m["min"])), m["half"]),
        ),
        pattern(
            rf"(?:a\s)?quarter\s(?:to|before|of|till)\s(?P<hour>{EN}){WORD_END}{half}",
            lambda m: _to_go(m["hour"], 15, m["half"]),
        ),
        pattern(
            rf"(?P<min>{EN})\s(?:minutes?|mins?)\s(?:to|before|of|till)\s(?P<hour>{EN}){WORD_END}{half}",
            lambda m: _to_go(m["hour"], en_number(m["min"]), m["half"]),
        ),
        # Without `minutes`, `five to six` is a clock and `3 to 5` a span.
        pattern(rf"(?P<min>{small})\s(?:to|till)\s(?P<hour>{EN}){WORD_END}{half}", _short_to_go),
        pattern(
            rf"(?P<hour>{EN_WORD})[ -](?:oh[ -])?(?P<min>{EN_WORD}){WORD_END}{half}",
            lambda m: _said(m["hour"], str(en_number(m["min"])), m["half"]),
        ),
        pattern(rf"(?P<hour>{EN_WORD})\s?{HALF}", lambda m: _said(m["hour"], "", m["half"])),
        pattern(rf"(?P<n>{EN_WORD}){WORD_END}", _number_word),
        pattern(
            r"(?P<hour>[0-9]{1,2})(?::(?P<min>[0-9]{2}))?\s?-?ish" + WORD_END,
            lambda m: (clock(m["hour"], m["min"] or ""), Bound("about")),
        ),
    ]


def _said(hour: str, minute: str, half: str | None) -> Clock:
    return clock(str(en_number(hour)), minute, "", half or "")


def _to_go(hour: str, minutes: int, half: str | None) -> Clock:
    named = en_number(hour)
    if not (1 <= minutes < 60 and named <= 24):
        raise ValueError(hour)
    if not half:
        before = (named - 2) % 12 + 1 if 1 <= named <= 12 else (named - 1) % 24
        return clock(str(before), str(60 - minutes))
    # Ten to twelve pm lies before noon: twelve turns the half of the day.
    morning = (half_of(half) == "am") != (named == 12)
    before = (named - 2) % 12 + 1
    return clock(str(before), str(60 - minutes), "", "am" if morning else "pm")


def _short_to_go(match: re.Match[str]) -> Meaning:
    minutes, hour = en_number(match["min"]), en_number(match["hour"])
    if match["min"].isdigit() and match["hour"].isdigit() and hour == minutes + 1:
        half = match["half"] or ""
        return (Number(minutes, str(minutes)), To(word=True), clock(str(hour), "", "", half))
    return _to_go(match["hour"], minutes, match["half"])


def _number_word(match: re.Match[str]) -> Meaning:
    value = en_number(match["n"])
    return Number(value, str(value))


def _part(part: Part, minute: int | None = None) -> InPart:
    return InPart(part, part.value[2] if minute is None else minute)


def _parts() -> list[Pattern]:
    parts: tuple[tuple[str, InPart], ...] = (
        ("(?:in the )?early morning|before work", _part(Part.EARLY)),
        ("first thing(?: in the morning)?", _part(Part.MORNING, 9 * 60)),
        ("mornings?|mid-?morning|forenoon", _part(Part.MORNING)),
        ("late morning|before lunch", _part(Part.MORNING, 11 * 60)),
        ("lunch ?time|lunch", _part(Part.NOON)),
        ("after lunch", _part(Part.AFTERNOON, 14 * 60)),
        ("early afternoon", _part(Part.AFTERNOON, 13 * 60)),
        ("afternoons?|mid-?afternoon|arvo", _part(Part.AFTERNOON)),
        ("late afternoon", _part(Part.AFTERNOON, 16 * 60 + 30)),
        (
            "(?:the )?end of (?:the |play )?day|eod|cob|close of business",
            _part(Part.AFTERNOON, 17 * 60),
        ),
        ("early evening", _part(Part.EVENING, 18 * 60)),
        ("after work", _part(Part.EVENING, 18 * 60 + 30)),
        ("evenings?|nights?", _part(Part.EVENING)),
        ("late evening", _part(Part.EVENING, 20 * 60)),
    )
    return [pattern(f"(?:{words}){WORD_END}", part) for words, part in parts]


def _stretches() -> list[Pattern]:
    many = rf"(?P<stretch>{_STRETCH}(?:(?:\s?,\s?|\sand\s|\s)?{_STRETCH})*)"
    return [
        pattern(
            rf"(?P<lead>in\s(?:about\s)?|after\s|within\s|[+-]\s?)?{many}"
            rf"(?P<end>\s(?:from now|from today|later|hence|time|ago){WORD_END})?",
            _offset,
        ),
        pattern(rf"(?:in|within)\sthe\s(?:next\s)?hour{WORD_END}", Offset(60, within=True)),
    ]


@cache
def _one_stretch() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?P<figures>{_FIGURES})\s?|(?<![a-z])(?P<said>{_SAID_AMOUNT})\s)(?P<unit>{_UNIT})"
        rf"(?P<more>\sand\sa\shalf{WORD_END})?"
    )


def _offset(match: re.Match[str]) -> Meaning:
    totals = {"minutes": 0.0, "days": 0.0, "months": 0.0, "workdays": 0.0}
    for part in _one_stretch().finditer(match["stretch"]):
        name = part["unit"].removesuffix("s").rstrip("'")
        field, _, worth = next(
            entry
            for entry in _UNITS
            if re.fullmatch(entry[1], name) or re.fullmatch(entry[1], part["unit"])
        )
        amount = _amount(part["figures"] or part["said"]) + 0.5 * bool(part["more"])
        totals[field] += amount * worth
    if any(totals[field] % 1 for field in ("days", "months", "workdays")):
        raise ValueError(match[0])
    lead, end = (match["lead"] or "").strip(), (match["end"] or "").strip()
    sign = -1 if lead == "-" or end == "ago" else 1
    return Offset(
        **{field: round(total) * sign for field, total in totals.items()}, within=lead == "within"
    )


def _amount(text: str) -> float:
    if text.endswith("and a half"):
        return _amount(text.removesuffix("and a half").strip()) + 0.5
    if text.startswith("three quarters"):
        return 0.75
    if "quarter" in text:
        return 0.25
    if text.startswith("half"):
        return 0.5
    if "couple" in text:
        return 2
    if text in {"a", "an"}:
        return 1
    return float(text) if text[0].isdigit() else en_number(text)
