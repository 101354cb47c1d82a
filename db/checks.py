"""Callbacks in `check`: the seat vanished, the customer may have been called; a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.claiming import (
    Taken,
    callbacks_of,
    claim_columns,
    lock_call,
    lock_call_of,
    open_call_of,
    regain,
)
from db.decisions import repeated
from db.engine import Database
from db.events import append_audit
from db.finish import Finished, as_finished, call_end, decide
from db.holds import drop_holds
from db.seat_messages import tell_operator
from db.seats import may_work
from db.states import in_state
from db.tables import call, call_decision, callback, campaign, operator, person
from db.topics import SEATS
from db.transaction import Unit
from db.transitions import lock_callback, move, ready_again
from domain.decision import Decision
from domain.errors import RefusedError
from domain.permissions import Actor, allowed, require


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A callback that waits for a person's word; instants in UTC."""

    callback_id: int
    call_id: int
    name: str
    campaign_zh: str
    campaign_en: str
    operator: str
    claimed_at: datetime | None
    dialled_at: datetime | None
    mine: bool


def list_checks(database: Database, actor: Actor) -> tuple[CheckLine, ...]:
    """All callbacks in `check`, the oldest claim first."""

    def work(unit: Unit) -> tuple[CheckLine, ...]:
        require(actor, "queue.list")
        rows = unit.run(
            sa.select(
                callback.c.id,
                callback.c.call_id,
                person.c.name,
                campaign.c.name_zh,
                campaign.c.name_en,
                operator.c.name.label("operator"),
                callback.c.claimed_at,
                call.c.dialled_at,
                callback.c.claimed_by,
            )
            .join(person, person.c.id == callback.c.person_id)
            .join(campaign, campaign.c.id == callback.c.campaign_id)
            .join(call, call.c.id == callback.c.call_id)
            .join(operator, operator.c.id == callback.c.claimed_by)
            .where(in_state("check"))
            .order_by(callback.c.claimed_at, callback.c.id)
        ).mappings()
        return tuple(
            CheckLine(
                callback_id=row["id"],
                call_id=row["call_id"],
                name=row["name"],
                campaign_zh=row["name_zh"],
                campaign_en=row["name_en"],
                operator=row["operator"],
                claimed_at=row["claimed_at"],
                dialled_at=row["dialled_at"],
                mine=row["claimed_by"] == actor.operator_id,
            )
            for row in rows
        )

    return database.read(work)


def resume(database: Database, actor: Actor, callback_id: int) -> Taken:
    """Takes one's own call up again: same call, draft and timer, new fence.

    Raises:
        RefusedError: `not_in_check`, `not_yours`, `open_call` while another one is open.
    """

    def work(unit: Unit) -> Taken:
        require(actor, "queue.resume")
        may_work(unit, actor)
        row, held = _in_check(unit, callback_id)
        if row["claimed_by"] != actor.operator_id:
            raise RefusedError("not_yours", call=row["call_id"])
        current = open_call_of(unit, actor.operator_id)
        if current is not None and current["id"] != row["call_id"]:
            raise RefusedError("open_call", call=current["id"])
        return regain(unit, actor, held, "resumed")

    return database.write(work)


def resolve_not_called(database: Database, actor: Actor, callback_id: int) -> str:
    """A person says that the customer was not called: it waits again, and nobody is held.

    Returns the new state. The right to finish changes hands.

    Raises:
        RefusedError: `not_in_check`, `not_yours`.
    """

    def work(unit: Unit) -> str:
        row, _ = _in_check(unit, callback_id)
        _may_resolve(unit, actor, row)
        call_id = row["call_id"]
        state = ready_again(unit, row)
        for one in callbacks_of(unit, call_id):
            if one["call_id"] == call_id and one["state"] == "check":
                move(
                    unit, one, ready_again(unit, one), "was_not_called", actor=actor,
                    call_id=call_id, grow=True,
                )  # fmt: skip
        unit.run(
            sa.update(call)
            .where(call.c.id == call_id)
            .values(phase="ended", ended_at=unit.now, fence=call.c.fence + 1)
        )
        drop_holds(unit, call_id)
        append_audit(unit, actor, "check_resolved", "callback", callback_id)
        told = {"callback": callback_id}
        tell_operator(unit, actor, row["claimed_by"], "notice.check.not_called", told)
        unit.move(SEATS)
        return state

    return database.write(work)


def resolve_called(
    database: Database, actor: Actor, callback_id: int, decision: Decision
) -> Finished:
    """A person says that the customer was called, and how it ended.

    Raises:
        RefusedError: `not_in_check`, `not_yours`, `decision_reused`.
        InputError: the outcome is unknown, or lacks its time or note.
    """

    def work(unit: Unit) -> Finished:
        try:
            row, held = _in_check(unit, callback_id)
        except RefusedError:
            # Asked behind the lock, so that a repeat which overtook its first request finds it.
            first = _first_said(unit, callback_id, decision)
            if first is None:
                raise
            return as_finished(first)
        _may_resolve(unit, actor, row)
        in_check = [
            one
            for one in callbacks_of(unit, row["call_id"])
            if one["call_id"] == row["call_id"] and one["state"] == "check"
        ]
        fence = max(one["fence"] for one in in_check) + 1
        for one in in_check:
            move(
                unit, one, "check", "was_called", actor=actor, call_id=row["call_id"],
                fence_to=fence, **claim_columns(unit, actor),
            )  # fmt: skip
        unit.run(sa.update(call).where(call.c.id == held["id"]).values(fence=fence))
        end = call_end(unit, database, actor, lock_call(unit, held["id"]), decision)
        rows = [one for one in callbacks_of(unit, row["call_id"]) if one["state"] == "check"]
        append_audit(unit, actor, "check_resolved", "callback", callback_id)
        told = {"callback": callback_id}
        tell_operator(unit, actor, row["claimed_by"], "notice.check.called", told)
        return as_finished(decide(unit, database, end, rows))

    return database.write(work, settles=True)


def _in_check(unit: Unit, callback_id: int) -> tuple[sa.RowMapping, sa.RowMapping]:
    """A callback in check and its call, both locked, the call first as everywhere.

    Raises:
        RefusedError: `callback_unknown`, `not_in_check`.
    """
    held = lock_call_of(unit, callback_id)
    row = lock_callback(unit, callback_id)
    if held is None or row["state"] != "check" or row["call_id"] != held["id"]:
        raise RefusedError("not_in_check", callback=callback_id, state=row["state"])
    return row, held


def _first_said(unit: Unit, callback_id: int, decision: Decision) -> sa.RowMapping | None:
    """What was stored under this decision's uuid for the callback before; none when it is new.

    Raises:
        RefusedError: `decision_reused`.
    """
    call_id = unit.run(
        sa.select(call_decision.c.call_id).where(
            call_decision.c.uuid == decision.uuid, call_decision.c.callback_id == callback_id
        )
    ).scalar()
    return None if call_id is None else repeated(unit, decision.uuid, decision.fingerprint(call_id))


def _may_resolve(unit: Unit, actor: Actor, row: sa.RowMapping) -> None:
    """The claim's own operator, a lead, or the only operator of the desk may say what happened."""
    if row["claimed_by"] == actor.operator_id:
        require(actor, "queue.resolve_check_own")
        return
    if allowed(actor.role, "queue.resolve_check"):
        return
    many = unit.run(
        sa.select(sa.func.count()).select_from(operator).where(operator.c.active)
    ).scalar_one()
    if many > 1:
        raise RefusedError("not_yours", call=row["call_id"])
