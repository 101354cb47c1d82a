"""`hours NUMBER`: whether a number may be called, which rule says so, and when that changes."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

from app.cli.frame import INSTANT, Answer, Frame, desk_command, option
from app.cli.opened import opened
from app.cli.playbook_release import has_database
from content.rulebook import load_shipped
from content.translations import say
from domain.calling_hours import PURPOSES, Decision, Rule, decide
from domain.calling_rules import ANYWHERE, CAMPAIGN
from domain.campaign import Campaign, Campaigns, Purpose
from domain.errors import InputError
from domain.phone import Number, read_number
from domain.rulebook import Rulebook
from domain.terms import Terms, write_terms
from domain.week import read_week
from domain.zones import places_of_number, zones_of_number


@desk_command("hours", "database")
@click.argument("number")
@option("--purpose", type=click.Choice(PURPOSES), help="hours.option.purpose")
@option("--at", type=INSTANT, help="hours.option.at")
@option("--campaign", metavar="CODE", help="hours.option.campaign")
@option("--region", metavar="CC", help="hours.option.region")
def hours(
    frame: Frame,
    number: str,
    purpose: str | None,
    at: datetime | None,
    campaign: str | None,
    region: str | None,
) -> Answer:
    """Answers `allowed`, `rule`, `holiday`, `next_open`, `closes` for the number's own zones."""
    dialled = read_number(number, (region or frame.settings.region).upper())
    if not isinstance(dialled, Number):
        raise InputError("number_unreadable", number=number[:40])
    rulebook = _rulebook(frame)
    kind = None if campaign is None else _campaign(rulebook.campaigns, campaign)
    why = purpose or (Purpose.SERVICE.value if kind is None else kind.purpose.value)
    own = read_week(kind.hours) if kind is not None and kind.hours else None
    zones, places = zones_of_number(dialled.e164), places_of_number(dialled.e164)
    decision = decide(
        rulebook.calling,
        zones=zones,
        places=places,
        purpose=why,
        at=at or datetime.now(UTC),
        preferred=write_terms(Terms(campaign=own)),
    )
    clock = zones[0] if len(zones) == 1 else "UTC"
    next_open, closes = _iso(decision.next_open, clock), _iso(decision.closes, clock)
    reasons = [say(frame.language, said) for said in decision.reasons]
    data = {
        "number": dialled.e164,
        "purpose": why,
        "campaign": None if kind is None else kind.code,
        "zones": list(zones),
        "places": list(places),
        "allowed": decision.allowed,
        "rule": _plain(decision.rule),
        "holiday": None if decision.holiday is None else decision.holiday.of(frame.language),
        "reasons": reasons,
        "next_open": next_open,
        "closes": closes,
    }
    return Answer(
        data,
        [
            _verdict(frame, decision, next_open, closes),
            *reasons,
            _source(frame, decision.rule, kind),
        ],
    )


def _rulebook(frame: Frame) -> Rulebook:
    """The rules in force; the program's own where there is no database."""
    if not has_database(frame):
        return load_shipped()
    with opened(frame) as database:
        return database.rulebook


def _campaign(campaigns: Campaigns, name: str) -> Campaign:
    """The kind of callback that a code or a name means.

    Raises:
        InputError: `campaign_unknown`.
    """
    return campaigns.named(name) or campaigns[name]


def _verdict(frame: Frame, decision: Decision, next_open: str | None, closes: str | None) -> str:
    if decision.allowed:
        key = "hours.allowed" if closes else "hours.allowed_always"
        return frame.say(key, closes=closes)
    if next_open is None:
        return frame.say("hours.refused_always")
    if closes is None:
        return frame.say("hours.refused", opens=next_open)
    return frame.say("hours.refused_until", opens=next_open, closes=closes)


def _source(frame: Frame, rule: Rule, kind: Campaign | None) -> str:
    if rule.place == CAMPAIGN and kind is not None:
        return frame.say("hours.rule_campaign", campaign=kind.name.of(frame.language))
    anywhere = rule.place == ANYWHERE
    return frame.say(
        "hours.rule",
        place=frame.say("hours.anywhere") if anywhere else rule.place,
        purpose=frame.say(f"hours.purpose.{rule.purpose}"),
        confidence=frame.say(f"hours.confidence.{rule.confidence}"),
        source=rule.source,
    )


def _plain(rule: Rule) -> dict[str, str | None]:
    return {
        "place": rule.place,
        "purpose": rule.purpose,
        "source": rule.source,
        "confidence": rule.confidence,
        "note": rule.note,
        "as_of": rule.as_of,
        "clock": rule.clock or None,
        "since": None if rule.since is None else rule.since.isoformat(),
        "until": None if rule.until is None else rule.until.isoformat(),
    }


def _iso(instant: datetime | None, zone: str) -> str | None:
    return None if instant is None else instant.astimezone(ZoneInfo(zone)).isoformat()
