"""What happened that can fulfil a promised deed: facts that the desk keeps, each with its instant.

A deed is never ticked off: whoever says that it is done names one of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.engine import Database
from db.promise_ledger import promise_row
from db.tables import (
    call,
    call_decision,
    case_entry,
    complaint,
    dispatch_slip,
    occasion,
)
from db.transaction import Unit
from domain.outcome import OutcomeTable
from domain.permissions import Actor, require
from domain.promise import Evidence, EvidenceKind

DEEDS: Final = frozenset(
    {"note", "call", "inspection", "offer", "resolution", "verdict", "slip_answered", "closed"}
)
"""Kinds of entries in the diary of a case that tell of something done."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about a customer that can fulfil a promise.

    Attributes:
        evidence: what it is, and its number.
        at: when it came about (UTC).
        text: what it says, in somebody's words or a code; none for nothing.
    """

    evidence: Evidence
    at: datetime
    text: str | None


def facts_for(
    database: Database, actor: Actor, promise_id: int, *, limit: int = 10
) -> tuple[Fact, ...]:
    """The facts that can fulfil a promised deed, the latest first.

    Args:
        database: the database.
        actor: who asks.
        promise_id: the promise.
        limit: how many at most.

    Raises:
        RefusedError: `not_allowed`, `promise_unknown`.
    """

    def work(unit: Unit) -> tuple[Fact, ...]:
        require(actor, "promises.fulfil")
        row = promise_row(unit, promise_id)
        found = [
            fact
            for kind in EvidenceKind
            for fact in facts_of(
                unit,
                database.rulebook.outcomes,
                row.person_id,
                kind,
                since=row.made_at,
                limit=limit,
            )
        ]
        return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:limit])

    return database.read(work)


def fact_of(unit: Unit, outcomes: OutcomeTable, person_id: int, evidence: Evidence) -> Fact | None:
    """The fact that an evidence names; none where there is no such fact about the person."""
    found = facts_of(unit, outcomes, person_id, evidence.kind, number=evidence.id, limit=1)
    return found[0] if found else None


def facts_of(
    unit: Unit,
    outcomes: OutcomeTable,
    person_id: int,
    kind: EvidenceKind,
    *,
    number: int | None = None,
    since: datetime | None = None,
    limit: int,
) -> Sequence[Fact]:
    """The facts of one kind about a person, the latest first, within a use case.

    Args:
        unit: the transaction.
        outcomes: tell which endings reached the customer.
        person_id: the customer.
        kind: the kind of fact.
        number: only the one with this number.
        since: only those that came about at an instant (UTC) or later.
        limit: how many at most.
    """
    number_of, at, query = _asked(outcomes, person_id, kind)
    query = query.where(at.is_not(None))
    if number is not None:
        query = query.where(number_of == number)
    if since is not None:
        query = query.where(at >= since)
    rows = unit.run(query.order_by(at.desc(), number_of.desc()).limit(limit)).all()
    return [Fact(Evidence(kind, row[0]), row[1], row[2]) for row in rows]


_Column = sa.ColumnElement[Any]


def _asked(
    outcomes: OutcomeTable, person_id: int, kind: EvidenceKind
) -> tuple[_Column, _Column, sa.Select[*tuple[Any, ...]]]:
    """Number and instant of the facts of a kind, and the query for them with their text."""
    number: _Column
    at: _Column
    text: _Column
    query: sa.Select[*tuple[Any, ...]]
    match kind:
        case EvidenceKind.SLIP:
            number, at = dispatch_slip.c.id, dispatch_slip.c.replied_at
            text = dispatch_slip.c.reply
            query = (
                sa.select(number, at, text)
                .join(complaint, complaint.c.id == dispatch_slip.c.complaint_id)
                .where(complaint.c.person_id == person_id, dispatch_slip.c.withdrawn_at.is_(None))
            )
        case EvidenceKind.ENTRY:
            number, at, text = case_entry.c.id, case_entry.c.at, case_entry.c.text
            query = (
                sa.select(number, at, text)
                .join(complaint, complaint.c.id == case_entry.c.complaint_id)
                .where(
                    complaint.c.person_id == person_id,
                    case_entry.c.kind.in_(DEEDS),
                    case_entry.c.superseded_at.is_(None),
                )
            )
        case EvidenceKind.BOOKING:
            number, at = occasion.c.id, occasion.c.noted_at
            text = sa.cast(occasion.c.day, sa.String)
            query = sa.select(number, at, text).where(
                occasion.c.person_id == person_id,
                occasion.c.kind == "appointment",
                occasion.c.state != "cancelled",
            )
        case EvidenceKind.CALL:
            reached = [one.code for one in outcomes.endings if one.contacted]
            number, at = call.c.id, sa.func.coalesce(call.c.dialled_at, call.c.started_at)
            text = call_decision.c.note
            query = (
                sa.select(number, at, text)
                .join(call_decision, call_decision.c.call_id == call.c.id)
                .where(
                    call.c.person_id == person_id,
                    call_decision.c.superseded_at.is_(None),
                    call_decision.c.kind != "undo",
                    call_decision.c.late.is_(False),
                    call_decision.c.outcome.in_(reached),
                )
            )
    return number, at, query
