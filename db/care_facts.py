"""What planning needs to know of customers, read for a batch of them in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from db.customer_card import OVER
from db.tables import (
    asset,
    callback,
    campaign,
    complaint,
    consent,
    do_not_call,
    occasion,
    operator,
    person,
    person_asset,
    person_phone,
    phone,
    service_order,
)
from db.transaction import Unit
from domain.bands import Tier
from domain.campaign import Purpose
from domain.care.facts import (
    Birthday,
    Car,
    Customer,
    Occasion,
    OccasionKind,
    Standing,
    Visit,
)

SOURCE: Final = "care"
"""The source of callbacks that were planned; their key is the planned call's."""
_ANY: Final = "any"
_BOOKED: Final = "booked"
_OWNER: Final = "owner"
_BELOW: Final = "mileage_below_previous"
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
    ids = _Range(rows[0]["id"], rows[-1]["id"])
    shop = ZoneInfo(zone)
    numbers = _numbers(unit, ids)
    stops = _Stops(unit, ids)
    refused = _refused(unit, ids)
    cars, visits = _cars(unit, ids)
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


def _numbers(unit: Unit, ids: _Range) -> Mapping[int, Sequence[sa.Row[Any]]]:
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


@dataclass(frozen=True, slots=True)
class _Range:
    """The persons of a batch, from the first to the last: a range keeps statements the same."""

    first: int
    last: int

    def has(self, column: sa.Column[int] | sa.Column[int | None]) -> sa.ColumnElement[bool]:
        return column.between(self.first, self.last)

    @property
    def assets(self) -> sa.Select[*tuple[int]]:
        return sa.select(person_asset.c.asset_id).where(self.has(person_asset.c.person_id))


class _Stops:
    """Which purposes are stopped for persons and for numbers."""

    def __init__(self, unit: Unit, ids: _Range) -> None:
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


def _refused(unit: Unit, ids: _Range) -> Mapping[int, frozenset[Purpose]]:
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


def _cars(
    unit: Unit, ids: _Range
) -> tuple[Mapping[int, tuple[Car, ...]], Mapping[int, tuple[Visit, ...]]]:
    """The cars of persons with their visits, and the persons' own visits."""
    links = unit.run(
        sa.select(
            person_asset.c.person_id,
            person_asset.c.asset_id,
            person_asset.c.until,
            asset.c.model,
            asset.c.bought_on,
            asset.c.sold_by_us,
            asset.c.first_visit_on,
            asset.c.first_mileage,
        )
        .join(asset, asset.c.id == person_asset.c.asset_id)
        .where(ids.has(person_asset.c.person_id))
        # A link that ended counts only where none goes on.
        .order_by(person_asset.c.until.is_not(None), person_asset.c.position, person_asset.c.id)
    ).all()
    first = _first_persons(unit, ids)
    own, of_asset = _visits(unit, ids)
    cars: dict[int, dict[int, Car]] = defaultdict(dict)
    for link in links:
        if link.asset_id in cars[link.person_id]:
            continue
        gone = link.until is not None
        cars[link.person_id][link.asset_id] = Car(
            id=link.asset_id,
            model=link.model,
            bought_on=link.bought_on,
            sold_by_us=link.sold_by_us,
            first_visit_on=link.first_visit_on,
            first_mileage=link.first_mileage,
            # Who had it last is asked about as long as nobody has it now, and then suppressed.
            mine=first.get(link.asset_id, link.person_id) == link.person_id,
            gone=gone,
            visits=tuple(of_asset.get(link.asset_id, ())),
        )
    return (
        {who: tuple(theirs.values()) for who, theirs in cars.items()},
        {who: tuple(theirs) for who, theirs in own.items()},
    )


def _first_persons(unit: Unit, ids: _Range) -> Mapping[int, int]:
    """Who is rung about an asset: its owner, else the first of those who have to do with it."""
    first: dict[int, int] = {}
    for row in unit.run(
        sa.select(person_asset.c.asset_id, person_asset.c.person_id)
        .where(person_asset.c.asset_id.in_(ids.assets), person_asset.c.until.is_(None))
        .order_by(person_asset.c.role != _OWNER, person_asset.c.position, person_asset.c.id)
    ):
        first.setdefault(row.asset_id, row.person_id)
    return first


def _visits(unit: Unit, ids: _Range) -> tuple[Mapping[int, list[Visit]], Mapping[int, list[Visit]]]:
    """Visits by person and by asset, each in the order of their days."""
    columns = service_order.c
    # Read as text: to parse the list of each order would take longer than all the rest.
    doubtful = sa.cast(columns.faults, sa.Text).contains(_BELOW)
    own: dict[int, list[Visit]] = defaultdict(list)
    of_asset: dict[int, list[Visit]] = defaultdict(list)
    for order_id, person_id, asset_id, day, service, mileage, wrong in unit.run(
        sa.select(
            columns.id,
            columns.person_id,
            columns.asset_id,
            columns.visited_on,
            columns.service,
            columns.mileage,
            doubtful,
        )
        .where(
            sa.or_(ids.has(columns.person_id), columns.asset_id.in_(ids.assets)),
            columns.visited_on.is_not(None),
        )
        .order_by(columns.visited_on, columns.id)
    ):
        visit = Visit(order_id, day, service, None if wrong else mileage, asset_id)
        own[person_id].append(visit)
        if asset_id is not None:
            of_asset[asset_id].append(visit)
    return own, of_asset


def _occasions(unit: Unit, ids: _Range, since: date) -> Mapping[int, tuple[Occasion, ...]]:
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


def _callbacks(unit: Unit, ids: _Range, since: datetime) -> Mapping[int, Sequence[sa.Row[Any]]]:
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
