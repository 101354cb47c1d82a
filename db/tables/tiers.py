"""Proposals for the tiers and card levels of customers, and what leads made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Named, String, Table

from db.tables.base import Numbered, metadata, partial_index
from db.types import BigId, Instant


class TierProposalColumns(Numbered):
    """A tier or card level that a customer should get, and why; kept when it is decided.

    `kind` is tier or level, `direction` first, up or down, `state` open, confirmed, declined,
    outdated, or pinned for a tier that a lead set. `reasons` is a list of what
    `domain.said.said_as_plain` writes. `contribution` is in minor units of `currency`.
    """

    person_id: Named[int] = Column(BigId, ForeignKey("person.id"))
    kind: Named[str] = Column(String(8))
    from_value: Named[str | None] = Column(String(16))
    to_value: Named[str] = Column(String(16))
    direction: Named[str] = Column(String(8))
    reasons: Named[list[dict[str, Any]]] = Column(JSON)
    contribution: Named[int] = Column(BigInteger)
    currency: Named[str] = Column(String(3))
    state: Named[str] = Column(String(12))
    made_at: Named[datetime] = Column(Instant)
    decided_at: Named[datetime | None] = Column(Instant)
    decided_by: Named[int | None] = Column(BigId, ForeignKey("operator.id"))


tier_proposal = Table(
    "tier_proposal",
    metadata,
    TierProposalColumns,
    Index(None, "person_id", "kind", "id"),
    partial_index("ix_tier_proposal_open", "contribution", "id", where="state = 'open'"),
    partial_index(
        "uq_tier_proposal_open", "person_id", "kind", where="state = 'open'", unique=True
    ),
)
