"""Which rows of law differ between two versions of the rules, so that leads are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from content.calling_hours import calling_hours_in
from content.caps import caps_in
from content.case_timers import case_timers_in
from content.outcomes import outcomes_in
from content.rule_files import FILES
from domain.calling_rules import Rule
from domain.caps import HOUSE, Cap
from domain.case_timer import Timer
from domain.errors import InputError

_LONGEST: Final = 200


def law_changed(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """The rows of law that differ, in few words that need no language; "" where none does.

    Args:
        old: the files of rules that were shipped before, by name.
        new: those that are shipped now.
    """
    text = ", ".join(
        (
            *_told(_hours_changed, "calling_hours", old, new),
            *_told(_caps_changed, "caps", old, new),
            *_told(_timers_changed, "case_timers", old, new),
        )
    )
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _told(
    compare: Callable[[Mapping[str, str], Mapping[str, str]], list[str]],
    name: str,
    old: Mapping[str, str],
    new: Mapping[str, str],
) -> list[str]:
    if name not in old or old[name] == new[name]:
        return []
    try:
        return compare(old, new)
    except InputError:
        return [FILES[name]]  # written for another program: nobody can tell the rows apart


def _hours_changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    before, after = ({_key(row): row for row in _rows(one["calling_hours"])} for one in (old, new))
    keys = sorted({*before, *after})
    differing = [key for key in keys if before.get(key) != after.get(key)]
    return list(dict.fromkeys(f"{place} {purpose}" for place, purpose, _ in differing))


def _rows(text: str) -> list[Rule]:
    return [row for row in calling_hours_in(text, FILES["calling_hours"]).rows if row.is_law]


def _key(row: Rule) -> tuple[str, str, str]:
    return row.place, row.purpose, str(row.since or "")


def _timers_changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    before, after = ({row.key: row for row in _timers(one["case_timers"])} for one in (old, new))
    differing = [key for key in {*before, *after} if before.get(key) != after.get(key)]
    return [" ".join(key) for key in sorted(differing)]


def _timers(text: str) -> list[Timer]:
    return [row for row in case_timers_in(text, FILES["case_timers"]) if row.is_law]


def _caps_changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    before, after = (_caps(one) for one in (old, new))
    return sorted(code for code in {*before, *after} if before.get(code) != after.get(code))


def _caps(files: Mapping[str, str]) -> dict[str, Cap]:
    known = outcomes_in(files["outcomes"], FILES["outcomes"])
    caps = caps_in(files["caps"], FILES["caps"], known).caps
    return {cap.code: cap for cap in caps if cap.place != HOUSE}
