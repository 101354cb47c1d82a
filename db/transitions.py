"""Changing the state of a callback: the one place that writes states, fences and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import sqlalchemy as sa

from db.events import append_event
from db.prepared import Prepared
from db.tables import callback, complaint
from db.topics import QUEUE
from db.transaction import Unit
from domain.errors import RefusedError
from domain.history import OVER
from domain.permissions import Actor

# Made once: to put a statement together costs more than to run it.
_ROW = sa.select(callback).where(callback.c.id == sa.bindparam("row")).with_for_update()
_UPDATE = Prepared(sa.update(callback).where(callback.c.id == sa.bindparam("row")))
_LOOK = Prepared(
    sa.update(complaint)
    .where(
        complaint.c.id
        == sa.select(callback.c.complaint_id)
        .where(callback.c.id == sa.bindparam("row"))
        .scalar_subquery()
    )
    .values(look_at=sa.bindparam("now", type_=complaint.c.look_at.type))
)


class CallbackRow(Protocol):
    """What a transition wants to know of a callback: its `id`, `state`, `fence` and `call_id`."""

    def __getitem__(self, column: str, /) -> Any:
        """The value of a column."""


def lock_callback(unit: Unit, callback_id: int) -> sa.RowMapping:
    """The row of a callback, locked for this transaction.

    Raises:
        RefusedError: `callback_unknown`.
    """
    row = unit.run(_ROW, {"row": callback_id}).mappings().first()
    if row is None:
        raise RefusedError("callback_unknown", callback=callback_id)
    return row


def move(
    unit: Unit,
    row: CallbackRow,
    to: str,
    kind: str,
    *,
    actor: Actor | None = None,
    call_id: int | None = None,
    grow: bool = False,
    fence_to: int | None = None,
    data: Mapping[str, Any] | None = None,
    **changes: Any,
) -> int:
    """Moves a callback to a state, appends the event and returns its fence.

    Args:
        unit: the transaction.
        row: the callback as locked.
        to: the new state.
        kind: the kind of event.
        actor: who did it; none for the desk itself.
        call_id: the call that the event belongs to, and that has the callback in hand where it
            stays in hand; the row's own unless given.
        grow: whether the right to finish changes hands.
        fence_to: the fence to grow to, where several callbacks of a call share one.
        data: codes and numbers for the event.
        changes: further columns to write.
    """
    fence = int(row["fence"]) + (1 if grow else 0) if fence_to is None else fence_to
    values: dict[str, Any] = {"state": to, "fence": fence, "updated_at": unit.now, **changes}
    if to in ("claimed", "check"):
        if call_id is not None:
            values["call_id"] = call_id
    else:
        values.setdefault("call_id", None)
        values.setdefault("claimed_by", None)
        values.setdefault("claimed_seat", None)
        values.setdefault("claimed_at", None)
    _UPDATE.rows(unit, {"row": row["id"], **values})
    if to in OVER:
        # Its case may be without a call now.
        _LOOK.rows(unit, {"row": row["id"], "now": unit.now})
    append_event(
        unit,
        row["id"],
        kind,
        (row["state"], to),
        actor=actor,
        call_id=row["call_id"] if call_id is None else call_id,
        fence=fence,
        data=data,
    )
    unit.move(QUEUE)
    return fence


def ready_again(unit: Unit, row: sa.RowMapping) -> str:
    """The state of a callback that goes back to wait: due when its time has come."""
    return "due" if row["ready_at"] <= unit.now else "scheduled"
