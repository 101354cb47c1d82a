"""Cases in words: each code has a sign beside its name, so that no colour stands alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from content.translations import Language
from domain.case import Level
from domain.case_next import NextAction, NextKind
from domain.rulebook import Rulebook
from domain.said import Said
from screens.times import clock_text

if TYPE_CHECKING:
    from screens.call_views import Say

LEVEL_SIGNS: Final[Mapping[str, str]] = {"local": "", "skip_level": "^", "regulator": "^^"}
PHASE_SIGNS: Final[Mapping[str, str]] = {
    "overdue": "!!",
    "warned": "!",
    "paused": "=",
    "running": "·",
    "met": "✓",
    "stopped": "-",
}
PHASE_TONES: Final[Mapping[str, str]] = {"overdue": "urgent", "warned": "warm", "paused": "muted"}
PHASE_STYLES: Final[Mapping[str, str]] = {
    "overdue": "bold $text-error",
    "warned": "bold $text-warning",
    "paused": "$muted",
    "met": "$text-success",
    "stopped": "$muted",
}
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


class CaseWords:
    """Names the codes of cases in a language, on a clock.

    Args:
        say: gives sentences.
        language: the language to speak.
        my_zone: IANA name of the operator's clock.
        now: the present instant, aware.
        rules: the rules in force.
        dated: whether every instant is told with its date, as on paper.
    """

    def __init__(
        self,
        say: Say,
        language: Language,
        my_zone: str,
        now: datetime,
        rules: Rulebook,
        *,
        dated: bool = False,
    ) -> None:
        self.say = say
        self.language = language
        self.now = now
        self._my_zone = my_zone
        self._rules = rules.cases
        self._dated = dated

    def level(self, code: str) -> str:
        """A level with its sign."""
        name = self._rules.levels[Level(code)].name.of(self.language)
        return f"{LEVEL_SIGNS[code]} {name}".strip()

    def level_rule(self, code: str) -> str:
        """What a level asks of us."""
        return self._rules.levels[Level(code)].rule.of(self.language)

    def weight(self, code: str) -> str:
        """Grumble, complaint or appeal."""
        return self.say(f"case.weight.{code}")

    def status(self, code: str) -> str:
        """How far a case is."""
        return self.say(f"case.status.{code}")

    def phase(self, code: str) -> str:
        """How a limit stands, with its sign."""
        return f"{PHASE_SIGNS[code]} {self.say(f'case.phase.{code}')}"

    def category(self, code: str | None) -> str:
        """What it is about; the code itself where the rules have it no more."""
        known = self._rules.categories.get(code or "")
        return (code or "") if known is None else known.of(self.language)

    def department(self, code: str | None) -> str:
        """A department; the code itself where the rules have it no more."""
        known = self._rules.departments.get(code or "")
        return (code or "") if known is None else known.name.of(self.language)

    def cause(self, code: str | None) -> str:
        """Why the customer complained; the code itself where the rules have it no more."""
        known = self._rules.causes.get(code or "")
        return (code or "") if known is None else known.name.of(self.language)

    def verdict(self, code: str | None) -> str:
        """What the customer said of the resolution."""
        known = self._rules.verdicts.get(code or "")
        return (code or "") if known is None else known.name.of(self.language)

    def customer_class(self, code: str | None) -> str:
        """A class of customers with its letter; empty where nobody named one."""
        known = self._rules.classes.get(code or "")
        return (code or "") if known is None else f"{code} {known.name.of(self.language)}"

    def technique(self, code: str | None) -> str:
        """How to speak with a class of customers; empty where nobody named one."""
        known = self._rules.classes.get(code or "")
        return "" if known is None else known.technique.of(self.language)

    def at(self, instant: datetime) -> str:
        """An instant on one's own clock."""
        return self._on_clock(instant, self._my_zone)

    def _on_clock(self, instant: datetime, zone: str) -> str:
        if self._dated:
            return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
        return clock_text(self.language, instant, zone, self.now)

    def brief(self, instant: datetime) -> str:
        """An instant on one's own clock in as few cells as possible: `14:30`, `11-20 14:30`."""
        here = ZoneInfo(self._my_zone)
        local = instant.astimezone(here)
        today = self.now.astimezone(here)
        if local.date() == today.date():
            return f"{local:%H:%M}"
        return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d}"

    def both(self, instant: datetime, zone: str | None) -> str:
        """An instant on one's own clock, and on the customer's where that shows another time."""
        mine = self.at(instant)
        if zone is None:
            return mine
        here, there = (instant.astimezone(ZoneInfo(one)) for one in (self._my_zone, zone))
        if here.utcoffset() == there.utcoffset():
            return mine
        same_day = here.date() == there.date()
        theirs = f"{there:%H:%M}" if same_day else self._on_clock(instant, zone)
        return self.say("case.both_clocks", mine=mine, theirs=theirs)

    def theirs(self, instant: datetime, zone: str | None) -> str:
        """An instant on the customer's clock, briefly; empty where nobody knows their zone."""
        if zone is None:
            return ""
        local = instant.astimezone(ZoneInfo(zone))
        same = local.date() == self.now.astimezone(ZoneInfo(zone)).date()
        return f"{local:%H:%M}" if same else f"{local:%m-%d %H:%M}"

    def span(self, left: timedelta) -> str:
        """A stretch of time, as coarse as it is long: `2 d 3 h`, `45 min`."""
        left = abs(left)
        if left >= _DAY:
            return self.say("case.span.days", days=left // _DAY, hours=left % _DAY // _HOUR)
        if left >= _HOUR:
            minutes = left % _HOUR // timedelta(minutes=1)
            return self.say("case.span.hours", hours=left // _HOUR, minutes=minutes)
        return self.say("case.span.minutes", minutes=left // timedelta(minutes=1))

    def next_action(self, coming: NextAction) -> str:
        """What is to be done next."""
        if coming.what is not None and coming.kind in (NextKind.TIMER, NextKind.SLIP):
            return self.say(f"case.next.{coming.kind}", what=coming.what.of(self.language))
        if coming.kind is NextKind.SLIP:
            return self.say("case.next.slip", what=Said("case.a_department"))
        return self.say(f"case.next.{coming.kind}")
