"""A timer's rule as plain values: a case keeps the rule by which its limit was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from domain.bilingual import Bilingual
from domain.case_timer import Binding, DayEnd, Duty, Event, Timer, Unit


def timer_as_plain(timer: Timer) -> dict[str, Any]:
    """A timer as JSON's own values; `timer_from_plain` reads it back."""
    plain = asdict(timer)
    plain["binding"] = {name: sorted(codes) for name, codes in plain["binding"].items()}
    plain["hours"] = [list(window) for window in timer.hours]
    return plain


def timer_from_plain(plain: Mapping[str, Any]) -> Timer:
    """The timer that `timer_as_plain` wrote.

    Raises:
        KeyError, TypeError, ValueError: it did not write it.
    """
    note = plain["note"]
    return Timer(
        **{
            **plain,
            "regime_name": Bilingual(**plain["regime_name"]),
            "step_name": Bilingual(**plain["step_name"]),
            "unit": Unit(plain["unit"]),
            "event": Event(plain["event"]),
            "day_end": DayEnd(plain["day_end"]),
            "duty": Duty(plain["duty"]),
            "hours": tuple((start, end) for start, end in plain["hours"]),
            "binding": Binding(
                **{name: frozenset(codes) for name, codes in plain["binding"].items()}
            ),
            "note": None if note is None else Bilingual(**note),
        }
    )
