"""What calls do to cases: open them, enter what was said, meet limits; and taking that back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.case_follow import follow
from db.case_hand import CaseInHand, OfCall, save_case, take_case
from db.case_hours import refuse_hour
from db.case_limits import contact_happened, limits_of, stop_limits
from db.case_opening import enter_opening, insert_case
from db.decisions import CallEnd, Effects
from db.slips import tell_department, withdraw_open
from db.tables import callback, case_entry, case_timer, complaint, operator
from db.transaction import Unit
from domain.case import EntryKind, Level, Status, Weight, fitting
from domain.decision import GivenComplaint
from domain.errors import RefusedError
from domain.permissions import Actor
from domain.rulebook import Rulebook


def keep_complaint(unit: Unit, end: CallEnd, decision_id: int, effects: Effects) -> int | None:
    """Enters the grumble or complaint of a decision and returns its number; none without one.

    A call has one: what a late outcome and the one in force both tell stands once, and a call that
    was taken back and is decided anew keeps its number. Words that differ are kept as a note.
    """
    given = end.decision.complaint
    if given is None:
        return None
    refuse_hour(unit, end.rulebook, end.actor, end.call["id"], given.cause, effects)
    of_call = OfCall(end.call["id"], decision_id)
    same = sa.select(complaint.c.id).where(complaint.c.call_id == end.call["id"])
    known: int | None = unit.run(same.order_by(complaint.c.id).limit(1)).scalar()
    if known is None:
        case = insert_case(
            unit, end.rulebook, end.actor, _columns(end, given),
            of_call=of_call, notice_due=given.notice_due,
        )  # fmt: skip
        effects.complaints.append(case.id)
        save_case(case, "case_opened", call=end.call["id"])
        return case.id
    case = take_case(unit, end.rulebook, end.actor, known, of_call=of_call)
    if case.row["status"] == Status.WITHDRAWN:
        _revive(case, end, given)
        effects.complaints.append(case.id)
    else:
        _add_words(case, given)
    save_case(case, "case_told_again", call=end.call["id"])
    return case.id


def follow_cases(
    unit: Unit,
    end: CallEnd,
    decision_id: int,
    settled: Iterable[tuple[sa.RowMapping, CallEnd]],
    effects: Effects,
    *,
    opened: int | None,
) -> None:
    """Enters a call with the cases that it was about, and lets all follow from it.

    Args:
        unit: the transaction.
        end: how the call ended.
        decision_id: the decision's row.
        settled: the callbacks that it settles, each with its own ending.
        effects: what an undo takes back.
        opened: the case that was told of in it.
    """
    about = {row["complaint_id"]: own for row, own in settled if row["complaint_id"] is not None}
    of_call = OfCall(end.call["id"], decision_id)
    if opened is not None:
        _serve(unit, opened, effects)
    for case_id in sorted({*about, *({opened} if opened is not None else ())}):
        case = take_case(unit, end.rulebook, end.actor, case_id, of_call=of_call)
        if case.row["status"] == Status.WITHDRAWN:
            continue
        if case_id not in effects.complaints:
            effects.cases[str(case_id)] = case.row["status"]
        _enter_call(case, about.get(case_id, end), first=case_id in effects.complaints)
        if case_id in effects.complaints:
            tell_department(case)
        if not end.late:
            follow(case)
        else:
            case.row["look_at"] = unit.now
        effects.made_callbacks.extend(case.made)
        save_case(case, "case_call", call=end.call["id"])


def refuse_if_worked_on(unit: Unit, effects: Effects, decision_id: int) -> None:
    """Refuses to take a call back that opened a case with which somebody has gone on.

    Raises:
        RefusedError: `undo_acted_on` (by, what).
    """
    if not effects.complaints:
        return
    began = (
        sa.select(sa.func.min(case_entry.c.id))
        .where(case_entry.c.decision_id == decision_id)
        .scalar_subquery()
    )
    found = unit.run(
        sa.select(case_entry.c.kind, operator.c.name)
        .join(operator, operator.c.id == case_entry.c.operator_id)
        .where(
            case_entry.c.complaint_id.in_(effects.complaints),
            case_entry.c.decision_id.is_distinct_from(decision_id),
            case_entry.c.superseded_at.is_(None),
            case_entry.c.id > began,
        )
        .order_by(case_entry.c.id.desc())
        .limit(1)
    ).first()
    if found is not None:
        raise RefusedError("undo_acted_on", by=found.name, what=found.kind)


def take_back_cases(
    unit: Unit, rulebook: Rulebook, actor: Actor, effects: Effects, decision_id: int
) -> None:
    """Takes back what a decision did to cases: entries count no more, limits are as before.

    Calls and bands follow as soon as housekeeping looks at the case: the call's own callback is in
    hand again by then.
    """
    for case_id in sorted({*effects.complaints, *map(int, effects.cases)}):
        case = take_case(unit, rulebook, actor, case_id)
        entries = _of_decision(unit, case_id, decision_id)
        _restore_limits(case, entries)
        unit.run(
            sa.update(case_entry)
            .where(case_entry.c.id.in_([entry["id"] for entry in entries]))
            .values(superseded_at=unit.now)
        )
        if case_id in effects.complaints:
            withdraw_open(case, "withdrawn")
            running = limits_of(unit, [case_id], running=True)[case_id]
            stop_limits(case, running, "withdrawn")
            case.change(status=str(Status.WITHDRAWN), closed_at=unit.now)
        elif case.row["status"] == Status.IN_PROGRESS:
            case.change(status=effects.cases[str(case_id)])
        case.row["look_at"] = unit.now
        save_case(case, "case_call_undone")


def _serve(unit: Unit, case_id: int, effects: Effects) -> None:
    """The call that was agreed with the complaining customer is a call about the complaint too."""
    unit.run(
        sa.update(callback)
        .where(
            callback.c.id.in_(effects.made_callbacks),
            callback.c.promised,
            callback.c.complaint_id.is_(None),
        )
        .values(complaint_id=case_id)
    )


def _columns(end: CallEnd, given: GivenComplaint) -> dict[str, Any]:
    weight, level = fitting(Weight(given.weight), Level(given.level))
    return {
        "weight": str(weight),
        "person_id": end.call["person_id"],
        "call_id": end.call["id"],
        "received_at": end.at,
        "channel": "phone",
        "level": str(level),
        "category": given.category,
        "cause": given.cause,
        **({"customer_class": given.customer_class} if given.customer_class else {}),
        "department": given.department,
        "description": given.description,
        "status": str(Status.OPEN),
        "owner_id": end.caller,
        "opened_by": end.caller,
    }


def _revive(case: CaseInHand, end: CallEnd, given: GivenComplaint) -> None:
    case.change(**_columns(end, given), closed_at=None, handover_to=None)
    enter_opening(case, given.notice_due)


def _add_words(case: CaseInHand, given: GivenComplaint) -> None:
    """What is told again of a case of the same call: it fills what is empty, and loses no words."""
    for name in ("category", "cause", "department", "customer_class"):
        if not case.row[name]:
            case.change(**{name: getattr(given, name)})
    if given.description != case.row["description"]:
        case.enter(EntryKind.NOTE, {"told": False}, given.description)


def _enter_call(case: CaseInHand, end: CallEnd, *, first: bool) -> None:
    decision, contacted = end.decision, end.outcome.contacted
    case.enter(
        EntryKind.CALL,
        {
            "outcome": end.outcome.code,
            "contacted": contacted,
            "direction": end.call["direction"],
            "mood": decision.mood_end or decision.mood_start,
            "late": end.late,
        },
        decision.note,
        at=end.at,
    )
    if not contacted or not case.live:
        return
    if not first:
        case.begin_work()
    grumble = case.row["weight"] == Weight.GRUMBLE and not first
    rang_at: datetime = end.call["dialled_at"] or end.call["started_at"]
    answered = grumble or case.row["resolution"] is not None
    contact_happened(case, rang_at, answered=answered)


def _of_decision(unit: Unit, case_id: int, decision_id: int) -> Sequence[sa.RowMapping]:
    return (
        unit.run(
            sa.select(case_entry)
            .where(
                case_entry.c.complaint_id == case_id,
                case_entry.c.decision_id == decision_id,
                case_entry.c.superseded_at.is_(None),
            )
            .order_by(case_entry.c.id)
        )
        .mappings()
        .all()
    )


def _restore_limits(case: CaseInHand, entries: Sequence[sa.RowMapping]) -> None:
    unit = case.unit
    started = [one["data"]["timer"] for one in entries if one["kind"] == EntryKind.TIMER_STARTED]
    met = [one["data"]["timer"] for one in entries if one["kind"] == EntryKind.TIMER_MET]
    columns = case_timer.c
    unit.run(sa.update(case_timer).where(columns.id.in_(met)).values(met_at=None))
    unit.run(
        sa.update(case_timer)
        .where(columns.id.in_(started), columns.stopped_at.is_(None))
        .values(stopped_at=unit.now, stopped_because="undone", met_at=None)
    )
