"""The desk's own books: content releases, imports, audit, topics, and facts of the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    text,
)

from db.tables.base import Numbered, metadata
from db.types import BigId, Instant


class ContentReleaseColumns(Numbered):
    """An immutable set of content files that was checked as a whole and put in force.

    `changed` counts the files that differ from the set that was in force before it.
    """

    name: Named[str] = Column(String(64), unique=True)
    created_at: Named[datetime] = Column(Instant)
    in_force_from: Named[datetime] = Column(Instant)
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    note: Named[str | None] = Column(Text)
    changed: Named[int] = Column(Integer, server_default=text("0"))


class ContentFileColumns(Numbered):
    """One version of one content file: its source text and its checked, parsed form."""

    kind: Named[str] = Column(String(24))
    name: Named[str] = Column(String(120))
    language: Named[str] = Column(String(8))
    digest: Named[str] = Column(String(64))
    source: Named[str] = Column(Text)
    parsed: Named[dict[str, Any]] = Column(JSON)
    shipped: Named[bool]
    created_at: Named[datetime] = Column(Instant)
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))


class ReleaseFileColumns(Numbered):
    """A file version that belongs to a release."""

    release_id: Named[int] = Column(BigId, ForeignKey("content_release.id"))
    file_id: Named[int] = Column(BigId, ForeignKey("content_file.id"))


class ContentDraftColumns(Numbered):
    """What a lead has written and not published: one for each person and file.

    `base` is the digest of the version that it was begun from; empty for a new file.
    """

    operator_id: Named[int] = Column(BigId, ForeignKey("operator.id"))
    kind: Named[str] = Column(String(24))
    name: Named[str] = Column(String(120))
    language: Named[str] = Column(String(8))
    source: Named[str] = Column(Text)
    base: Named[str] = Column(String(64))
    saved_at: Named[datetime] = Column(Instant)


class ContentProposalColumns(Numbered):
    """A shipped version that came after a lead's own; open until it is taken or put aside."""

    file_id: Named[int] = Column(BigId, ForeignKey("content_file.id"), unique=True)
    at: Named[datetime] = Column(Instant)
    settled_at: Named[datetime | None] = Column(Instant)
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))


class ImportRunColumns(Numbered):
    """One import; `state` running, done or taken_back; `position` counts the rows written."""

    kind: Named[str] = Column(String(16))
    file_name: Named[str] = Column(String(255))
    file_digest: Named[str] = Column(String(64))
    source: Named[str] = Column(String(64))
    started_at: Named[datetime] = Column(Instant)
    finished_at: Named[datetime | None] = Column(Instant)
    operator_id: Named[int | None] = Column(BigId, ForeignKey("operator.id"))
    state: Named[str] = Column(String(12))
    rows: Named[int]
    position: Named[int]
    options: Named[dict[str, Any]] = Column(JSON)
    counts: Named[dict[str, Any]] = Column(JSON)


class ImportMemoryColumns(Numbered):
    """The last imported value of a record: what a later file is compared with."""

    kind: Named[str] = Column(String(16))
    source: Named[str] = Column(String(64))
    natural_key: Named[str] = Column(String(200))
    row_id: Named[int] = Column(BigInteger)
    fields: Named[dict[str, Any]] = Column(JSON)
    import_id: Named[int] = Column(BigId, ForeignKey("import_run.id"))
    at: Named[datetime] = Column(Instant)


class ImportConflictColumns(Numbered):
    """A field that a file and the desk both changed; a person decides. No value is kept here."""

    import_id: Named[int] = Column(BigId, ForeignKey("import_run.id"))
    kind: Named[str] = Column(String(16))
    row_id: Named[int] = Column(BigInteger)
    field: Named[str] = Column(String(64))
    row_number: Named[int]
    at: Named[datetime] = Column(Instant)
    settled_at: Named[datetime | None] = Column(Instant)


class ImportMappingColumns(Numbered):
    """A saved choice of columns for a kind of file."""

    kind: Named[str] = Column(String(16))
    header_digest: Named[str] = Column(String(64))
    mapping: Named[dict[str, Any]] = Column(JSON)
    at: Named[datetime] = Column(Instant)


class AuditColumns(Numbered):
    """A write that touched personal data or another's work: ids, names and codes only."""

    at: Named[datetime] = Column(Instant)
    operator_id: Named[int | None] = Column(BigId)
    seat_id: Named[int | None] = Column(BigId)
    action: Named[str] = Column(String(40))
    subject: Named[str] = Column(String(24))
    subject_id: Named[int | None] = Column(BigInteger)
    fields: Named[list[str]] = Column(JSON)
    details: Named[dict[str, Any]] = Column(JSON)


class TopicColumns(TypedColumns):
    """How often a topic of the live feed has moved."""

    name: Named[str] = Column(String(40), primary_key=True)
    version: Named[int] = Column(BigInteger)


class TurnColumns(TypedColumns):
    """Whose turn housekeeping is: the last run of each task decides, no daemon is needed."""

    task: Named[str] = Column(String(24), primary_key=True)
    ran_at: Named[datetime] = Column(Instant)
    seat_id: Named[int | None] = Column(BigId)


class DeskFactColumns(TypedColumns):
    """A fact about this database: whether it is for practice, its secret, shipped sets seen."""

    name: Named[str] = Column(String(40), primary_key=True)
    value: Named[str] = Column(Text)


content_release = Table(
    "content_release", metadata, ContentReleaseColumns, Index(None, "in_force_from", "id")
)
content_file = Table(
    "content_file",
    metadata,
    ContentFileColumns,
    UniqueConstraint("kind", "name", "language", "digest"),
)
release_file = Table(
    "release_file", metadata, ReleaseFileColumns, UniqueConstraint("release_id", "file_id")
)
content_draft = Table(
    "content_draft",
    metadata,
    ContentDraftColumns,
    UniqueConstraint("operator_id", "kind", "name", "language"),
)
content_proposal = Table("content_proposal", metadata, ContentProposalColumns)
import_run = Table("import_run", metadata, ImportRunColumns)
import_memory = Table(
    "import_memory",
    metadata,
    ImportMemoryColumns,
    UniqueConstraint("kind", "source", "natural_key"),
    Index(None, "kind", "row_id"),
)
import_conflict = Table(
    "import_conflict", metadata, ImportConflictColumns, Index(None, "import_id")
)
import_mapping = Table(
    "import_mapping", metadata, ImportMappingColumns, UniqueConstraint("kind", "header_digest")
)
audit = Table(
    "audit",
    metadata,
    AuditColumns,
    Index(None, "subject", "subject_id"),
    Index(None, "operator_id", "action", "at"),
    Index(None, "at"),
)
topic = Table("topic", metadata, TopicColumns)
turn = Table("turn", metadata, TurnColumns)
desk_fact = Table("desk_fact", metadata, DeskFactColumns)
