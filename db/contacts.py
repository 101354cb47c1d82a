"""Touches that are written down by hand: a visit, a letter, a message."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from db.customer_edit import living_person
from db.engine import Database
from db.events import append_audit
from db.tables import contact
from db.topics import CASES
from db.transaction import Unit
from domain.campaign import ContentKind
from domain.errors import InputError
from domain.permissions import Actor, require
from domain.touch import CHANNELS, Direction

NOTE: Final = 500
"""Letters of a note at most."""


def record_contact(
    database: Database,
    actor: Actor,
    person_id: int,
    *,
    direction: Direction,
    channel: str,
    content: ContentKind,
    note: str = "",
    at: datetime | None = None,
) -> int:
    """Writes a touch into the customer's history and returns its id.

    Args:
        database: the database.
        actor: who writes it down; the history names them.
        person_id: the customer.
        direction: whether we turned to the customer, or they to us.
        channel: one of `CHANNELS` of that direction.
        content: what it was about.
        note: in words.
        at: when (UTC); now unless given.

    Raises:
        InputError: `channel_unknown`, `contact_ahead` for a touch that is still to come.
        RefusedError: `not_allowed`, `person_unknown`, `person_erased`.
    """
    if channel not in CHANNELS[direction]:
        raise InputError("channel_unknown", channel=channel[:40])

    def work(unit: Unit) -> int:
        require(actor, "customers.contact")
        if at is not None and at > unit.now:
            raise InputError("contact_ahead", at=at)
        who = int(living_person(unit, person_id)["id"])
        made = unit.run(
            contact.insert().returning(contact.c.id),
            {
                "person_id": who,
                "at": at or unit.now,
                "direction": direction,
                "channel": channel,
                "content_kind": content,
                "operator_id": actor.operator_id,
                "note": note.strip()[:NOTE] or None,
                "details": {"by_hand": True},
            },
        ).scalar_one()
        append_audit(
            unit, actor, "contact_recorded", "person", who,
            fields=["contact"], details={"channel": channel},
        )  # fmt: skip
        unit.move(CASES)
        return int(made)

    return database.write(work)
