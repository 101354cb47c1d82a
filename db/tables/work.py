"""The queue: campaigns, calling windows, callbacks with their events, and what a call holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Named,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from db.tables.base import Numbered, metadata, partial_index
from db.types import BigId, Instant

STATES = ("scheduled", "due", "claimed", "check", "done", "exhausted", "cancelled")


class CampaignColumns(Numbered):
    """A kind of callback and its rules; `grace_minutes` is how long its owner alone may have it."""

    code: Named[str] = Column(String(64), unique=True)
    name_zh: Named[str] = Column(String(120))
    name_en: Named[str] = Column(String(120))
    purpose: Named[str] = Column(String(32))
    content_kind: Named[str] = Column(String(16))
    playbook: Named[str] = Column(String(64))
    survey: Named[str] = Column(String(64))
    band: Named[int] = Column(SmallInteger)
    attempt_cap: Named[int] = Column(SmallInteger)
    grace_minutes: Named[int]
    active: Named[bool]
    paused_at: Named[datetime | None] = Column(Instant)
    settings: Named[dict[str, Any]] = Column(JSON)


class CallingWindowColumns(Numbered):
    """One row for each distinct input of the calling-hours decision.

    `zones` and `places` are sorted and joined by commas. `opens_at <= now < closes_at` means that
    calling is allowed; both empty means that no opening lies within the horizon.
    """

    release: Named[str] = Column(String(64))
    zones: Named[str] = Column(String(1000))
    places: Named[str] = Column(String(120))
    purpose: Named[str] = Column(String(32))
    preferred: Named[str] = Column(String(240))
    opens_at: Named[datetime | None] = Column(Instant)
    closes_at: Named[datetime | None] = Column(Instant)
    rule: Named[dict[str, Any]] = Column(JSON)
    computed_at: Named[datetime] = Column(Instant)


class CallbackColumns(Numbered):
    """A customer to ring at a time, with a reason.

    `ready_at` is the later of `due_at` and `not_before`: the moment at which `scheduled` becomes
    `due`. `assigned_to` is whose turn it is alone until `grace_until`; `owner_id` stays. `fence`
    grows whenever the right to finish changes hands. `tries` is what
    `domain.tries.Tries` writes.
    `promised` means that the time was promised by name. `note` came with the callback.
    `first_tried_at` is when the customer was first dialled for it. `next_for` is the operator who
    gets it before anything else, as a lead wishes; the claim clears it.
    """

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    phone_id: Named[int | None] = Column(BigId, ForeignKey("phone.id"))
    window_id: Named[int] = Column(BigId, ForeignKey("calling_window.id"))
    campaign_id: Named[int] = Column(BigId, ForeignKey("campaign.id"))
    asset_id: Named[int | None] = Column(BigId, ForeignKey("asset.id"))
    complaint_id: Named[int | None] = Column(BigId, ForeignKey("complaint.id"))
    state: Named[str] = Column(String(12))
    band: Named[int] = Column(SmallInteger)
    due_at: Named[datetime] = Column(Instant)
    not_before: Named[datetime | None] = Column(Instant)
    ready_at: Named[datetime] = Column(Instant)
    first_due_at: Named[datetime] = Column(Instant)
    promised: Named[bool]
    priority: Named[str | None] = Column(String(8))
    note: Named[str | None] = Column(Text)
    owner_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    assigned_to: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    grace_until: Named[datetime | None] = Column(Instant)
    avoid_operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    attempts: Named[int] = Column(SmallInteger)
    tries: Named[dict[str, Any]] = Column(JSON)
    last_outcome: Named[str | None] = Column(String(40))
    fence: Named[int] = Column(BigInteger)
    call_id: Named[int | None] = Column(BigId)
    claimed_by: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    claimed_seat: Named[int | None] = Column(BigId)
    claimed_at: Named[datetime | None] = Column(Instant)
    origin_id: Named[int | None] = Column(BigId, ForeignKey("callback.id"))
    origin_call_id: Named[int | None] = Column(BigId)
    source: Named[str] = Column(String(64))
    source_key: Named[str | None] = Column(String(200))
    import_id: Named[int | None] = Column(BigId)
    created_at: Named[datetime] = Column(Instant)
    updated_at: Named[datetime] = Column(Instant)
    first_tried_at: Named[datetime | None] = Column(Instant)
    next_for: Named[int | None] = Column(BigId)


class CallbackEventColumns(Numbered):
    """A transition of a callback; `data` holds codes and numbers, never personal values."""

    callback_id: Named[int] = Column(BigId, ForeignKey("callback.id"))
    at: Named[datetime] = Column(Instant)
    kind: Named[str] = Column(String(24))
    from_state: Named[str | None] = Column(String(12))
    to_state: Named[str] = Column(String(12))
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    seat_id: Named[int | None] = Column(BigId)
    call_id: Named[int | None] = Column(BigId)
    fence: Named[int] = Column(BigInteger)
    data: Named[dict[str, Any]] = Column(JSON)


class CapOverrideColumns(Numbered):
    """Caps that somebody set aside for one callback, until an attempt is made; `caps` are codes.

    `until` may end it before; `ended_at` says that it was taken back, or that its end was seen.
    """

    callback_id: Named[int] = Column(BigId, ForeignKey("callback.id"))
    caps: Named[list[str]] = Column(JSON)
    reason: Named[str] = Column(Text)
    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    at: Named[datetime] = Column(Instant)
    until: Named[datetime | None] = Column(Instant)
    ended_at: Named[datetime | None] = Column(Instant)
    ended_by: Named[int | None] = Column(BigId)


class LeadActionColumns(Numbered):
    """What a lead did to the work of others, once for each client UUID; `params` are codes and ids.

    `count` is how many callbacks it moved; an undo puts back those that nobody has touched since.
    """

    uuid: Named[str] = Column(String(36), unique=True)
    kind: Named[str] = Column(String(24))
    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    seat_id: Named[int | None] = Column(BigId)
    at: Named[datetime] = Column(Instant)
    params: Named[dict[str, Any]] = Column(JSON)
    reason: Named[str | None] = Column(Text)
    count: Named[int]
    undone_at: Named[datetime | None] = Column(Instant)
    undone_by: Named[int | None] = Column(BigId)


class LeadActionItemColumns(Numbered):
    """A callback that a lead's action moved: its columns `before` and `after`, and its last event.

    Whatever happened to it since appended a further event, which forbids the undo.
    """

    action_id: Named[int] = Column(BigId, ForeignKey("lead_action.id"))
    callback_id: Named[int] = Column(BigId, ForeignKey("callback.id"))
    before: Named[dict[str, Any]] = Column(JSON)
    after: Named[dict[str, Any]] = Column(JSON)


class QueueSampleColumns(Numbered):
    """The queue's figures at an instant of the day, for the board's trend; counts only."""

    at: Named[datetime] = Column(Instant, unique=True)
    figures: Named[dict[str, Any]] = Column(JSON)


class CallHoldColumns(Numbered):
    """A person (`p17`) or number (`n42`) in the hands of a call; `until` comes with its end."""

    key: Named[str] = Column(String(24), unique=True)
    call_id: Named[int] = Column(BigId)
    until: Named[datetime | None] = Column(Instant)


campaign = Table("campaign", metadata, CampaignColumns)
calling_window = Table(
    "calling_window",
    metadata,
    CallingWindowColumns,
    UniqueConstraint("release", "zones", "places", "purpose", "preferred"),
)
callback = Table(
    "callback",
    metadata,
    CallbackColumns,
    CheckConstraint("state IN (" + ", ".join(f"'{state}'" for state in STATES) + ")", name="state"),
    partial_index(
        "ix_callback_pool",
        "window_id",
        "band",
        "due_at",
        "id",
        where="state = 'due' AND assigned_to IS NULL",
    ),
    partial_index(
        "ix_callback_personal",
        "assigned_to",
        "band",
        "due_at",
        "id",
        where="state = 'due' AND assigned_to IS NOT NULL",
    ),
    partial_index(
        "ix_callback_owned",
        "window_id",
        "band",
        "due_at",
        where="state = 'due' AND assigned_to IS NOT NULL",
    ),
    partial_index(
        "ix_callback_reserved",
        "assigned_to",
        "band",
        "due_at",
        "id",
        where="state = 'scheduled' AND assigned_to IS NOT NULL",
    ),
    partial_index("ix_callback_next", "next_for", "due_at", "id", where="next_for IS NOT NULL"),
    partial_index("ix_callback_ready", "ready_at", "id", where="state = 'scheduled'"),
    partial_index(
        "ix_callback_grace",
        "grace_until",
        "id",
        where="grace_until IS NOT NULL AND state IN ('scheduled', 'due')",
    ),
    partial_index("ix_callback_check", "band", "due_at", "id", where="state = 'check'"),
    partial_index(
        "ix_callback_hand", "claimed_by", "band", "due_at", "id", where="claimed_by IS NOT NULL"
    ),
    Index("ix_callback_person", "person_id", "state"),
    partial_index(
        "ix_callback_list",
        "band",
        "due_at",
        "id",
        where="state IN ('scheduled', 'due', 'claimed', 'check')",
    ),
    Index("ix_callback_phone", "phone_id"),
    Index("ix_callback_first_due", "first_due_at"),
    partial_index("ix_callback_kind", "campaign_id", "window_id", "due_at", where="state = 'due'"),
    partial_index("ix_callback_source", "source", "source_key", where="source_key IS NOT NULL"),
    partial_index("ix_callback_origin", "origin_call_id", where="origin_call_id IS NOT NULL"),
    partial_index("ix_callback_case", "complaint_id", where="complaint_id IS NOT NULL"),
)
callback_event = Table(
    "callback_event", metadata, CallbackEventColumns, Index(None, "callback_id", "id")
)
lead_action = Table("lead_action", metadata, LeadActionColumns, Index(None, "at"))
lead_action_item = Table(
    "lead_action_item",
    metadata,
    LeadActionItemColumns,
    Index(None, "action_id"),
    Index(None, "callback_id"),
)
queue_sample = Table("queue_sample", metadata, QueueSampleColumns)
cap_override = Table(
    "cap_override",
    metadata,
    CapOverrideColumns,
    Index(None, "callback_id", "id"),
    partial_index("ix_cap_override_standing", "id", where="ended_at IS NULL"),
)
call_hold = Table("call_hold", metadata, CallHoldColumns, Index(None, "call_id"))
