"""Dispatch slips of a case in hand: sent, answered, withdrawn; and the call that chases a reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from db.callbacks import NewCallback, create_callback
from db.campaigns import campaign_in
from db.case_hand import CaseInHand
from db.case_limits import limits_of, meet_limit, start_limit, stop_limits
from db.departments import contact_of
from db.stops import number_without_stop
from db.tables import callback, dispatch_slip
from db.transaction import Unit
from db.transitions import move
from domain.case import EntryKind, Weight
from domain.case_timer import Timer
from domain.errors import InputError
from domain.said import Said

_SOURCE: Final = "slip"


@dataclass(frozen=True, slots=True)
class NewSlip:
    """What a department is asked; `reply_by` (UTC) is counted by the rules unless it is given."""

    department: str
    ask: str
    reply_by: datetime | None = None


def send(case: CaseInHand, new: NewSlip) -> int:
    """Sends a slip: the reply is timed, and a call to the department is planned for a missed one.

    Returns:
        The slip's number.

    Raises:
        InputError: `case_text_missing`; `case_code_unknown` for a department that nobody knows;
            `slip_ahead` for a reply that was due already; `deadline_never`.
    """
    unit, rules = case.unit, case.rulebook.cases
    ask = new.ask.strip()
    if not ask:
        raise InputError("case_text_missing")
    if new.department not in rules.departments:
        raise InputError(
            "case_code_unknown",
            field=Said("slip.field.department"),
            value=new.department[:60],
            known=", ".join(rules.departments),
        )
    if new.reply_by is not None and new.reply_by <= unit.now:
        raise InputError("slip_ahead", at=new.reply_by)
    timer_id = start_limit(case, _timer(case), unit.now, typed=new.reply_by)
    limit = next(one for one in limits_of(unit, [case.id])[case.id] if one.id == timer_id)
    values = {
        "complaint_id": case.id,
        "department": new.department,
        "ask": ask,
        "sent_at": unit.now,
        "sent_by": case.row["owner_id"] if case.actor is None else case.actor.operator_id,
        "reply_by": limit.due_at,
        "timer_id": timer_id,
    }
    made = int(unit.run(dispatch_slip.insert().returning(dispatch_slip.c.id), values).scalar_one())
    chase = _plan_chase(case, made, new.department, ask, limit.due_at)
    if chase is not None:
        unit.run(
            sa.update(dispatch_slip)
            .where(dispatch_slip.c.id == made)
            .values(chase_callback_id=chase)
        )
    case.change(department=case.row["department"] or new.department)
    data = {"slip": made, "department": new.department, "reply_by": limit.due_at.isoformat()}
    case.enter(EntryKind.SLIP_SENT, data, ask)
    return made


def tell_department(case: CaseInHand) -> None:
    """A grumble goes to the department that it names, with a slip that asks for its answer."""
    department = case.row["department"]
    known = department in case.rulebook.cases.departments
    if case.row["weight"] == Weight.GRUMBLE and known:
        send(case, NewSlip(department, case.row["description"]))


def answer(case: CaseInHand, slip: sa.RowMapping, reply: str, at: datetime) -> None:
    """Enters what a department answered; the reply's limit is met and the chasing call dropped."""
    case.unit.run(
        sa.update(dispatch_slip)
        .where(dispatch_slip.c.id == slip["id"])
        .values(
            reply=reply,
            replied_at=at,
            entered_by=case.actor.operator_id if case.actor else None,
        )
    )
    for limit in limits_of(case.unit, [case.id], running=True)[case.id]:
        if limit.id == slip["timer_id"]:
            meet_limit(case, limit, at)
    _drop_chase(case, slip)
    data = {"slip": slip["id"], "department": slip["department"], "late": at > slip["reply_by"]}
    case.enter(EntryKind.SLIP_ANSWERED, data, reply, at=at)


def withdraw(case: CaseInHand, slip: sa.RowMapping, because: str, text: str | None = None) -> None:
    """Lets a slip go that nobody answers any more, with the code of why."""
    unit = case.unit
    unit.run(
        sa.update(dispatch_slip)
        .where(dispatch_slip.c.id == slip["id"])
        .values(withdrawn_at=unit.now)
    )
    running = limits_of(unit, [case.id], running=True)[case.id]
    stop_limits(case, [one for one in running if one.id == slip["timer_id"]], because)
    _drop_chase(case, slip)
    data = {"slip": slip["id"], "department": slip["department"], "because": because}
    case.enter(EntryKind.SLIP_WITHDRAWN, data, text)


def withdraw_open(case: CaseInHand, because: str) -> None:
    """Lets all slips of a case go that wait for their answers."""
    columns = dispatch_slip.c
    for slip in slip_rows(case.unit, columns.complaint_id == case.id, columns.replied_at.is_(None)):
        if slip["withdrawn_at"] is None:
            withdraw(case, slip, because)


def slip_rows(unit: Unit, *where: sa.ColumnElement[bool]) -> list[sa.RowMapping]:
    """The rows of slips that conditions hold for, by their numbers."""
    query = sa.select(dispatch_slip).where(*where).order_by(dispatch_slip.c.id)
    return list(unit.run(query).mappings())


def _timer(case: CaseInHand) -> Timer:
    key = case.rulebook.cases.slips.timer
    return next(timer for timer in case.rulebook.timers if timer.key == key)


def _plan_chase(
    case: CaseInHand, slip_id: int, department: str, ask: str, by: datetime
) -> int | None:
    """The callback to the department at the minute of the reply; none without its number."""
    unit, rulebook = case.unit, case.rulebook
    person_id = contact_of(unit, rulebook.cases, department)
    if person_id is None:
        return None
    kind = rulebook.cases.slips.chase
    purpose = campaign_in(unit, rulebook.campaigns, kind)["purpose"]
    number = number_without_stop(unit, person_id, purpose, by)
    if number is None:
        return None
    return create_callback(
        unit,
        rulebook,
        NewCallback(
            person_id=person_id,
            campaign=kind,
            due_at=by,
            phone_id=number,
            note=f"#{slip_id}: {ask}",
            owner_id=case.row["owner_id"],
            source=_SOURCE,
            source_key=f"slip {slip_id}",
        ),
        case.actor,
    )


def _drop_chase(case: CaseInHand, slip: sa.RowMapping) -> None:
    if slip["chase_callback_id"] is None:
        return
    waiting = (
        case.unit.run(
            sa.select(callback)
            .where(
                callback.c.id == slip["chase_callback_id"],
                callback.c.state.in_(("scheduled", "due")),
            )
            .with_for_update(skip_locked=True)
        )
        .mappings()
        .first()
    )
    if waiting is not None:
        move(case.unit, waiting, "cancelled", "slip_settled", actor=case.actor)
