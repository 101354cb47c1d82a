"""Leave for a purpose, given or taken back, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from db.customer_edit import living_person
from db.customer_stops import own_time_again
from db.engine import Database
from db.events import append_audit
from db.stops import add_stop
from db.tables import consent, do_not_call
from db.topics import QUEUE
from db.transaction import Unit
from domain.calling_rules import PURPOSES
from domain.campaign import Purpose
from domain.errors import InputError
from domain.permissions import Actor, require

EVIDENCE: Final = 120
"""Letters of the evidence at most."""
_ALSO: Final[Mapping[str, tuple[str, ...]]] = {Purpose.SALES: (Purpose.INSURANCE_SALES,)}
"""What a word about one purpose says about others: who wants no sales wants no insurance sold."""


def record_consent(
    database: Database,
    actor: Actor,
    person_id: int,
    *,
    purpose: str,
    granted: bool,
    evidence: str,
    until: datetime | None = None,
) -> int:
    """Writes down that a customer gave leave to ring for a purpose, or took it back.

    Taken back, it stops calls for this purpose: what waits for it is cancelled (or waits for
    `until`), and neither claimed nor dialled. Calls for other purposes go on. Given, it lifts the
    stops that an earlier taking back had set; what these had cancelled stays cancelled.

    Args:
        database: the database.
        actor: who was told so.
        person_id: the customer.
        purpose: one of `PURPOSES`.
        granted: given, or taken back.
        evidence: how it is known: a form, a recording, the words of a call.
        until: when it ends (UTC); for good unless given.

    Returns:
        The id of the entry.

    Raises:
        InputError: `purpose_unknown`, `consent_needs_evidence`, `stop_over_already`.
        RefusedError: `not_allowed`, `person_unknown`, `person_erased`.
    """
    known = evidence.strip()[:EVIDENCE]
    if not known:
        raise InputError("consent_needs_evidence")
    if purpose not in PURPOSES:
        raise InputError("purpose_unknown", purpose=purpose[:40], known=", ".join(PURPOSES))

    def work(unit: Unit) -> int:
        require(actor, "customers.consent")
        if until is not None and until <= unit.now:
            raise InputError("stop_over_already", at=until)
        who = int(living_person(unit, person_id)["id"])
        standing = (consent.c.until.is_(None)) | (consent.c.until > unit.now)
        unit.run(
            sa.update(consent)
            .where(consent.c.person_id == who, consent.c.purpose == purpose, standing)
            .values(until=unit.now)
        )
        made = unit.run(
            consent.insert().returning(consent.c.id),
            {
                "person_id": who,
                "purpose": purpose,
                "granted": granted,
                "evidence": known,
                "since": unit.now,
                "until": until,
            },
        ).scalar_one()
        for one in (purpose, *_ALSO.get(purpose, ())):
            _lift(unit, who, one)
            if not granted:
                add_stop(
                    unit, actor, person_id=who, phone_id=None, reason="consent",
                    source="consent", purpose=one, expires_at=until,
                )  # fmt: skip
        append_audit(
            unit, actor, "consent_given" if granted else "consent_taken_back", "person", who,
            fields=["consent"], details={"purpose": purpose, "consent": made},
        )  # fmt: skip
        unit.move(QUEUE)
        return int(made)

    return database.write(work)


def _lift(unit: Unit, person_id: int, purpose: str) -> None:
    """Lifts the stops of an earlier taking back of leave for one purpose."""
    stops = unit.run(
        sa.select(do_not_call)
        .where(
            do_not_call.c.person_id == person_id,
            do_not_call.c.purpose == purpose,
            do_not_call.c.reason == "consent",
            do_not_call.c.lifted_at.is_(None),
        )
        .with_for_update()
    )
    for stop in stops.mappings().all():
        unit.run(
            sa.update(do_not_call).where(do_not_call.c.id == stop["id"]).values(lifted_at=unit.now)
        )
        if stop["expires_at"] is not None:
            own_time_again(unit, stop)
