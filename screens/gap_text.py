"""The service gap of a case in one line."""

from __future__ import annotations

from collections.abc import Sequence

from domain.gap import MOMENTS, GivenGap, mean_gap
from screens.call_views import Say


def gap_text(ratings: Sequence[GivenGap], say: Say) -> str:
    """The mean gap before and after in one line; empty where no factor has both sides."""
    found = mean_gap(ratings)
    return " → ".join(
        say(f"expectation.gap.mean_{moment}", gap=f"{found[moment][0]:+.1f}", n=found[moment][1])
        for moment in MOMENTS
        if moment in found
    )
