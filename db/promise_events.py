"""The history of promises: appended, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.decisions import CallEnd
from db.tables import promise_event
from db.transaction import Unit
from domain.promise import Evidence, PromiseEvent


@dataclass(frozen=True, slots=True)
class Source:
    """Where an event of a promise comes from: who, and in which call by which decision."""

    operator_id: int | None = None
    call_id: int | None = None
    decision_id: int | None = None

    @classmethod
    def of(cls, end: CallEnd, decision_id: int) -> Source:
        """The end of a call."""
        return cls(end.caller, end.call["id"], decision_id)


THE_DESK = Source()
"""What time does by itself."""


def append_promise_event(
    unit: Unit,
    promise_id: int,
    kind: PromiseEvent,
    source: Source,
    *,
    at: datetime | None = None,
    text: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Appends what happened to a promise, now unless another instant (UTC) is given."""
    append_promise_events(unit, [promise_id], kind, source, at=at, text=text, data=data)


def append_promise_events(
    unit: Unit,
    promises: Sequence[int],
    kind: PromiseEvent,
    source: Source,
    *,
    at: datetime | None = None,
    text: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Appends the same to several promises; `data` holds codes and numbers only."""
    if not promises:
        return
    unit.run(
        promise_event.insert(),
        [
            {
                "promise_id": one,
                "at": at or unit.now,
                "kind": kind,
                "operator_id": source.operator_id,
                "call_id": source.call_id,
                "decision_id": source.decision_id,
                "text": text,
                "data": dict(data or {}),
            }
            for one in promises
        ],
    )


def evidence_data(evidence: Evidence) -> dict[str, Any]:
    """A fact that fulfils a promise, as its event keeps it."""
    return {"evidence": str(evidence.kind), "id": evidence.id}
