"""The book of a lead's actions: each once under its uuid, with what it moved and what it left."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.tables import lead_action, operator
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, require

REASON: Final = 200
"""Letters of a reason at most: what fits a notice."""
UNDOABLE: Final = ("reassign", "next_for", "release", "band", "reschedule", "cancel")
_LATELY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class LeadAction:
    """An action as the book lists it; instants in UTC.

    Attributes:
        id: its number.
        kind: what was done: a code.
        at: when.
        by: the name of the lead.
        count: how many callbacks it moved.
        reason: why, in the lead's words.
        undone_at: when it was taken back; none where it stands.
    """

    id: int
    kind: str
    at: datetime
    by: str
    count: int
    reason: str | None
    undone_at: datetime | None

    @property
    def undoable(self) -> bool:
        """Whether it can be taken back."""
        return self.kind in UNDOABLE and self.undone_at is None


def begin_action(
    unit: Unit,
    actor: Actor,
    uuid: str,
    kind: str,
    content: Mapping[str, Any],
    reason: str | None = None,
) -> tuple[sa.RowMapping, bool]:
    """The row of an action, locked; made where its uuid is new. Says, too, whether it is new.

    Args:
        unit: the transaction.
        actor: who acts.
        uuid: the client's own.
        kind: what is done.
        content: what exactly: codes and ids.
        reason: why, in words.

    Raises:
        RefusedError: `lead_action_reused` when the uuid stands for something else.
    """
    words = json.dumps([kind, content, reason], sort_keys=True, default=str)
    fingerprint = hashlib.sha256(words.encode()).hexdigest()
    stored = sa.select(lead_action).where(lead_action.c.uuid == uuid).with_for_update()
    row = unit.run(stored).mappings().first()
    if row is not None:
        if row["params"]["print"] != fingerprint or row["operator_id"] != actor.operator_id:
            raise RefusedError("lead_action_reused")
        return row, False
    made = unit.run(
        lead_action.insert().returning(lead_action),
        {
            "uuid": uuid,
            "kind": kind,
            "operator_id": actor.operator_id,
            "seat_id": actor.seat_id,
            "at": unit.now,
            "params": {"print": fingerprint, **content},
            "reason": reason,
            "count": 0,
        },
    )
    return made.mappings().one(), True


def keep_result(unit: Unit, action: sa.RowMapping, count: int, **params: Any) -> None:
    """Writes what came of an action beside what it was."""
    unit.run(
        sa.update(lead_action)
        .where(lead_action.c.id == action["id"])
        .values(count=count, params={**action["params"], **params})
    )


def spoken_reason(reason: str | None, *, needed: bool = False) -> str | None:
    """A reason as it is kept; none for nothing.

    Raises:
        InputError: `lead_reason_missing`, `lead_reason_long`.
    """
    words = " ".join((reason or "").split())
    if not words and needed:
        raise InputError("lead_reason_missing")
    if len(words) > REASON:
        raise InputError("lead_reason_long", n=len(words), most=REASON)
    return words or None


def list_actions(
    database: Database, actor: Actor, *, mine: bool = False, limit: int = 50
) -> tuple[LeadAction, ...]:
    """The latest actions, the newest first.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[LeadAction, ...]:
        require(actor, "queue.undo_action")
        columns = lead_action.c
        query = (
            sa.select(
                columns.id, columns.kind, columns.at, operator.c.name, columns["count"],
                columns.reason, columns.undone_at,
            )
            .join(operator, operator.c.id == columns.operator_id)
            .order_by(columns.id.desc())
            .limit(limit)
        )  # fmt: skip
        if mine:
            query = query.where(columns.operator_id == actor.operator_id)
        return tuple(LeadAction(*row) for row in unit.run(query))

    return database.read(work)


def last_action(database: Database, actor: Actor) -> LeadAction | None:
    """The actor's latest action of the last day that can be taken back; none where there is none.

    Raises:
        RefusedError: `not_allowed`.
    """
    latest = list_actions(database, actor, mine=True)
    since = database.read(lambda unit: unit.now) - _LATELY
    return next((one for one in latest if one.undoable and one.at >= since), None)
