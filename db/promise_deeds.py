"""Promised deeds: settled by a fact that the desk keeps, with its own instant, never by a tick."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.promise_events import Source
from db.promise_facts import fact_of
from db.promise_keeping import lock_promise
from db.promises import OWED, settle_one
from db.tables import (
    promise,
)
from db.transaction import Unit
from domain.errors import InputError, RefusedError
from domain.outcome import OutcomeTable
from domain.permissions import Actor, require
from domain.promise import Evidence, EvidenceKind, PromiseKind, PromiseState


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
    fact = fact_of(unit, outcomes, row["person_id"], evidence)
    if fact is None:
        raise RefusedError("promise_no_evidence", evidence=evidence.id)
    at = fact.at
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
