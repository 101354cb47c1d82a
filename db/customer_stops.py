"""Do-not-call at the desk: setting a stop on a person or number, and a lead's lifting it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, get_args

import sqlalchemy as sa

from db.customer_edit import living_person
from db.engine import Database
from db.events import append_audit
from db.states import in_state
from db.stops import add_stop
from db.tables import callback, do_not_call, phone
from db.topics import QUEUE
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require

Reason = Literal["asked", "consent", "legal", "house"]
"""Why a stop is set at the desk: the customer asked, took leave back, the law, the house."""
_REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


def set_do_not_call(
    database: Database,
    actor: Actor,
    *,
    person_id: int | None = None,
    phone_id: int | None = None,
    reason: Reason = "asked",
    purpose: str = "any",
    expires_at: datetime | None = None,
) -> int:
    """Puts a stop on a person or a number; what waits for a person stopped for good is cancelled.

    Args:
        database: the database.
        actor: who sets it.
        person_id: the person; either this or the number.
        phone_id: the number.
        reason: why.
        purpose: for calls of this purpose only; `any` for all.
        expires_at: until when (UTC); for good unless given.

    Returns:
        The id of the stop.

    Raises:
        InputError: `stop_reason_unknown`, `stop_over_already`.
        RefusedError: `not_allowed`, `person_unknown`, `person_erased`, `number_not_known`.
        ValueError: neither or both of person and number were given.
    """
    if (person_id is None) == (phone_id is None):
        raise ValueError("a stop lies on a person or on a number")
    if reason not in _REASONS:
        raise InputError("stop_reason_unknown", reason=reason)

    def work(unit: Unit) -> int:
        require(actor, "customers.do_not_call")
        if expires_at is not None and expires_at <= unit.now:
            raise InputError("stop_over_already", at=expires_at)
        who = None if person_id is None else int(living_person(unit, person_id)["id"])
        if phone_id is not None:
            found = unit.run(sa.select(phone.c.id).where(phone.c.id == phone_id)).first()
            if found is None:
                raise RefusedError("number_not_known")
        unit.move(QUEUE)
        return add_stop(
            unit, actor, person_id=who, phone_id=phone_id, reason=reason, source="desk",
            purpose=purpose, expires_at=expires_at,
        )  # fmt: skip

    return database.write(work)


def lift_do_not_call(database: Database, actor: Actor, stop_id: int) -> None:
    """Lifts a stop; callbacks that waited for its end have their own time again.

    Those that it cancelled stay cancelled.

    Raises:
        RefusedError: `not_allowed`, `stop_unknown`, `stop_lifted`, `stop_erased` for what is left
            of an erased person.
    """

    def work(unit: Unit) -> None:
        require(actor, "customers.lift_do_not_call")
        row = unit.run(sa.select(do_not_call).where(do_not_call.c.id == stop_id).with_for_update())
        stop = row.mappings().first()
        if stop is None:
            raise RefusedError("stop_unknown", stop=stop_id)
        if stop["reason"] == "erased":
            raise RefusedError("stop_erased")
        if stop["lifted_at"] is not None:
            raise RefusedError("stop_lifted", at=stop["lifted_at"])
        unit.run(
            sa.update(do_not_call).where(do_not_call.c.id == stop_id).values(lifted_at=unit.now)
        )
        if stop["expires_at"] is not None:
            own_time_again(unit, stop)
        subject = "person" if stop["person_id"] is not None else "phone"
        append_audit(
            unit, actor, "do_not_call_lifted", subject, stop[f"{subject}_id"],
            fields=["do_not_call"], details={"stop": stop_id},
        )  # fmt: skip
        unit.move(QUEUE)

    database.write(work)


def own_time_again(unit: Unit, stop: sa.RowMapping) -> None:
    """Gives callbacks that waited for the end of a stop their own time again."""
    column = callback.c.person_id if stop["person_id"] is not None else callback.c.phone_id
    unit.run(
        sa.update(callback)
        .where(
            column == stop["person_id" if stop["person_id"] is not None else "phone_id"],
            in_state("scheduled"),
            callback.c.not_before == stop["expires_at"],
        )
        .values(not_before=None, ready_at=callback.c.due_at, updated_at=unit.now)
    )
