"""The book of decisions: each finish, undo and amendment, repeatable and never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.tables import call_decision
from db.transaction import Unit
from domain.decision import Decision
from domain.errors import RefusedError
from domain.outcome import Outcome
from domain.permissions import Actor
from domain.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class CallEnd:
    """The end of a call, as it is carried out: who decided what about which call.

    Attributes:
        rulebook: the rules in force.
        actor: who decides.
        caller: the operator who spoke with the customer; a lead may decide in their place.
        call: the call's row.
        decision: what was decided.
        outcome: the ending.
        at: when the call ended (UTC); an amendment counts from there, not from its own minute.
        late: whether the right to finish had gone elsewhere.
    """

    rulebook: Rulebook
    actor: Actor
    caller: int
    call: sa.RowMapping
    decision: Decision
    outcome: Outcome
    at: datetime
    late: bool = False


@dataclass(slots=True)
class Effects:
    """What a decision changed beside its callback's row, so that an undo can take it back.

    Attributes:
        callbacks: columns of the callbacks before, by id.
        made_callbacks: callbacks that came of it.
        promises: promises that were made.
        complaints: complaints that were opened.
        cases: statuses before of cases that were spoken about, by id.
        refused_hours: the person whose hours were narrowed, with those before and after.
        chances: chances that were recorded.
        stops: do-not-call entries that were set.
        cancelled: callbacks that were cancelled or re-pointed, with their columns before.
        phones: statuses of numbers before, by id.
        links: links to numbers that were ended.
        new_links: links to numbers that were made.
        asset_links: links to assets that were ended.
        closed_person: the person that was closed.
        settled_promises: states of promises before, by id.
        taken_promises: promises of a late outcome that were taken over, with its decision.
        moved_promises: callbacks that served promises before, by the promise's id.
        last_event: the newest event of all these callbacks; what comes after it is another's act.
    """

    callbacks: dict[str, dict[str, Any]] = field(default_factory=dict)
    made_callbacks: list[int] = field(default_factory=list)
    promises: list[int] = field(default_factory=list)
    complaints: list[int] = field(default_factory=list)
    cases: dict[str, str] = field(default_factory=dict)
    refused_hours: list[Any] = field(default_factory=list)
    chances: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    cancelled: dict[str, dict[str, Any]] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    links: list[int] = field(default_factory=list)
    new_links: list[int] = field(default_factory=list)
    asset_links: list[int] = field(default_factory=list)
    closed_person: int | None = None
    settled_promises: dict[str, str] = field(default_factory=dict)
    taken_promises: dict[str, int] = field(default_factory=dict)
    moved_promises: dict[str, int | None] = field(default_factory=dict)
    last_event: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Effects:
        """The effects that `to_dict` wrote."""
        return cls(**data)


_DECIDED = (
    "state", "phone_id", "window_id", "band", "due_at", "not_before", "ready_at", "promised",
    "owner_id", "assigned_to", "avoid_operator_id", "grace_until", "attempts", "tries",
    "last_outcome", "first_tried_at",
)  # fmt: skip
"""Columns of a callback that a decision may change; an undo leaves all others as they are by then.
"""


def columns_before(row: sa.RowMapping) -> dict[str, Any]:
    """What a decision may change of a callback, as JSON can hold it; instants as ISO text."""
    return {
        name: value.isoformat() if isinstance(value := row[name], datetime) else value
        for name in _DECIDED
    }


def repeated(unit: Unit, uuid: str, fingerprint: str) -> sa.RowMapping | None:
    """The decision already stored under a uuid; none when it is new.

    Raises:
        RefusedError: `decision_reused` when the stored one has another content.
    """
    row = unit.run(sa.select(call_decision).where(call_decision.c.uuid == uuid)).mappings().first()
    if row is not None and row["content_hash"] != fingerprint:
        raise RefusedError("decision_reused", uuid=uuid)
    return row


def insert_decision(
    unit: Unit, end: CallEnd, callback_id: int, *, kind: str, fence: int, late: bool
) -> int:
    """Enters a decision and returns its id; its effects and result are written afterwards."""
    decision = end.decision
    return int(
        unit.run(
            call_decision.insert().returning(call_decision.c.id),
            {
                "uuid": decision.uuid,
                "kind": kind,
                "call_id": end.call["id"],
                "callback_id": callback_id,
                "operator_id": end.actor.operator_id,
                "at": unit.now,
                "fence": fence,
                "outcome": decision.outcome,
                "aapor": end.outcome.aapor or None,
                "late": late,
                "note": decision.note,
                "flags": list(decision.flags),
                "next_at": decision.next_at,
                "recovery": decision.recovery,
                "recovery_reason": decision.recovery_reason,
                "content_hash": decision.fingerprint(end.call["id"]),
                "before": {},
                "result": {},
            },
        ).scalar_one()
    )


def complete_decision(
    unit: Unit,
    decision_id: int,
    effects: Effects,
    result: Mapping[str, Any],
    *,
    next_callback_id: int | None = None,
    supersedes: int | None = None,
) -> sa.RowMapping:
    """Writes what a decision did and returns its row."""
    return (
        unit.run(
            sa.update(call_decision)
            .where(call_decision.c.id == decision_id)
            .values(
                before=effects.to_dict(),
                result=dict(result),
                next_callback_id=next_callback_id,
                supersedes=supersedes,
            )
            .returning(call_decision)
        )
        .mappings()
        .one()
    )
