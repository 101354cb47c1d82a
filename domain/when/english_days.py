"""Days and dates as English says them."""

from __future__ import annotations

import re
from typing import Final

from domain.when.numerals import EN, WORD_END, en_number
from domain.when.pattern import Meaning, Pattern, pattern
from domain.when.pieces import Day, Edge, InPart, Nudge, Part, Shift, Week, Weekday

_WEEKDAYS: Final = (
    "mon(?:day)?",
    "tue(?:s(?:day)?)?",
    "wed(?:s|nesday)?",
    "thu(?:r(?:s(?:day)?)?)?",
    "fri(?:day)?",
    "sat(?:urday)?",
    "sun(?:day)?",
)
_WEEKDAY: Final = "|".join(f"(?:{name})" for name in _WEEKDAYS)
_MONTHS: Final = (
    "jan(?:uary)?",
    "feb(?:ruary)?",
    "mar(?:ch)?",
    "apr(?:il)?",
    "may",
    "june?",
    "july?",
    "aug(?:ust)?",
    "sep(?:t(?:ember)?)?",
    "oct(?:ober)?",
    "nov(?:ember)?",
    "dec(?:ember)?",
)
_MONTH: Final = f"(?P<month>{'|'.join(_MONTHS)})\\.?"
_ORDINALS_SAID: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first "
    "twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh "
    "twenty-eighth twenty-ninth thirtieth thirty-first"
)
_ORDINALS: Final = tuple(_ORDINALS_SAID.split())
_ORDINAL: Final = "|".join(sorted(_ORDINALS, key=len, reverse=True)).replace("-", "[ -]")
_DAY: Final = rf"(?P<day>[0-9]{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL})"
_ORDINAL_DAY: Final = rf"(?P<day>[0-9]{{1,2}}(?:st|nd|rd|th)|{_ORDINAL})"
_WEEKS: Final = {"this": 0, "next": 1, "last": -1}
_EDGES: Final[dict[str, Edge]] = {
    "end": "end",
    "late": "end",
    "start": "start",
    "beginning": "start",
    "early": "start",
    "middle": "middle",
    "mid": "middle",
}
_EDGE: Final = (
    "(?P<edge>end of|late in|late|start of|beginning of|early in|early|middle of|mid)[ -]"
)

_EVENING: Final = InPart(Part.EVENING, Part.EVENING.value[2])


def forms() -> list[Pattern]:
    """The forms that name a day."""
    return [*_days(), *_dates()]


def _days() -> list[Pattern]:
    which = "this coming|the coming|coming|this|next|last"
    return [
        pattern(f"today{WORD_END}", Shift(0)),
        pattern(rf"(?:tom+or+ow|tmr+w?|tomoz|2moro|the next day|next day){WORD_END}", Shift(1)),
        pattern(rf"today\sweek{WORD_END}", Shift(7)),
        pattern(rf"tom+or+ow\sweek{WORD_END}", Shift(8)),
        pattern(f"(?:the )?day after (?:tom+or+ow|tmr+w?){WORD_END}", Shift(2)),
        pattern(f"yesterday{WORD_END}", Shift(-1)),
        pattern(f"(?:the )?day before yesterday{WORD_END}", Shift(-2)),
        pattern(f"toni(?:ght|te){WORD_END}", (Shift(0), _EVENING)),
        pattern(f"last night{WORD_END}", (Shift(-1), _EVENING)),
        pattern(r"this(?=\s(?:morning|afternoon|evening|lunch))", Shift(0)),
        pattern(rf"(?:(?P<which>{which})\s)?(?P<name>{_WEEKDAY}){WORD_END}\.?", _weekday),
        pattern(
            rf"(?P<name>{_WEEKDAY})\sweek{WORD_END}",
            lambda m: (Weekday(_weekday_of(m["name"])), Nudge(7)),
        ),
        pattern(rf"(this|next|last)\sweek{WORD_END}", _week),
        pattern(rf"(?:the\s)?week\safter\snext{WORD_END}", Week(2)),
        pattern(rf"{_EDGE}(?:the\s|this\s)?(?P<next>next\s)?week{WORD_END}", _week_edge),
        pattern(rf"eow{WORD_END}|week's end{WORD_END}|week[ -]end{WORD_END}", Week(0, "end")),
        pattern(rf"mid-?week{WORD_END}", Week(0, "middle")),
        pattern(
            rf"(?:(?P<which>this|next|last|the)\s)?weekend{WORD_END}",
            lambda m: Week(_WEEKS.get(m["which"], 0), "weekend"),
        ),
        pattern(rf"(?:(?P<n>{EN}|an?)\s)?weeks?\s(?:from|after|on)\s(?!now)", _nudge),
        pattern(rf"(?P<n>{EN}|an?)\sdays?\s(?:from|after)\s(?!now)", _nudge),
    ]


def _weekday_of(text: str) -> int:
    return next(day for day, name in enumerate(_WEEKDAYS) if re.fullmatch(name, text))


def _weekday(match: re.Match[str]) -> Meaning:
    which = match["which"]
    week = _WEEKS.get(which)
    return Weekday(_weekday_of(match["name"]), week, doubtful=which == "next")


def _week(match: re.Match[str]) -> Meaning:
    return Week(_WEEKS[match[1]], "end" if match[1] == "this" else "start")


def _week_edge(match: re.Match[str]) -> Meaning:
    return Week(1 if match["next"] else 0, _EDGES[match["edge"].split()[0]])


def _nudge(match: re.Match[str]) -> Meaning:
    said = match["n"] or "a"
    amount = 1 if said in {"a", "an"} else en_number(said)
    return Nudge(amount * (7 if "week" in match[0] else 1))


def _dates() -> list[Pattern]:
    # `nov 3pm` and `nov 3:30` lack their day; better unread than wrong.
    no_clock = r"(?![0-9a-z]|\s?:|\s?[ap]\.?m)"
    year = r"(?:,\s?(?P<year>[0-9]{4})|\s?'(?P<short>[0-9]{2}))?"
    return [
        pattern(rf"{_MONTH}\s?(?:the\s)?{_DAY}{no_clock}{year}", _month_day),
        pattern(rf"(?:the\s)?{_DAY}(?:\sof)?[\s-]?{_MONTH}{WORD_END}{year}", _month_day),
        pattern(rf"(?:the\s)?{_ORDINAL_DAY}{WORD_END}", lambda m: Day(day=_day_of(m["day"]))),
        pattern(rf"{_EDGE}{_MONTH}{WORD_END}", _month_edge),
        pattern(rf"in\s{_MONTH}{WORD_END}", lambda m: Day(month=_month_of(m["month"]))),
        pattern(rf"(this|next|last)\smonth{WORD_END}", lambda m: Day(month_shift=_WEEKS[m[1]])),
        pattern(rf"{_EDGE}(?:the\s)?(?P<which>this\s|next\s)?month{WORD_END}", _near_month_edge),
        pattern(rf"month[ -]end{WORD_END}|eom{WORD_END}", Day(edge="end")),
        pattern(rf"(this|next)\syear{WORD_END}", lambda m: Day(year_shift=_WEEKS[m[1]])),
        pattern(
            rf"(?:end of (?:the |this )?year|year[ -]end|eoy){WORD_END}",
            Day(year_shift=0, month=12, day=31),
        ),
    ]


def _month_of(text: str) -> int:
    return next(place for place, name in enumerate(_MONTHS, 1) if re.fullmatch(name, text))


def _day_of(text: str) -> int:
    if text[0].isdigit():
        day = int(re.sub("[a-z]", "", text))
    else:
        day = _ORDINALS.index(text.replace(" ", "-")) + 1
    if not 1 <= day <= 31:
        raise ValueError(text)
    return day


def _month_day(match: re.Match[str]) -> Meaning:
    year = match["year"] or (match["short"] and "20" + match["short"])
    return Day(
        year=int(year) if year else None, month=_month_of(match["month"]), day=_day_of(match["day"])
    )


def _month_edge(match: re.Match[str]) -> Meaning:
    return Day(month=_month_of(match["month"]), edge=_EDGES[match["edge"].split()[0]])


def _near_month_edge(match: re.Match[str]) -> Meaning:
    which = match["which"]
    return Day(
        month_shift=_WEEKS[which.strip()] if which else None, edge=_EDGES[match["edge"].split()[0]]
    )
