"""The shipped rules of an operator's day: pauses with limits, and the countdown of wrap-up."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from content.campaigns import campaigns
from content.outcomes import outcomes
from content.toml_file import FOLDER, read_toml
from domain.day_rules import DayRules, Pause, WrapUp, pauses_of, wrap_up_of
from domain.outcome import OutcomeTable, OutcomeType, PersonEffect, TimeAsked

PAUSES = FOLDER / "pauses.toml"
WRAP_UP = FOLDER / "wrap_up.toml"


def load_pauses(path: Path) -> tuple[Pause, ...]:
    """The pauses of a file.

    Raises:
        InputError: `content_bad`, naming the entry.
    """
    return pauses_of(read_toml(path), path.name)


def load_wrap_up(path: Path) -> tuple[WrapUp, dict[str, WrapUp]]:
    """The wrap-up of the house and of single campaigns, as a file says.

    Raises:
        InputError: `content_bad`, naming the entry; also for a campaign that nobody knows, and for
            an outcome that can't be saved without a person.
    """
    codes = [one.code for one in campaigns()]
    house, own = wrap_up_of(read_toml(path), path.name, codes, savable(outcomes()))
    return house, dict(own)


def savable(table: OutcomeTable) -> tuple[str, ...]:
    """The outcomes that end a talk and ask a person for nothing: no time, no note, no name."""
    return tuple(
        one.code
        for one in table.endings
        if one.contacted
        and one.time is TimeAsked.NO
        and not one.needs_note
        and one.kind is OutcomeType.FINAL
        and one.person is PersonEffect.NONE
    )


@cache
def day_rules() -> DayRules:
    """The rules that the desk ships with."""
    house, own = load_wrap_up(WRAP_UP)
    return DayRules(load_pauses(PAUSES), house, own)
