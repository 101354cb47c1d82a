"""Satisfaction figures: what one call gives, and estimates over many with their intervals.

Every estimate carries the number of answers and, where one exists, a 95 % interval with its method.
Indices are our own 1000-point weighted index: answers on 1 to 10, times 100, weighted by factor and
normalised by the sum of the weights, never by 100.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.said import Said
from domain.survey import INDICES, SCALES, Answer, Metric, Question, Survey

Z95: Final = 1.959963984540054
"""The 97.5 % point of the normal distribution."""

FEW: Final = 30
"""Below this many answers a figure says that it rests on few."""

POINTS: Final = 100
"""Index points for one step of the 1 to 10 scale."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % confidence interval.

    Attributes:
        low: lower end.
        high: upper end.
        method: how it was computed, with the source.
    """

    low: float
    high: float
    method: str


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate over many answers.

    Attributes:
        metric: what it is, such as `nps`.
        value: the estimate; none without answers, never made up.
        n: how many answers (interviews for an index) it rests on.
        interval: none where the answers give none.
        standard_error: in the unit of the value; none where the method has none.
    """

    metric: str
    value: float | None
    n: int
    interval: Interval | None
    standard_error: float | None = None

    @property
    def note(self) -> Said:
        """What is to be said beside the figure about how much it rests on."""
        if not self.n:
            return Said("survey.figure.none")
        return Said("survey.figure.few" if self.n < FEW else "survey.figure.n", {"n": self.n})


@dataclass(frozen=True, slots=True)
class Score:
    """What one call says about satisfaction, as it is stored with the call.

    Attributes:
        metric: `nps` (0 to 10), `csat` (1 to 5), `ces` (1 to 7), `sales_index` and
            `after_sales_index` (100 to 1000), or `service_gap` (-9 to 9).
        value: the score, indices and gaps to one decimal.
        n: how many answers it rests on.
    """

    metric: str
    value: float
    n: int


def nps_class(score: float) -> str:
    """`promoter` from 9, `passive` from 7, else `detractor` (Reichheld 2003)."""
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


def nps(promoters: int, passives: int, detractors: int) -> Figure:
    """Net promoter score, -100 to 100, with its Wald interval.

    The variance is that of the difference of two shares of one multinomial sample:
    p + d - (p - d)².
    """
    n = promoters + passives + detractors
    return _net_share("nps", promoters, detractors, n, n, "Wald, SE of p - d (multinomial)")


def nps_adjusted(promoters: int, passives: int, detractors: int) -> Figure:
    """Net promoter score with the adjusted-Wald interval, better for small samples.

    Adds 3 answers: 3/4 promoters, 3/4 detractors and 3/2 passives (Sauro and Lewis).
    """
    n = promoters + passives + detractors
    method = "adjusted Wald (n + 3), Sauro and Lewis"
    return _net_share("nps_adjusted", promoters + 0.75, detractors + 0.75, n + 3, n, method)


def _net_share(metric: str, plus: float, minus: float, base: float, n: int, method: str) -> Figure:
    if not n:
        return Figure(metric, None, 0, None)
    p, d = plus / base, minus / base
    error = 100 * math.sqrt(max(p + d - (p - d) ** 2, 0.0) / base)
    return _around(metric, 100 * (p - d), n, error, method, (-100.0, 100.0))


def wilson(successes: int, n: int) -> Interval:
    """The Wilson score interval of a share, 0 to 1 (Wilson 1927).

    Raises:
        ValueError: without answers there is no share.
    """
    if not 0 <= successes <= n or not n:
        raise ValueError(f"no share of {successes} in {n}")
    p, z2 = successes / n, Z95**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    # At the ends the exact bounds are 0 and 1, which rounding would miss by a hair.
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == n else middle + half
    return Interval(low, high, "Wilson score")


def csat(scores: Sequence[int]) -> Figure:
    """Share of 4 and 5 among answers on 1 to 5, in percent, with its Wilson interval."""
    return _percent("csat", sum(1 for score in scores if score >= 4), len(scores))


def ces_mean(scores: Sequence[int]) -> Figure:
    """Mean of answers on 1 to 7 (7: very easy), with the normal interval of a mean."""
    n = len(scores)
    if not n:
        return Figure("ces_mean", None, 0, None)
    mean = math.fsum(scores) / n
    if n == 1:
        return Figure("ces_mean", mean, 1, None)
    spread = math.fsum((score - mean) ** 2 for score in scores) / (n - 1)
    error = math.sqrt(spread / n)
    return _around("ces_mean", mean, n, error, "normal, SE of the mean", (1.0, 7.0))


def ces_share(scores: Sequence[int]) -> Figure:
    """Share of 5, 6 and 7 among answers on 1 to 7, in percent, with its Wilson interval."""
    return _percent("ces_share", sum(1 for score in scores if score >= 5), len(scores))


def _percent(metric: str, successes: int, n: int) -> Figure:
    if not n:
        return Figure(metric, None, 0, None)
    share = wilson(successes, n)
    interval = Interval(100 * share.low, 100 * share.high, share.method)
    return Figure(metric, 100 * successes / n, n, interval)


def weighted_mean(values: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """The mean of the factors at hand, by weights normalised by their own sum; none of none.

    Args:
        values: by factor.
        weights: by factor, above zero; factors without a value take no part.
    """
    total = math.fsum(weights[factor] for factor in values)
    if not values:
        return None
    return math.fsum(weights[factor] * value for factor, value in values.items()) / total


def index(
    interviews: Sequence[Mapping[str, int]], weights: Mapping[str, float], metric: str
) -> Figure:
    """The 1000-point weighted index over many interviews, with a delta interval.

    The index is the weighted mean of the factor means. Its standard error is by the delta method
    (Taylor linearisation of the factor means as ratios; Cochran, Sampling Techniques, ch. 6), so
    that answers of one person may hang together and some may be missing. n counts interviews with
    at least one answer.

    Args:
        interviews: the answers on 1 to 10 by factor; what is missing is left out.
        weights: by factor.
        metric: what the figure is called.
    """
    answered = [interview for interview in interviews if interview]
    n = len(answered)
    counts = {f: sum(1 for one in answered if f in one) for f in weights}
    means = {
        f: math.fsum(one[f] for one in answered if f in one) / count
        for f, count in counts.items()
        if count
    }
    value = weighted_mean(means, weights)
    if value is None:
        return Figure(metric, None, 0, None)
    value *= POINTS
    if n == 1:
        return Figure(metric, value, 1, None)
    total = math.fsum(weights[f] for f in means)
    pulls = [
        math.fsum(
            weights[f] / total * (score - means[f]) * n / counts[f] for f, score in one.items()
        )
        for one in answered
    ]
    error = POINTS * math.sqrt(math.fsum(pull**2 for pull in pulls) / (n * (n - 1)))
    return _around(metric, value, n, error, "delta (linearised factor means)", (100.0, 1000.0))


def rescaled(value: float, lowest: float, highest: float) -> float:
    """A mean on any scale as 0 to 100, the way in which the ACSI reports its own.

    Raises:
        ValueError: the scale has no width.
    """
    if highest <= lowest:
        raise ValueError("a scale needs two different ends")
    return 100 * (value - lowest) / (highest - lowest)


def gap_word(gap: float) -> str:
    """`exceeded`, `met` or `missed`: what was received against what was expected."""
    return "exceeded" if gap > 0 else "met" if gap == 0 else "missed"


def scores_of(answers: Mapping[str, Answer], surveys: Iterable[Survey]) -> tuple[Score, ...]:
    """What one call says about satisfaction; a survey without a scored answer gives nothing.

    Args:
        answers: by `survey/question`, of the questions that were asked (`Interview.counted`).
        surveys: the surveys of the call.
    """
    found = []
    for survey in surveys:
        values = _scale_values(answers, survey)
        score = _SCORERS[survey.metric](survey, values) if survey.metric in _SCORERS else None
        if score is not None:
            found.append(score)
    return tuple(found)


def _scale_values(answers: Mapping[str, Answer], survey: Survey) -> dict[str, int]:
    values = {}
    for question in survey.questions:
        answer = answers.get(f"{survey.id}/{question.id}")
        if question.kind in SCALES and answer is not None and isinstance(answer.value, int):
            values[question.id] = answer.value
    return values


def _single(survey: Survey, values: Mapping[str, int]) -> Score | None:
    return next((Score(survey.metric, float(value), 1) for value in values.values()), None)


def _indexed(survey: Survey, values: Mapping[str, int]) -> Score | None:
    mean = weighted_mean(values, {one.id: one.weight for one in survey.questions})
    return None if mean is None else Score(survey.metric, round(POINTS * mean, 1), len(values))


def _gap(survey: Survey, values: Mapping[str, int]) -> Score | None:
    def pair(question: Question) -> int | None:
        if question.id in values and question.against in values:
            return values[question.id] - values[question.against]
        return None

    gaps = [gap for gap in map(pair, survey.questions) if gap is not None]
    return Score(survey.metric, round(sum(gaps) / len(gaps), 1), len(gaps)) if gaps else None


_SCORERS: Final[Mapping[Metric, Callable[[Survey, Mapping[str, int]], Score | None]]] = {
    Metric.NPS: _single,
    Metric.CSAT: _single,
    Metric.CES: _single,
    Metric.SERVICE_GAP: _gap,
    **dict.fromkeys(INDICES, _indexed),
}


def _around(
    metric: str, value: float, n: int, error: float, method: str, ends: tuple[float, float]
) -> Figure:
    low, high = max(ends[0], value - Z95 * error), min(ends[1], value + Z95 * error)
    return Figure(metric, value, n, Interval(low, high, method), error)
