"""The work on a case: its diary, timers with their pauses, dispatch slips and gap ratings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Named, SmallInteger, String, Table, Text

from db.tables.base import Numbered, metadata, partial_index
from db.types import BigId, Instant


class CaseEntryColumns(Numbered):
    """One thing that happened to a case; rows are only ever added.

    `kind` is a code of `domain.case.EntryKind`, `data` holds codes and numbers, `text` is what
    somebody wrote. `superseded_at` is set when the call that it came of is taken back.
    """

    complaint_id: Named[int] = Column(BigId, ForeignKey("complaint.id"))
    at: Named[datetime] = Column(Instant)
    kind: Named[str] = Column(String(24))
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    call_id: Named[int | None] = Column(BigId, ForeignKey("call.id"))
    decision_id: Named[int | None] = Column(BigId, ForeignKey("call_decision.id"))
    text: Named[str | None] = Column(Text)
    data: Named[dict[str, Any]] = Column(JSON)
    superseded_at: Named[datetime | None] = Column(Instant)


class CaseTimerColumns(Numbered):
    """A limit that runs for a case.

    `rule` is the timer's rule as it stood when it started, so that a later change of the rules
    moves no deadline that was told. `typed` is a deadline taken from a notice. `met_at` and
    `stopped_at` end it; `warn_at` is 70 % of the way.
    """

    complaint_id: Named[int] = Column(BigId, ForeignKey("complaint.id"))
    regime: Named[str] = Column(String(48))
    step: Named[str] = Column(String(48))
    rule: Named[dict[str, Any]] = Column(JSON)
    zone: Named[str] = Column(String(64))
    calendar: Named[str | None] = Column(String(8))
    started_at: Named[datetime] = Column(Instant)
    typed: Named[datetime | None] = Column(Instant)
    due_at: Named[datetime] = Column(Instant)
    warn_at: Named[datetime] = Column(Instant)
    met_at: Named[datetime | None] = Column(Instant)
    stopped_at: Named[datetime | None] = Column(Instant)
    stopped_because: Named[str | None] = Column(String(32))


class CasePauseColumns(Numbered):
    """A stretch in which a timer stands still; `until_at` is empty while it lasts."""

    timer_id: Named[int] = Column(BigId, ForeignKey("case_timer.id"))
    from_at: Named[datetime] = Column(Instant)
    until_at: Named[datetime | None] = Column(Instant)
    reason: Named[str] = Column(Text)
    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))


class DispatchSlipColumns(Numbered):
    """What a department is asked about a case, by when, and what it answered."""

    complaint_id: Named[int] = Column(BigId, ForeignKey("complaint.id"))
    department: Named[str] = Column(String(32))
    ask: Named[str] = Column(Text)
    sent_at: Named[datetime] = Column(Instant)
    sent_by: Named[int] = Column(BigId, ForeignKey("operator.id"))
    reply_by: Named[datetime] = Column(Instant)
    reply: Named[str | None] = Column(Text)
    replied_at: Named[datetime | None] = Column(Instant)
    entered_by: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    withdrawn_at: Named[datetime | None] = Column(Instant)
    chase_callback_id: Named[int | None] = Column(BigId, ForeignKey("callback.id"))
    timer_id: Named[int | None] = Column(BigId, ForeignKey("case_timer.id"))


class GapRatingColumns(Numbered):
    """Expected and received of one factor on one scale (1 to `scale`), `moment` before or after."""

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    complaint_id: Named[int | None] = Column(BigId, ForeignKey("complaint.id"))
    call_id: Named[int | None] = Column(BigId, ForeignKey("call.id"))
    decision_id: Named[int | None] = Column(BigId, ForeignKey("call_decision.id"))
    moment: Named[str] = Column(String(8))
    factor: Named[str] = Column(String(48))
    expected: Named[int | None] = Column(SmallInteger)
    received: Named[int | None] = Column(SmallInteger)
    scale: Named[int] = Column(SmallInteger)
    at: Named[datetime] = Column(Instant)
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))


case_entry = Table("case_entry", metadata, CaseEntryColumns, Index(None, "complaint_id", "id"))
case_timer = Table(
    "case_timer",
    metadata,
    CaseTimerColumns,
    Index(None, "complaint_id"),
    partial_index("ix_case_timer_running", "due_at", where="met_at IS NULL AND stopped_at IS NULL"),
)
case_pause = Table("case_pause", metadata, CasePauseColumns, Index(None, "timer_id"))
dispatch_slip = Table(
    "dispatch_slip",
    metadata,
    DispatchSlipColumns,
    Index(None, "complaint_id"),
    partial_index(
        "ix_dispatch_slip_open", "reply_by", where="replied_at IS NULL AND withdrawn_at IS NULL"
    ),
)
gap_rating = Table(
    "gap_rating",
    metadata,
    GapRatingColumns,
    Index(None, "complaint_id"),
    Index(None, "person_id"),
    Index(None, "decision_id"),
)
