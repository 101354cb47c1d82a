"""The history of callbacks and the audit: appended, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from db.prepared import Prepared
from db.tables import audit, callback_event
from db.transaction import Unit
from domain.permissions import Actor

_EVENT = Prepared(callback_event.insert().inline())
_AUDIT = audit.insert()


def append_event(
    unit: Unit,
    callback_id: int,
    kind: str,
    states: tuple[str | None, str],
    *,
    actor: Actor | None = None,
    call_id: int | None = None,
    fence: int = 0,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Appends a transition of a callback; `data` holds codes and numbers only."""
    _EVENT.rows(
        unit,
        {
            "callback_id": callback_id,
            "at": unit.now,
            "kind": kind,
            "from_state": states[0],
            "to_state": states[1],
            "operator_id": actor.operator_id if actor else None,
            "seat_id": actor.seat_id if actor else None,
            "call_id": call_id,
            "fence": fence,
            "data": dict(data or {}),
        },
    )


def append_created(
    unit: Unit, callbacks: Sequence[tuple[int, Mapping[str, Any]]], actor: Actor | None
) -> None:
    """Appends the first event of new callbacks: each with its id and its columns."""
    unit.run(
        callback_event.insert(),
        [
            {
                "callback_id": callback_id,
                "at": unit.now,
                "kind": "created",
                "from_state": None,
                "to_state": row["state"],
                "operator_id": actor.operator_id if actor else None,
                "seat_id": actor.seat_id if actor else None,
                "call_id": row["origin_call_id"],
                "fence": 0,
                "data": {"source": row["source"], "band": row["band"]},
            }
            for callback_id, row in callbacks
        ],
    )


def append_audit(
    unit: Unit,
    actor: Actor | None,
    action: str,
    subject: str,
    subject_id: int | None,
    *,
    fields: Sequence[str] = (),
    details: Mapping[str, Any] | None = None,
) -> None:
    """Appends a write on personal data or another's work; names of fields, never their values."""
    unit.run(
        _AUDIT,
        {
            "at": unit.now,
            "operator_id": actor.operator_id if actor else None,
            "seat_id": actor.seat_id if actor else None,
            "action": action,
            "subject": subject,
            "subject_id": subject_id,
            "fields": list(fields),
            "details": dict(details or {}),
        },
    )
