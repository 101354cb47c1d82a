"""Taking a lead's action back: what nobody has touched since stands again as it did before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.caps import hold_back
from db.engine import Database
from db.events import append_audit
from db.lead_actions import BATCH
from db.lead_notices import tell_counted
from db.lead_plan import Left
from db.lead_record import UNDOABLE, begin_action, keep_result
from db.lead_writing import INSTANTS, hand_promise_over
from db.tables import callback, callback_event, lead_action, lead_action_item, operator, person
from db.topics import QUEUE
from db.transaction import Unit
from db.transitions import move
from domain.errors import RefusedError
from domain.permissions import Actor, require
from domain.said import Said, said_as_plain, said_from_plain

_BY_TIME: Final = frozenset(
    {"state", "assigned_to", "grace_until", "next_for", "not_before", "ready_at"}
)
"""Columns that time itself changes: it falls due, an owner's grace ends, a cap holds it back."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo put back.

    Attributes:
        action_id: the action that was taken back.
        restored: how many callbacks stand again as they did.
        left: those that somebody has touched since, and why they stay.
    """

    action_id: int
    restored: int
    left: tuple[Left, ...]


def undo_action(database: Database, actor: Actor, action_id: int, uuid: str) -> Undone:
    """Takes a lead's action back, callback by callback, as far as nobody has gone on with it.

    Args:
        database: the database.
        actor: a lead; also for another lead's action.
        action_id: the action.
        uuid: the client's own for this undo; a repeat gives the first result.

    Raises:
        RefusedError: `not_allowed`, `lead_action_unknown`, `lead_undone_already`,
            `lead_not_undoable`, `lead_action_reused`.
    """
    over = False
    while not over:

        def work(unit: Unit) -> sa.RowMapping:
            require(actor, "queue.undo_action")
            return _batch(unit, database, actor, action_id, uuid)

        own = database.write(work, settles=True)
        over = bool(own["params"].get("over"))
    return database.read(lambda unit: _as_undone(unit, own))


def _batch(
    unit: Unit, database: Database, actor: Actor, action_id: int, uuid: str
) -> sa.RowMapping:
    """Puts some callbacks back, where the last batch of this undo ended; returns the undo's row."""
    own, new = begin_action(unit, actor, uuid, "undo", {"action": action_id})
    if own["params"].get("over"):
        return own
    if new:
        _begin_undo(unit, actor, action_id)
    items = (
        unit.run(
            sa.select(lead_action_item)
            .where(lead_action_item.c.action_id == action_id)
            .order_by(lead_action_item.c.callback_id)
        )
        .mappings()
        .all()
    )
    place = own["params"].get("place", 0)
    left = dict(own["params"].get("left", ()))
    stayed, back = _put_back(unit, actor, items[place : place + BATCH])
    left |= {one: said_as_plain(why) for one, why in stayed.items()}
    if back:
        rows = unit.run(sa.select(callback.c.person_id).where(callback.c.id.in_(back)))
        hold_back(unit, database.rulebook, set(rows.scalars()), only=back)
    place += BATCH
    over = place >= len(items)
    if over:
        _tell(unit, actor, [one for one in items if one["callback_id"] not in left])
    keep_result(
        unit, own, own["count"] + len(back), left=[[*one] for one in left.items()],
        place=place, over=over,
    )  # fmt: skip
    unit.move(QUEUE)
    stored = sa.select(lead_action).where(lead_action.c.id == own["id"])
    return unit.run(stored).mappings().one()


def _as_undone(unit: Unit, own: sa.RowMapping) -> Undone:
    left = own["params"].get("left", ())
    names = _names(unit, [one for one, _ in left])
    return Undone(
        own["params"]["action"],
        own["count"],
        tuple(Left(one, names[one], said_from_plain(why)) for one, why in left),
    )


def _begin_undo(unit: Unit, actor: Actor, action_id: int) -> None:
    """Marks an action as taken back, so that nobody else does so at the same time."""
    row = (
        unit.run(sa.select(lead_action).where(lead_action.c.id == action_id).with_for_update())
        .mappings()
        .first()
    )
    if row is None:
        raise RefusedError("lead_action_unknown", action=action_id)
    if row["kind"] not in UNDOABLE:
        raise RefusedError("lead_not_undoable")
    if row["undone_at"] is not None:
        raise RefusedError("lead_undone_already", at=row["undone_at"])
    unit.run(
        sa.update(lead_action)
        .where(lead_action.c.id == action_id)
        .values(undone_at=unit.now, undone_by=actor.operator_id)
    )
    append_audit(unit, actor, "lead_undo", "lead_action", action_id, details={"kind": row["kind"]})


def _put_back(
    unit: Unit, actor: Actor, items: Sequence[sa.RowMapping]
) -> tuple[dict[int, Said], list[int]]:
    ids = [one["callback_id"] for one in items]
    rows = {
        row["id"]: row
        for row in unit.run(
            sa.select(callback, person.c.closed_at)
            .join(person, person.c.id == callback.c.person_id)
            .where(callback.c.id.in_(ids))
            .order_by(callback.c.id)
            .with_for_update(of=callback, skip_locked=True)
        ).mappings()
    }
    acted = _acted_on(unit, items)
    left: dict[int, Said] = {}
    back = []
    for one in items:
        row = rows.get(one["callback_id"])
        why = Said("lead.skip.busy") if row is None else _why_left(one, row, acted)
        if row is None or why is not None:
            left[one["callback_id"]] = why or Said("lead.skip.busy")
            continue
        _restore(unit, actor, one, row)
        back.append(row["id"])
    return left, back


def _why_left(item: sa.RowMapping, row: sa.RowMapping, acted: Mapping[int, Said]) -> Said | None:
    """Why a callback is not put back; none where nobody has touched it."""
    if item["before"]["columns"].get("state") == "claimed":
        return Said("lead.left.was_in_hand")
    if row["id"] in acted:
        return acted[row["id"]]
    if row["closed_at"] is not None:
        return Said("lead.left.closed")
    then = item["after"]["columns"]
    if (then.get("state") == "cancelled") == (row["state"] in ("scheduled", "due")):
        return Said("lead.skip.changed")
    changed = [
        name
        for name, value in then.items()
        if name not in _BY_TIME and _stored(name, value) != row[name]
    ]
    return Said("lead.skip.changed") if changed else None


def _restore(unit: Unit, actor: Actor, item: sa.RowMapping, row: sa.RowMapping) -> None:
    columns = {
        name: _stored(name, value)
        for name, value in item["before"]["columns"].items()
        if name != "state"
    }
    ready_at = columns.get("ready_at", row["ready_at"])
    state = "due" if ready_at <= unit.now else "scheduled"
    move(unit, row, state, "put_back", actor=actor, data={"action": item["action_id"]}, **columns)
    for owner_id in (item["before"].get("owing") or {}).values():
        hand_promise_over(unit, actor, row["id"], owner_id)
    append_audit(
        unit, actor, "lead_undo", "callback", row["id"], fields=sorted(columns),
        details={"action": item["action_id"]},
    )  # fmt: skip


def _acted_on(unit: Unit, items: Sequence[sa.RowMapping]) -> dict[int, Said]:
    """Callbacks with which a person has done something since, and who."""
    since = {one["callback_id"]: one["after"]["event"] for one in items}
    if not since:
        return {}
    rows = unit.run(
        sa.select(callback_event.c.callback_id, callback_event.c.id, operator.c.name)
        .join(operator, operator.c.id == callback_event.c.operator_id)
        .where(
            callback_event.c.callback_id.in_(list(since)),
            callback_event.c.id > min(since.values()),
            callback_event.c.kind != "late_outcome",
        )
        .order_by(callback_event.c.id)
    )
    return {
        row.callback_id: Said("lead.left.touched", {"name": row.name})
        for row in rows
        if row.id > since[row.callback_id]
    }


def _tell(unit: Unit, actor: Actor, items: Sequence[sa.RowMapping]) -> None:
    told: dict[int, list[int]] = defaultdict(list)
    for one in items:
        for operator_id in {one["before"]["whose"], one["after"]["whose"]} - {None}:
            told[operator_id].append(one["callback_id"])
    for operator_id, callbacks in told.items():
        tell_counted(unit, actor, operator_id, "notice.put_back", callbacks, {})


def _stored(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in INSTANTS and value is not None else value


def _names(unit: Unit, ids: Sequence[int]) -> dict[int, str]:
    rows = unit.run(
        sa.select(callback.c.id, person.c.name)
        .join(person, person.c.id == callback.c.person_id)
        .where(callback.c.id.in_(ids))
    )
    return {one: name for one, name in rows}  # noqa: C416 - a row is no pair to dict()
