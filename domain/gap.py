"""The service gap: what was expected and what was received, factor by factor, before and after.

Source of the procedure: expectation and experience are asked on one scale; what is received above
the expectation makes very satisfied, as expected satisfied, below it dissatisfied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from domain.bilingual import Bilingual
from domain.errors import InputError
from domain.survey import SCALES, Survey

Moment = Literal["before", "after"]
Side = Literal["expected", "received"]
MOMENTS: Final[tuple[Moment, ...]] = ("before", "after")
SIDES: Final[tuple[Side, ...]] = ("expected", "received")


@dataclass(frozen=True, slots=True)
class GapFactor:
    """One factor.

    Attributes:
        id: the question that asks what was received.
        scale: the highest value; the lowest is 1.
        name: what people call it.
        expected: the words that ask what was expected.
        received: the words that ask what was received.
    """

    id: str
    scale: int
    name: Bilingual
    expected: Bilingual
    received: Bilingual


@dataclass(frozen=True, slots=True)
class GivenGap:
    """How a customer rated one factor at one moment; a side that was not said is none."""

    moment: Moment
    factor: str
    scale: int
    expected: int | None = None
    received: int | None = None

    @property
    def gap(self) -> int | None:
        """Received less expected; none unless both were said."""
        if self.expected is None or self.received is None:
            return None
        return self.received - self.expected

    def rated(self, side: Side, value: int | None) -> GivenGap:
        """The rating with one side said, or taken back.

        Raises:
            InputError: `gap_value` outside the scale.
        """
        if value is not None and not 1 <= value <= self.scale:
            raise InputError("gap_value", value=value, scale=self.scale)
        if side == "expected":
            return replace(self, expected=value)
        return replace(self, received=value)


def factors_of(survey: Survey) -> tuple[GapFactor, ...]:
    """The factors of a survey: each question on a scale that is asked against another one."""
    return tuple(
        GapFactor(
            one.id, max(SCALES[one.kind]), one.name or one.text, survey[one.against].text, one.text
        )
        for one in survey.questions
        if one.against and one.kind in SCALES
    )


def with_rating(ratings: Sequence[GivenGap], rating: GivenGap) -> tuple[GivenGap, ...]:
    """The ratings with one in the place of its moment and factor; an empty one is left out."""
    key = (rating.moment, rating.factor)
    left = tuple(one for one in ratings if (one.moment, one.factor) != key)
    if rating.expected is None and rating.received is None:
        return left
    return (*left, rating)


def rating_of(ratings: Iterable[GivenGap], moment: Moment, factor: GapFactor) -> GivenGap:
    """The rating of a factor at a moment; an empty one where nothing was said."""
    for one in ratings:
        if (one.moment, one.factor) == (moment, factor.id):
            return one
    return GivenGap(moment, factor.id, factor.scale)


def mean_gap(ratings: Iterable[GivenGap]) -> Mapping[Moment, tuple[float, int]]:
    """The mean gap of each moment with the number of factors rated on both sides.

    A moment without such a factor is left out: an expectation without an experience has no gap.
    """
    found: dict[Moment, list[int]] = {}
    for one in ratings:
        if one.gap is not None:
            found.setdefault(one.moment, []).append(one.gap)
    return {moment: (sum(gaps) / len(gaps), len(gaps)) for moment, gaps in found.items()}
