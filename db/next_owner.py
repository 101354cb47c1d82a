"""An agreed call that another makes than the one who agreed to it: their deputy, or anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.decisions import CallEnd
from db.seat_messages import tell_operator
from db.tables import operator
from db.transaction import Unit
from domain.decision import Decision, NextOwner
from domain.errors import RefusedError

_NAME: Final = "next_owner"


def given_on(unit: Unit, to: NextOwner, whose: Mapping[str, Any]) -> Mapping[str, Any]:
    """Whose the agreed call is once it is given on.

    Args:
        unit: the transaction.
        to: who makes it.
        whose: the columns of whose it would be.

    Raises:
        RefusedError: `operator_unknown` for somebody who does not work here.
    """
    if to.operator_id is not None:
        known = sa.select(operator.c.id).where(operator.c.id == to.operator_id, operator.c.active)
        if unit.run(known).first() is None:
            raise RefusedError("operator_unknown", login=str(to.operator_id))
    avoid = whose["avoid_operator_id"]
    return {
        **whose,
        "owner_id": to.operator_id,
        "assigned_to": to.operator_id,
        "avoid_operator_id": None if avoid == to.operator_id else avoid,
    }


def tell_next_owner(unit: Unit, end: CallEnd, callback_id: int, at: datetime) -> None:
    """Tells who is to make an agreed call that it is theirs."""
    to = end.decision.next_owner
    if to is not None and to.operator_id is not None:
        params = {"callback": callback_id, "at": at.isoformat()}
        tell_operator(unit, end.actor, to.operator_id, "notice.deputy_call", params)


def next_owner_as_plain(decision: Decision) -> dict[str, Any]:
    """What a decision's result keeps of it; nothing where nobody else makes the call."""
    to = decision.next_owner
    return {} if to is None else {_NAME: [to.operator_id]}


def next_owner_from_plain(result: Mapping[str, Any]) -> NextOwner | None:
    """Who was to make the call, as `next_owner_as_plain` wrote it."""
    kept = result.get(_NAME)
    return None if kept is None else NextOwner(kept[0])
