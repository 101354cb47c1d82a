"""Callbacks given to others: each with its event, recorded so that it can be taken back.

A deed is a row of `lead_action` with an item for each callback: its columns before and after, and
the event that told of it. Whatever happened to the callback since appended a further event; then it
is not taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa

from db.many import insert_many
from db.tables import callback, callback_event, lead_action, lead_action_item
from db.topics import QUEUE
from db.transaction import Unit
from domain.permissions import Actor

GIVEN: Final = ("owner_id", "assigned_to", "grace_until", "avoid_operator_id")
"""Columns of a callback that change with whose it is."""
WAITING: Final = ("scheduled", "due")
_SET = (
    sa.update(callback)
    .where(callback.c.id == sa.bindparam("row"))
    .values(
        {name: sa.bindparam(f"new_{name}", type_=callback.c[name].type) for name in GIVEN}
        | {"updated_at": sa.bindparam("at", type_=callback.c.updated_at.type)}
    )
)


@dataclass(frozen=True, slots=True)
class Gift:
    """A waiting callback, locked, and whose it becomes.

    Attributes:
        row: its columns.
        to: who gets it; none for the pool, where its owner stays known.
        grace_until: until when it is theirs alone (UTC).
        data: codes and numbers for its event.
    """

    row: sa.RowMapping
    to: int | None
    grace_until: datetime | None
    data: Mapping[str, Any]


def record_deed(
    unit: Unit,
    kind: str,
    operator_id: int,
    params: Mapping[str, Any],
    *,
    uuid: str | None = None,
    seat_id: int | None = None,
    count: int = 0,
) -> int:
    """Records a deed to the work of others, and returns its number; `params` are codes and ids."""
    values = {
        "uuid": uuid or str(uuid4()),
        "kind": kind,
        "operator_id": operator_id,
        "seat_id": seat_id,
        "at": unit.now,
        "params": dict(params),
        "count": count,
    }
    return int(unit.run(lead_action.insert().returning(lead_action.c.id), values).scalar_one())


def give(
    unit: Unit, actor: Actor | None, kind: str, gifts: Sequence[Gift], deed_id: int | None = None
) -> None:
    """Makes callbacks somebody else's, each with an event, as items of a deed if there is one.

    Args:
        unit: the transaction.
        actor: who does it; none for the desk itself.
        kind: of the events.
        gifts: the callbacks, locked.
        deed_id: the deed of `record_deed`; without one it can't be taken back.
    """
    if not gifts:
        return
    after = [_after(gift) for gift in gifts]
    _write(unit, [gift.row["id"] for gift in gifts], after)
    events = _tell(unit, actor, kind, [(gift.row, gift.data) for gift in gifts])
    if deed_id is not None:
        items = [
            {
                "action_id": deed_id,
                "callback_id": gift.row["id"],
                "before": _plain({name: gift.row[name] for name in GIVEN}),
                "after": {**_plain(values), "event": event},
            }
            for gift, values, event in zip(gifts, after, events, strict=True)
        ]
        unit.run(lead_action_item.insert(), items)
    unit.move(QUEUE)


def take_back(
    unit: Unit, actor: Actor | None, kind: str, deeds: Collection[int]
) -> tuple[dict[int | None, int], int]:
    """Takes back what nobody has touched since.

    Args:
        unit: the transaction.
        actor: who does it; none for the desk itself.
        kind: of the events.
        deeds: numbers of the deeds.

    Returns:
        How many came back from whom (none: from the pool), and how many stay as they are.
    """
    columns = lead_action_item.c
    items = list(
        unit.run(
            sa.select(columns.callback_id, columns.before, columns.after)
            .where(columns.action_id.in_(sorted(deeds)))
            .order_by(columns.id)
        )
    )
    # One that was given on in several deeds goes back to where it was before the first of them.
    first: dict[int, Mapping[str, Any]] = {}
    last: dict[int, Mapping[str, Any]] = {}
    for item in items:
        first.setdefault(item.callback_id, item.before)
        last[item.callback_id] = item.after
    rows = _locked(unit, list(last))
    events = _last_events(unit, list(last))
    free = [
        row
        for row in rows
        if row["state"] in WAITING and events.get(row["id"]) == last[row["id"]].get("event")
    ]
    _write(unit, [row["id"] for row in free], [_unplain(first[row["id"]]) for row in free])
    _tell(unit, actor, kind, [(row, {"to": first[row["id"]]["assigned_to"]}) for row in free])
    counts: dict[int | None, int] = {}
    for row in free:
        counts[row["assigned_to"]] = counts.get(row["assigned_to"], 0) + 1
    unit.run(
        sa.update(lead_action)
        .where(lead_action.c.id.in_(sorted(deeds)))
        .values(undone_at=unit.now, undone_by=actor.operator_id if actor else None)
    )
    if free:
        unit.move(QUEUE)
    return counts, len(last) - len(free)


def _after(gift: Gift) -> dict[str, Any]:
    avoid = gift.row["avoid_operator_id"]
    return {
        "owner_id": gift.row["owner_id"] if gift.to is None else gift.to,
        "assigned_to": gift.to,
        "grace_until": None if gift.to is None else gift.grace_until,
        "avoid_operator_id": None if gift.to is not None and avoid == gift.to else avoid,
    }


def _write(unit: Unit, ids: Sequence[int], values: Sequence[Mapping[str, Any]]) -> None:
    if ids:
        unit.run(
            _SET,
            [
                {"row": one, "at": unit.now, **{f"new_{name}": own[name] for name in GIVEN}}
                for one, own in zip(ids, values, strict=True)
            ],
        )


def _tell(
    unit: Unit,
    actor: Actor | None,
    kind: str,
    told: Sequence[tuple[sa.RowMapping, Mapping[str, Any]]],
) -> list[int]:
    return insert_many(
        unit,
        callback_event,
        [
            {
                "callback_id": row["id"],
                "at": unit.now,
                "kind": kind,
                "from_state": row["state"],
                "to_state": row["state"],
                "operator_id": actor.operator_id if actor else None,
                "seat_id": actor.seat_id if actor else None,
                "call_id": None,
                "fence": row["fence"],
                "data": dict(data),
            }
            for row, data in told
        ],
    )


def _locked(unit: Unit, ids: Collection[int]) -> list[sa.RowMapping]:
    found = sa.select(callback).where(callback.c.id.in_(sorted(ids))).order_by(callback.c.id)
    return list(unit.run(found.with_for_update()).mappings())


def _last_events(unit: Unit, ids: Collection[int]) -> dict[int, int]:
    columns = callback_event.c
    newest = sa.select(columns.callback_id, sa.func.max(columns.id)).where(
        columns.callback_id.in_(sorted(ids))
    )
    return {row[0]: row[1] for row in unit.run(newest.group_by(columns.callback_id))}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as JSON can hold them; instants as ISO text."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _unplain(values: Mapping[str, Any]) -> dict[str, Any]:
    grace = values["grace_until"]
    return {**values, "grace_until": None if grace is None else datetime.fromisoformat(grace)}
