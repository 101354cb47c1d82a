"""Which wording works: what is known of each, and the order in which a call offers them.

The order is Thompson sampling (Thompson 1933, Biometrika 25, 285-294; Chapelle and Li 2011, "An
Empirical Evaluation of Thompson Sampling"): for each wording a share is drawn from
Beta(worked + 1, failed + 1), what is believed of it after its marks when nothing was known before,
and the highest draw comes first. The better wording leads nearly always once that is well known,
and every other one still gets its turn, the more often the less is known of it.

A step whose wordings nobody has judged yet keeps the order of its file: there is nothing to learn
from yet, and its author put the best guess first.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from domain.playbook import Variant
from domain.scoring import Figure, Interval, wilson

Draw = Callable[[float, float], float]
"""Draws a share from the Beta distribution of two shape parameters."""

Chance = Callable[[str], Draw]
"""Draws for a seed: the same seed gives the same draws. Rules have no chance of their own."""

PhraseKey = tuple[str, str]
"""A wording over all versions and books: `step`, `objection` or `rung`, and its fingerprint."""


def fingerprint(variant: Variant) -> str:
    """Tells a wording from others, whatever version of whatever book it stands in: 20 hex digits.

    Two wordings are the same if their paragraphs and the labels of these are, with white space
    folded: a paragraph that is only broken at other places keeps its evidence.
    """
    parts = (
        f"{part.label}\x1f{' '.join(unicodedata.normalize('NFC', part.text).split())}"
        for part in variant.parts
    )
    return hashlib.sha256("\x1e".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of one wording.

    Attributes:
        worked: how often it was marked as worked.
        failed: how often it was marked as failed.
        shown: how often it was put before an operator, marked or not.
    """

    worked: int = 0
    failed: int = 0
    shown: int = 0

    @property
    def judged(self) -> int:
        """How many uses were marked: the n of the share."""
        return self.worked + self.failed

    @property
    def share(self) -> Figure:
        """The share of judged uses that worked, in percent, with its Wilson interval."""
        n = self.judged
        if not n:
            return Figure("phrase_share", None, 0, None)
        ends = wilson(self.worked, n)
        interval = Interval(100 * ends.low, 100 * ends.high, ends.method)
        return Figure("phrase_share", 100 * self.worked / n, n, interval)


NOTHING_KNOWN = Tally()


@dataclass(frozen=True, slots=True)
class PhraseOrder:
    """The order in which one call offers the wordings of a step; the same all through the call.

    Attributes:
        tallies: what is known of the wordings, as it was when the call began.
        chance: draws by seed, the call's own; none where the order by success is switched off.
    """

    tallies: Mapping[PhraseKey, Tally]
    chance: Chance | None = None

    def tally(self, kind: str, variant: Variant) -> Tally:
        """What is known of a wording."""
        return self.tallies.get((kind, fingerprint(variant)), NOTHING_KNOWN)

    def of(self, kind: str, place: str, variants: Sequence[Variant]) -> tuple[int, ...]:
        """The indices of a step's wordings, the one to offer first in front.

        Args:
            kind: `step`, `objection` or `rung`.
            place: names the step among all; together with the call's own draws it is the seed.
            variants: the wordings in the order of the file.
        """
        file_order = tuple(range(len(variants)))
        if self.chance is None or len(variants) < 2:
            return file_order
        known = [self.tally(kind, variant) for variant in variants]
        if not any(tally.judged for tally in known):
            return file_order
        draw = self.chance(f"{kind}/{place}")
        drawn = [draw(tally.worked + 1, tally.failed + 1) for tally in known]
        return tuple(sorted(file_order, key=lambda index: (-drawn[index], index)))
