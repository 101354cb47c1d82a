"""Releases and file versions as those outside the database see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from db.release_rows import Slot
from db.tables import content_file, operator
from db.transaction import Unit
from domain.content_set import FileKey, FileText, in_force, planned
from domain.errors import RefusedError

State = Literal["in_force", "planned", "past"]


@dataclass(frozen=True, slots=True)
class ContentFile:
    """A file version as a release holds it; `by` is nobody for a shipped one; `at` in UTC."""

    kind: str
    name: str
    language: str
    digest: str
    source: str
    parsed: Mapping[str, Any]
    shipped: bool
    at: datetime
    by: str | None

    @property
    def key(self) -> FileKey:
        """What the file is known by."""
        return self.kind, self.name, self.language

    @property
    def text(self) -> FileText:
        """The file without its version."""
        return FileText(self.kind, self.name, self.language, self.source)


@dataclass(frozen=True, slots=True)
class Release:
    """A release; instants in UTC.

    Attributes:
        name: its name.
        created_at: when it was made.
        in_force_from: from when it holds.
        by: who made it; nobody for the program's own files.
        note: why.
        state: whether it holds now, will, or held (or was replaced before it could).
        changed: how many files differ from the set before it.
    """

    name: str
    created_at: datetime
    in_force_from: datetime
    by: str | None
    note: str
    state: State
    changed: int


def as_release(slot: Slot, slots: Sequence[Slot], now: datetime) -> Release:
    """A release with its state at an instant."""
    state: State = "past"
    if slot == in_force(slots, now):
        state = "in_force"
    elif slot in planned(slots, now):
        state = "planned"
    return Release(
        name=slot.name,
        created_at=slot.created_at,
        in_force_from=slot.in_force_from,
        by=slot.by,
        note=slot.note,
        state=state,
        changed=slot.changed,
    )


def named(slots: Sequence[Slot], name: str) -> Slot:
    """The release of a name.

    Raises:
        RefusedError: `content_release_unknown`.
    """
    found = next((slot for slot in slots if slot.name == name), None)
    if found is None:
        raise RefusedError("content_release_unknown", name=name)
    return found


def read_files(unit: Unit, which: sa.ColumnElement[bool]) -> tuple[ContentFile, ...]:
    """File versions within a transaction, by kind, name and language."""
    rows = unit.run(
        sa.select(content_file, operator.c.name.label("by"))
        .join(operator, operator.c.id == content_file.c.operator_id, isouter=True)
        .where(which)
        .order_by(content_file.c.kind, content_file.c.name, content_file.c.language)
    ).mappings()
    return tuple(
        ContentFile(
            kind=row["kind"],
            name=row["name"],
            language=row["language"],
            digest=row["digest"],
            source=row["source"],
            parsed=row["parsed"],
            shipped=row["shipped"],
            at=row["created_at"],
            by=row["by"],
        )
        for row in rows
    )


def is_file(key: FileKey) -> sa.ColumnElement[bool]:
    """The condition for every version of a file."""
    kind, name, language = key
    return sa.and_(
        content_file.c.kind == kind,
        content_file.c.name == name,
        content_file.c.language == language,
    )
