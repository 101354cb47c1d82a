"""Rules that say in which hours a place may be called, as values that a release can store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, cast, get_args

from domain.campaign import Purpose
from domain.errors import InputError
from domain.public_days import OrdinaryDays, PublicDay, PublicDays
from domain.week import Windows, read_windows, write_windows

Confidence = Literal["primary", "secondary", "low", "house", "customer"]
"""How well a row is known: law as read, law as reported, contested, our own policy, asked for."""

PURPOSES: Final = tuple(purpose.value for purpose in Purpose)
ANY_PURPOSE: Final = "any"
ANYWHERE: Final = "*"
ANY_PART: Final = "-*"
"""Behind a country: a part of it that nobody knows, so that the rows of all its parts bind."""
CUSTOMER: Final = "customer"
UNWANTED: Final = "unwanted"
CAMPAIGN: Final = "campaign"
_ASKED_FOR: Final = frozenset({CUSTOMER, UNWANTED, CAMPAIGN})

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: when people of a place may be called for a purpose.

    Attributes:
        place: ISO 3166 code of a country or state (`US`, `US-FL`), `*` for everywhere,
            `customer` for hours that the customer asked for, `unwanted` for those outside the
            hours that they refuse, `campaign` for a campaign's own.
        purpose: one of `PURPOSES`, or `any`.
        days: windows by weekday, Monday first; none where the row says nothing about that day.
        holidays: windows on public holidays; none where they are days like others.
        eve: windows from Monday to Friday on the day before a holiday; none where it is a day
            like others.
        holidays_of: the place whose holidays count; empty where it is the row's own.
        clock: the zone whose clock the row goes by (IANA name) where it is not the customer's.
        since: the first local date on which the row holds; none where it always has.
        until: the local date from which it no longer holds; none where it still does.
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
    eve: Windows | None = None
    holidays_of: str = ""
    clock: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def is_law(self) -> bool:
        """Whether somebody outside the house made the rule, so that no wish overrides it."""
        return self.confidence not in {"house", CUSTOMER}

    @property
    def is_dated(self) -> bool:
        """Whether the row began or ended at a date."""
        return self.since is not None or self.until is not None

    def holds_on(self, day: date) -> bool:
        """Whether the row holds on a local date."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )

    def asks_calendar(self, day: date) -> bool:
        """Whether a local date has to be looked up in a calendar before its windows are known."""
        if self.holidays is not None or self.eve is not None:
            return True
        return self._may_be_made_up(day)

    def on(
        self, day: date, public: PublicDay | None = None, *, eve: bool = False
    ) -> Windows | None:
        """The windows of a local date; none where the row says nothing.

        Args:
            day: the date.
            public: what the calendar says of it; none where the row does not ask.
            eve: whether the next day is a public holiday.
        """
        if public is not None and public.holiday is not None and self.holidays is not None:
            return self.holidays
        if eve and self.eve is not None and day.weekday() < _SATURDAY:
            return self.eve
        if public is not None and public.made_up and self._may_be_made_up(day):
            return self.days[0]
        return self.days[day.weekday()]

    def _may_be_made_up(self, day: date) -> bool:
        """Whether the row would take a weekend day that people work for a weekday.

        Only the house says so: what a law calls a Saturday stays one.
        """
        return (
            not self.is_law
            and self.place not in _ASKED_FOR
            and day.weekday() >= _SATURDAY
            and self.days[day.weekday()] != self.days[0]
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """All rows in force, and whoever knows the public holidays that they speak of.

    Attributes:
        rows: the rows; exactly one of them is for everywhere and any purpose.
        calendar: the public holidays and working days.
    """

    rows: tuple[Rule, ...]
    calendar: PublicDays = field(default=OrdinaryDays(), compare=False, repr=False)

    @property
    def fallback(self) -> Rule:
        """The house row that holds where no other fits."""
        return next(row for row in self.rows if (row.place, row.purpose) == (ANYWHERE, ANY_PURPOSE))

    def binding(self, places: Iterable[str], purpose: str) -> tuple[Rule, ...]:
        """The rows that all have to allow a call, most exact place first.

        Args:
            places: where the phone may stand, most exact first; `US-*` where it is some part of
                the country that nobody knows; empty when nobody knows the country.
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
            if row.purpose in {purpose, ANY_PURPOSE} and _is_in(row.place, place)
        )
        return fit or (self.fallback,)


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
                "eve": write_windows(row.eve),
                "holidays_of": row.holidays_of,
                "clock": row.clock,
                "since": "" if row.since is None else row.since.isoformat(),
                "until": "" if row.until is None else row.until.isoformat(),
            }
            for row in rules.rows
        ],
    }


def rules_from_plain(plain: Mapping[str, object], calendar: PublicDays) -> Rules:
    """The rules that `rules_as_plain` wrote.

    Args:
        plain: what was stored.
        calendar: the public holidays, which are no part of a release.

    Raises:
        KeyError, TypeError, ValueError: it did not write them.
    """
    rows = cast("Sequence[Mapping[str, object]]", plain["rows"])
    return Rules(rows=tuple(_row(row) for row in rows), calendar=calendar)


def read_date(text: str) -> date | None:
    """A date such as `2026-10-18`; none where nothing is written.

    Raises:
        ValueError: it is no date.
    """
    return date.fromisoformat(text) if text else None


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
        eve=read_windows(str(plain["eve"])),
        holidays_of=str(plain["holidays_of"]),
        clock=str(plain["clock"]),
        since=read_date(str(plain["since"])),
        until=read_date(str(plain["until"])),
    )


def _is_in(row: str, place: str) -> bool:
    """Whether a row's place is a place, or may be the unknown part of a country."""
    return row == place or (place.endswith(ANY_PART) and row.startswith(place[: -len("*")]))
