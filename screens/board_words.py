"""Figures, states and times of the board in words of one language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from domain.board import Figure, Measure
from domain.board_rules import Level

Say = Callable[..., str]
NOTHING: Final = "–"
"""Stands where nothing is known, so that it is never taken for a zero."""
_MINUTE, _HOUR = 60, 3600
TONES: Final = {Level.CALM: "", Level.NOTICE: "warm", Level.ALARM: "urgent"}
STYLES: Final = {
    Level.CALM: "",
    Level.NOTICE: "$text-warning",
    Level.ALARM: "$text-error",
}
STATE_SIGNS: Final = {
    "ready": "○",
    "dialling": "»",
    "talking": "●",
    "wrap_up": "✎",
    "paused": "‖",
    "offline": "·",
}
"""A sign for each state, so that it is told without colours."""


def value_text(say: Say, figure: Figure) -> str:
    """What a figure says, such as `12`, `1000+`, `82 %`; a dash where nothing is known."""
    value = figure.value
    if value is None:
        return NOTHING
    if figure.measure is Measure.COUNT:
        return count_text(int(value), more=figure.more)
    if figure.measure is Measure.PERCENT:
        return say("board.percent", n=f"{value:.0f}")
    if figure.measure is Measure.PER_HOUR:
        return f"{value:.1f}"
    return span_text(say, value)


def count_text(n: int, *, more: bool = False) -> str:
    """A count, with a plus where counting stopped."""
    return f"{n}+" if more else str(n)


def span_text(say: Say, seconds: float) -> str:
    """A length of time: minutes and seconds below an hour, hours and minutes from there."""
    whole = max(0, round(seconds))
    if whole >= _HOUR:
        return say("board.hours", h=whole // _HOUR, m=f"{whole % _HOUR // _MINUTE:02}")
    return say("board.minutes", m=whole // _MINUTE, s=f"{whole % _MINUTE:02}")


def lasting_text(say: Say, since: datetime, now: datetime) -> str:
    """How long something lasts, in whole minutes: it changes once a minute, so it costs little."""
    minutes = max(0, int((now - since).total_seconds() // _MINUTE))
    if minutes >= _MINUTE:
        return say("board.long", h=minutes // _MINUTE, m=f"{minutes % _MINUTE:02}")
    return say("board.short", m=minutes)


def parts_text(say: Say, figure: Figure) -> tuple[str, str]:
    """Numerator and denominator of a figure as it divides them; times in words."""
    count = count_text(int(figure.numerator), more=figure.more)
    timed = figure.measure is Measure.SECONDS or figure.code == "occupancy"
    upper = span_text(say, figure.numerator) if timed else count
    if figure.denominator is None:
        return upper, ""
    hours = figure.measure is Measure.PER_HOUR or figure.code == "occupancy"
    below = span_text(say, figure.denominator) if hours else str(int(figure.denominator))
    return upper, below
