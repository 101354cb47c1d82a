"""Customers: persons, numbers and assets, and the many-to-many links between them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Named,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from db.tables.base import Numbered, metadata, partial_index, prefix_index
from db.types import BigId, Instant


class PersonColumns(Numbered):
    """A customer.

    `birthday` is `YYYY-MM-DD` of the calendar in `birthday_calendar` (solar or lunar): the 30th of
    a second lunar month is real, so it is no date. `spent` is in minor units of `currency`.
    `pinyin` and `initials` are for searching. `zone` is the customer's own setting (IANA name).
    `department` is the code of a department of the house, which is rung for its replies and is no
    customer.
    """

    name: Named[str] = Column(String(200))
    pinyin: Named[str] = Column(String(400))
    initials: Named[str] = Column(String(64))
    salutation: Named[str | None] = Column(String(32))
    sex: Named[str | None] = Column(String(1))
    id_number: Named[str | None] = Column(String(32))
    occupation: Named[str | None] = Column(String(64))
    birthday: Named[str | None] = Column(String(10))
    birthday_calendar: Named[str] = Column(String(8))
    country: Named[str | None] = Column(String(2))
    language: Named[str | None] = Column(String(64))
    zone: Named[str | None] = Column(String(64))
    home_address: Named[str | None] = Column(Text)
    home_postcode: Named[str | None] = Column(String(16))
    work_address: Named[str | None] = Column(Text)
    work_postcode: Named[str | None] = Column(String(16))
    email: Named[str | None] = Column(String(254))
    spent: Named[int | None] = Column(BigInteger)
    currency: Named[str | None] = Column(String(3))
    member_level: Named[str | None] = Column(String(16))
    loyalty: Named[str | None] = Column(String(16))
    trend: Named[str | None] = Column(String(16))
    tier: Named[str | None] = Column(String(16))
    tier_pinned: Named[bool]
    customer_class: Named[str | None] = Column(String(1))
    preferred_hours: Named[str | None] = Column(String(120))
    refused_hours: Named[str | None] = Column(String(120))
    owner_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    record_faults: Named[list[str]] = Column(JSON)
    created_at: Named[datetime] = Column(Instant)
    updated_at: Named[datetime] = Column(Instant)
    merged_into: Named[int | None] = Column(BigId, ForeignKey("person.id"))
    closed_at: Named[datetime | None] = Column(Instant)
    closed_because: Named[str | None] = Column(String(16))
    department: Named[str | None] = Column(String(32))


class PhoneColumns(Numbered):
    """One number, once: E.164 and extension. `status` is ok, wrong, dead, suspended or fax."""

    e164: Named[str] = Column(String(16))
    extension: Named[str] = Column(String(16))
    country: Named[str | None] = Column(String(2))
    kind: Named[str] = Column(String(16))
    place: Named[str | None] = Column(String(120))
    zones: Named[list[str]] = Column(JSON)
    status: Named[str] = Column(String(16))
    status_at: Named[datetime | None] = Column(Instant)
    last4: Named[str] = Column(String(4))


class PersonPhoneColumns(Numbered):
    """A number of a person, in a role; where the cell was no number, its text and its problem.

    `role` is mobile, home, office, fax or other; `position` orders the tries.
    """

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    phone_id: Named[int | None] = Column(BigId, ForeignKey("phone.id"))
    role: Named[str] = Column(String(16))
    position: Named[int]
    ask_for: Named[str | None] = Column(String(120))
    raw: Named[str | None] = Column(String(120))
    problem: Named[str | None] = Column(String(32))
    source: Named[str] = Column(String(64))
    since: Named[datetime] = Column(Instant)
    until: Named[datetime | None] = Column(Instant)


class AssetColumns(Numbered):
    """What was sold or is looked after: a car, a contract. `plate_key` is the bare plate."""

    kind: Named[str] = Column(String(16))
    plate: Named[str | None] = Column(String(24))
    plate_key: Named[str | None] = Column(String(16))
    vin: Named[str | None] = Column(String(17))
    vin_problem: Named[str | None] = Column(String(32))
    colour: Named[str | None] = Column(String(32))
    model: Named[str | None] = Column(String(120))
    bought_on: Named[date | None]
    first_visit_on: Named[date | None]
    first_mileage: Named[int | None]
    mileage: Named[int | None]
    mileage_on: Named[date | None]
    sold_by_us: Named[bool | None]
    created_at: Named[datetime] = Column(Instant)
    updated_at: Named[datetime] = Column(Instant)


class PersonAssetColumns(Numbered):
    """A person's part in an asset: owner, user, brought_in or contact."""

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    asset_id: Named[int] = Column(BigId, ForeignKey("asset.id"))
    role: Named[str] = Column(String(16))
    position: Named[int]
    since: Named[datetime] = Column(Instant)
    until: Named[datetime | None] = Column(Instant)


class ServiceOrderColumns(Numbered):
    """A visit to the workshop; `amount` in minor units, `visited_on` as the shop's calendar day."""

    number: Named[str] = Column(String(64), unique=True)
    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    asset_id: Named[int | None] = Column(BigId, ForeignKey("asset.id"))
    service: Named[str] = Column(String(32))
    visited_on: Named[date | None]
    mileage: Named[int | None]
    amount: Named[int | None] = Column(BigInteger)
    currency: Named[str] = Column(String(3))
    advisor: Named[str | None] = Column(String(64))
    faults: Named[list[str]] = Column(JSON)
    created_at: Named[datetime] = Column(Instant)


class PossibleMatchColumns(Numbered):
    """Two persons who may be one: a person decides. `state` is open, same or different."""

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    other_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    reason: Named[str] = Column(String(32))
    state: Named[str] = Column(String(16))
    found_at: Named[datetime] = Column(Instant)
    decided_at: Named[datetime | None] = Column(Instant)
    decided_by: Named[int | None] = Column(BigId, ForeignKey("operator.id"))


class DoNotCallColumns(Numbered):
    """A stop for a number, a person, or (after erasure) the keyed hash of a number.

    `purpose` is `any` or one purpose; no `expires_at` means for good.
    """

    phone_id: Named[int | None] = Column(BigId, ForeignKey("phone.id"))
    person_id: Named[int | None] = Column(BigId, ForeignKey("person.id"))
    number_hash: Named[str | None] = Column(String(64))
    purpose: Named[str] = Column(String(32))
    reason: Named[str] = Column(String(32))
    source: Named[str] = Column(String(64))
    since: Named[datetime] = Column(Instant)
    expires_at: Named[datetime | None] = Column(Instant)
    lifted_at: Named[datetime | None] = Column(Instant)
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    call_id: Named[int | None] = Column(BigId)


class ConsentColumns(Numbered):
    """Leave given or refused for a purpose, with its evidence."""

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    purpose: Named[str] = Column(String(32))
    granted: Named[bool]
    evidence: Named[str] = Column(String(120))
    since: Named[datetime] = Column(Instant)
    until: Named[datetime | None] = Column(Instant)


class ContactColumns(Numbered):
    """A touch of any kind: `direction` in or out, channel and content kind."""

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    at: Named[datetime] = Column(Instant)
    direction: Named[str] = Column(String(3))
    channel: Named[str] = Column(String(32))
    content_kind: Named[str] = Column(String(16))
    call_id: Named[int | None] = Column(BigId)
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    note: Named[str | None] = Column(Text)
    details: Named[dict[str, Any]] = Column(JSON)


class OccasionColumns(Numbered):
    """An appointment, parts that came in, a change of member level: what care is planned from.

    `kind` is a code of `domain.care.facts.OccasionKind`, `day` the shop's calendar day, `state`
    open, kept, missed or cancelled.
    """

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    asset_id: Named[int | None] = Column(BigId, ForeignKey("asset.id"))
    kind: Named[str] = Column(String(16))
    day: Named[date]
    state: Named[str] = Column(String(12))
    noted_at: Named[datetime] = Column(Instant)
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))


person = Table(
    "person",
    metadata,
    PersonColumns,
    prefix_index("ix_person_name", "name", "id"),
    prefix_index("ix_person_pinyin", "pinyin", "id"),
    prefix_index("ix_person_initials", "initials", "id"),
    prefix_index("ix_person_email", "email"),
    partial_index("ix_person_id_number", "id_number", where="id_number IS NOT NULL"),
)
phone = Table(
    "phone",
    metadata,
    PhoneColumns,
    UniqueConstraint("e164", "extension"),
    Index(None, "last4"),
)
person_phone = Table(
    "person_phone",
    metadata,
    PersonPhoneColumns,
    Index(None, "person_id", "position"),
    Index(None, "phone_id"),
    partial_index("ix_person_phone_problem", "problem", "id", where="problem IS NOT NULL"),
)
asset = Table(
    "asset",
    metadata,
    AssetColumns,
    prefix_index("ix_asset_plate", "plate_key"),
    partial_index("ix_asset_vin", "vin", where="vin IS NOT NULL"),
)
person_asset = Table(
    "person_asset",
    metadata,
    PersonAssetColumns,
    Index(None, "person_id"),
    Index(None, "asset_id"),
)
service_order = Table(
    "service_order",
    metadata,
    ServiceOrderColumns,
    Index(None, "person_id", "visited_on"),
    Index(None, "asset_id"),
)
possible_match = Table(
    "possible_match", metadata, PossibleMatchColumns, UniqueConstraint("person_id", "other_id")
)
do_not_call = Table(
    "do_not_call",
    metadata,
    DoNotCallColumns,
    partial_index("ix_do_not_call_phone", "phone_id", where="phone_id IS NOT NULL"),
    partial_index("ix_do_not_call_person", "person_id", where="person_id IS NOT NULL"),
    partial_index("ix_do_not_call_hash", "number_hash", where="number_hash IS NOT NULL"),
)
consent = Table("consent", metadata, ConsentColumns, Index(None, "person_id"))
contact = Table("contact", metadata, ContactColumns, Index(None, "person_id", "at"))
occasion = Table("occasion", metadata, OccasionColumns, Index(None, "person_id", "day"))
