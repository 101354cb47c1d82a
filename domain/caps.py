"""How often a customer may be rung: the house's own limits and those of the law, as values.

A cap looks at attempts that were made; the one that would be too many has to wait until enough of
them no longer count. As attempts only grow old, what a cap allows at an instant it allows from then
on, until the next attempt: each cap clears at one instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from domain.bilingual import Bilingual
from domain.campaign import Purpose
from domain.entry import Entry
from domain.said import Said

HOUSE: Final = "*"
"""The place of the house's own caps: everywhere."""
_ANY_PART: Final = "-*"
# The zone in which a day ends last stands in where nobody knows the customer's.
_LAST_ZONE: Final = "Etc/GMT+12"


class Counted(StrEnum):
    """What a cap counts.

    `calls` are calls in which a number was dialled; `dials` are the numbers dialled in them;
    `conversations` and `refusals` are calls, whoever rang, that ended so.
    """

    CALLS = "calls"
    DIALS = "dials"
    CONVERSATIONS = "conversations"
    REFUSALS = "refusals"


class Confidence(StrEnum):
    """How well a cap is known: law as read, law as reported, our own policy."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    HOUSE = "house"


class Scope(StrEnum):
    """Among which attempts a cap counts.

    All to the customer, those about the same asset, or those for the same campaign.
    """

    CUSTOMER = "customer"
    ASSET = "asset"
    CAMPAIGN = "campaign"


@dataclass(frozen=True, slots=True)
class Cap:
    """One limit.

    Attributes:
        code: what is stored and audited, such as `fr-sales-30-days`.
        name: what the rule says, in words.
        place: ISO 3166 code of a country or state, `*` for the house's own.
        purposes: the purposes that it limits and counts; all where empty.
        counted: what it counts.
        most: how many of these there may be; 1 for conversations and refusals, after which nothing
            more is allowed for a time.
        days: for how many days of the customer's calendar one counts; 0 where `hours` do.
        hours: for how many hours one counts.
        next_day: whether the days begin with the one after, not with the attempt's own.
        scope: among which attempts.
        spares_named: whether a time that the customer named is outside the rule.
        relationship_months: for how many months after a purchase or a visit a customer is outside
            the rule; 0 where nobody is.
        uncounted: outcomes that do not count.
        source: where the rule comes from.
        confidence: `primary` and `secondary` are law, as read or as reported; else `house`.
        as_of: month in which it was looked up, `2026-11`.
        note: what a reader of the rule has to know.
    """

    code: str
    name: Bilingual
    place: str
    purposes: tuple[Purpose, ...]
    counted: Counted
    most: int
    days: int
    hours: int
    next_day: bool
    scope: Scope
    spares_named: bool
    relationship_months: int
    uncounted: frozenset[str]
    source: str
    confidence: Confidence
    as_of: str
    note: str

    @property
    def is_law(self) -> bool:
        """Whether somebody outside the house made the rule."""
        return self.confidence is not Confidence.HOUSE

    @property
    def longest(self) -> timedelta:
        """How long an attempt counts at most, whatever the zone."""
        return timedelta(days=self.days + self.next_day + 2, hours=self.hours)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One number dialled, or one talk that ended.

    Attributes:
        call_id: its call.
        at: when (UTC).
        purpose: of the call's campaign.
        callback_id: the callback that it served.
        asset_id: what the call was about, where it is known.
        campaign_id: for which campaign it was.
        result: code of what came of it; "" while nobody knows.
        dialled: we dialled a number.
        first: it was the first one of its call.
        conversed: a talk with a human ended.
        refused: it ended with a refusal.
    """

    call_id: int
    at: datetime
    purpose: str
    callback_id: int = 0
    asset_id: int | None = None
    campaign_id: int = 0
    result: str = ""
    dialled: bool = False
    first: bool = False
    conversed: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """The call that is to be made.

    Attributes:
        places: the places whose rules bind; `US-*` for a part of a country that nobody knows.
        zones: the zones in which the customer's clock may stand; empty when nobody knows.
        purpose: of its campaign.
        asset_id: what it is about.
        campaign_id: for which campaign it is.
        dealt_on: the last day on which the customer bought something or came in; none if unknown.
        named: the customer named the time, or it was promised.
        urgent: it is owed: a promise or a step of a case, which no house cap holds up.
        within: the call in which one more number is dialled; none for a new call.
    """

    places: tuple[str, ...]
    zones: tuple[str, ...]
    purpose: str
    asset_id: int | None = None
    campaign_id: int = 0
    dealt_on: date | None = None
    named: bool = False
    urgent: bool = False
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A cap in the way.

    Attributes:
        cap: the cap.
        until: the first instant (UTC) at which it allows the call.
    """

    cap: Cap
    until: datetime

    @property
    def said(self) -> Said:
        """The sentence that explains it."""
        given = {"rule": self.cap.name, "source": self.cap.source, "at": self.until}
        return Said("caps.law" if self.cap.is_law else "caps.house", given)


@dataclass(frozen=True, slots=True)
class Caps:
    """All caps in force."""

    caps: tuple[Cap, ...] = ()

    @property
    def memory(self) -> timedelta:
        """How far back attempts have to be known."""
        return max((cap.longest for cap in self.caps), default=timedelta())

    def holding(
        self,
        attempts: Sequence[Attempt],
        subject: Subject,
        at: datetime,
        *,
        spared: Iterable[str] = (),
    ) -> tuple[Held, ...]:
        """The caps that forbid a call at an instant (UTC), the one that lasts longest first.

        Args:
            attempts: what was done so far, in any order.
            subject: the call that is to be made.
            at: when.
            spared: codes of caps that somebody has set aside for it.
        """
        spared = frozenset(spared)
        found = []
        for cap in self.caps:
            if cap.code not in spared and _binds(cap, subject) and not _spares(cap, subject, at):
                until = _clears(cap, attempts, subject)
                if until is not None and until > at:
                    found.append(Held(cap, until))
        return tuple(sorted(found, key=lambda one: one.until, reverse=True))


def caps_of(data: object, where: str) -> Caps:
    """The caps of a parsed data file: a list `cap` of tables.

    Raises:
        InputError: `content_bad`, naming the entry and what is wrong with it.
    """
    file = Entry(where, data)
    caps = tuple(_cap(record) for record in file.entries("cap"))
    file.close()
    codes: set[str] = set()
    for cap in caps:
        if cap.code in codes:
            raise file.bad(Said("rules.bad.twice", {"value": cap.code}))
        codes.add(cap.code)
    return Caps(caps)


def _cap(record: Entry) -> Cap:
    code = record.text("code")
    record.where = f"{record.where} ({code})"
    counted = record.one_of("counts", Counted)
    event = counted in (Counted.CONVERSATIONS, Counted.REFUSALS)
    cap = Cap(
        code=code,
        name=record.both("name"),
        place=record.text("place"),
        purposes=_purposes(record),
        counted=counted,
        most=1 if event else record.whole("most"),
        days=record.whole("days", 0),
        hours=record.whole("hours", 0),
        next_day=record.flag("next_day", default=False),
        scope=record.one_of("scope", Scope, Scope.CUSTOMER),
        spares_named=record.flag("spares_named", default=False),
        relationship_months=record.whole("relationship_months", 0),
        uncounted=frozenset(record.texts("uncounted")),
        source=record.text("source"),
        confidence=record.one_of("confidence", Confidence),
        as_of=record.text("as_of"),
        note=record.text("note") if record.has("note") else "",
    )
    record.close()
    if not cap.most:
        raise record.bad(Said("rules.bad.number", {"field": "most"}))
    if bool(cap.days) == bool(cap.hours):
        raise record.bad(Said("caps.bad.span"))
    if cap.is_law == (cap.place == HOUSE):
        raise record.bad(Said("caps.bad.place"))
    return cap


def _purposes(record: Entry) -> tuple[Purpose, ...]:
    words = record.texts("purposes")
    known = {purpose.value: purpose for purpose in Purpose}
    for word in words:
        if word not in known:
            given = {"field": "purposes", "known": ", ".join(known)}
            raise record.bad(Said("rules.bad.choice", given))
    return tuple(known[word] for word in words)


def _binds(cap: Cap, subject: Subject) -> bool:
    if cap.purposes and subject.purpose not in cap.purposes:
        return False
    if cap.spares_named and subject.named:
        return False
    if cap.place == HOUSE:
        return not subject.urgent
    return any(_is_in(cap.place, place) for place in subject.places)


def _spares(cap: Cap, subject: Subject, at: datetime) -> bool:
    """Whether the customer dealt with us so lately that the rule leaves the call alone."""
    if not cap.relationship_months or subject.dealt_on is None:
        return False
    dealt = subject.dealt_on
    ends = divmod(dealt.year * 12 + dealt.month - 1 + cap.relationship_months, 12)
    today = at.astimezone(UTC)
    return (today.year, today.month, today.day) < (ends[0], ends[1] + 1, dealt.day)


def _is_in(wanted: str, place: str) -> bool:
    """Whether a rule's place is a place, or may be the unknown part of a country."""
    return wanted == place or (place.endswith(_ANY_PART) and wanted.startswith(place[:-1]))


def _clears(cap: Cap, attempts: Sequence[Attempt], subject: Subject) -> datetime | None:
    """When the cap allows the call; none where it always has."""
    ends = sorted(
        (_counts_until(cap, one, subject) for one in attempts if _counts(cap, one, subject)),
        reverse=True,
    )
    return ends[cap.most - 1] if len(ends) >= cap.most else None


def _counts(cap: Cap, attempt: Attempt, subject: Subject) -> bool:
    if cap.purposes and attempt.purpose not in cap.purposes:
        return False
    if attempt.result in cap.uncounted:
        return False
    assets = {attempt.asset_id, subject.asset_id}
    if cap.scope is Scope.ASSET and len(assets) > 1 and None not in assets:
        return False
    if cap.scope is Scope.CAMPAIGN and attempt.campaign_id != subject.campaign_id:
        return False
    if cap.counted is Counted.DIALS:
        return attempt.dialled
    # One more number in the same call is no further call, and a line that dropped no conversation.
    if attempt.call_id == subject.within:
        return False
    match cap.counted:
        case Counted.CALLS:
            return attempt.dialled and attempt.first
        case Counted.CONVERSATIONS:
            return attempt.conversed
        case Counted.REFUSALS:
            return attempt.refused


def _counts_until(cap: Cap, attempt: Attempt, subject: Subject) -> datetime:
    """The instant from which an attempt no longer counts: the latest of all zones."""
    if cap.hours:
        return attempt.at + timedelta(hours=cap.hours)
    days = timedelta(days=cap.days + cap.next_day)
    zones = [ZoneInfo(zone) for zone in subject.zones or (_LAST_ZONE,)]
    return max(_midnight(attempt.at.astimezone(zone).date() + days, zone) for zone in zones)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day (UTC)."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
