"""Calls: attempts with their legs, drafts, steps, answers, scores and decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Named,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from db.tables.base import Numbered, metadata, partial_index
from db.types import BigId, Instant


class CallColumns(Numbered):
    """One attempt to talk; `direction` in or out, `phase` open, parked or ended.

    `fence` is the right to finish that was given with the call; `talk_ended_at` starts wrap-up and
    stays when the line drops. `release` names the rules that the call began with and
    `script_release` the scripts: without a name they are those that the program ships.
    """

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    seat_id: Named[int | None] = Column(BigId, ForeignKey("seat.id"))
    direction: Named[str] = Column(String(3))
    phase: Named[str] = Column(String(8))
    fence: Named[int] = Column(BigInteger)
    started_at: Named[datetime] = Column(Instant)
    dialled_at: Named[datetime | None] = Column(Instant)
    talk_ended_at: Named[datetime | None] = Column(Instant)
    ended_at: Named[datetime | None] = Column(Instant)
    release: Named[str] = Column(String(64))
    script_release: Named[str | None] = Column(String(64))
    playbook: Named[str] = Column(String(64))
    survey: Named[str] = Column(String(64))
    language: Named[str] = Column(String(8))
    mood_start: Named[str | None] = Column(String(8))
    mood_end: Named[str | None] = Column(String(8))
    note: Named[str | None] = Column(Text)
    recording_ref: Named[str | None] = Column(String(255))


class CallCallbackColumns(Numbered):
    """A callback that a call settles; `position` 0 is the one it was opened for."""

    call_id: Named[int] = Column(BigId, ForeignKey("call.id"))
    callback_id: Named[int] = Column(BigId, ForeignKey("callback.id"))
    position: Named[int]
    fence: Named[int] = Column(BigInteger)


class CallLegColumns(Numbered):
    """A number tried within a call, and what came of it."""

    call_id: Named[int] = Column(BigId, ForeignKey("call.id"))
    phone_id: Named[int] = Column(BigId, ForeignKey("phone.id"))
    started_at: Named[datetime] = Column(Instant)
    ended_at: Named[datetime | None] = Column(Instant)
    result: Named[str | None] = Column(String(40))


class CallStepColumns(Numbered):
    """A step, variant, choice, objection or rung that was used; `result` worked or failed."""

    call_id: Named[int] = Column(BigId, ForeignKey("call.id"))
    decision_id: Named[int] = Column(BigId, ForeignKey("call_decision.id"))
    position: Named[int]
    kind: Named[str] = Column(String(16))
    playbook: Named[str] = Column(String(64))
    version: Named[str] = Column(String(64))
    step: Named[str] = Column(String(120))
    variant: Named[int | None]
    language: Named[str] = Column(String(8))
    result: Named[str | None] = Column(String(16))
    details: Named[dict[str, Any]] = Column(JSON)


class AnswerColumns(Numbered):
    """An answer to a survey question; `status` answered, dont_know, refused or not_applicable."""

    call_id: Named[int] = Column(BigId, ForeignKey("call.id"))
    decision_id: Named[int] = Column(BigId, ForeignKey("call_decision.id"))
    survey: Named[str] = Column(String(64))
    version: Named[str] = Column(String(64))
    question: Named[str] = Column(String(64))
    status: Named[str] = Column(String(16))
    number: Named[float | None] = Column(Double)
    text: Named[str | None] = Column(Text)
    choices: Named[list[str] | None] = Column(JSON(none_as_null=True))


class ScoreColumns(Numbered):
    """A satisfaction score of one call: metric, value, and from how many answers it comes."""

    call_id: Named[int] = Column(BigId, ForeignKey("call.id"))
    decision_id: Named[int] = Column(BigId, ForeignKey("call_decision.id"))
    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    metric: Named[str] = Column(String(32))
    value: Named[float] = Column(Double)
    n: Named[int]
    at: Named[datetime] = Column(Instant)


class DraftColumns(Numbered):
    """What was typed in a call and is not decided yet; it belongs to the call, not the fence."""

    call_id: Named[int] = Column(BigId, ForeignKey("call.id"), unique=True)
    body: Named[dict[str, Any]] = Column(JSON)
    revision: Named[int] = Column(BigInteger)
    saved_at: Named[datetime] = Column(Instant)
    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))


class CallDecisionColumns(Numbered):
    """A finish, undo or amendment; never deleted, only superseded.

    `uuid` is the client's: a repeat returns the first `result`; `content_hash` tells a repeat from
    another content under the same uuid. `before` is what an undo restores. `late` marks an outcome
    that came after the right to finish had changed hands. `recovery` says what became of an unhappy
    customer: grumble, case or skipped, the last with its reason.
    """

    uuid: Named[str] = Column(String(36), unique=True)
    kind: Named[str] = Column(String(8))
    call_id: Named[int] = Column(BigId, ForeignKey("call.id"))
    callback_id: Named[int] = Column(BigId, ForeignKey("callback.id"))
    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    at: Named[datetime] = Column(Instant)
    fence: Named[int] = Column(BigInteger)
    outcome: Named[str | None] = Column(String(40))
    aapor: Named[str | None] = Column(String(8))
    late: Named[bool]
    note: Named[str | None] = Column(Text)
    flags: Named[list[str]] = Column(JSON)
    next_at: Named[datetime | None] = Column(Instant)
    next_callback_id: Named[int | None] = Column(BigId, ForeignKey("callback.id"))
    content_hash: Named[str] = Column(String(64))
    before: Named[dict[str, Any]] = Column(JSON)
    result: Named[dict[str, Any]] = Column(JSON)
    supersedes: Named[int | None] = Column(BigId, ForeignKey("call_decision.id"))
    superseded_at: Named[datetime | None] = Column(Instant)
    recovery: Named[str | None] = Column(String(16))
    recovery_reason: Named[str | None] = Column(Text)


call = Table(
    "call",
    metadata,
    CallColumns,
    partial_index("uq_call_open_operator", "operator_id", where="phase = 'open'", unique=True),
    partial_index("ix_call_parked", "operator_id", "id", where="phase = 'parked'"),
    Index(None, "person_id", "started_at"),
    Index(None, "operator_id", "started_at"),
)
call_callback = Table(
    "call_callback",
    metadata,
    CallCallbackColumns,
    UniqueConstraint("call_id", "callback_id"),
    Index(None, "callback_id"),
)
call_leg = Table("call_leg", metadata, CallLegColumns, Index(None, "call_id"))
call_decision = Table(
    "call_decision",
    metadata,
    CallDecisionColumns,
    Index(None, "call_id"),
    Index(None, "callback_id", "at"),
)
call_step = Table("call_step", metadata, CallStepColumns, Index(None, "call_id"))
answer = Table("answer", metadata, AnswerColumns, Index(None, "call_id"))
score = Table(
    "score", metadata, ScoreColumns, Index(None, "person_id", "at"), Index(None, "call_id")
)
draft = Table("draft", metadata, DraftColumns)
