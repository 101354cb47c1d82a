"""Care: why its callbacks were made and what they stand for, and the runs of the plan."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Named, String, Table

from db.tables.base import Numbered, metadata, partial_index
from db.types import BigId, Instant


class CareReasonColumns(Numbered):
    """A planned call, and the callback that is made for it or stands for it (`merged`).

    `key` is the planned call's; a callback that the plan made has it as its `source_key`. `day` is
    what it is counted from and `wanted_on` the day of the call by the plan, on the shop's clock.
    `reason` and `put_off` are sentences (`domain.said.said_as_plain`).
    """

    key: Named[str] = Column(String(200), unique=True)
    callback_id: Named[int] = Column(BigId, ForeignKey("callback.id"))
    campaign: Named[str] = Column(String(64))
    day: Named[date]
    wanted_on: Named[date]
    reason: Named[dict[str, Any]] = Column(JSON)
    put_off: Named[dict[str, Any] | None] = Column(JSON(none_as_null=True))
    merged: Named[bool]
    at: Named[datetime] = Column(Instant)


class CarePassColumns(Numbered):
    """A run of the plan for a day: by itself (`kind` auto, one a day) or by hand.

    `position` is the last customer that was looked at, so that another seat can go on; `beat_at`
    says that somebody is at it. `left_out` counts by rule what must not be made.
    """

    day: Named[date]
    kind: Named[str] = Column(String(8))
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    seat_id: Named[int | None] = Column(BigId)
    begun_at: Named[datetime] = Column(Instant)
    beat_at: Named[datetime] = Column(Instant)
    finished_at: Named[datetime | None] = Column(Instant)
    position: Named[int] = Column(BigInteger)
    customers: Named[int]
    made: Named[int]
    merged: Named[int]
    left_out: Named[dict[str, Any]] = Column(JSON)


care_reason = Table(
    "care_reason", metadata, CareReasonColumns, Index(None, "callback_id", "merged", "id")
)
care_pass = Table(
    "care_pass",
    metadata,
    CarePassColumns,
    Index(None, "begun_at"),
    partial_index("uq_care_pass_day", "day", where="kind = 'auto'", unique=True),
)
