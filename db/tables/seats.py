"""Who works here: operators, their keys, rosters and leave, and the seats they sit at."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Named, String, Table, UniqueConstraint

from db.tables.base import Numbered, metadata, partial_index
from db.types import BigId, Instant


class OperatorColumns(Numbered):
    """A person who works at the desk; `role` is operator, lead or admin."""

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
    """A public SSH key of an operator."""

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    fingerprint: Named[str] = Column(String(64), unique=True)
    public_key: Named[str]
    added_at: Named[datetime] = Column(Instant)
    revoked_at: Named[datetime | None] = Column(Instant)


class ShiftColumns(Numbered):
    """Rostered working time of an operator, in UTC, end exclusive."""

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    starts_at: Named[datetime] = Column(Instant)
    ends_at: Named[datetime] = Column(Instant)


class LeaveColumns(Numbered):
    """Days away of an operator, both ends included, and who stands in."""

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    first_day: Named[date]
    last_day: Named[date]
    reason: Named[str] = Column(String(32))
    deputy_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))


class SeatColumns(Numbered):
    """One running program of one operator.

    `kind` is working, looking or headless; `beat_at` is its own heartbeat and is not indexed, so
    that a beat stays a cheap update; `steady_since` is the start of its unbroken run of beats;
    a headless seat ends by itself at `expires_at`; `ended` says how: closed, lost or taken.
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


class SeatMessageColumns(Numbered):
    """A line from a lead to a seat's operator, or a notice that the desk itself gives."""

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    sender_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    sent_at: Named[datetime] = Column(Instant)
    key: Named[str | None] = Column(String(64))
    params: Named[dict[str, Any]] = Column(JSON)
    text: Named[str | None]
    read_at: Named[datetime | None] = Column(Instant)


operator = Table("operator", metadata, OperatorColumns)
operator_key = Table("operator_key", metadata, OperatorKeyColumns)
shift = Table("shift", metadata, ShiftColumns, Index(None, "operator_id", "starts_at"))
leave = Table("leave", metadata, LeaveColumns, UniqueConstraint("operator_id", "first_day"))
seat = Table(
    "seat",
    metadata,
    SeatColumns,
    partial_index("ix_seat_open", "operator_id", where="closed_at IS NULL"),
)
seat_message = Table(
    "seat_message",
    metadata,
    SeatMessageColumns,
    partial_index("ix_seat_message_unread", "operator_id", "id", where="read_at IS NULL"),
)
