"""Kinds of callback: each with its script, its questions and its rules."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.bands import COURTESY, FIRST_ORDINARY
from domain.bilingual import Bilingual
from domain.entry import Entry
from domain.errors import InputError
from domain.said import Said
from domain.week import key_length, read_week, write_week

# With both kinds of a customer's hours they are one key of the stored windows.
_LONGEST_HOURS: Final = 38


class Purpose(StrEnum):
    """Why the law thinks that we ring; calling hours and consent depend on it."""

    SALES = "sales"
    SURVEY = "survey"
    SERVICE = "service"
    DEBT = "debt"
    INSURANCE_SALES = "insurance_sales"


class ContentKind(StrEnum):
    """What a contact brings: news, care, what the firm stands for, a view, or a rule explained."""

    INFORMATION = "information"
    EMOTION = "emotion"
    CONCEPT = "concept"
    OPINION = "opinion"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A kind of callback.

    Attributes:
        code: what is stored, such as `delivery-3day`.
        name: what people read.
        synonyms: other ways in which files name it.
        purpose: why we ring, for calling hours.
        content: what the contact brings.
        playbook: the script's id.
        survey: the bundle of questions; "" where nothing is asked.
        band: its urgency class, 3 to 9.
        attempt_cap: how often it is tried.
        grace_minutes: how long after it fell due only its owner is offered it.
        within_hours: how long after it fell due the first attempt still counts as in time.
        active: whether callbacks of this kind are made at all.
        hours: the hours to which the house keeps it, on the customer's clock, as
            `domain.week.write_week` has them; "" where there are none of its own.
    """

    code: str
    name: Bilingual
    synonyms: tuple[str, ...]
    purpose: Purpose
    content: ContentKind
    playbook: str
    survey: str
    band: int
    attempt_cap: int
    grace_minutes: int
    within_hours: int
    active: bool = True
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Campaigns:
    """All kinds of callback."""

    campaigns: tuple[Campaign, ...]

    def __iter__(self) -> Iterator[Campaign]:
        return iter(self.campaigns)

    def __getitem__(self, code: str) -> Campaign:
        """The campaign of a code.

        Raises:
            InputError: `campaign_unknown`.
        """
        for campaign in self.campaigns:
            if campaign.code == code:
                return campaign
        raise InputError("campaign_unknown", campaign=code)

    def hours_of(self, code: str) -> str:
        """The hours of a campaign's own; "" for one without, or that is no longer known."""
        return next((one.hours for one in self.campaigns if one.code == code), "")

    def named(self, text: str) -> Campaign | None:
        """The campaign that a file means: by code, name or synonym, whatever the case and width."""
        wanted = _folded(text)
        for campaign in self.campaigns:
            if wanted in {_folded(name) for name in _names(campaign)}:
                return campaign
        return None


def campaigns_of(data: object, where: str) -> Campaigns:
    """The kinds of callback of a parsed data file: a list `campaign` of tables.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it; also for a name that
            two campaigns share.
    """
    file = Entry(where, data)
    campaigns = Campaigns(tuple(_campaign(record) for record in file.entries("campaign")))
    file.close()
    owner: dict[str, str] = {}
    for campaign in campaigns:
        for name in {_folded(name) for name in _names(campaign)}:
            if name in owner:
                raise file.bad(Said("rules.bad.twice", {"value": name}))
            owner[name] = campaign.code
    return campaigns


def _campaign(record: Entry) -> Campaign:
    code = record.text("code")
    record.where = f"{record.where} ({code})"
    campaign = Campaign(
        code=code,
        name=record.both("name"),
        synonyms=record.texts("synonyms"),
        purpose=record.one_of("purpose", Purpose),
        content=record.one_of("content", ContentKind),
        playbook=record.text("playbook"),
        survey=record.text("survey") if record.has("survey") else "",
        band=record.whole("band"),
        attempt_cap=record.whole("attempt_cap"),
        grace_minutes=record.whole("grace_minutes"),
        within_hours=record.whole("within_hours"),
        active=record.flag("active", default=True),
        hours=_hours(record) if record.has("hours") else "",
    )
    record.close()
    if not FIRST_ORDINARY <= campaign.band <= COURTESY:
        raise record.bad(Said("rules.bad.band", {"low": FIRST_ORDINARY, "high": COURTESY}))
    if not campaign.attempt_cap:
        raise record.bad(Said("rules.bad.number", {"field": "attempt_cap"}))
    return campaign


def _hours(record: Entry) -> str:
    text = record.text("hours")
    try:
        week = read_week(text)
    except ValueError as error:
        raise record.bad(Said("rules.bad.hours", {"value": text[:60]})) from error
    if not any(week) or key_length(week) > _LONGEST_HOURS:
        raise record.bad(Said("rules.bad.hours", {"value": text[:60]}))
    return write_week(week)


def _names(campaign: Campaign) -> tuple[str, ...]:
    return (campaign.code, campaign.name.zh, campaign.name.en, *campaign.synonyms)


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in letters if letter.isalnum())
