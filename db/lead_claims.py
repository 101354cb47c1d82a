"""Taking a stuck call over: a lead goes on with it, or a person must say what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from db.claiming import callbacks_of, claim_columns, lock_call_of, open_call_of, regain
from db.engine import Database
from db.events import append_audit
from db.lead_record import begin_action, keep_result, spoken_reason
from db.operator_states import after_call, hold_seat
from db.seat_messages import tell_operator
from db.seats import is_at_work
from db.tables import call, callback, lead_action_item
from db.topics import QUEUE, SEATS, seat_topic
from db.transaction import Unit
from db.transitions import lock_callback, move
from domain.errors import RefusedError
from domain.permissions import Actor, require


@dataclass(frozen=True, slots=True)
class Stolen:
    """A call that was taken out of somebody's hands.

    Attributes:
        action_id: its number in the book of actions.
        call_id: the call.
        state: `claimed` where the lead goes on with it at once, else `check`: it waits for the
            lead's word whether the customer was called.
        fence: the right to finish.
        callbacks: how many callbacks it has in hand.
    """

    action_id: int
    call_id: int
    state: str
    fence: int
    callbacks: int


def steal(
    database: Database, actor: Actor, callback_id: int, uuid: str, reason: str | None = None
) -> Stolen:
    """Takes a claimed callback, with its call, out of the hands in which it is stuck.

    The fence grows: whatever the former operator still says about it is stored as late, and what
    was typed stays with the call. A lead at a working seat without an open call goes on with it.

    Args:
        database: the database.
        actor: a lead.
        callback_id: the callback.
        uuid: the client's own for this deed; a repeat gives the first result.
        reason: why, in words; the former operator is told.

    Raises:
        RefusedError: `not_allowed`, `callback_unknown`, `lead_not_in_hand`, `lead_own_call`,
            `lead_action_reused`.
        InputError: `lead_reason_long`.
    """
    words = spoken_reason(reason)

    def work(unit: Unit) -> Stolen:
        require(actor, "queue.steal")
        content = {"callback": callback_id}
        action, new = begin_action(unit, actor, uuid, "steal", content, words)
        if not new:
            return _again(action)
        # The lead's own call is locked before the other's: an operator's open calls are one.
        free = is_at_work(unit, actor.seat_id) and open_call_of(unit, actor.operator_id) is None
        hold_seat(unit, _seat_of(unit, callback_id))
        held = lock_call_of(unit, callback_id)
        row = lock_callback(unit, callback_id)
        if held is None or row["state"] != "claimed" or row["call_id"] != held["id"]:
            raise RefusedError("lead_not_in_hand", callback=callback_id)
        if held["operator_id"] == actor.operator_id:
            raise RefusedError("lead_own_call")
        before = [one for one in callbacks_of(unit, held["id"]) if one["call_id"] == held["id"]]
        if free:
            taken = regain(unit, actor, held, "stolen")
            state, fence = "claimed", taken.fence
        else:
            state, fence = "check", _put_aside(unit, actor, held, before)
        result = {
            "call": held["id"], "state": state, "fence": fence, "from": held["operator_id"],
        }  # fmt: skip
        _keep(unit, actor, action, before, state)
        keep_result(unit, action, len(before), **result)
        told: dict[str, Any] = {"callback": callback_id, "call": held["id"]}
        if words is not None:
            told["why"] = words
        tell_operator(unit, actor, held["operator_id"], "notice.stolen", told)
        after_call(unit, held["seat_id"], database.rulebook.day)
        unit.move(QUEUE, SEATS, *([seat_topic(held["seat_id"])] if held["seat_id"] else []))
        return Stolen(action["id"], held["id"], state, fence, len(before))

    return database.write(work, settles=True)


def _seat_of(unit: Unit, callback_id: int) -> int | None:
    """At which seat a callback is in hand; the seat is locked before the call, as everywhere."""
    found = sa.select(callback.c.claimed_seat).where(callback.c.id == callback_id)
    seat_id: int | None = unit.run(found).scalar()
    return seat_id


def _again(action: sa.RowMapping) -> Stolen:
    result = action["params"]
    return Stolen(action["id"], result["call"], result["state"], result["fence"], action["count"])


def _put_aside(unit: Unit, actor: Actor, held: sa.RowMapping, rows: list[sa.RowMapping]) -> int:
    """Moves a call to `check`, in the lead's name; returns its fence."""
    fence: int = max([row["fence"] for row in rows], default=held["fence"]) + 1
    for row in rows:
        if row["state"] == "claimed":
            move(
                unit, row, "check", "stolen", actor=actor, call_id=held["id"], fence_to=fence,
                data={"from": held["operator_id"]}, **claim_columns(unit, actor),
            )  # fmt: skip
    unit.run(
        sa.update(call)
        .where(call.c.id == held["id"])
        .values(phase="parked", operator_id=actor.operator_id, seat_id=actor.seat_id, fence=fence)
    )
    return fence


def _keep(
    unit: Unit, actor: Actor, action: sa.RowMapping, before: list[sa.RowMapping], state: str
) -> None:
    items = [
        {
            "action_id": action["id"],
            "callback_id": row["id"],
            "before": {"columns": {"state": row["state"]}, "whose": row["claimed_by"]},
            "after": {"columns": {"state": state}, "whose": actor.operator_id},
        }
        for row in before
    ]
    if items:
        unit.run(lead_action_item.insert(), items)
    for row in before:
        append_audit(
            unit, actor, "lead_steal", "callback", row["id"], fields=["claimed_by"],
            details={"action": action["id"], "from": row["claimed_by"]},
        )  # fmt: skip
