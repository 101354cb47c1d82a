"""What the cases of a period teach, in words: for the screen and for the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from content.return_claims import ReturnClaim
from domain.case_returns import SHOP_GAPS, Handling, Returns
from domain.scoring import Interval
from screens.case_words import CaseWords

if TYPE_CHECKING:
    from db.case_learning import CaseLearning
    from domain.case_learning import GroupTimes, Pareto, StepTime

_WIDEST: Final = 12
"""Cells of the longest bar."""
_SHOWN: Final = 20
"""Repeats that are named; the figure counts all."""


class Rate(Protocol):
    """A share with what it rests on."""

    @property
    def n(self) -> int:
        """Of how many."""

    @property
    def share(self) -> float | None:
        """0 to 1; none without anybody."""

    @property
    def interval(self) -> Interval | None:
        """Its interval; none without anybody."""

    @property
    def few(self) -> bool:
        """Whether it rests on too few to be relied upon."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the answer: rows of a name and what is said of it, then notes."""

    heading: str
    rows: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


class LearningTeller:
    """Tells what was learnt.

    Args:
        words: names the codes of cases, in the language to speak.
        found: what was learnt.
        claims: what training material claims.
    """

    def __init__(
        self, words: CaseWords, found: CaseLearning, claims: Sequence[ReturnClaim]
    ) -> None:
        self._words = words
        self._say = words.say
        self._found = found
        self._claims = claims

    def title(self) -> str:
        """The period, and how many cases came in."""
        found = self._found
        since, until = found.since.isoformat(), found.until.isoformat()
        return self._say("learning.title", since=since, until=until, count=found.received)

    def returns(self) -> Part:
        """Who came back, by handling, each beside what is claimed."""
        found = self._found.returns
        rows = []
        for one in found.rates:
            parts = [self._rate(one, one.came)]
            if one.waiting:
                parts.append(self._say("learning.waiting", count=one.waiting))
            claimed = self._claimed(one.handling)
            if claimed:
                parts.append(claimed)
            rows.append((self._handling(one.handling), " · ".join(parts)))
        return Part(self._say("learning.returns"), tuple(rows), tuple(self._return_notes(found)))

    def causes(self) -> Part:
        """Why customers complained, the most frequent cause first."""
        return self._pareto("causes", self._found.causes)

    def categories(self) -> Part:
        """What they complained about, the most frequent first."""
        return self._pareto("categories", self._found.categories)

    def repeats(self) -> Part:
        """Who complained again about the same."""
        found = self._found.repeats
        days = found.within // timedelta(days=1)
        rows = [
            (
                f"#{one.case_id}",
                self._say(
                    "learning.repeat",
                    earlier=one.earlier_id,
                    days=one.days,
                    about=self._words.category(one.category),
                ),
            )
            for one in found.found[:_SHOWN]
        ]
        notes = [self._rate(found, len(found.found))]
        if len(found.found) > _SHOWN:
            notes.append(self._say("learning.repeats_more", count=len(found.found) - _SHOWN))
        return Part(self._say("learning.repeats", days=days), tuple(rows), tuple(notes))

    def times(self) -> Part:
        """How long it took to each step, for all, by level and by category."""
        rows = [
            (f"{self._group(group)} · {self._say(f'learning.step.{step.step}')}", self._time(step))
            for group in self._found.times
            for step in group.steps
        ]
        return Part(self._say("learning.times"), tuple(rows), (self._say("learning.times_note"),))

    def curve_said(self, found: Pareto) -> str:
        """What the curve of causes says; that nothing is recorded where nothing is."""
        if not found.n:
            return self._say("learning.no_cause")
        key = "learning.most_few" if found.few else "learning.most"
        return self._say(key, most=found.most, kinds=len(found.bars), count=found.n)

    # -- pieces -----------------------------------------------------------------------------

    def _rate(self, rate: Rate, count: int) -> str:
        interval, share = rate.interval, rate.share
        if interval is None or share is None:
            return self._say("learning.rate.none")
        return self._say(
            "learning.rate.few" if rate.few else "learning.rate.many",
            percent=f"{100 * share:.0f}",
            low=f"{100 * interval.low:.0f}",
            high=f"{100 * interval.high:.0f}",
            count=count,
            of=rate.n,
        )

    def _handling(self, handling: Handling) -> str:
        hours = self._found.quick // timedelta(hours=1)
        return self._say(f"learning.handling.{handling}", hours=hours)

    def _claimed(self, handling: Handling) -> str:
        claimed = [
            f"{one.percents[handling]} % [{place}]"
            for place, one in enumerate(self._claims, 1)
            if handling in one.percents
        ]
        return self._say("learning.claimed", figures=", ".join(claimed)) if claimed else ""

    def _return_notes(self, found: Returns) -> Iterable[str]:
        if found.usual_days is None:
            yield self._say("learning.usual_unknown", count=found.gaps, needed=SHOP_GAPS)
        else:
            yield self._say("learning.usual", days=found.usual_days, count=found.gaps)
        if found.known_until is None:
            yield self._say("learning.known_never")
        else:
            yield self._say("learning.known_until", day=found.known_until.isoformat())
        if found.strangers:
            yield self._say("learning.strangers", count=found.strangers)
        if found.unmeasured:
            yield self._say("learning.unmeasured", count=found.unmeasured)
        if found.undated:
            yield self._say("learning.undated", count=found.undated)
        for place, claim in enumerate(self._claims, 1):
            source = claim.source.of(self._words.language)
            yield self._say("learning.claim_source", place=place, source=source)

    def _pareto(self, kind: str, found: Pareto) -> Part:
        name = self._words.cause if kind == "causes" else self._words.category
        highest = max((bar.count for bar in found.bars), default=1)
        rows = [
            (
                name(bar.code),
                self._say(
                    "learning.bar",
                    bar="#" * max(1, round(_WIDEST * bar.count / highest)),
                    count=f"{bar.count:4}",
                    share=f"{100 * bar.share:3.0f}",
                    cumulative=f"{100 * bar.cumulative:3.0f}",
                ),
            )
            for bar in found.bars
        ]
        notes = [self.curve_said(found)]
        if found.unrecorded:
            notes.append(self._say(f"learning.unrecorded.{kind}", count=found.unrecorded))
        return Part(self._say(f"learning.{kind}"), tuple(rows), tuple(notes))

    def _group(self, group: GroupTimes) -> str:
        match group.by:
            case "level":
                return self._words.level(group.code)
            case "category":
                return self._words.category(group.code)
            case _:
                return self._say("learning.everything")

    def _time(self, step: StepTime) -> str:
        without = self._say("learning.without", count=step.without) if step.without else ""
        if step.middle is None or step.ninth is None:
            said = self._say("learning.time.none", owed=step.owed)
        else:
            said = self._say(
                "learning.time.few" if step.few else "learning.time.many",
                middle=self._words.span(step.middle),
                ninth=self._words.span(step.ninth),
                count=step.n,
                owed=step.owed,
            )
        return " · ".join(filter(None, (said, without)))
