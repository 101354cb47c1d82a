"""What planning needs to know of customers, read for a batch of them in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from db.care_cars import Batch, cars_and_visits
from db.customer_card import OVER
from db.tables import (
    callback,
    campaign,
    complaint,
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


def next_persons(unit: Unit, after: int, limit: int) -> Sequence[sa.RowMapping]:
    """The next persons by id; those that were merged into others are left out."""
    columns = person.c
    return (
        unit.run(
            sa.select(
                columns.id,
                columns.country,
                columns.tier,
                columns.birthday,
                columns.birthday_calendar,
                columns.zone,
                columns.owner_id,
                columns.closed_at,
            )
            .where(columns.id > after, columns.merged_into.is_(None))
            .order_by(columns.id)
            .limit(limit)
        )
        .mappings()
        .all()
    )


def load(unit: Unit, rows: Sequence[sa.RowMapping], zone: str) -> list[Reached]:
    """The customers of some rows of persons.

    Args:
        unit: the transaction.
        rows: what `next_persons` gave.
        zone: the shop's clock (IANA name).
    """
    if not rows:
        return []
    ids = Batch(rows[0]["id"], rows[-1]["id"])
    shop = ZoneInfo(zone)
    numbers = _numbers(unit, ids)
    stops = _Stops(unit, ids)
    refused = _refused(unit, ids)
    cars, visits = cars_and_visits(unit, ids)
    back = unit.now - _BACK
    occasions = _occasions(unit, ids, back.date())
    callbacks = _callbacks(unit, ids, back)
    complaining = set(
        unit.run(
            sa.select(complaint.c.person_id).where(
                ids.has(complaint.c.person_id), complaint.c.status.not_in(OVER)
            )
        ).scalars()
    )
    active = set(unit.run(sa.select(operator.c.id).where(operator.c.active)).scalars())
    found = []
    for row in rows:
        who = row["id"]
        theirs = numbers.get(who, ())
        usable = tuple((one.id, stops.of(who, one.id)) for one in theirs)
        stopped = [purposes for _, purposes in usable] or [stops.of(who, None)]
        history = callbacks.get(who, ())
        customer = Customer(
            id=who,
            country=row["country"] or (theirs[0].country if theirs else None),
            tier=Tier(row["tier"]) if row["tier"] else None,
            birthday=_birthday(row["birthday"], row["birthday_calendar"]),
            cars=cars.get(who, ()),
            visits=visits.get(who, ()),
            occasions=occasions.get(who, ()),
            deals={
                one.id: _day(one.updated_at, shop)
                for one in history
                if one.last_outcome == _BOOKED and one.state == "done"
            },
            closed=row["closed_at"] is not None,
            complaint_open=who in complaining,
            refused=refused.get(who, frozenset()),
            stopped=frozenset.intersection(*stopped),
            reachable=bool(usable),
            made=frozenset(one.source_key for one in history if one.source == SOURCE),
            standing=tuple(
                Standing(one.id, one.code, one.band, _day(one.first_due_at, shop), _yields(one))
                for one in history
                if one.state != "cancelled"
            ),
        )
        own_zone = row["zone"] or (theirs[0].zones[0] if theirs and theirs[0].zones else zone)
        owner = row["owner_id"] if row["owner_id"] in active else None
        found.append(Reached(customer, usable, own_zone, owner))
    return found


def due_at(on: date, at: time, zone: str) -> datetime:
    """The instant of a time of day on a customer's clock, aware."""
    return datetime.combine(on, at, ZoneInfo(zone))


def _yields(one: sa.Row[Any]) -> bool:
    untouched = one.state in ("scheduled", "due") and not one.attempts and not one.promised
    return bool(untouched and one.source == SOURCE)


def _day(instant: datetime, shop: ZoneInfo) -> date:
    return instant.astimezone(shop).date()


def _birthday(text: str | None, calendar: str) -> Birthday | None:
    if text is None:
        return None
    _, month, day = text.split("-")
    return Birthday(int(month), int(day), lunar=calendar == "lunar")


def _grouped(rows: Iterable[sa.Row[Any]]) -> dict[int, list[sa.Row[Any]]]:
    found: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return found


def _numbers(unit: Unit, ids: Batch) -> Mapping[int, Sequence[sa.Row[Any]]]:
    return _grouped(
        unit.run(
            sa.select(person_phone.c.person_id, phone.c.id, phone.c.country, phone.c.zones)
            .join(phone, phone.c.id == person_phone.c.phone_id)
            .where(
                ids.has(person_phone.c.person_id),
                person_phone.c.until.is_(None),
                person_phone.c.role != "fax",
                phone.c.status == "ok",
            )
            .order_by(person_phone.c.position, person_phone.c.id)
        )
    )


class _Stops:
    """Which purposes are stopped for persons and for numbers."""

    def __init__(self, unit: Unit, ids: Batch) -> None:
        columns = do_not_call.c
        theirs = sa.select(person_phone.c.phone_id).where(ids.has(person_phone.c.person_id))
        self._persons: Final[dict[int, set[Purpose]]] = defaultdict(set)
        self._phones: Final[dict[int, set[Purpose]]] = defaultdict(set)
        for column, where, kept in (
            (columns.person_id, ids.has(columns.person_id), self._persons),
            (columns.phone_id, columns.phone_id.in_(theirs), self._phones),
        ):
            for who, purpose in unit.run(
                sa.select(column, columns.purpose).where(
                    where,
                    columns.lifted_at.is_(None),
                    sa.or_(columns.expires_at.is_(None), columns.expires_at > unit.now),
                )
            ):
                kept[who] |= _purposes(purpose)

    def of(self, person_id: int, phone_id: int | None) -> frozenset[Purpose]:
        """The purposes for which a number of a person must not be called."""
        stopped = set(self._persons.get(person_id, ()))
        if phone_id is not None:
            stopped |= self._phones.get(phone_id, set())
        return frozenset(stopped)


def _purposes(code: str) -> set[Purpose]:
    return set(Purpose) if code == _ANY else {Purpose(code)}


def _refused(unit: Unit, ids: Batch) -> Mapping[int, frozenset[Purpose]]:
    """The purposes to which persons said no; a later word counts before an earlier one."""
    columns = consent.c
    found: dict[int, set[Purpose]] = defaultdict(set)
    for row in unit.run(
        sa.select(columns.person_id, columns.purpose, columns.granted)
        .where(
            ids.has(columns.person_id),
            sa.or_(columns.until.is_(None), columns.until > unit.now),
        )
        .order_by(columns.since, columns.id)
    ):
        if row.granted:
            found[row.person_id] -= _purposes(row.purpose)
        else:
            found[row.person_id] |= _purposes(row.purpose)
    return {who: frozenset(purposes) for who, purposes in found.items()}


def _occasions(unit: Unit, ids: Batch, since: date) -> Mapping[int, tuple[Occasion, ...]]:
    columns = occasion.c
    rows = unit.run(
        sa.select(columns.person_id, columns.id, columns.kind, columns.day, columns.asset_id,
                  columns.state)
        .where(ids.has(columns.person_id), columns.day >= since)
        .order_by(columns.id)
    )  # fmt: skip
    return {
        who: tuple(
            Occasion(
                one.id,
                OccasionKind(one.kind),
                one.day,
                one.asset_id,
                settled=one.state in ("kept", "cancelled"),
            )
            for one in theirs
        )
        for who, theirs in _grouped(rows).items()
    }


def _callbacks(unit: Unit, ids: Batch, since: datetime) -> Mapping[int, Sequence[sa.Row[Any]]]:
    columns = callback.c
    return _grouped(
        unit.run(
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
        )
    )
