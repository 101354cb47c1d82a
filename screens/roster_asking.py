"""What the roster asks before it changes anything: reasons, days, deputies, patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from domain.record.days import Day, read_day
from domain.roster import REASONS
from domain.said import Said
from screens.choice import MOST, Choice
from screens.prompt import Prompt

if TYPE_CHECKING:
    from screens.frame import Acting

Colleague = tuple[int, str, str]
"""Id, login and name."""
_NUMBER: Final = re.compile(r"[0-9]{1,3}")
_MONTH_DAY: Final = re.compile(r"([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
WEEKS: Final = (1, 4, 12)


def last_day(text: str, first: date) -> date | None:
    """The last day of a leave as it was typed: a date, a date of the year, or a number of days."""
    typed = text.strip()
    if not typed:
        return first
    if _NUMBER.fullmatch(typed) and int(typed):
        return first + timedelta(days=int(typed) - 1)
    short = _MONTH_DAY.fullmatch(typed)
    if short is not None:
        month, day = int(short[1]), int(short[2])
        year = first.year + ((month, day) < (first.month, first.day))
        typed = f"{year}-{month:02d}-{day:02d}"
    found = read_day(typed)
    return found.solar if isinstance(found, Day) else None


def ask_reason(screen: Acting[Any], who: str, then: Callable[[str], object]) -> None:
    """Ask why somebody is away."""

    def chosen(place: int | None) -> None:
        if place is not None:
            then(REASONS[place])

    options = [Said(f"roster.reason.{one}") for one in REASONS]
    screen.app.push_screen(Choice(Said("roster.ask_reason", {"name": who}), options), chosen)


def ask_last_day(screen: Acting[Any], first: date, then: Callable[[date], object]) -> None:
    """Ask until when somebody is away; what can't be read is asked again."""

    def typed(text: str | None) -> None:
        if text is None:
            return
        found = last_day(text, first)
        if found is None or found < first:
            screen.say("roster.last_day_bad", text=text[:20])
            ask_last_day(screen, first, then)
            return
        then(found)

    asked = Prompt(
        Said("roster.ask_last_day"),
        Said("roster.last_day_hint", {"day": f"{first:%m-%d}"}),
        limit=20,
        may_be_empty=True,
    )
    screen.app.push_screen(asked, typed)


def ask_deputy(
    screen: Acting[Any],
    people: Sequence[Colleague],
    who: int,
    then: Callable[[str | None], object],
) -> None:
    """Ask who stands in: a digit where there are few, else a name; nobody means the pool."""
    others = [one for one in people if one[0] != who]
    title = Said("roster.ask_deputy")
    if len(others) < MOST:

        def chosen(place: int | None) -> None:
            if place is not None:
                then(others[place - 1][1] if place else None)

        options: list[Said | str] = [Said("roster.to_pool"), *(one[2] for one in others)]
        screen.app.push_screen(Choice(title, options), chosen)
        return

    def typed(text: str | None) -> None:
        if text is not None:
            then(text or None)

    asked = Prompt(title, Said("roster.deputy_hint"), limit=120, may_be_empty=True)
    screen.app.push_screen(asked, typed)


def ask_weeks(screen: Acting[Any], title: Said, then: Callable[[int], object]) -> None:
    """Ask for how many weeks."""

    def chosen(place: int | None) -> None:
        if place is not None:
            then(WEEKS[place])

    options = [Said("roster.weeks", {"n": n}) for n in WEEKS]
    screen.app.push_screen(Choice(title, options), chosen)
