"""What was said and owed: promises, complaints with their wishes, and chances."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Named,
    String,
    Table,
    Text,
)

from db.tables.base import Numbered, metadata, partial_index
from db.types import BigId, Instant


class PromiseColumns(Numbered):
    """What we said we would do. `state` is open, kept, late, broken or withdrawn.

    One with a `condition` instead of `due_at` is shown whenever the customer is on screen.
    """

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    call_id: Named[int | None] = Column(BigId, ForeignKey("call.id"))
    decision_id: Named[int | None] = Column(BigId, ForeignKey("call_decision.id"))
    callback_id: Named[int | None] = Column(BigId, ForeignKey("callback.id"))
    complaint_id: Named[int | None] = Column(BigId, ForeignKey("complaint.id"))
    kind: Named[str] = Column(String(16))
    text: Named[str] = Column(Text)
    condition: Named[str | None] = Column(Text)
    due_at: Named[datetime | None] = Column(Instant)
    owner_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    made_at: Named[datetime] = Column(Instant)
    state: Named[str] = Column(String(16))
    settled_at: Named[datetime | None] = Column(Instant)
    settled_call_id: Named[int | None] = Column(BigId, ForeignKey("call.id"))


class PromiseEventColumns(Numbered):
    """One thing that happened to a promise; rows are only ever added.

    `kind` is a code of `domain.promise.PromiseEvent`. `data` holds codes and numbers, such as the
    evidence that settled it; `text` is what somebody said about it.
    """

    promise_id: Named[int] = Column(BigId, ForeignKey("promise.id"))
    at: Named[datetime] = Column(Instant)
    kind: Named[str] = Column(String(16))
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    call_id: Named[int | None] = Column(BigId, ForeignKey("call.id"))
    decision_id: Named[int | None] = Column(BigId, ForeignKey("call_decision.id"))
    text: Named[str | None] = Column(Text)
    data: Named[dict[str, Any]] = Column(JSON)


class ComplaintColumns(Numbered):
    """A grumble, complaint or appeal (`weight`); `level` local, skip_level or regulator.

    `handover_to` is whom the owner asks to take it over; until they accept, the owner answers for
    it. `cause` is a code of what made the customer complain. `verdict` is the customer's, asked by
    `verdict_by`. `version` grows with every change, so that nobody overwrites what they have not
    seen. `look_at` is when housekeeping looks at it again: when a limit runs out, or where nobody
    could be rung.
    """

    number: Named[str | None] = Column(String(64))
    weight: Named[str] = Column(String(12))
    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    call_id: Named[int | None] = Column(BigId, ForeignKey("call.id"))
    received_at: Named[datetime] = Column(Instant)
    channel: Named[str] = Column(String(32))
    level: Named[str] = Column(String(16))
    category: Named[str | None] = Column(String(32))
    customer_class: Named[str | None] = Column(String(1))
    description: Named[str] = Column(Text)
    status: Named[str] = Column(String(24))
    reply_by: Named[datetime | None] = Column(Instant)
    owner_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    closed_at: Named[datetime | None] = Column(Instant)
    details: Named[dict[str, Any]] = Column(JSON)
    created_at: Named[datetime] = Column(Instant)
    updated_at: Named[datetime] = Column(Instant)
    cause: Named[str | None] = Column(String(32))
    department: Named[str | None] = Column(String(32))
    opened_by: Named[int | None] = Column(BigId)
    handover_to: Named[int | None] = Column(BigId)
    resolution: Named[str | None] = Column(Text)
    verdict: Named[str | None] = Column(String(16))
    verdict_by: Named[int | None] = Column(BigId)
    verdict_at: Named[datetime | None] = Column(Instant)
    review: Named[str | None] = Column(Text)
    version: Named[int] = Column(BigInteger, server_default="1")
    look_at: Named[datetime | None] = Column(Instant)


class WishColumns(Numbered):
    """One thing that a customer wants; `state` open, accepted, shelved or refused.

    A later word about the same wish is a row of its own; `earlier_id` is the row before it.
    `need` is basic, expected or delight. `operator_id` is who said so outside a call.
    """

    complaint_id: Named[int | None] = Column(BigId, ForeignKey("complaint.id"))
    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    call_id: Named[int | None] = Column(BigId, ForeignKey("call.id"))
    decision_id: Named[int | None] = Column(BigId, ForeignKey("call_decision.id"))
    position: Named[int]
    text: Named[str] = Column(Text)
    possible: Named[bool | None]
    reason: Named[str | None] = Column(Text)
    offer: Named[str | None] = Column(Text)
    state: Named[str] = Column(String(16))
    answer_by: Named[datetime | None] = Column(Instant)
    earlier_id: Named[int | None] = Column(BigId, ForeignKey("wish.id"), index=True)
    at: Named[datetime] = Column(Instant)
    need: Named[str | None] = Column(String(8))
    operator_id: Named[int | None] = Column(BigId)


class ChanceColumns(Numbered):
    """An interest, order, referral or idea that was heard; `value` in minor units of `currency`.

    `state` is open, won, lost or withdrawn. A next step with a date has a callback. Settled, it has
    a reason, and `settled_value` is what it brought in `settled_currency`.
    """

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    call_id: Named[int | None] = Column(BigId, ForeignKey("call.id"))
    decision_id: Named[int | None] = Column(BigId)
    callback_id: Named[int | None] = Column(BigId)
    kind: Named[str] = Column(String(16))
    text: Named[str] = Column(Text)
    value: Named[int | None]
    currency: Named[str | None] = Column(String(3))
    next_step: Named[str | None] = Column(Text)
    next_at: Named[datetime | None] = Column(Instant)
    owner_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    state: Named[str] = Column(String(16))
    at: Named[datetime] = Column(Instant)
    reason: Named[str | None] = Column(Text)
    settled_at: Named[datetime | None] = Column(Instant)
    settled_by: Named[int | None] = Column(BigId)
    settled_value: Named[int | None]
    settled_currency: Named[str | None] = Column(String(3))


promise = Table(
    "promise",
    metadata,
    PromiseColumns,
    Index(None, "person_id"),
    partial_index("ix_promise_open", "due_at", where="state = 'open' AND due_at IS NOT NULL"),
    partial_index("ix_promise_callback", "callback_id", where="callback_id IS NOT NULL"),
    Index("ix_promise_due", "due_at", "id"),
    Index("ix_promise_owner", "owner_id", "state", "due_at"),
)
promise_event = Table(
    "promise_event",
    metadata,
    PromiseEventColumns,
    Index(None, "promise_id", "id"),
    partial_index("ix_promise_event_decision", "decision_id", where="decision_id IS NOT NULL"),
)
complaint = Table(
    "complaint",
    metadata,
    ComplaintColumns,
    Index(None, "person_id"),
    partial_index("uq_complaint_number", "number", where="number IS NOT NULL", unique=True),
    Index("ix_complaint_status", "status", "id"),
    partial_index("ix_complaint_look", "look_at", where="look_at IS NOT NULL"),
)
wish = Table("wish", metadata, WishColumns, Index(None, "complaint_id"), Index(None, "person_id"))
chance = Table(
    "chance", metadata, ChanceColumns, Index(None, "person_id"), Index("ix_chance_at", "at", "id")
)
