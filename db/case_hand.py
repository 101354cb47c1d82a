"""A case in hand: locked, with its state, its diary and its changes of one transaction.

A case is locked before anything else of it is written, and whoever holds one never waits for a
callback: a call that ends holds its callback and then waits for the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.events import append_audit
from db.tables import case_entry, complaint, operator
from db.topics import CASES
from db.transaction import Unit
from domain.case import LIVE, Act, CaseState, EntryKind, Level, Status, Weight, require_act
from domain.errors import RefusedError
from domain.permissions import Actor
from domain.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class OfCall:
    """The call and decision that something came of."""

    call_id: int
    decision_id: int


@dataclass(slots=True)
class CaseInHand:
    """A case that a transaction works on.

    Attributes:
        unit: the transaction.
        rulebook: the rules in force.
        actor: who works; none for the desk itself.
        row: its columns as they stand, changes included.
        of_call: the call that it is worked on in; none outside a call.
        changed: names of the columns that were changed.
        made: callbacks that were made.
    """

    unit: Unit
    rulebook: Rulebook
    actor: Actor | None
    row: dict[str, Any]
    of_call: OfCall | None = None
    changed: set[str] = field(default_factory=set)
    made: list[int] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The case's number."""
        return int(self.row["id"])

    @property
    def live(self) -> bool:
        """Whether somebody has to do something."""
        return self.row["status"] in LIVE

    @property
    def state(self) -> CaseState:
        """How it stands."""
        return state_of(self.unit, self.rulebook, self.row)

    def change(self, **columns: Any) -> None:
        """Changes columns; `save_case` writes them."""
        for name, value in columns.items():
            if self.row[name] != value:
                self.row[name] = value
                self.changed.add(name)

    def enter(
        self,
        kind: EntryKind,
        data: Mapping[str, Any] | None = None,
        text: str | None = None,
        *,
        at: datetime | None = None,
    ) -> int:
        """Appends to the diary; `data` holds codes, ids and instants as ISO text, no words."""
        call = self.of_call
        values = {
            "complaint_id": self.id,
            "at": at or self.unit.now,
            "kind": str(kind),
            "operator_id": self.actor.operator_id if self.actor else None,
            "call_id": call.call_id if call else None,
            "decision_id": call.decision_id if call else None,
            "text": text,
            "data": dict(data or {}),
        }
        return int(
            self.unit.run(case_entry.insert().returning(case_entry.c.id), values).scalar_one()
        )

    def begin_work(self) -> None:
        """A case that somebody does something about is under way."""
        if self.row["status"] in (Status.OPEN, Status.REOPENED):
            self.change(status=str(Status.IN_PROGRESS))


def take_case(
    unit: Unit,
    rulebook: Rulebook,
    actor: Actor | None,
    case_id: int,
    *,
    act: Act | None = None,
    version: int | None = None,
    of_call: OfCall | None = None,
) -> CaseInHand:
    """Locks a case for this transaction.

    Args:
        unit: the transaction.
        rulebook: the rules in force.
        actor: who works on it.
        case_id: the case.
        act: what they are about to do; not looked at unless given.
        version: the version that they have seen; not looked at unless given.
        of_call: the call in which they do it.

    Raises:
        RefusedError: `case_unknown`; `case_changed`; those of `domain.case.require_act`.
    """
    row = (
        unit.run(sa.select(complaint).where(complaint.c.id == case_id).with_for_update())
        .mappings()
        .first()
    )
    if row is None:
        raise RefusedError("case_unknown", case=case_id)
    if version is not None and row["version"] != version:
        raise RefusedError("case_changed", case=case_id)
    case = CaseInHand(unit, rulebook, actor, dict(row), of_call)
    if act is not None and actor is not None:
        require_act(act, case.state, actor)
    return case


def save_case(case: CaseInHand, action: str | None = None, **details: Any) -> int:
    """Writes a case's changes under a new version and returns it.

    Args:
        case: the case.
        action: what the audit calls it; none for what the desk does by itself.
        details: ids and codes for the audit.
    """
    unit = case.unit
    case.row["version"] += 1
    case.row["updated_at"] = unit.now
    names = {*case.changed, "version", "updated_at", "look_at"}
    unit.run(
        sa.update(complaint)
        .where(complaint.c.id == case.id)
        .values({name: case.row[name] for name in names})
    )
    if action is not None:
        append_audit(
            unit, case.actor, action, "case", case.id,
            fields=sorted(case.changed), details=details,
        )  # fmt: skip
    case.changed.clear()
    unit.move(CASES)
    return int(case.row["version"])


def state_of(unit: Unit, rulebook: Rulebook, row: Mapping[Any, Any]) -> CaseState:
    """How a case stands, from its row and diary."""
    return states_of(unit, rulebook, [row])[row["id"]]


def states_of(
    unit: Unit, rulebook: Rulebook, rows: Sequence[Mapping[Any, Any]]
) -> dict[int, CaseState]:
    """How cases stand, from their rows and diaries, by their numbers."""
    resolved = [row["id"] for row in rows if row["resolution"] is not None]
    handlers: dict[int, set[int | None]] = {row["id"]: {row["owner_id"]} for row in rows}
    owners = {row["id"]: row["owner_id"] for row in rows}
    tries = dict.fromkeys(handlers, 0)
    if resolved:
        for entry in unit.run(
            sa.select(case_entry.c.complaint_id, case_entry.c.kind, case_entry.c.operator_id)
            .where(
                case_entry.c.complaint_id.in_(resolved),
                case_entry.c.superseded_at.is_(None),
                case_entry.c.kind.in_((EntryKind.RESOLUTION, EntryKind.VERDICT_TRY)),
            )
            .order_by(case_entry.c.id)
        ):
            case_id = entry.complaint_id
            if entry.kind == EntryKind.RESOLUTION:
                handlers[case_id], tries[case_id] = {owners[case_id], entry.operator_id}, 0
            else:
                tries[case_id] += 1
    working = set(unit.run(sa.select(operator.c.id).where(operator.c.active)).scalars())
    verdicts = rulebook.cases.verdicts
    return {
        row["id"]: CaseState(
            weight=Weight(row["weight"]),
            level=Level(row["level"]),
            status=Status(row["status"]),
            owner_id=row["owner_id"],
            handover_to=row["handover_to"],
            handlers=frozenset(one for one in handlers[row["id"]] if one is not None),
            resolved=row["resolution"] is not None,
            verdict=row["verdict"],
            verdict_closes=row["verdict"] in verdicts and verdicts[row["verdict"]].closes,
            tries=tries[row["id"]],
            tries_asked=rulebook.cases.course.tries,
            alone=working <= handlers[row["id"]],
        )
        for row in rows
    }
