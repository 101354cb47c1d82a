"""The timeline of a case: everything that happened, day by day, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from domain.case import EntryKind
from domain.rulebook import Rulebook
from screens.case_words import CaseWords
from screens.times import day_text
from widgets.customer_card import CardLine, CardSection, CardView

if TYPE_CHECKING:
    from db.case_story import StoryLine

_SIGNS: Final[Mapping[str, str]] = {
    "opened": "!",
    "raised": "^",
    "escalated": "^",
    "deescalated": "v",
    "call": ">",
    "note": "✎",
    "inspection": "✎",
    "understanding": "✎",
    "wish": "?",
    "promise_made": "!",
    "promise_kept": "✓",
    "promise_late": "✓",
    "promise_broken": "✗",
    "timer_met": "✓",
    "paused": "=",
    "resolution": "■",
    "verdict": "■",
    "review": "■",
    "closed": "■",
    "reopened": "!",
}
_STYLES: Final[Mapping[str, str]] = {
    "opened": "bold",
    "escalated": "bold $text-warning",
    "raised": "bold $text-warning",
    "reopened": "bold $text-warning",
    "promise_broken": "bold $text-error",
    "promise_kept": "$text-success",
    "timer_started": "$muted",
    "timer_stopped": "$muted",
    "changed": "$muted",
    "resolution": "bold",
    "verdict": "bold",
    "closed": "bold",
}


class StoryTeller:
    """Tells the entries of a case.

    Args:
        words: names the codes.
        my_zone: IANA name of the operator's clock; days are its days.
        rules: for the names of limits and endings.
    """

    def __init__(self, words: CaseWords, my_zone: str, rules: Rulebook) -> None:
        self._words = words
        self._say = words.say
        self._zone = ZoneInfo(my_zone)
        self._rules = rules
        self._limits = {one.key: one for one in rules.timers}
        self._told: Mapping[str, Callable[[Mapping[str, Any]], Iterable[str]]] = {
            EntryKind.OPENED: self._opening,
            EntryKind.RAISED: self._levelled,
            EntryKind.ESCALATED: self._moved,
            EntryKind.DEESCALATED: self._moved,
            EntryKind.TIMER_STARTED: self._limit,
            EntryKind.TIMER_MET: self._limit,
            EntryKind.TIMER_STOPPED: self._limit,
            EntryKind.PAUSED: self._limit,
            EntryKind.RESUMED: self._limit,
            EntryKind.CALL: self._call,
            EntryKind.CHANGED: self._fields,
            EntryKind.SLIP_SENT: self._slip,
            EntryKind.SLIP_ANSWERED: self._slip,
            EntryKind.SLIP_WITHDRAWN: self._slip,
            EntryKind.VERDICT: self._verdict,
            "wish": self._wish,
            "promise_made": self._promise,
        }

    def view(self, entries: Iterable[StoryLine], *, newest_first: bool) -> CardView:
        """The timeline under a heading for each day."""
        lines = list(entries)
        if newest_first:
            lines.reverse()
        days: dict[str, list[CardLine]] = {}
        for one in lines:
            local = one.at.astimezone(self._zone)
            heading = day_text(self._words.language, local, self._words.now)
            days.setdefault(heading, []).extend(self._lines(one, local))
        return CardView("", tuple(CardSection(day, tuple(told)) for day, told in days.items()))

    def sentence(self, one: StoryLine) -> str:
        """What happened, with who did it and in which words."""
        what = self._say(f"case.entry.{one.kind}")
        if one.to is not None and one.to != one.operator:
            what = self._say("case.entry_to", what=what, name=one.to)
        parts = [what, *self._details(one), one.operator]
        if one.undone:
            parts.append(self._say("case.undone"))
        told = " · ".join(part for part in parts if part)
        return self._say("case.told", what=told, text=one.text) if one.text else told

    def _lines(self, one: StoryLine, local: datetime) -> Iterable[CardLine]:
        style = "$muted" if one.undone else _STYLES.get(one.kind, "")
        sign = _SIGNS.get(one.kind, "·")
        yield CardLine(f"{local:%H:%M} {self.sentence(one)}", sign=sign, style=style)

    def _details(self, one: StoryLine) -> Iterable[str]:
        told = self._told.get(one.kind)
        return () if told is None else told(one.data)

    # -- what the data of an entry says -----------------------------------------------------

    def _opening(self, data: Mapping[str, Any]) -> Iterable[str]:
        yield self._words.weight(data["weight"])
        yield self._words.level(data["level"])

    def _levelled(self, data: Mapping[str, Any]) -> Iterable[str]:
        if "level" in data:
            yield self._words.level(data["level"])

    def _moved(self, data: Mapping[str, Any]) -> Iterable[str]:
        yield f"{self._words.level(data['from'])} › {self._words.level(data['to'])}"

    def _limit(self, data: Mapping[str, Any]) -> Iterable[str]:
        known = self._limits.get((data["regime"], data["step"]))
        yield data["step"] if known is None else known.step_name.of(self._words.language)
        if "due_at" in data:
            yield self._say("case.by", at=self._instant(data["due_at"]))
        if data.get("late"):
            yield self._say("case.late")

    def _call(self, data: Mapping[str, Any]) -> Iterable[str]:
        outcome = data.get("outcome")
        if outcome:
            yield self._rules.outcomes.name_of(outcome).of(self._words.language)
        if data.get("mood"):
            yield self._say(f"call.light.{data['mood']}")
        if data.get("direction") == "in":
            yield self._say("call.rang_us")

    def _fields(self, data: Mapping[str, Any]) -> Iterable[str]:
        names = {
            "category": self._words.category,
            "cause": self._words.cause,
            "customer_class": self._words.customer_class,
            "department": self._words.department,
            "status": self._words.status,
        }
        for name in data.get("fields", ()):
            label = self._say(f"case.field.{name}")
            value = data.get(name)
            shown = names[name](value) if name in names and value else value
            yield f"{label}: {shown}" if shown else label

    def _slip(self, data: Mapping[str, Any]) -> Iterable[str]:
        if data.get("department"):
            yield self._words.department(data["department"])
        if data.get("reply_by"):
            yield self._say("case.by", at=self._instant(data["reply_by"]))

    def _wish(self, data: Mapping[str, Any]) -> Iterable[str]:
        yield self._say(f"customer.wish.{data['state']}")

    def _promise(self, data: Mapping[str, Any]) -> Iterable[str]:
        if data.get("due_at"):
            yield self._say("case.by", at=self._instant(data["due_at"]))

    def _verdict(self, data: Mapping[str, Any]) -> Iterable[str]:
        yield self._words.verdict(data.get("verdict"))

    def _instant(self, stored: str) -> str:
        return self._words.at(datetime.fromisoformat(stored))
