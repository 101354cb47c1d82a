"""Public holidays and working days, as a rule asks for them; who knows them is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from domain.bilingual import Bilingual
from domain.said import Said

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class PublicDay:
    """What a calendar says about a local date of a place.

    Attributes:
        working: whether people work that day.
        holiday: the public holiday's name; none on other days.
        made_up: whether a day of the weekend is worked in exchange for a free one.
        doubt: what the calendar does not know for certain; none where it does.
    """

    working: bool
    holiday: Bilingual | None = None
    made_up: bool = False
    doubt: Said | None = None


class PublicDays(Protocol):
    """Whoever knows the public holidays and working days of places."""

    def on(self, place: str, day: date) -> PublicDay:
        """A date of a place.

        Args:
            place: ISO 3166 code of a country or of a part of it (`US`, `US-RI`); `DE-*` where any
                part's holiday counts.
            day: a date of the place's own calendar.
        """


@dataclass(frozen=True, slots=True)
class OrdinaryDays:
    """A calendar without holidays: Monday to Friday are worked."""

    def on(self, place: str, day: date) -> PublicDay:  # noqa: ARG002 - the same everywhere
        """A date, whatever the place."""
        return PublicDay(working=day.weekday() < _SATURDAY)
