"""Rules that say in which hours a place may be called, as values that a release can store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, cast, get_args

from domain.campaign import Purpose
from domain.errors import InputError
from domain.wall_clock import DAY_MINUTES, Window

Confidence = Literal["primary", "secondary", "low", "house", "customer"]
"""How well a row is known: law as read, law as reported, contested, our own policy, asked for."""

Windows = tuple[Window, ...]
Week = tuple[Windows, Windows, Windows, Windows, Windows, Windows, Windows]
"""Windows of the seven days, Monday first; minutes of the customer's own clock."""

PURPOSES: Final = tuple(purpose.value for purpose in Purpose)
ANY_PURPOSE: Final = "any"
ANYWHERE: Final = "*"
CUSTOMER: Final = "customer"

_WHOLE_DAY: Final[Windows] = ((0, DAY_MINUTES),)
ANYTIME: Final[Week] = (_WHOLE_DAY,) * 7
"""Preferred hours of a customer who named a time: house rows give way, law does not."""

_WINDOW: Final = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: when people of a place may be called for a purpose.

    Attributes:
        place: ISO 3166 code of a country or state (`US`, `US-FL`), `*` for everywhere, or
            `customer` for hours that the customer asked for.
        purpose: one of `PURPOSES`, or `any`.
        days: windows by weekday, Monday first; none where the row says nothing about that day.
        holidays: windows on public holidays; none where they are days like others.
        cap: how often, in words.
        note: what a reader of the row has to know.
        source: where the row comes from.
        confidence: how well it is known.
        as_of: month in which it was looked up, `2026-11`.
    """

    place: str
    purpose: str
    days: tuple[Windows | None, ...]
    holidays: Windows | None = None
    cap: str = ""
    note: str = ""
    source: str = ""
    confidence: Confidence = "house"
    as_of: str = ""

    @property
    def is_law(self) -> bool:
        """Whether somebody outside the house made the rule, so that no wish overrides it."""
        return self.confidence not in {"house", CUSTOMER}

    def on(self, day: date, *, holiday: bool) -> Windows | None:
        """The windows of a local date; none where the row says nothing."""
        if holiday and self.holidays is not None:
            return self.holidays
        return self.days[day.weekday()]


@dataclass(frozen=True, slots=True)
class Rules:
    """All rows in force, and the public holidays that they speak of.

    Attributes:
        rows: the rows; exactly one of them is for everywhere and any purpose.
        holidays: local dates by place.
    """

    rows: tuple[Rule, ...]
    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)

    @property
    def fallback(self) -> Rule:
        """The house row that holds where no other fits."""
        return next(row for row in self.rows if (row.place, row.purpose) == (ANYWHERE, ANY_PURPOSE))

    def binding(self, places: Iterable[str], purpose: str) -> tuple[Rule, ...]:
        """The rows that all have to allow a call, most exact place first.

        Args:
            places: where the phone may stand, most exact first; empty when nobody knows.
            purpose: one of `PURPOSES`.

        Raises:
            InputError: `purpose_unknown`.
        """
        if purpose not in PURPOSES:
            raise InputError("purpose_unknown", purpose=purpose[:40], known=", ".join(PURPOSES))
        fit = tuple(
            row
            for place in places
            for row in self.rows
            if row.place == place and row.purpose in {purpose, ANY_PURPOSE}
        )
        return fit or (self.fallback,)


def read_windows(text: str) -> Windows | None:
    """Windows as a row writes them: `09:00-12:00 14:00-20:00`, `none`; empty says nothing.

    Raises:
        ValueError: no windows, not in order, overlapping or beyond 24:00.
    """
    if not text:
        return None
    if text == "none":
        return ()
    windows: list[Window] = []
    for part in text.split():
        match = _WINDOW.fullmatch(part)
        if match is None:
            raise ValueError(part)
        hour, minute, end_hour, end_minute = map(int, match.groups())
        start, end = hour * 60 + minute, end_hour * 60 + end_minute
        earlier = windows[-1][1] if windows else 0
        if minute > 59 or end_minute > 59 or not earlier <= start < end <= DAY_MINUTES:
            raise ValueError(part)
        windows.append((start, end))
    return tuple(windows)


def write_windows(windows: Windows | None) -> str:
    """Windows as `read_windows` reads them."""
    if windows is None:
        return ""
    if not windows:
        return "none"
    clock = "{:02d}:{:02d}".format
    return " ".join(
        f"{clock(*divmod(start, 60))}-{clock(*divmod(end, 60))}" for start, end in windows
    )


def read_week(text: str) -> Week:
    """A week that `write_week` wrote: seven days' windows, Monday first, split by semicolons.

    Raises:
        ValueError: not seven days, or one that says nothing.
    """
    days = [read_windows(part.strip()) for part in text.split(";")]
    week = tuple(day for day in days if day is not None)
    if len(week) != 7 or len(days) != 7:
        raise ValueError(text)
    return week


def write_week(week: Week) -> str:
    """A week as one line, the same for equal weeks, so that it can be a key of stored windows."""
    return ";".join(write_windows(day) for day in week)


def rules_as_plain(rules: Rules) -> dict[str, object]:
    """The rules as JSON's own values, for a release to store."""
    return {
        "rows": [
            {
                "place": row.place,
                "purpose": row.purpose,
                "days": [write_windows(day) for day in row.days],
                "holidays": write_windows(row.holidays),
                "cap": row.cap,
                "note": row.note,
                "source": row.source,
                "confidence": row.confidence,
                "as_of": row.as_of,
            }
            for row in rules.rows
        ],
        "holidays": {
            place: sorted(day.isoformat() for day in days)
            for place, days in sorted(rules.holidays.items())
        },
    }


def rules_from_plain(plain: Mapping[str, object]) -> Rules:
    """The rules that `rules_as_plain` wrote.

    Raises:
        KeyError, TypeError, ValueError: it did not write them.
    """
    rows = cast("Sequence[Mapping[str, object]]", plain["rows"])
    holidays = cast("Mapping[str, Sequence[str]]", plain["holidays"])
    return Rules(
        rows=tuple(_row(row) for row in rows),
        holidays={
            place: frozenset(map(date.fromisoformat, days)) for place, days in holidays.items()
        },
    )


def as_confidence(word: str) -> Confidence:
    """The word itself when it is a degree of confidence.

    Raises:
        ValueError: it is none.
    """
    if word not in get_args(Confidence):
        raise ValueError(word)
    return cast("Confidence", word)


def _row(plain: Mapping[str, object]) -> Rule:
    return Rule(
        place=str(plain["place"]),
        purpose=str(plain["purpose"]),
        days=tuple(read_windows(day) for day in cast("Sequence[str]", plain["days"])),
        holidays=read_windows(str(plain["holidays"])),
        cap=str(plain["cap"]),
        note=str(plain["note"]),
        source=str(plain["source"]),
        confidence=as_confidence(str(plain["confidence"])),
        as_of=str(plain["as_of"]),
    )
