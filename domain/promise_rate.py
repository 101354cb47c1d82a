"""The share of promises kept, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from domain.said import Said
from domain.scoring import FEW, Interval, wilson


@dataclass(frozen=True, slots=True)
class KeptRate:
    """Promises whose time has come: kept in time, made good late, broken.

    Those that the customer let us off count nowhere.
    """

    kept: int = 0
    late: int = 0
    broken: int = 0

    @property
    def n(self) -> int:
        """On how many promises the rate rests."""
        return self.kept + self.late + self.broken

    @property
    def share(self) -> float | None:
        """The share kept in time, 0 to 1; none without promises."""
        return self.kept / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        """Its 95 % interval by Wilson's score; none without promises."""
        return wilson(self.kept, self.n) if self.n else None

    @property
    def few(self) -> bool:
        """Whether it rests on too few to be relied upon."""
        return self.n < FEW

    def said(self) -> Said:
        """The share with its interval and n; under 30 it says so."""
        interval = self.interval
        if interval is None or self.share is None:
            return Said("promise.rate.none")
        key = "promise.rate.few" if self.few else "promise.rate.many"
        params = {
            "percent": f"{100 * self.share:.0f}",
            "low": f"{100 * interval.low:.0f}",
            "high": f"{100 * interval.high:.0f}",
            "kept": self.kept,
            "n": self.n,
        }
        return Said(key, params)
