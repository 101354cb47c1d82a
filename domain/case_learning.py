"""What the cases of a period teach: causes by frequency, repeats, time to each step.

`docs/case-learning.md` has the definitions with their formulas.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

from domain.scoring import FEW, Interval, wilson

MOST: Final = 0.8
"""The first causes that together make up so much are those to work on."""
NINE_IN_TEN: Final = 0.9


@dataclass(frozen=True, slots=True)
class LearnedCase:
    """A case as learning looks at it; instants aware, none where it did not happen.

    Attributes:
        id: its number.
        person_id: whose.
        weight: grumble, complaint or appeal.
        level: local, skip_level or regulator.
        category: code of what it is about.
        cause: code of why.
        received_at: when it came in.
        contact_at: when the customer was spoken or written to first, the call apart in which it
            was heard.
        resolved_at: when the resolution was written that stands.
        verdict_at: when the customer's verdict was given that stands.
        live: whether somebody has to do something about it.
    """

    id: int
    person_id: int
    weight: str
    level: str
    category: str | None
    cause: str | None
    received_at: datetime
    contact_at: datetime | None = None
    resolved_at: datetime | None = None
    verdict_at: datetime | None = None
    live: bool = True


# -- causes by frequency --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """One cause: how often, its share of those recorded, and the share with all before it."""

    code: str
    count: int
    share: float
    cumulative: float


@dataclass(frozen=True, slots=True)
class Pareto:
    """Causes, the most frequent first.

    Attributes:
        bars: those that occurred.
        n: how many cases a cause is recorded of.
        unrecorded: of how many none is; they are in no share.
    """

    bars: tuple[Bar, ...]
    n: int
    unrecorded: int

    @property
    def few(self) -> bool:
        """Whether it rests on too few to be relied upon."""
        return self.n < FEW

    @property
    def most(self) -> int:
        """How many of the first causes make up 80 % of all."""
        return next((place for place, bar in enumerate(self.bars, 1) if bar.cumulative >= MOST), 0)

    @property
    def percents(self) -> tuple[tuple[float, float], ...]:
        """The curve: share of the causes and of the cases, in percent; empty without any."""
        if not self.bars:
            return ()
        kinds = len(self.bars)
        points = ((100 * k / kinds, 100 * bar.cumulative) for k, bar in enumerate(self.bars, 1))
        return ((0.0, 0.0), *points)


def pareto_of(codes: Iterable[str | None], order: Sequence[str] = ()) -> Pareto:
    """Codes by frequency; those that are equally frequent in the order of the rules.

    Args:
        codes: of every case; none or empty where it isn't recorded.
        order: the codes as the rules have them; others come after them.
    """
    counted = Counter(code or None for code in codes)
    unrecorded = counted.pop(None, 0)
    places = {code: place for place, code in enumerate(order)}
    n = counted.total()
    bars, so_far = [], 0
    known = [(code, count) for code, count in counted.items() if code is not None]
    for code, count in sorted(
        known, key=lambda one: (-one[1], places.get(one[0], len(places)), one[0])
    ):
        so_far += count
        bars.append(Bar(code, count, count / n, so_far / n))
    return Pareto(tuple(bars), n, unrecorded)


# -- repeats --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Repeat:
    """A case that follows another of the same customer about the same; `days` lie between them."""

    case_id: int
    earlier_id: int
    person_id: int
    category: str
    days: int


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many cases of a period are repeats.

    Attributes:
        found: them, the latest first.
        n: how many cases there are whose category is recorded.
        within: the time within which one counts as a repeat.
    """

    found: tuple[Repeat, ...]
    n: int
    within: timedelta

    @property
    def share(self) -> float | None:
        """The share of repeats, 0 to 1; none without cases."""
        return len(self.found) / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        """Its 95 % interval by Wilson's score; none without cases."""
        return wilson(len(self.found), self.n) if self.n else None

    @property
    def few(self) -> bool:
        """Whether it rests on too few to be relied upon."""
        return self.n < FEW


def repeats_of(cases: Iterable[LearnedCase], since: datetime, within: timedelta) -> Repeats:
    """The cases received from an instant on that follow another one within a time.

    Args:
        cases: also those before the period, in any order; a grumble that comes again counts too.
        since: the period's begin; earlier cases only serve to be followed.
        within: counted from the receipt of one to the receipt of the next.
    """
    last: dict[tuple[int, str], LearnedCase] = {}
    found: list[Repeat] = []
    n = 0
    for one in sorted(cases, key=lambda case: (case.received_at, case.id)):
        if not one.category:
            continue
        key = one.person_id, one.category
        before, last[key] = last.get(key), one
        if one.received_at < since:
            continue
        n += 1
        if before is not None and one.received_at - before.received_at <= within:
            days = (one.received_at - before.received_at).days
            found.append(Repeat(one.id, before.id, one.person_id, one.category, days))
    return Repeats(tuple(reversed(found)), n, within)


# -- time to each step ----------------------------------------------------------------------------


class Step(StrEnum):
    """Up to what the time is measured, always from the receipt."""

    CONTACT = "contact"
    RESOLUTION = "resolution"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long it took to a step.

    Attributes:
        step: up to what.
        n: in how many cases it happened.
        owed: in how many it is still to come; they are in neither figure, so these lean to the
            fast ones.
        without: how many are over of which nobody recorded it.
        middle: the median; none without cases.
        ninth: the 90th percentile, nearest rank; none without cases.
    """

    step: Step
    n: int
    owed: int
    without: int
    middle: timedelta | None
    ninth: timedelta | None

    @property
    def few(self) -> bool:
        """Whether it rests on too few to be relied upon."""
        return self.n < FEW


@dataclass(frozen=True, slots=True)
class GroupTimes:
    """The times of a group: `by` is `all`, `level` or `category`, `code` which of them."""

    by: str
    code: str
    steps: tuple[StepTime, ...]


def times_of(
    cases: Sequence[LearnedCase], levels: Sequence[str], categories: Sequence[str]
) -> tuple[GroupTimes, ...]:
    """The times of all, of each level and of each category that occurs, in the order given."""
    groups = [GroupTimes("all", "", _steps(cases))]
    for by, codes in (("level", levels), ("category", categories)):
        for code in codes:
            own = [one for one in cases if getattr(one, by) == code]
            if own:
                groups.append(GroupTimes(by, code, _steps(own)))
    return tuple(groups)


_REACHED: Final[tuple[tuple[Step, Callable[[LearnedCase], datetime | None]], ...]] = (
    (Step.CONTACT, lambda one: one.contact_at),
    (Step.RESOLUTION, lambda one: one.resolved_at),
    (Step.VERDICT, lambda one: one.verdict_at),
)


def _steps(cases: Sequence[LearnedCase]) -> tuple[StepTime, ...]:
    found = []
    for step, reached in _REACHED:
        spans = sorted(
            max(at - one.received_at, timedelta(0))
            for one in cases
            if (at := reached(one)) is not None
        )
        n = len(spans)
        ninth = spans[math.ceil(NINE_IN_TEN * n) - 1] if n else None
        middle = timedelta(seconds=median(one.total_seconds() for one in spans)) if n else None
        owed = sum(one.live and reached(one) is None for one in cases)
        found.append(StepTime(step, n, owed, len(cases) - n - owed, middle, ninth))
    return tuple(found)
