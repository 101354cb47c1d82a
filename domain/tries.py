"""What has been tried for one callback so far: the memory of the retry rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.day_part import DayPart, day_part, from_bits, to_bits
from domain.outcome import Outcome, OutcomeType, Per

CAP = 5
AFTER_APPOINTMENT = 3


@dataclass(frozen=True, slots=True)
class Tries:
    """The attempts made for one callback.

    Attributes:
        attempts: attempts that counted.
        cap: how many may be made.
        more: how many more may be made once there was an appointment.
        appointment: the customer named a time, or asked for one, in some attempt.
        parts: day-parts in which an attempt counted, by the customer's clock.
        refusal: code of the last refusal; "" without one. It stays: no later cap overwrites it.
        contacted: a human answered in some attempt.
        counts: how often each outcome came, of those whose rule counts them over the callback.
        day: the customer's date (ISO) that `today` belongs to.
        today: how often each outcome came on that date, of those whose rule counts by day.
    """

    attempts: int = 0
    cap: int = CAP
    more: int = AFTER_APPOINTMENT
    appointment: bool = False
    parts: frozenset[DayPart] = frozenset()
    refusal: str = ""
    contacted: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    day: str = ""
    today: Mapping[str, int] = field(default_factory=dict)

    @property
    def limit(self) -> int:
        """How many attempts may be made in all."""
        return self.cap + (self.more if self.appointment else 0)

    def times(self, outcome: Outcome, local: datetime) -> int:
        """How often the outcome has come, over what its rule counts; 0 where it counts nothing.

        Args:
            outcome: the outcome.
            local: the moment of asking by the customer's clock.
        """
        if outcome.next is None or not outcome.next.times:
            return 0
        if outcome.next.per is Per.CALLBACK:
            return self.counts.get(outcome.code, 0)
        return self.today.get(outcome.code, 0) if self.day == local.date().isoformat() else 0

    def after(self, outcome: Outcome, local: datetime, *, asked: bool) -> Tries:
        """What has been tried once a call ended so.

        Args:
            outcome: how the call ended.
            local: when, by the customer's clock.
            asked: the customer named a time for the next call.
        """
        seen = self.times(outcome, local) + 1
        counts, today, day = self.counts, self.today, local.date().isoformat()
        if day != self.day:
            today = {}
        if outcome.next is not None and outcome.next.times:
            if outcome.next.per is Per.CALLBACK:
                counts = {**counts, outcome.code: seen}
            else:
                today = {**today, outcome.code: seen}
        counted = outcome.counts_attempt
        return replace(
            self,
            attempts=self.attempts + counted,
            appointment=self.appointment or outcome.kind is OutcomeType.APPOINTMENT or asked,
            parts=self.parts | {day_part(local)} if counted else self.parts,
            refusal=outcome.code if outcome.kind is OutcomeType.REFUSAL else self.refusal,
            contacted=self.contacted or outcome.contacted,
            counts=counts,
            day=day,
            today=today,
        )

    def to_dict(self) -> dict[str, object]:
        """Plain values that JSON can hold; `from_dict` reads them back."""
        return {
            "attempts": self.attempts,
            "cap": self.cap,
            "more": self.more,
            "appointment": self.appointment,
            "parts": to_bits(self.parts),
            "refusal": self.refusal,
            "contacted": self.contacted,
            "counts": dict(self.counts),
            "day": self.day,
            "today": dict(self.today),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Tries:
        """The tries of `to_dict`; what is absent is as before the first attempt.

        Raises:
            ValueError: a value is of another sort than `to_dict` writes.
        """
        return cls(
            attempts=_whole(data.get("attempts", 0)),
            cap=_whole(data.get("cap", CAP)),
            more=_whole(data.get("more", AFTER_APPOINTMENT)),
            appointment=bool(data.get("appointment", False)),
            parts=from_bits(_whole(data.get("parts", 0))),
            refusal=str(data.get("refusal", "")),
            contacted=bool(data.get("contacted", False)),
            counts=_counts(data.get("counts", {})),
            day=str(data.get("day", "")),
            today=_counts(data.get("today", {})),
        )


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"no whole number in the tries of a callback: {value!r}")
    return value


def _counts(value: object) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise ValueError(f"no counts in the tries of a callback: {value!r}")
    return {str(code): _whole(times) for code, times in value.items()}
