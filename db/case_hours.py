"""A complaint about a call at a bad time feeds the hours at which the customer is not rung."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from db.customer_windows import point_anew
from db.decisions import Effects
from db.engine import Database
from db.events import append_audit
from db.tables import call, call_callback, callback, complaint, person, phone
from db.transaction import Unit
from domain.bad_hours import with_hour_refused
from domain.permissions import Actor, require
from domain.rulebook import Rulebook
from domain.week import key_length, read_week, write_week

_LONGEST: Final = 100
"""What a column of hours takes, as a part of a key of windows."""


def refuse_hour(
    unit: Unit,
    rulebook: Rulebook,
    actor: Actor,
    call_id: int | None,
    cause: str | None,
    effects: Effects | None = None,
) -> None:
    """Adds the hour of a call of ours to those that its customer refuses, where the cause says so.

    Called before a case is locked: callbacks that wait may be in other hands.

    Args:
        unit: the transaction.
        rulebook: which causes feed the hours.
        actor: who recorded the cause.
        call_id: the call that disturbed; nothing is done without one, or where they rang us.
        cause: code of why the customer complained.
        effects: where an undo finds the hours before.
    """
    rule = rulebook.cases.causes.get(cause or "")
    if rule is None or not rule.hours or call_id is None:
        return
    row = unit.run(_call(call_id)).mappings().first()
    if row is None:
        return
    zone: str | None = row["zone"] or next(iter(row["zones"] or ()), None)
    if zone is None:
        return
    before: str | None = row["refused_hours"]
    week = with_hour_refused(read_week(before) if before else None, row["rang_at"], zone)
    if key_length(week) > _LONGEST or write_week(week) == before:
        return
    _set(unit, rulebook, actor, row["person_id"], write_week(week))
    append_audit(
        unit, actor, "edited", "person", row["person_id"],
        fields=["refused_hours"], details={"call": call_id},
    )  # fmt: skip
    if effects is not None:
        effects.refused_hours = [row["person_id"], before, write_week(week)]


def refuse_hour_of_case(database: Database, actor: Actor, case_id: int, cause: str | None) -> None:
    """The same for a cause that was recorded after the call, in a transaction of its own."""
    rule = database.rulebook.cases.causes.get(cause or "")
    if rule is None or not rule.hours:
        return

    def work(unit: Unit) -> None:
        require(actor, "complaints.handle")
        found = sa.select(complaint.c.call_id).where(complaint.c.id == case_id)
        refuse_hour(unit, database.rulebook, actor, unit.run(found).scalar(), cause)

    database.write(work)


def allow_hour_again(unit: Unit, rulebook: Rulebook, actor: Actor, effects: Effects) -> None:
    """Takes the hour back with the call in which it was told, unless somebody set others since."""
    if not effects.refused_hours:
        return
    person_id, before, after = effects.refused_hours
    present = sa.select(person.c.refused_hours).where(person.c.id == person_id)
    if unit.run(present).scalar() == after:
        _set(unit, rulebook, actor, person_id, before)


def _set(unit: Unit, rulebook: Rulebook, actor: Actor, person_id: int, hours: str | None) -> None:
    unit.run(
        sa.update(person)
        .where(person.c.id == person_id)
        .values(refused_hours=hours, updated_at=unit.now)
    )
    point_anew(unit, rulebook, person_id, actor)


def _call(call_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            call.c.person_id,
            person.c.refused_hours,
            person.c.zone,
            phone.c.zones,
            sa.func.coalesce(call.c.dialled_at, call.c.started_at).label("rang_at"),
        )
        .join(person, person.c.id == call.c.person_id)
        .outerjoin(
            call_callback,
            sa.and_(call_callback.c.call_id == call.c.id, call_callback.c.position == 0),
        )
        .outerjoin(callback, callback.c.id == call_callback.c.callback_id)
        .outerjoin(phone, phone.c.id == callback.c.phone_id)
        .where(call.c.id == call_id, call.c.direction == "out")
    )
