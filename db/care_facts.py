"""What planning needs to know of customers, read for a batch of them in a few statements."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from db.care_cars import Batch, cars_and_visits
from db.care_open import Contacts, open_of
from db.states import OPEN_STATES
from db.tables import (
    callback,
    campaign,
    consent,
    do_not_call,
    occasion,
    operator,
    person,
    person_phone,
    phone,
)
from db.transaction import Unit
from domain.bands import Tier
from domain.campaign import Purpose
from domain.care.facts import (
    Birthday,
    Customer,
    Occasion,
    OccasionKind,
    Standing,
)

SOURCE: Final = "care"
"""The source of callbacks that were planned; their key is the planned call's."""
_ANY: Final = "any"
_NONE: Final[frozenset[Purpose]] = frozenset()
_BOOKED: Final = "booked"
_BACK: Final = timedelta(days=400)
"""How far back callbacks and occasions can bear on today's plan: more than a year's turn."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How a customer is rung.

    Attributes:
        customer: what planning knows.
        numbers: usable numbers in the order of trying, each with the purposes it is stopped for.
        zone: the customer's clock (IANA name).
        owner_id: the customer's own operator, where still active.
    """

    customer: Customer
    numbers: tuple[tuple[int, frozenset[Purpose]], ...]
    zone: str
    owner_id: int | None

    def number_for(self, purpose: Purpose) -> int | None:
        """The number to try first for a purpose."""
        return next((one for one, stopped in self.numbers if purpose not in stopped), None)


def next_persons(unit: Unit, after: int, limit: int) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """The next customers by id; those that were merged into others are left out."""
    columns = person.c
    return unit.run(
        sa.select(
            columns.id,
            columns.country,
            columns.tier,
            columns.birthday,
            columns.birthday_calendar,
            columns.zone,
            columns.owner_id,
            columns.closed_at.is_not(None),
        )
        .where(columns.id > after, columns.merged_into.is_(None), columns.department.is_(None))
        .order_by(columns.id)
        .limit(limit)
    ).all()


def load(
    unit: Unit, rows: Sequence[sa.Row[*tuple[Any, ...]]], zone: str, asked: Contacts
) -> list[Reached]:
    """The customers of some rows of persons, read for all of them at once.

    Rows are taken apart by place: to ask them for names would take as long as to read them.

    Args:
        unit: the transaction.
        rows: what `next_persons` gave.
        zone: the shop's clock (IANA name).
        asked: what plans of regular contact need.
    """
    if not rows:
        return []
    ids = Batch(rows[0].id, rows[-1].id)
    shop = ZoneInfo(zone)
    numbers = _numbers(unit, ids)
    stops = _Stops(unit, ids)
    refused = _refused(unit, ids)
    cars, visits = cars_and_visits(unit, ids)
    back = unit.now - _BACK
    occasions = _occasions(unit, ids, back.date())
    callbacks = _histories(unit, ids, back, shop)
    waiting = open_of(unit, ids, shop, asked)
    active = set(unit.run(sa.select(operator.c.id).where(operator.c.active)).scalars())
    found = []
    for who, country, tier, birthday, calendar, own_zone, owner_id, closed in rows:
        theirs = numbers.get(who, ())
        usable = tuple((phone_id, stops.of(who, phone_id)) for phone_id, _, _ in theirs)
        stopped = [purposes for _, purposes in usable] or [stops.of(who, None)]
        history = callbacks.get(who, _NO_HISTORY)
        customer = Customer(
            id=who,
            country=country or (theirs[0][1] if theirs else None),
            tier=Tier(tier) if tier else None,
            birthday=_birthday(birthday, calendar),
            cars=cars.get(who, ()),
            visits=visits.get(who, ()),
            occasions=occasions.get(who, ()),
            deals=history.deals,
            closed=closed,
            chance_since=_without_deal(waiting.chances.get(who), history.deals),
            complaint_since=waiting.complaints.get(who),
            contact_on=waiting.contacts.get(who),
            complaint_open=who in waiting.complaints,
            refused=refused.get(who, _NONE),
            stopped=frozenset.intersection(*stopped),
            reachable=bool(usable),
            made=frozenset(history.made),
            standing=tuple(history.standing),
        )
        clock = own_zone or (_first_of(theirs[0][2]) if theirs else None) or zone
        owner = owner_id if owner_id in active else None
        found.append(Reached(customer, usable, clock, owner))
    return found


def _without_deal(heard_on: date | None, deals: Mapping[int, date]) -> date | None:
    """The day of a chance that no deal has taken up since."""
    if heard_on is None or any(day >= heard_on for day in deals.values()):
        return None
    return heard_on


def due_at(on: date, at: time, zone: str) -> datetime:
    """The instant of a time of day on a customer's clock, aware."""
    return datetime.combine(on, at, ZoneInfo(zone))


def _day(instant: datetime, shop: ZoneInfo) -> date:
    return instant.astimezone(shop).date()


def _birthday(text: str | None, calendar: str) -> Birthday | None:
    if text is None:
        return None
    _, month, day = text.split("-")
    return Birthday(int(month), int(day), lunar=calendar == "lunar")


@lru_cache(maxsize=256)
def _first_of(zones: str) -> str | None:
    """The first of a number's zones as they are stored; many numbers have the same."""
    found: list[str] = json.loads(zones)
    return found[0] if found else None


def _numbers(unit: Unit, ids: Batch) -> Mapping[int, Sequence[tuple[int, str | None, str]]]:
    """Usable numbers by person: id, country, and the zones as they are stored."""
    found: dict[int, list[tuple[int, str | None, str]]] = defaultdict(list)
    for who, phone_id, country, zones in unit.each(
        sa.select(
            person_phone.c.person_id,
            phone.c.id,
            phone.c.country,
            sa.cast(phone.c.zones, sa.Text),
        )
        .join(phone, phone.c.id == person_phone.c.phone_id)
        .where(
            ids.has(person_phone.c.person_id),
            person_phone.c.until.is_(None),
            person_phone.c.role != "fax",
            phone.c.status == "ok",
        )
        .order_by(person_phone.c.position, person_phone.c.id)
    ):
        found[who].append((phone_id, country, zones))
    return found


class _Stops:
    """Which purposes are stopped for persons and for numbers."""

    def __init__(self, unit: Unit, ids: Batch) -> None:
        columns = do_not_call.c
        theirs = sa.select(person_phone.c.phone_id).where(ids.has(person_phone.c.person_id))
        self._persons: Final[dict[int | None, frozenset[Purpose]]] = {}
        self._phones: Final[dict[int | None, frozenset[Purpose]]] = {}
        for column, where, kept in (
            (columns.person_id, ids.has(columns.person_id), self._persons),
            (columns.phone_id, columns.phone_id.in_(theirs), self._phones),
        ):
            for who, purpose in unit.each(
                sa.select(column, columns.purpose).where(
                    where,
                    columns.lifted_at.is_(None),
                    sa.or_(columns.expires_at.is_(None), columns.expires_at > unit.now),
                )
            ):
                kept[who] = kept.get(who, _NONE) | _purposes(purpose)

    def of(self, person_id: int, phone_id: int | None) -> frozenset[Purpose]:
        """The purposes for which a number of a person must not be called."""
        return self._persons.get(person_id, _NONE) | self._phones.get(phone_id, _NONE)


def _purposes(code: str) -> frozenset[Purpose]:
    return frozenset(Purpose) if code == _ANY else frozenset({Purpose(code)})


def _refused(unit: Unit, ids: Batch) -> Mapping[int, frozenset[Purpose]]:
    """The purposes to which persons said no; a later word counts before an earlier one."""
    columns = consent.c
    found: dict[int, frozenset[Purpose]] = {}
    for who, purpose, granted in unit.run(
        sa.select(columns.person_id, columns.purpose, columns.granted)
        .where(
            ids.has(columns.person_id),
            sa.or_(columns.until.is_(None), columns.until > unit.now),
        )
        .order_by(columns.since, columns.id)
    ):
        before, named = found.get(who, _NONE), _purposes(purpose)
        found[who] = before - named if granted else before | named
    return found


def _occasions(unit: Unit, ids: Batch, since: date) -> Mapping[int, tuple[Occasion, ...]]:
    columns = occasion.c
    found: dict[int, tuple[Occasion, ...]] = {}
    for who, occasion_id, kind, day, asset_id, state in unit.run(
        sa.select(columns.person_id, columns.id, columns.kind, columns.day, columns.asset_id,
                  columns.state)
        .where(ids.has(columns.person_id), columns.day >= since)
        .order_by(columns.id)
    ):  # fmt: skip
        settled = state in ("kept", "cancelled")
        one = Occasion(occasion_id, OccasionKind(kind), day, asset_id, settled=settled)
        found[who] = (*found.get(who, ()), one)
    return found


@dataclass(slots=True)
class _History:
    """A customer's callbacks: days of deals, keys of planned calls, and what stands."""

    deals: dict[int, date] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)


_NO_HISTORY: Final = _History()


def _histories(unit: Unit, ids: Batch, since: datetime, shop: ZoneInfo) -> Mapping[int, _History]:
    columns = callback.c
    found: dict[int, _History] = defaultdict(_History)
    for (
        who, callback_id, state, first_due_at, updated_at, source, source_key, attempts, promised,
        last_outcome, code, band,
    ) in unit.each(
        sa.select(
            columns.person_id,
            columns.id,
            columns.state,
            columns.first_due_at,
            columns.updated_at,
            columns.source,
            columns.source_key,
            columns.attempts,
            columns.promised,
            columns.last_outcome,
            campaign.c.code,
            campaign.c.band,
        )
        .join(campaign, campaign.c.id == columns.campaign_id)
        .where(ids.has(columns.person_id), columns.first_due_at >= since)
        .order_by(columns.id)
    ):  # fmt: skip
        history, planned = found[who], source == SOURCE
        if planned:
            history.made.append(source_key)
        if state == "done" and last_outcome == _BOOKED:
            history.deals[callback_id] = _day(updated_at, shop)
        if state != "cancelled":
            untouched = state in ("scheduled", "due") and not attempts and not promised
            on = _day(first_due_at, shop)
            yields, waits = planned and untouched, state in OPEN_STATES
            history.standing.append(Standing(callback_id, code, band, on, yields, waits))
    return found
