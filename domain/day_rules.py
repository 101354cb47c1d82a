"""An operator's day: pauses with their limits, and how long wrap-up may take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.bilingual import Bilingual
from domain.entry import Entry
from domain.said import Said

MOST_PAUSES = 10
"""Each has a digit in the list that asks for one."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A reason to be away from the queue.

    Attributes:
        code: names it in the database and in figures.
        name: what people call it.
        minutes: how long it may last; none without a limit.
        productive: whether the time counts as work (training, a meeting) and not as rest.
        after_red: whether it is proposed after a call that ended red.
    """

    code: str
    name: Bilingual
    minutes: int | None
    productive: bool = False
    after_red: bool = False

    def ends_at(self, since: datetime) -> datetime | None:
        """When a pause that begins at an instant should be over; none without a limit."""
        return None if self.minutes is None else since + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class WrapUp:
    """How long the work after a talk may take.

    Attributes:
        seconds: of the countdown that begins with hanging up.
        extension: seconds that one extension gives.
        extensions: how often it may be extended.
        default_outcome: the outcome that is saved once the time is over and a last warning went
            unanswered; none: the time only runs over.
        warning: seconds of that last warning.
    """

    seconds: int
    extension: int
    extensions: int
    default_outcome: str | None = None
    warning: int = 10


@dataclass(frozen=True, slots=True)
class DayRules:
    """What holds for an operator's day.

    Attributes:
        pauses: in the order in which they are offered.
        house: the wrap-up of every campaign without one of its own.
        campaigns: the wrap-up of a campaign, by its code.
    """

    pauses: tuple[Pause, ...]
    house: WrapUp
    campaigns: Mapping[str, WrapUp] = field(default_factory=dict)

    def pause(self, code: str | None) -> Pause | None:
        """A pause by its code; none for one that no longer exists."""
        return next((one for one in self.pauses if one.code == code), None)

    def wrap_up(self, campaign: str | None) -> WrapUp:
        """The wrap-up of a campaign, or that of the house."""
        return self.campaigns.get(campaign or "", self.house)


def pauses_of(data: object, where: str) -> tuple[Pause, ...]:
    """The pauses of a file.

    Raises:
        InputError: `content_bad`, naming the entry.
    """
    whole = Entry(where, data)
    found: list[Pause] = []
    for entry in whole.entries("pause"):
        code = entry.text("code")
        if code in {one.code for one in found}:
            raise entry.bad(Said("day.bad.twice", {"code": code}))
        minutes = entry.whole("minutes") if entry.has("minutes") else None
        if minutes == 0:
            raise entry.bad(Said("day.bad.no_time", {"code": code}))
        found.append(
            Pause(
                code=code,
                name=entry.both("name"),
                minutes=minutes,
                productive=entry.flag("productive", default=False),
                after_red=entry.flag("after_red", default=False),
            )
        )
        entry.close()
    whole.close()
    if not 1 <= len(found) <= MOST_PAUSES:
        raise whole.bad(Said("day.bad.how_many", {"most": MOST_PAUSES}))
    return tuple(found)


def wrap_up_of(
    data: object, where: str, campaigns: Iterable[str], outcomes: Iterable[str]
) -> tuple[WrapUp, Mapping[str, WrapUp]]:
    """The wrap-up of the house, and of the campaigns that have one of their own.

    Args:
        data: as TOML gave it: a table `house`, and one table a campaign under `campaign`.
        where: names the file in errors.
        campaigns: codes of all campaigns.
        outcomes: codes of the outcomes that may be saved by default: those that ask a person for
            nothing.

    Raises:
        InputError: `content_bad`, naming the entry.
    """
    whole = Entry(where, data)
    most = frozenset(outcomes)
    house = _wrap_up(whole.entry("house"), None, most)
    known = frozenset(campaigns)
    own: dict[str, WrapUp] = {}
    if whole.has("campaign"):
        tables = whole.entry("campaign")
        for code in tables.fields:
            entry = tables.entry(code)
            if code not in known:
                raise entry.bad(Said("day.bad.campaign", {"code": code}))
            own[code] = _wrap_up(entry, house, most)
        tables.close()
    whole.close()
    return house, own


def _wrap_up(entry: Entry, house: WrapUp | None, outcomes: frozenset[str]) -> WrapUp:
    default = entry.text("default_outcome") if entry.has("default_outcome") else None
    if default is not None and default not in outcomes:
        raise entry.bad(Said("day.bad.outcome", {"code": default}))
    made = WrapUp(
        seconds=entry.whole("seconds", house.seconds if house else None),
        extension=entry.whole("extension_seconds", house.extension if house else None),
        extensions=entry.whole("extensions", house.extensions if house else None),
        default_outcome=default,
        warning=entry.whole("warning_seconds", house.warning if house else 10),
    )
    entry.close()
    if made.seconds == 0 or made.warning == 0:
        raise entry.bad(Said("day.bad.no_countdown"))
    return made
