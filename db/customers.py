"""The whole record of one customer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from db.call_history import CallLine, call_lines
from db.chances import ChanceLine, chance_lines
from db.customer_card import CustomerCard, as_seen, card_of
from db.customer_record import (
    CallbackLine,
    CaseLine,
    ConsentLine,
    ContactLine,
    OrderLine,
    PromiseEntry,
    StopLine,
    callback_lines,
    case_lines,
    consent_lines,
    contact_lines,
    loose_wishes,
    order_lines,
    promise_lines,
    stop_lines,
)
from db.engine import Database
from db.events import append_audit
from db.matches import MatchLine, matches_of
from db.sight import sight_on
from db.tables import operator, person
from db.transaction import Unit
from db.wishes import StandingWish
from domain.errors import RefusedError
from domain.mask import mask, mask_address, mask_birthday, mask_digits, mask_mail
from domain.permissions import Actor, require
from domain.sight import REVEAL, Sight


@dataclass(frozen=True, slots=True)
class PersonFields:
    """What is recorded of a person beside the card; `birthday` in its own calendar.

    What the sight of a record hides is masked: `domain.mask`.

    Attributes:
        occupation: what they do.
        birthday: `YYYY-MM-DD` of the calendar in `birthday_calendar`.
        birthday_calendar: solar or lunar.
        id_number: the citizen number.
        email: mail address.
        home_address: where they live.
        home_postcode: its postcode.
        work_address: where they work.
        work_postcode: its postcode.
        preferred_hours: when they like to be called, as `domain.week.write_week` has it.
        refused_hours: when they do not.
        loyalty: class of loyalty.
        trend: where their custom is going.
        tier_pinned: whether a lead set the tier.
        owner: the operator whose customer it is.
        created_at: when the record was made (UTC).
        updated_at: when it was written last (UTC).
        closed_at: when it was closed (UTC); none for a living record.
        closed_because: deceased, erased or merged.
    """

    occupation: str | None
    birthday: str | None
    birthday_calendar: str
    id_number: str | None
    email: str | None
    home_address: str | None
    home_postcode: str | None
    work_address: str | None
    work_postcode: str | None
    preferred_hours: str | None
    refused_hours: str | None
    loyalty: str | None
    trend: str | None
    tier_pinned: bool
    owner: str | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    closed_because: str | None


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """Everything that the desk knows of a customer; instants in UTC.

    Attributes:
        person_id: the customer; of merged ones the one that is left.
        asked_id: the person that was asked for.
        sight: what is whole; the rest is masked.
        card: as the call screen shows it.
        fields: what is recorded beside it.
        callbacks: open and past.
        calls: the whole history, newest first.
        promises: in all states.
        complaints: in all states, with their wishes.
        wishes: heard without a complaint.
        orders: visits to the workshop.
        contacts: every touch.
        chances: what was heard that may bring something.
        stops: do-not-call entries on the person and their numbers.
        consents: leave given and refused.
        matches: who may be the same person, undecided.
        faults: codes of what is wrong with the record.
    """

    person_id: int
    asked_id: int
    sight: Sight
    card: CustomerCard
    fields: PersonFields
    callbacks: tuple[CallbackLine, ...]
    calls: tuple[CallLine, ...]
    promises: tuple[PromiseEntry, ...]
    complaints: tuple[CaseLine, ...]
    wishes: tuple[StandingWish, ...]
    orders: tuple[OrderLine, ...]
    contacts: tuple[ContactLine, ...]
    chances: tuple[ChanceLine, ...]
    stops: tuple[StopLine, ...]
    consents: tuple[ConsentLine, ...]
    matches: tuple[MatchLine, ...]
    faults: tuple[str, ...]


def show(database: Database, actor: Actor, person_id: int) -> CustomerRecord:
    """The whole record of a customer; what the actor need not see is masked (`domain.sight`).

    Raises:
        RefusedError: `not_allowed`, `person_unknown`.
    """

    def work(unit: Unit) -> CustomerRecord:
        require(actor, "customers.show")
        left = survivor_of(unit, person_id)
        return _record(unit, person_id, left, sight_on(unit, actor, left))

    return database.read(work)


def reveal(database: Database, actor: Actor, person_id: int) -> CustomerRecord:
    """The whole record with nothing masked; that it was asked for is written down.

    Raises:
        RefusedError: `not_allowed`, `person_unknown`.
    """

    def work(unit: Unit) -> CustomerRecord:
        require(actor, REVEAL)
        left = survivor_of(unit, person_id)
        append_audit(unit, actor, "revealed", "person", left)
        return _record(unit, person_id, left, sight_on(unit, actor, left, revealed=True))

    return database.write(work)


def _record(unit: Unit, asked: int, left: int, sight: Sight) -> CustomerRecord:
    shown: Callable[[str], str] = str if sight.numbers else mask
    fields, faults = _fields(unit, left)
    return CustomerRecord(
        person_id=left,
        asked_id=asked,
        sight=sight,
        card=as_seen(card_of(unit, left), sight),
        fields=_as_seen(fields, sight),
        callbacks=callback_lines(unit, left),
        calls=call_lines(unit, left, shown),
        promises=promise_lines(unit, left),
        complaints=case_lines(unit, left),
        wishes=loose_wishes(unit, left),
        orders=order_lines(unit, left),
        contacts=contact_lines(unit, left),
        chances=chance_lines(unit, left),
        stops=stop_lines(unit, left, shown),
        consents=consent_lines(unit, left),
        matches=matches_of(unit, left),
        faults=faults,
    )


def survivor_of(unit: Unit, person_id: int) -> int:
    """The person that is left of a person: itself, or the one that it was merged into.

    Raises:
        RefusedError: `person_unknown`.
    """
    left = person_id
    while True:
        row = unit.run(sa.select(person.c.merged_into).where(person.c.id == left)).first()
        if row is None:
            raise RefusedError("person_unknown", person=person_id)
        if row.merged_into is None:
            return left
        left = row.merged_into


def _fields(unit: Unit, person_id: int) -> tuple[PersonFields, tuple[str, ...]]:
    columns = person.c
    row = unit.run(
        sa.select(
            columns.occupation,
            columns.birthday,
            columns.birthday_calendar,
            columns.id_number,
            columns.email,
            columns.home_address,
            columns.home_postcode,
            columns.work_address,
            columns.work_postcode,
            columns.preferred_hours,
            columns.refused_hours,
            columns.loyalty,
            columns.trend,
            columns.tier_pinned,
            operator.c.name,
            columns.created_at,
            columns.updated_at,
            columns.closed_at,
            columns.closed_because,
            columns.record_faults,
        )
        .outerjoin(operator, operator.c.id == columns.owner_id)
        .where(columns.id == person_id)
    ).one()
    return PersonFields(*row[:-1]), tuple(row.record_faults)


def _as_seen(fields: PersonFields, sight: Sight) -> PersonFields:
    """The fields with those masked that the sight hides."""
    if not sight.papers:
        fields = replace(fields, id_number=_hidden(fields.id_number, mask_digits))
    if not sight.places:
        fields = replace(
            fields,
            birthday=_hidden(fields.birthday, mask_birthday),
            email=_hidden(fields.email, mask_mail),
            home_address=_hidden(fields.home_address, mask_address),
            home_postcode=_hidden(fields.home_postcode, mask_digits),
            work_address=_hidden(fields.work_address, mask_address),
            work_postcode=_hidden(fields.work_postcode, mask_digits),
        )
    return fields


def _hidden(text: str | None, hide: Callable[[str], str]) -> str | None:
    return hide(text) if text else text
