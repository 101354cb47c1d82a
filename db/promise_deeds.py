"""Promised deeds: settled by a fact that the desk keeps, with its own instant, never by a tick."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.promise_events import Source
from db.promise_keeping import lock_promise
from db.promises import OWED, settle_one
from db.tables import (
    call,
    call_decision,
    case_entry,
    complaint,
    dispatch_slip,
    occasion,
    promise,
)
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.outcome import OutcomeTable
from domain.permissions import Actor, require
from domain.promise import Evidence, EvidenceKind, PromiseKind, PromiseState

DEEDS = frozenset(
    {"note", "call", "inspection", "offer", "resolution", "verdict", "slip_answered", "closed"}
)
"""Kinds of entries in the diary of a case that tell of something done."""


def fulfil(
    database: Database, actor: Actor, promise_id: int, evidence: Evidence, text: str = ""
) -> PromiseState:
    """Settles a promised deed by the fact that fulfils it; kept or late by the fact's own instant.

    Its callback stays, so that somebody tells the customer.

    Args:
        database: the database.
        actor: who says so.
        promise_id: the promise.
        evidence: the call in which the customer was told, the slip that was answered, the booking
            that was noted, or the entry of the case.
        text: what was done, in words.

    Raises:
        RefusedError: `not_allowed`, `promise_unknown`, `promise_settled`,
            `promise_no_evidence` where there is no such fact about this customer,
            `promise_evidence_early` where it came about before the promise was made.
        InputError: `promise_call_by_ringing` for a promised call: only ringing keeps it.
    """
    return database.write(
        lambda unit: fulfil_in(unit, database.rulebook.outcomes, actor, promise_id, evidence, text)
    )


def fulfil_in(
    unit: Unit,
    outcomes: OutcomeTable,
    actor: Actor,
    promise_id: int,
    evidence: Evidence,
    text: str = "",
) -> PromiseState:
    """Settles a promised deed within a use case; see `fulfil`."""
    require(actor, "promises.fulfil")
    row = lock_promise(unit, promise_id)
    if row["kind"] == PromiseKind.CALL:
        raise InputError("promise_call_by_ringing")
    if row["state"] not in OWED:
        raise RefusedError("promise_settled", promise=promise_id)
    at = _instant_of(unit, outcomes, row["person_id"], evidence)
    if at is None:
        raise RefusedError("promise_no_evidence", evidence=evidence.id)
    if at < row["made_at"]:
        raise RefusedError("promise_evidence_early", at=at, made=row["made_at"])
    call_id = evidence.id if evidence.kind is EvidenceKind.CALL else None
    source = Source(actor.operator_id, call_id)
    state = settle_one(unit, row, at, evidence, source, text=text.strip() or None)
    append_audit(
        unit, actor, "promise_fulfilled", "promise", promise_id,
        fields=["state"], details={"evidence": evidence.kind.value, "id": evidence.id},
    )  # fmt: skip
    return state


def fulfil_replies(
    unit: Unit, actor: Actor | None, complaint_id: int, entry_id: int, at: datetime
) -> int:
    """Settles the answers that were promised about a case, by an entry of it; returns how many.

    Args:
        unit: the transaction.
        actor: whose act the entry is.
        complaint_id: the case.
        entry_id: the entry by which the customer has the answer.
        at: its instant (UTC).
    """
    rows = (
        unit.run(
            sa.select(promise)
            .where(
                promise.c.complaint_id == complaint_id,
                promise.c.kind == PromiseKind.REPLY.value,
                promise.c.state.in_(OWED),
            )
            .order_by(promise.c.id)
            .with_for_update()
        )
        .mappings()
        .all()
    )
    source = Source(actor.operator_id if actor else None)
    for row in rows:
        settle_one(unit, row, at, Evidence(EvidenceKind.ENTRY, entry_id), source)
    return len(rows)


def _instant_of(
    unit: Unit, outcomes: OutcomeTable, person_id: int, evidence: Evidence
) -> datetime | None:
    """When a fact about a person came about (UTC); none where there is no such fact."""
    query: sa.Select[Any]
    match evidence.kind:
        case EvidenceKind.SLIP:
            query = (
                sa.select(dispatch_slip.c.replied_at)
                .join(complaint, complaint.c.id == dispatch_slip.c.complaint_id)
                .where(
                    dispatch_slip.c.id == evidence.id,
                    complaint.c.person_id == person_id,
                    dispatch_slip.c.withdrawn_at.is_(None),
                )
            )
        case EvidenceKind.ENTRY:
            query = (
                sa.select(case_entry.c.at)
                .join(complaint, complaint.c.id == case_entry.c.complaint_id)
                .where(
                    case_entry.c.id == evidence.id,
                    complaint.c.person_id == person_id,
                    case_entry.c.kind.in_(DEEDS),
                    case_entry.c.superseded_at.is_(None),
                )
            )
        case EvidenceKind.BOOKING:
            query = sa.select(occasion.c.noted_at).where(
                occasion.c.id == evidence.id,
                occasion.c.person_id == person_id,
                occasion.c.kind == "appointment",
                occasion.c.state != "cancelled",
            )
        case EvidenceKind.CALL:
            reached = [one.code for one in outcomes.endings if one.contacted]
            query = (
                sa.select(sa.func.coalesce(call.c.dialled_at, call.c.started_at))
                .join(call_decision, call_decision.c.call_id == call.c.id)
                .where(
                    call.c.id == evidence.id,
                    call.c.person_id == person_id,
                    call_decision.c.superseded_at.is_(None),
                    call_decision.c.kind != "undo",
                    call_decision.c.outcome.in_(reached),
                )
            )
    found: datetime | None = unit.run(query.limit(1)).scalar()
    return found
