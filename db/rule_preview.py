"""What other rules would do to today's queue: who may be rung when, which bands and caps change.

Nothing is written. What waits is counted in groups that the rules treat alike, so that a million
callbacks cost one pass of the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.cap_preview import ready_by
from db.engine import Database
from db.retry_preview import RetryPreview, preview_retries
from db.rule_following import ordinary_band_of
from db.states import in_state
from db.tables import callback, calling_window, campaign, person
from db.transaction import Unit
from domain.bands import KEY_CUSTOMER
from domain.bilingual import Bilingual
from domain.calling_hours import current_or_next_window
from domain.campaign import Campaign
from domain.own_day import day_ends
from domain.permissions import Actor, require
from domain.rulebook import Rulebook
from domain.terms import read_terms, write_terms
from domain.week import read_week

_MOST_STRETCHES: Final = 48
"""Openings of one day: more than any table of hours has."""
_AT_ONCE: Final = 500
"""Callbacks that are looked up together."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How many callbacks may be rung now, later today, on a later day, or not at all."""

    now: int = 0
    today: int = 0
    later: int = 0
    never: int = 0

    def with_more(self, place: str, n: int) -> Standing:
        """With more callbacks in one of the places, named like the field."""
        return replace(self, **{place: getattr(self, place) + n})


@dataclass(frozen=True, slots=True)
class CampaignPreview:
    """What waits in a campaign.

    Attributes:
        code: of the campaign.
        name: what people read, by the new rules.
        before: by the rules that hold.
        after: by the new ones.
        bands: how many callbacks change their band.
        caps: how many may be tried more or less often.
        waits: how many wait longer or shorter, because of how often their customers were rung.
    """

    code: str
    name: Bilingual
    before: Standing
    after: Standing
    bands: int
    caps: int
    waits: int = 0

    @property
    def changes(self) -> bool:
        """Whether anything changes."""
        return self.before != self.after or any(self.counts)

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many change their band, their cap of attempts, their wait."""
        return self.bands, self.caps, self.waits


@dataclass(frozen=True, slots=True)
class WindowPreview:
    """What waits behind one decision about hours.

    Attributes:
        zones: the clocks that count (IANA names).
        places: the countries or states whose rows bind.
        purpose: why we ring, by the rules that hold.
        before: by the rules that hold.
        after: by the new ones.
    """

    zones: tuple[str, ...]
    places: tuple[str, ...]
    purpose: str
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class RulePreview:
    """Everything that waits, by campaign and by window.

    Attributes:
        at: the instant of looking (UTC).
        campaigns: in the order of the rules.
        windows: those for which something changes.
        retries: the endings after which the callbacks of today come back at another time.
    """

    at: datetime
    campaigns: tuple[CampaignPreview, ...]
    windows: tuple[WindowPreview, ...]
    retries: tuple[RetryPreview, ...] = ()

    @property
    def waiting(self) -> int:
        """How many callbacks were looked at."""
        before = self.before
        return before.now + before.today + before.later + before.never

    @property
    def before(self) -> Standing:
        """All campaigns together by the rules that hold."""
        return _total([one.before for one in self.campaigns])

    @property
    def after(self) -> Standing:
        """All campaigns together by the new rules."""
        return _total([one.after for one in self.campaigns])


def preview_rules(
    database: Database, actor: Actor, rulebook: Rulebook, *, zone: str
) -> RulePreview:
    """What a rulebook would do to what waits, if it came into force now.

    Args:
        database: the database, which works by the rules that hold.
        actor: a lead.
        rulebook: the rules to try.
        zone: the lead's own clock (IANA name), which says when today is over.

    Raises:
        RefusedError: `not_allowed`.
    """
    require(actor, "playbooks.publish")
    present = database.rulebook
    at, groups = database.read(lambda unit: (unit.now, _groups(unit, day_ends(unit.now, zone))))
    ends = day_ends(at, zone)
    old = _Hours(present, at, ends)
    new = old if _same_hours(present, rulebook) else _Hours(rulebook, at, ends)
    kinds = {one.code: one for one in rulebook.campaigns}
    campaigns: dict[str, CampaignPreview] = {}
    windows: dict[tuple[str, str, str], WindowPreview] = {}
    for row in groups:
        kind = kinds.get(row["code"])
        before = old.place(row, _key(row))
        after = new.place(row, _key(row) if kind is None else _key_after(row, kind))
        line = campaigns.get(row["code"]) or _line(row, kind)
        campaigns[row["code"]] = _counted(line, row, (before, after), kind, rulebook)
        name = (row["zones"], row["places"], row["window_purpose"])
        window = windows.get(name) or _window(row)
        windows[name] = replace(
            window,
            before=window.before.with_more(before, row["n"]),
            after=window.after.with_more(after, row["n"]),
        )
    moved = ready_by(database, rulebook, ends)
    for row in _moved(database, tuple(moved), ends):
        kind = kinds.get(row["code"])
        key = _key(row) if kind is None else _key_after(row, kind)
        places = new.place(row, key), new.place(_with_ready(row, moved[row["id"]], at, ends), key)
        line = campaigns.get(row["code"]) or _line(row, kind)
        campaigns[row["code"]] = _waiting_otherwise(line, places)
        name = (row["zones"], row["places"], row["window_purpose"])
        window = windows.get(name) or _window(row)
        windows[name] = replace(window, after=_other_place(window.after, places))
    order = {one.code: place for place, one in enumerate(rulebook.campaigns)}
    return RulePreview(
        at,
        tuple(sorted(campaigns.values(), key=lambda one: (order.get(one.code, 999), one.code))),
        tuple(
            windows[name] for name in sorted(windows) if windows[name].before != windows[name].after
        ),
        database.read(lambda unit: preview_retries(unit, present, rulebook, ends)),
    )


class _Hours:
    """When each decision about hours is open today, by one rulebook; worked out once."""

    def __init__(self, rulebook: Rulebook, at: datetime, ends: datetime) -> None:
        self._rulebook = rulebook
        self._at = at
        self._ends = ends
        self._open: dict[tuple[str, str, str, str], Sequence[tuple[datetime, datetime]]] = {}

    def place(self, row: sa.RowMapping | dict[str, Any], key: tuple[str, str, str, str]) -> str:
        """Where in a `Standing` the callbacks of a group belong."""
        if key not in self._open:
            self._open[key] = self._stretches(key)
        stretches = self._open[key]
        if not stretches:
            return "never"
        ready: datetime | None = row["ready_today"]
        if row["waits"] == 2:
            return "later"
        ready = self._at if ready is None else ready
        for opens, closes in stretches:
            if closes > ready and opens < self._ends:
                return "now" if opens <= self._at and ready <= self._at else "today"
        return "later"

    def _stretches(self, key: tuple[str, str, str, str]) -> Sequence[tuple[datetime, datetime]]:
        """The openings that are left today, and the next one after them."""
        found: list[tuple[datetime, datetime]] = []
        at = self._at
        zones, places, purpose, preferred = key
        while len(found) < _MOST_STRETCHES:
            stretch = current_or_next_window(
                self._rulebook.calling,
                zones=_split(zones),
                places=_split(places),
                purpose=purpose,
                preferred=preferred or None,
                at=at,
            )
            if stretch is None:
                break
            found.append(stretch)
            if stretch[1] >= self._ends:
                break
            at = stretch[1]
        return found


def _groups(unit: Unit, ends: datetime) -> Sequence[sa.RowMapping]:
    waiting = _waiting(unit, ends).subquery()
    counted = sa.select(*waiting.c, sa.func.count().label("n")).group_by(*waiting.c)
    return unit.run(counted).mappings().all()


def _waiting(unit: Unit, ends: datetime) -> sa.Select[*tuple[Any, ...]]:
    ready = callback.c.ready_at
    waits = sa.case((ready <= unit.now, 0), (ready < ends, 1), else_=2).label("waits")
    today = sa.case((sa.and_(ready > unit.now, ready < ends), ready), else_=sa.null())
    return (
        sa.select(
            campaign.c.code,
            campaign.c.name_zh,
            campaign.c.name_en,
            campaign.c.attempt_cap,
            calling_window.c.zones,
            calling_window.c.places,
            calling_window.c.purpose.label("window_purpose"),
            calling_window.c.preferred,
            callback.c.band,
            callback.c.promised,
            callback.c.priority,
            person.c.tier,
            waits,
            sa.type_coerce(today, ready.type).label("ready_today"),
        )
        .select_from(callback)
        .join(campaign, campaign.c.id == callback.c.campaign_id)
        .join(calling_window, calling_window.c.id == callback.c.window_id)
        .join(person, person.c.id == callback.c.person_id)
        .where(in_state("scheduled", "due"))
    )


def _moved(database: Database, ids: Sequence[int], ends: datetime) -> Iterator[sa.RowMapping]:
    """The callbacks that wait otherwise, one by one."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]

        def read(unit: Unit, some: Sequence[int] = some) -> Sequence[sa.RowMapping]:
            chosen = _waiting(unit, ends).add_columns(callback.c.id).where(callback.c.id.in_(some))
            return unit.run(chosen).mappings().all()

        yield from database.read(read)


def _with_ready(
    row: sa.RowMapping, ready: datetime, at: datetime, ends: datetime
) -> dict[str, Any]:
    waits = 0 if ready <= at else 1 if ready < ends else 2
    return {**row, "waits": waits, "ready_today": ready if waits == 1 else None}


def _waiting_otherwise(line: CampaignPreview, places: tuple[str, str]) -> CampaignPreview:
    return replace(line, after=_other_place(line.after, places), waits=line.waits + 1)


def _other_place(standing: Standing, places: tuple[str, str]) -> Standing:
    """With one callback in another place than the one in which it was counted."""
    return standing.with_more(places[0], -1).with_more(places[1], 1)


def _same_hours(one: Rulebook, other: Rulebook) -> bool:
    return one.calling_release == other.calling_release


def _key(row: sa.RowMapping) -> tuple[str, str, str, str]:
    return row["zones"], row["places"], row["window_purpose"], row["preferred"]


def _key_after(row: sa.RowMapping, kind: Campaign) -> tuple[str, str, str, str]:
    hours = read_week(kind.hours) if kind.hours else None
    terms = replace(read_terms(row["preferred"]), campaign=hours, off=not kind.active)
    return row["zones"], row["places"], kind.purpose.value, write_terms(terms)


def _line(row: sa.RowMapping, kind: Campaign | None) -> CampaignPreview:
    name = Bilingual(row["name_zh"], row["name_en"]) if kind is None else kind.name
    return CampaignPreview(row["code"], name, Standing(), Standing(), 0, 0)


def _window(row: sa.RowMapping) -> WindowPreview:
    zones, places = _split(row["zones"]), _split(row["places"])
    return WindowPreview(zones, places, row["window_purpose"], Standing(), Standing())


def _counted(
    line: CampaignPreview,
    row: sa.RowMapping,
    places: tuple[str, str],
    kind: Campaign | None,
    rulebook: Rulebook,
) -> CampaignPreview:
    n = row["n"]
    bands = caps = 0
    if kind is not None:
        ordinary = not row["promised"] and row["band"] >= KEY_CUSTOMER
        band = ordinary_band_of(rulebook, kind.band, priority=row["priority"], tier=row["tier"])
        bands = n if ordinary and band != row["band"] else 0
        caps = n if kind.attempt_cap != row["attempt_cap"] else 0
    return replace(
        line,
        before=line.before.with_more(places[0], n),
        after=line.after.with_more(places[1], n),
        bands=line.bands + bands,
        caps=line.caps + caps,
    )


def _total(many: Sequence[Standing]) -> Standing:
    return Standing(
        now=sum(one.now for one in many),
        today=sum(one.today for one in many),
        later=sum(one.later for one in many),
        never=sum(one.never for one in many),
    )


def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(",")) if joined else ()
