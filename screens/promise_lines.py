"""Promises as the panes draw them: what, by when on both clocks, and how long there is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from content.owed import first_words
from content.promise_words import promised_text, spoken_moment
from content.translations import Language, translate
from content.variables import ScriptValues
from domain.promise import PromiseKind, left_said
from screens.times import clock_text
from widgets.customer_card import CardLine
from widgets.script_pane import ScriptLine

if TYPE_CHECKING:
    from db.promises import PromiseLine

STYLES: Final[Mapping[str, str]] = {
    "open": "$text-warning",
    "broken": "bold $text-error",
    "kept": "$text-success",
}
SIGNS: Final[Mapping[str, str]] = {
    "open": "!",
    "broken": "✗",
    "kept": "✓",
    "late": "✓",
    "withdrawn": "·",
}
OWED: Final = frozenset({"open", "broken"})


@dataclass(frozen=True, slots=True)
class PromiseWords:
    """Says promises in a language at a moment.

    Attributes:
        language: the language to speak.
        my_zone: IANA name of the desk's clock.
        now: the present, aware.
    """

    language: Language
    my_zone: str
    now: datetime

    def due(self, at: datetime, zone: str | None) -> str:
        """An instant on the desk's clock, and on the customer's where that shows another."""
        mine = clock_text(self.language, at, self.my_zone, self.now)
        if zone is None or _offset(at, zone) == _offset(at, self.my_zone):
            return mine
        theirs = clock_text(self.language, at, zone, self.now)
        return translate(self.language, "promise.both_clocks", mine=mine, theirs=theirs)

    def left(self, at: datetime) -> str:
        """How long there is left, or for how long it has been late."""
        said = left_said(at, self.now)
        return translate(self.language, said.key, **said.params)

    def line(
        self,
        kind: str,
        text: str,
        condition: str | None,
        due_at: datetime | None,
        state: str,
        zone: str | None,
        owner: str | None = None,
    ) -> CardLine:
        """One promise; what it is, by when, what is left, how it stands, whose it is."""
        parts = [promised_text(self.language, kind, text, condition)]
        if due_at is None:
            parts.append(translate(self.language, "promise.no_date"))
        else:
            parts.append(self.due(due_at, zone))
            if state in OWED:
                parts.append(self.left(due_at))
        if state != "open":
            parts.append(translate(self.language, f"promise.state.{state}"))
        if owner:
            parts.append(owner)
        return CardLine(" · ".join(parts), sign=SIGNS.get(state, "·"), style=STYLES.get(state, ""))


def owed_lines(
    language: Language,
    promises: tuple[PromiseLine, ...],
    values: ScriptValues,
    zone: str,
    now: datetime,
) -> tuple[ScriptLine, ...]:
    """What to say before the script: about the oldest broken promise; nothing where none is.

    Args:
        language: the language to speak.
        promises: what is owed to the customer, the oldest first.
        values: what the desk knows for the words of the call.
        zone: IANA name of the customer's zone.
        now: the present, aware.
    """
    broken = [one for one in promises if one.state == "broken" and one.due_at is not None]
    if not broken:
        return ()
    oldest = broken[0]
    due = "" if oldest.due_at is None else spoken_moment(language, oldest.due_at, zone, now)
    told = replace(values, promise_text=oldest.text, promise_due=due)
    lines = first_words(language, PromiseKind(oldest.kind), told)
    label = translate(language, "promise.first")
    shown = [
        ScriptLine(line.kind, line.text, label if place == 0 else "")
        for place, line in enumerate(lines)
    ]
    if len(broken) > 1:
        more = translate(language, "promise.more_broken", n=len(broken) - 1)
        shown.append(ScriptLine("advice", more))
    return tuple(shown)


def _offset(at: datetime, zone: str) -> object:
    return at.astimezone(ZoneInfo(zone)).utcoffset()
