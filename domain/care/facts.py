"""What is known of one customer when care is planned, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.bands import Tier
from domain.campaign import Purpose


class OccasionKind(StrEnum):
    """Something that happened or is to happen, noted at the desk."""

    APPOINTMENT = "appointment"
    PARTS_ARRIVED = "parts_arrived"
    MEMBER_LEVEL = "member_level"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to the workshop.

    Attributes:
        id: of the order.
        on: the shop's calendar day.
        service: its code.
        mileage: kilometres on the clock; none where it is missing or contradicts an earlier one.
        asset_id: the car, where it is known.
    """

    id: int
    on: date
    service: str
    mileage: int | None = None
    asset_id: int | None = None


@dataclass(frozen=True, slots=True)
class Car:
    """A car of the customer.

    Attributes:
        id: of the asset.
        model: as it is written in the record.
        bought_on: the day of purchase.
        sold_by_us: whether we sold it; none where nobody recorded it.
        first_visit_on: the first visit, where the record has it.
        first_mileage: kilometres on that day.
        mine: whether this customer is the one to ring about it.
        gone: whether the customer has it no more.
        visits: of the car, whoever brought it, in the order of their days.
    """

    id: int
    model: str | None = None
    bought_on: date | None = None
    sold_by_us: bool | None = None
    first_visit_on: date | None = None
    first_mileage: int | None = None
    mine: bool = True
    gone: bool = False
    visits: tuple[Visit, ...] = ()


@dataclass(frozen=True, slots=True)
class Occasion:
    """An occasion noted at the desk; `settled` means that an appointment needs no call any more."""

    id: int
    kind: OccasionKind
    on: date
    asset_id: int | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Birthday:
    """A birthday in the calendar in which it is kept."""

    month: int
    day: int
    lunar: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A callback that the customer has, or had.

    Attributes:
        id: of the callback.
        campaign: its code.
        band: of its campaign.
        on: the day for which it was first due, on the shop's clock.
        yields: whether it was planned and nobody has worked on it, so that a more important call
            may take its place.
        open: whether somebody is still to ring.
    """

    id: int
    campaign: str
    band: int
    on: date
    yields: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Customer:
    """What planning needs to know of a customer.

    Attributes:
        id: of the person.
        country: ISO 3166 code; none where neither record nor number tells it.
        tier: where it is known.
        birthday: where the record has a possible one.
        cars: the customer's cars.
        visits: of the customer, with whatever car, in the order of their days.
        occasions: noted at the desk.
        deals: the day of each call that ended with a sale, booking or renewal, by callback.
        chance_since: the day on which the newest open chance was heard; none without one.
        complaint_since: the day on which the newest open complaint came in; none without one.
        contact_on: the day on which customer and shop last spoke or wrote, as far as it is on
            record; read only for those of whom something is open, or who are asked of regularly.
        closed: whether the person is closed, as after a death.
        complaint_open: whether a complaint of the customer is open.
        refused: the purposes to which the customer said no.
        stopped: the purposes for which a do-not-call leaves no number.
        reachable: whether any usable number is known.
        made: natural keys of the calls that were planned before, whatever became of them.
        standing: the customer's callbacks near the days in question, of every campaign.
    """

    id: int
    country: str | None = None
    tier: Tier | None = None
    birthday: Birthday | None = None
    cars: tuple[Car, ...] = ()
    visits: tuple[Visit, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    deals: Mapping[int, date] = field(default_factory=dict)
    chance_since: date | None = None
    complaint_since: date | None = None
    contact_on: date | None = None
    closed: bool = False
    complaint_open: bool = False
    refused: frozenset[Purpose] = frozenset()
    stopped: frozenset[Purpose] = frozenset()
    reachable: bool = True
    made: frozenset[str] = frozenset()
    standing: tuple[Standing, ...] = ()
