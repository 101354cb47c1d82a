"""`hours NUMBER`: whether a number may be called, which rule says so, and when that changes."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

from app.cli.frame import INSTANT, Answer, Frame, desk_command, option
from content.calling_hours import calling_hours
from content.translations import say
from domain.calling_hours import PURPOSES, Decision, Rule, decide
from domain.campaign import Purpose
from domain.errors import InputError
from domain.phone import Number, read_number
from domain.zones import places_of_number, zones_of_number


@desk_command("hours")
@click.argument("number")
@option(
    "--purpose",
    type=click.Choice(PURPOSES),
    default=Purpose.SERVICE.value,
    help="hours.option.purpose",
)
@option("--at", type=INSTANT, help="hours.option.at")
@option("--region", metavar="CC", help="hours.option.region")
def hours(
    frame: Frame, number: str, purpose: str, at: datetime | None, region: str | None
) -> Answer:
    """Answers `allowed`, `rule`, `next_open`, `closes` for the number's own zones."""
    dialled = read_number(number, (region or frame.settings.region).upper())
    if not isinstance(dialled, Number):
        raise InputError("number_unreadable", number=number[:40])
    zones = zones_of_number(dialled.e164)
    decision = decide(
        calling_hours(),
        zones=zones,
        places=places_of_number(dialled.e164),
        purpose=purpose,
        at=at or datetime.now(UTC),
    )
    clock = zones[0] if len(zones) == 1 else "UTC"
    next_open, closes = _iso(decision.next_open, clock), _iso(decision.closes, clock)
    reasons = [say(frame.language, said) for said in decision.reasons]
    data = {
        "number": dialled.e164,
        "purpose": purpose,
        "zones": list(zones),
        "allowed": decision.allowed,
        "rule": _plain(decision.rule),
        "reasons": reasons,
        "next_open": next_open,
        "closes": closes,
    }
    return Answer(
        data,
        [_verdict(frame, decision, next_open, closes), *reasons, _source(frame, decision.rule)],
    )


def _verdict(frame: Frame, decision: Decision, next_open: str | None, closes: str | None) -> str:
    if decision.allowed:
        key = "hours.allowed" if closes else "hours.allowed_always"
        return frame.say(key, closes=closes)
    key = "hours.refused" if next_open else "hours.refused_always"
    return frame.say(key, opens=next_open)


def _source(frame: Frame, rule: Rule) -> str:
    return frame.say(
        "hours.rule",
        place=rule.place,
        purpose=frame.say(f"hours.purpose.{rule.purpose}"),
        confidence=frame.say(f"hours.confidence.{rule.confidence}"),
        source=rule.source,
    )


def _plain(rule: Rule) -> dict[str, str]:
    return {
        "place": rule.place,
        "purpose": rule.purpose,
        "source": rule.source,
        "confidence": rule.confidence,
        "note": rule.note,
        "as_of": rule.as_of,
    }


def _iso(instant: datetime | None, zone: str) -> str | None:
    return None if instant is None else instant.astimezone(ZoneInfo(zone)).isoformat()
