"""Doing what a dry run showed: exactly so, in short batches, recorded, and told to those concerned.

Each callback is looked at once more: what stands otherwise by then stays as it is, and is said. A
repeat under the same uuid does what is left over, and gives the first result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from db.caps import hold_back
from db.engine import Database
from db.events import append_audit
from db.lead_notices import tell_deed
from db.lead_plan import DryRun, Left, Planned
from db.lead_record import begin_action, keep_result, spoken_reason
from db.lead_standing import Stood, standing_of
from db.lead_writing import last_events, owners_of, plain, rows_now, write_deed
from db.operator_states import after_call
from db.tables import call, callback, lead_action, lead_action_item, seat
from db.topics import QUEUE
from db.transaction import Unit
from domain.errors import InputError
from domain.lead import USE_CASE, Deed, DeedKind, why_not
from domain.permissions import Actor, require
from domain.said import Said, said_as_plain, said_from_plain

BATCH: Final = 20
"""Callbacks of one transaction: some 20 ms, for which nobody else can write."""
_LOOKED_AT_AGAIN: Final = (DeedKind.RESCHEDULE, DeedKind.RELEASE)
"""After these the caps say anew how long a callback waits."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a deed.

    Attributes:
        action_id: its number in the book of actions, for the undo.
        moved: how many callbacks it moved.
        left: callbacks that were planned, and stayed as they are.
    """

    action_id: int
    moved: int
    left: tuple[Left, ...]


def carry_out(
    database: Database, actor: Actor, run: DryRun, uuid: str, reason: str | None = None
) -> Done:
    """Does what a dry run showed.

    Args:
        database: the database.
        actor: a lead.
        run: what was shown.
        uuid: the client's own for this action; a repeat gives the first result.
        reason: why, in words; told to those whose work it is. A cancellation needs one.

    Raises:
        RefusedError: `not_allowed`, `lead_action_reused`.
        InputError: `lead_nothing` where nothing was planned, `lead_reason_missing`,
            `lead_reason_long`.
    """
    words = spoken_reason(reason, needed=run.deed.kind is DeedKind.CANCEL)
    if not run.planned:
        raise InputError("lead_nothing")
    places = range(0, len(run.planned), BATCH)
    for place in places:

        def work(unit: Unit, place: int = place) -> sa.RowMapping:
            require(actor, USE_CASE[run.deed.kind])
            action, _ = begin_action(unit, actor, uuid, run.deed.kind, _content(run), words)
            if action["params"].get("over"):
                return action
            batch = run.planned[place : place + BATCH]
            over = place == places[-1]
            return _batch(unit, database, actor, run, action, batch, over=over)

        action = database.write(work, settles=True)
        if action["params"].get("over"):
            break
    return _as_done(action, run)


def _content(run: DryRun) -> dict[str, Any]:
    deed = run.deed
    return {
        "to": list(deed.to),
        "team": deed.team,
        "band": deed.band,
        "at": None if deed.at is None else deed.at.isoformat(),
        "planned": [[one.callback_id, one.to] for one in run.planned],
    }


def _as_done(action: sa.RowMapping, run: DryRun) -> Done:
    names = {one.callback_id: one.name for one in run.planned}
    left = tuple(
        Left(one, names.get(one, ""), said_from_plain(why))
        for one, why in action["params"].get("left", ())
    )
    return Done(action["id"], action["count"], left)


def _batch(
    unit: Unit,
    database: Database,
    actor: Actor,
    run: DryRun,
    action: sa.RowMapping,
    batch: Sequence[Planned],
    *,
    over: bool,
) -> sa.RowMapping:
    deed = run.deed
    left = dict(action["params"].get("left", ()))
    known = {*left, *_items(unit, action["id"])}
    todo = [one for one in batch if one.callback_id not in known]
    ids = [one.callback_id for one in todo]
    if deed.kind is DeedKind.RELEASE:
        _lock_calls(unit, ids)
    stood = standing_of(unit, database.rulebook, deed, ids, locked=True)
    owed = owners_of(unit, ids)
    before: dict[int, sa.RowMapping] = {}
    for one in todo:
        if one.callback_id in before:
            continue  # it came along with another one of its call
        why = _why_left(deed, stood.get(one.callback_id), one, unit)
        if why is not None:
            left[one.callback_id] = said_as_plain(why)
            continue
        found = stood[one.callback_id]
        before |= {
            row["id"]: row for row in write_deed(unit, actor, deed, found, one.to, action["id"])
        }
    if before and deed.kind in _LOOKED_AT_AGAIN:
        for seat_id in {row["claimed_seat"] for row in before.values()} - {None}:
            after_call(unit, seat_id, database.rulebook.day)
        persons = {row["person_id"] for row in before.values()}
        hold_back(unit, database.rulebook, persons, only=list(before))
    _keep_items(unit, actor, deed, action["id"], before, owed)
    if over:
        tell_deed(unit, actor, deed, action)
    keep_result(
        unit,
        action,
        action["count"] + len(before),
        left=[[*one] for one in left.items()],
        over=over,
    )
    unit.move(QUEUE)
    stored = sa.select(lead_action).where(lead_action.c.id == action["id"])
    return unit.run(stored).mappings().one()


def _why_left(deed: Deed, found: Stood | None, one: Planned, unit: Unit) -> Said | None:
    if found is None:
        return Said("lead.skip.busy")
    if found.stamp != one.stamp:
        again = why_not(deed, found.standing, one.to, unit.now)
        return again or Said("lead.skip.changed")
    return why_not(deed, found.standing, one.to, unit.now)


def _items(unit: Unit, action_id: int) -> set[int]:
    found = sa.select(lead_action_item.c.callback_id).where(
        lead_action_item.c.action_id == action_id
    )
    return set(unit.run(found).scalars())


def _lock_calls(unit: Unit, ids: Sequence[int]) -> None:
    """Seats, calls, callbacks, as everywhere: a dial or finish on its way is waited for."""
    seats = sa.select(callback.c.claimed_seat).where(
        callback.c.id.in_(ids), callback.c.claimed_seat.is_not(None)
    )
    unit.run(sa.select(seat.c.id).where(seat.c.id.in_(seats)).order_by(seat.c.id).with_for_update())
    calls = sa.select(callback.c.call_id).where(
        callback.c.id.in_(ids), callback.c.call_id.is_not(None)
    )
    unit.run(sa.select(call.c.id).where(call.c.id.in_(calls)).order_by(call.c.id).with_for_update())


def _keep_items(
    unit: Unit,
    actor: Actor,
    deed: Deed,
    action_id: int,
    before: dict[int, sa.RowMapping],
    owed: dict[int, dict[str, int | None]],
) -> None:
    """Writes of each callback what was and what is; names of columns only go into the audit."""
    if not before:
        return
    ids = list(before)
    now, events, owing = rows_now(unit, ids), last_events(unit, ids), owners_of(unit, ids)
    items = []
    for callback_id, row in before.items():
        was, is_ = plain(row), plain(now[callback_id])
        changed = [name for name in was if was[name] != is_[name]]
        first: dict[str, Any] = {
            "columns": {name: was[name] for name in changed},
            "whose": row["claimed_by"] or row["assigned_to"],
        }
        then: dict[str, Any] = {
            "columns": {name: is_[name] for name in changed},
            "whose": now[callback_id]["assigned_to"],
            "event": events[callback_id],
        }
        if owed.get(callback_id) != owing.get(callback_id):
            first["owing"], then["owing"] = owed.get(callback_id), owing.get(callback_id)
        items.append(
            {"action_id": action_id, "callback_id": callback_id, "before": first, "after": then}
        )
        append_audit(
            unit, actor, f"lead_{deed.kind}", "callback", callback_id, fields=changed,
            details={"action": action_id},
        )  # fmt: skip
    unit.run(lead_action_item.insert(), items)
