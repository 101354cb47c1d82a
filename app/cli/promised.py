"""A promise in the lines of a command: what, and by when on the desk's clock and the customer's."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from app.cli.frame import Frame
from domain.promise import left_said

OWED = frozenset({"open", "broken"})
"""States of promises that are still to be made good."""


def due_text(frame: Frame, due_at: datetime | None, zone: str | None) -> str:
    """By when, on the desk's clock and on the customer's where that is another.

    Args:
        frame: knows the desk's clock.
        due_at: the instant, aware; none for a promise with a condition.
        zone: IANA name of the customer's zone; none where nobody knows.
    """
    if due_at is None:
        return frame.say("promise.no_date")
    mine = frame.clock(due_at)
    if zone is None:
        return mine
    theirs = due_at.astimezone(ZoneInfo(zone))
    if theirs.utcoffset() == due_at.astimezone(ZoneInfo(frame.settings.my_zone)).utcoffset():
        return mine
    return frame.say("promise.both_clocks", mine=mine, theirs=f"{theirs:%Y-%m-%d %H:%M}")


def left_text(frame: Frame, due_at: datetime | None, state: str, now: datetime) -> str:
    """How long there is left of one that is owed, or for how long it has been late."""
    if due_at is None or state not in OWED:
        return ""
    return frame.say_here(left_said(due_at, now))
