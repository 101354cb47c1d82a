"""Telling operators what a lead did to their work: one notice a deed, with counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from db.seat_messages import tell_operator
from db.tables import lead_action_item
from db.transaction import Unit
from domain.lead import Deed, DeedKind
from domain.permissions import Actor

_KEPT = {
    DeedKind.BAND: "notice.band",
    DeedKind.RESCHEDULE: "notice.replanned",
    DeedKind.CANCEL: "notice.cancelled",
}
"""What those hear who keep the callback that was changed, or lose it to nobody."""


def tell_deed(unit: Unit, actor: Actor, deed: Deed, action: sa.RowMapping) -> None:
    """Tells everybody whose work an action has moved, once."""
    rows = unit.run(
        sa.select(
            lead_action_item.c.callback_id, lead_action_item.c.before, lead_action_item.c.after
        )
        .where(lead_action_item.c.action_id == action["id"])
        .order_by(lead_action_item.c.id)
    ).all()
    told: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row in rows:
        was, is_ = row.before["whose"], row.after["whose"]
        kept = _KEPT.get(deed.kind)
        if kept is not None:
            if was is not None:
                told[was, kept].append(row.callback_id)
            continue
        if was is not None and was != is_:
            in_hand = row.before["columns"].get("state") == "claimed"
            told[was, "notice.freed" if in_hand else "notice.taken"].append(row.callback_id)
        if is_ is not None:
            given = "notice.next" if deed.kind is DeedKind.NEXT_FOR else "notice.given"
            told[is_, given].append(row.callback_id)
    why = {} if action["reason"] is None else {"why": action["reason"]}
    more = why if deed.at is None else {**why, "at": deed.at.isoformat()}
    if deed.band is not None:
        more = {**more, "band": deed.band}
    for (operator_id, key), callbacks in told.items():
        tell_counted(unit, actor, operator_id, key, callbacks, more)


def tell_counted(
    unit: Unit,
    actor: Actor,
    operator_id: int,
    key: str,
    callbacks: Sequence[int],
    more: Mapping[str, Any],
) -> None:
    """Tells an operator of one callback by its customer, of several by their number."""
    if len(callbacks) == 1:
        params = {"callback": callbacks[0], **more}
        tell_operator(unit, actor, operator_id, f"{key}.one", params)
    else:
        tell_operator(unit, actor, operator_id, key, {"n": len(callbacks), **more})
