"""Who works here: operators, their keys, rosters and leave, their seats and states."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
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


class OperatorColumns(Numbered):
    """A person who works at the desk; `role` is operator, lead or admin.

    `settings` may hold `deal_weight`: the share at a deal-out, in percent of an ordinary one.
    """

    login: Named[str] = Column(String(64), unique=True)
    name: Named[str] = Column(String(120))
    role: Named[str] = Column(String(16))
    language: Named[str] = Column(String(8))
    speaks: Named[list[str]] = Column(JSON)
    team: Named[str | None] = Column(String(64))
    settings: Named[dict[str, Any]] = Column(JSON)
    active: Named[bool]
    created_at: Named[datetime] = Column(Instant)


class OperatorKeyColumns(Numbered):
    """A public SSH key of an operator: `public_key` is type and base64, `fingerprint` SHA256:…."""

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    fingerprint: Named[str] = Column(String(64), unique=True)
    public_key: Named[str]
    added_at: Named[datetime] = Column(Instant)
    revoked_at: Named[datetime | None] = Column(Instant)
    note: Named[str | None] = Column(String(120))
    added_by: Named[int | None] = Column(BigId)
    revoked_by: Named[int | None] = Column(BigId)


class ShiftColumns(Numbered):
    """Rostered working time of an operator, in UTC, end exclusive."""

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    starts_at: Named[datetime] = Column(Instant)
    ends_at: Named[datetime] = Column(Instant)


class LeaveColumns(Numbered):
    """Days away of an operator, both ends included, and who stands in.

    `from_at` is the instant from which it counts on its first day; without one, from the morning.
    """

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    first_day: Named[date]
    last_day: Named[date]
    reason: Named[str] = Column(String(32))
    deputy_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    noted_by: Named[int | None] = Column(BigId)
    noted_at: Named[datetime | None] = Column(Instant)
    from_at: Named[datetime | None] = Column(Instant)


class SeatColumns(Numbered):
    """One running program of one operator.

    `kind` is working, looking or headless; `beat_at` is its own heartbeat and is not indexed, so
    that a beat stays a cheap update; `steady_since` is the start of its unbroken run of beats;
    a headless seat ends by itself at `expires_at`; `ended` says how: closed, lost, taken, revoked
    (its key was) or dismissed (a lead logged it out). `state_ends_at` is the limit of a pause or of
    wrap-up; `forced_by` is the lead who set the state; `next_pause` is the pause asked for after
    the call that is open. `key_id` is the SSH key that it came with.
    """

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    kind: Named[str] = Column(String(16))
    started_at: Named[datetime] = Column(Instant)
    beat_at: Named[datetime] = Column(Instant)
    steady_since: Named[datetime] = Column(Instant)
    expires_at: Named[datetime | None] = Column(Instant)
    closed_at: Named[datetime | None] = Column(Instant)
    ended: Named[str | None] = Column(String(16))
    host: Named[str] = Column(String(255))
    process: Named[int]
    state: Named[str] = Column(String(16))
    state_since: Named[datetime] = Column(Instant)
    pause_code: Named[str | None] = Column(String(32))
    state_ends_at: Named[datetime | None] = Column(Instant)
    forced_by: Named[int | None] = Column(BigId)
    key_id: Named[int | None] = Column(BigId)
    remote: Named[str | None] = Column(String(64))
    ended_by: Named[int | None] = Column(BigId)
    next_pause: Named[str | None] = Column(String(32))


class OperatorStateColumns(Numbered):
    """A stretch of time that an operator spent in a state at a seat; without `until` it lasts.

    `state` is ready, dialling, talking, wrap_up or paused, the last with its `pause_code`;
    `forced_by` is the lead who set it.
    """

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    seat_id: Named[int] = Column(BigId, ForeignKey("seat.id"))
    state: Named[str] = Column(String(16))
    pause_code: Named[str | None] = Column(String(32))
    since: Named[datetime] = Column(Instant)
    until: Named[datetime | None] = Column(Instant)
    forced_by: Named[int | None] = Column(BigId)


class DutyColumns(Numbered):
    """A shift that was really worked, with the sheet that was handed over at its end.

    `sheet` holds ids, codes and counts only; `note` is for whoever comes next.
    """

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    began_at: Named[datetime] = Column(Instant)
    ended_at: Named[datetime | None] = Column(Instant)
    sheet: Named[dict[str, Any] | None] = Column(JSON(none_as_null=True))
    note: Named[str | None] = Column(Text)


class SeatMessageColumns(Numbered):
    """A line from a lead to an operator, or a notice of what was done to the operator's work.

    A lead's own words are `text`; a notice is a catalogue `key` with `params` of codes and numbers.
    """

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    sender_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    sent_at: Named[datetime] = Column(Instant)
    key: Named[str | None] = Column(String(64))
    params: Named[dict[str, Any]] = Column(JSON)
    text: Named[str | None]
    read_at: Named[datetime | None] = Column(Instant)


operator = Table("operator", metadata, OperatorColumns)
operator_key = Table("operator_key", metadata, OperatorKeyColumns)
shift = Table(
    "shift",
    metadata,
    ShiftColumns,
    Index(None, "operator_id", "starts_at"),
    Index(None, "starts_at", "ends_at"),
)
leave = Table("leave", metadata, LeaveColumns, UniqueConstraint("operator_id", "first_day"))
seat = Table(
    "seat",
    metadata,
    SeatColumns,
    partial_index("ix_seat_open", "operator_id", where="closed_at IS NULL"),
)
operator_state = Table(
    "operator_state",
    metadata,
    OperatorStateColumns,
    Index(None, "operator_id", "since"),
    Index(None, "since"),
    partial_index("ix_operator_state_present", "seat_id", where="until IS NULL"),
)
duty = Table(
    "duty",
    metadata,
    DutyColumns,
    Index(None, "operator_id", "began_at"),
    partial_index("uq_duty_open", "operator_id", where="ended_at IS NULL", unique=True),
)
seat_message = Table(
    "seat_message",
    metadata,
    SeatMessageColumns,
    partial_index("ix_seat_message_unread", "operator_id", "id", where="read_at IS NULL"),
)
