"""The decision of a call that is in force, as it was given: what an amendment starts from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.chances import given_chances
from db.engine import Database
from db.gaps import given_gaps
from db.next_owner import next_owner_from_plain
from db.tables import (
    answer,
    call,
    call_decision,
    call_step,
    callback,
    case_timer,
    complaint,
    operator,
    person_phone,
    phone,
    promise,
    promise_event,
    score,
    wish,
)
from db.transaction import Unit
from domain.decision import (
    Decision,
    GivenAnswer,
    GivenComplaint,
    GivenPromise,
    GivenScore,
    GivenUse,
    GivenWish,
    GivenWord,
    NewNumber,
)
from domain.errors import RefusedError
from domain.outcome import Assigned
from domain.permissions import Actor, require
from domain.rulebook import Rulebook


def decision_in_force(database: Database, actor: Actor, call_id: int) -> Decision:
    """How a call was decided, with all that was said in it.

    Raises:
        RefusedError: `call_unknown`; `call_undecided`; `not_yours`; `amend_several` for a call
            that settled several callbacks, which is undone and finished anew instead.
    """

    def work(unit: Unit) -> Decision:
        require(actor, "calls.amend_own")
        held = unit.run(sa.select(call).where(call.c.id == call_id)).mappings().first()
        if held is None:
            raise RefusedError("call_unknown", call=call_id)
        row = (
            unit.run(
                sa.select(call_decision)
                .where(
                    call_decision.c.call_id == call_id,
                    call_decision.c.kind != "undo",
                    call_decision.c.late.is_(False),
                    call_decision.c.superseded_at.is_(None),
                )
                .order_by(call_decision.c.id.desc())
                .limit(1)
            )
            .mappings()
            .first()
        )
        if row is None:
            raise RefusedError("call_undecided", call=call_id)
        if row["operator_id"] != actor.operator_id:
            raise RefusedError("not_yours", call=call_id)
        if len(row["before"]["callbacks"]) > 1:
            raise RefusedError("amend_several", call=call_id)
        return Decision(
            uuid=row["uuid"],
            outcome=row["outcome"],
            next_at=row["next_at"],
            note=row["note"],
            mood_start=held["mood_start"],
            mood_end=held["mood_end"],
            flags=tuple(row["flags"]),
            **_said(unit, row["id"]),
            chances=given_chances(unit, row["id"]),
            gaps=given_gaps(unit, row["id"]),
            complaint=_complaint(unit, row),
            new_number=_new_number(unit, row),
            colleague=_colleague(unit, database.rulebook, row),
            recovery=row["recovery"],
            recovery_reason=row["recovery_reason"],
            next_owner=next_owner_from_plain(row["result"]),
        )

    return database.read(work)


def _said(unit: Unit, decision_id: int) -> dict[str, Any]:
    def rows(table: sa.Table) -> list[sa.RowMapping]:
        query = sa.select(table).where(table.c.decision_id == decision_id).order_by(table.c.id)
        return list(unit.run(query).mappings().all())

    return {
        "answers": tuple(
            GivenAnswer(
                survey=one["survey"],
                version=one["version"],
                question=one["question"],
                status=one["status"],
                number=one["number"],
                text=one["text"],
                choices=None if one["choices"] is None else tuple(one["choices"]),
            )
            for one in rows(answer)
        ),
        "scores": tuple(GivenScore(one["metric"], one["value"], one["n"]) for one in rows(score)),
        "uses": tuple(
            GivenUse(
                one["kind"],
                one["playbook"],
                one["version"],
                one["step"],
                one["variant"],
                one["language"],
                one["result"],
                one["details"].get("wording", ""),
                one["details"].get("shown"),
            )
            for one in rows(call_step)
        ),
        # An agreed call has no words of its own: it comes of the outcome's time, not of here.
        "promises": tuple(
            GivenPromise(one["text"], one["due_at"], one["condition"], one["kind"])
            for one in rows(promise)
            if one["text"]
        ),
        "owed": tuple(
            GivenWord(one["promise_id"], one["kind"], one["text"] or "")
            for one in rows(promise_event)
            if one["kind"] in ("told", "let_off")
        ),
        "wishes": tuple(
            GivenWish(
                one["text"],
                one["state"],
                one["possible"],
                one["reason"],
                one["offer"],
                one["answer_by"],
                one["earlier_id"],
                one["need"],
            )
            for one in rows(wish)
        ),
    }


def _complaint(unit: Unit, row: sa.RowMapping) -> GivenComplaint | None:
    made = row["before"]["complaints"]
    if not made:
        return None
    one = unit.run(sa.select(complaint).where(complaint.c.id == made[0])).mappings().one()
    return GivenComplaint(
        one["weight"],
        one["description"],
        one["category"],
        one["department"],
        one["level"],
        one["cause"],
        one["customer_class"],
        _notice_due(unit, one["id"]),
    )


def _notice_due(unit: Unit, case_id: int) -> datetime | None:
    """The instant that was typed from a regulator's notice; none where nothing was."""
    due: datetime | None = unit.run(
        sa.select(case_timer.c.typed)
        .where(
            case_timer.c.complaint_id == case_id,
            case_timer.c.typed.is_not(None),
            case_timer.c.stopped_because.is_distinct_from("undone"),
        )
        .order_by(case_timer.c.id)
        .limit(1)
    ).scalar()
    return due


def _new_number(unit: Unit, row: sa.RowMapping) -> NewNumber | None:
    """The number that the customer gave in the call; none where it was theirs already."""
    made = row["before"]["new_links"]
    if not made:
        return None
    one = unit.run(
        sa.select(phone.c.e164, phone.c.extension, phone.c.country, phone.c.kind, phone.c.zones)
        .join(person_phone, person_phone.c.phone_id == phone.c.id)
        .where(person_phone.c.id == made[0])
    ).one()
    return NewNumber(one.e164, one.extension, one.country, one.kind, tuple(one.zones))


def _colleague(unit: Unit, rulebook: Rulebook, row: sa.RowMapping) -> str | None:
    """The login of the colleague that the call was passed to; none where it was not."""
    rule = rulebook.outcomes[row["outcome"]].next
    if rule is None or rule.assigned is not Assigned.NAMED:
        return None
    login: str | None = unit.run(
        sa.select(operator.c.login)
        .join(callback, callback.c.owner_id == operator.c.id)
        .where(callback.c.id == row["callback_id"])
    ).scalar()
    return login
