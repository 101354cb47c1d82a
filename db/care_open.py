"""What is open of customers, and when they were last in contact: for plans of regular contact."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from db.care_cars import Batch
from db.customer_card import OVER
from db.tables import chance, complaint, contact
from db.transaction import Unit
from domain.care.plan import CarePlans, Pending, Trigger
from domain.outcome import OutcomeTable

_BACK: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Contacts:
    """What the plans of regular contact need to be read.

    Attributes:
        pending: whom they are for; nothing is read for the others.
        answered: codes of the outcomes with which a human was reached.
    """

    pending: frozenset[Pending]
    answered: frozenset[str]

    @classmethod
    def asked_by(cls, plans: CarePlans, outcomes: OutcomeTable) -> Contacts:
        """What some plans need."""
        asking = (plan for plan in plans if plan.trigger is Trigger.CONTACT_DUE and not plan.off)
        return cls(
            frozenset(plan.pending for plan in asking),
            frozenset(one.code for one in outcomes if one.contacted),
        )


@dataclass(frozen=True, slots=True)
class Open:
    """What is open of the customers of a batch, each by the person's id.

    Attributes:
        complaints: the day on which the newest open complaint came in.
        chances: the day on which the newest chance was heard.
        contacts: the day of the last contact, where a plan asks for it.
    """

    complaints: Mapping[int, date]
    chances: Mapping[int, date]
    contacts: Mapping[int, date]


def open_of(unit: Unit, ids: Batch, shop: ZoneInfo, asked: Contacts) -> Open:
    """What is open of the customers of a batch, on the shop's days."""
    complaints = _newest(
        unit, shop, complaint.c.person_id, complaint.c.received_at,
        ids.has(complaint.c.person_id), complaint.c.status.not_in(OVER),
    )  # fmt: skip
    chances: Mapping[int, date] = {}
    if Pending.CHANCE in asked.pending:
        chances = _newest(
            unit, shop, chance.c.person_id, chance.c.at,
            ids.has(chance.c.person_id), chance.c.state == "open",
            chance.c.at >= unit.now - _BACK,
        )  # fmt: skip
    if Pending.NOTHING in asked.pending:
        contacts = _contacts(unit, shop, ids.has(contact.c.person_id), asked.answered)
    else:
        waiting = set(chances)
        if Pending.COMPLAINT in asked.pending:
            waiting |= set(complaints)
        contacts = {}
        if waiting:
            theirs = contact.c.person_id.in_(sorted(waiting))
            contacts = _contacts(unit, shop, theirs, asked.answered)
    return Open(complaints, chances, contacts)


def _newest(
    unit: Unit,
    shop: ZoneInfo,
    who: sa.Column[int],
    at: sa.Column[datetime],
    *where: sa.ColumnElement[bool],
) -> dict[int, date]:
    rows = unit.run(sa.select(who, sa.func.max(at, type_=at.type)).where(*where).group_by(who))
    return {person_id: newest.astimezone(shop).date() for person_id, newest in rows}


def _contacts(
    unit: Unit, shop: ZoneInfo, where: sa.ColumnElement[bool], answered: Collection[str]
) -> dict[int, date]:
    """The last contacts; a call counts where a human was reached, all else as it is written."""
    found: dict[int, date] = {}
    for who, at, details in unit.run(
        sa.select(contact.c.person_id, contact.c.at, contact.c.details)
        .where(where, contact.c.at >= unit.now - _BACK, contact.c.at <= unit.now)
        .order_by(contact.c.at)
    ):
        outcome = details.get("outcome")
        if outcome is None or outcome in answered:
            found[who] = at.astimezone(shop).date()
    return found
