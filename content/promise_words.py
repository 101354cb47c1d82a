"""What people call the promises of the ledger, and what happened to one, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from content.translations import Language, translate
from domain.promise import PromiseEvent
from domain.said import Said

_PARTS = (
    (18, "evening"),
    (13, "afternoon"),
    (12, "noon"),
    (5, "morning"),
    (1, "small_hours"),
    (0, "midnight"),
)
"""From the hour on which each part of the day begins."""
_NEAR = {0: "today", -1: "yesterday", -2: "before_yesterday"}


def promised_text(language: Language, kind: str, text: str, condition: str | None) -> str:
    """What was promised: its words, with the condition; the name of its kind where it has none."""
    words = text or translate(language, f"promise.kind.{kind}")
    if condition and condition != text:
        return translate(language, "promise.under", text=words, condition=condition)
    return words


def spoken_moment(language: Language, at: datetime, zone: str, now: datetime) -> str:
    """A moment as one says it on the telephone: `3 pm yesterday`, 昨天下午3点.

    Args:
        language: the language to speak.
        at: the moment, aware.
        zone: IANA name of the customer's zone.
        now: the present, aware; decides which day is today.
    """
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    part = Said(f"promise.part.{next(name for hour, name in _PARTS if local.hour >= hour)}")
    form = {0: "sharp", 30: "half"}.get(local.minute, "minutes")
    clock = Said(
        f"promise.clock.{form}",
        {"part": part, "hour": (local.hour - 1) % 12 + 1, "minute": f"{local.minute:02d}"},
    )
    near = _NEAR.get((local.date() - today.date()).days)
    if near is not None:
        return translate(language, f"promise.day.{near}", clock=clock)
    return translate(
        language,
        "promise.day.other",
        clock=clock,
        month=Said(f"promise.month.{local.month}"),
        day=local.day,
        weekday=Said(f"promise.weekday.{local.isoweekday()}"),
    )


def step_said(kind: str, data: Mapping[str, Any], names: Mapping[int, str]) -> Said:
    """One step of a promise's story.

    Args:
        kind: a code of `domain.promise.PromiseEvent`.
        data: codes and numbers that came with it.
        names: the names of operators by their row numbers.
    """
    key = f"promise.step.{kind}"
    if kind == PromiseEvent.OWNER:
        unknown = Said("promise.nobody")
        return Said(
            key,
            {end: names.get(data.get(end) or 0, unknown) for end in ("from", "to")},
        )
    if kind == PromiseEvent.NEXT_CALL:
        return Said(key, {"callback": data.get("callback")})
    if "evidence" in data:
        evidence = Said(f"promise.evidence.{data['evidence']}", {"id": data["id"]})
        return Said(f"{key}_by", {"evidence": evidence})
    return Said(key)
