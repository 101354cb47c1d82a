"""What leads have written and not published: kept until it is published or thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from db.engine import Database
from db.tables import content_draft
from db.transaction import Unit
from domain.content_set import FileKey, NewFile
from domain.permissions import Actor, require


@dataclass(frozen=True, slots=True)
class ContentDraft:
    """A lead's own text of a file.

    Attributes:
        kind: `playbooks`, `objections`, `expectations`, `advice` or `rules`.
        name: of the file.
        language: `zh` or `en`; empty for rules.
        source: the text.
        base: the digest of the version that it was begun from; empty for a new file.
        saved_at: when it was kept (UTC).
    """

    kind: str
    name: str
    language: str
    source: str
    base: str
    saved_at: datetime

    @property
    def key(self) -> FileKey:
        """What the file is known by."""
        return self.kind, self.name, self.language


def save_content_draft(
    database: Database, actor: Actor, key: FileKey, source: str, base: str
) -> ContentDraft:
    """Keeps what the actor has written of a file, in place of what was kept before.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> ContentDraft:
        require(actor, "playbooks.publish")
        kind, name, language = key
        unit.run(
            _KEEP,
            {
                "operator": actor.operator_id,
                "kind": kind,
                "name": name,
                "language": language,
                "source": source,
                "base": base,
                "now": unit.now,
            },
        )
        return ContentDraft(kind, name, language, source, base, unit.now)

    return database.write(work)


def content_drafts(database: Database, actor: Actor) -> tuple[ContentDraft, ...]:
    """The actor's drafts by kind, name and language.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[ContentDraft, ...]:
        require(actor, "playbooks.publish")
        own = content_draft.c
        rows = unit.run(
            sa.select(own.kind, own.name, own.language, own.source, own.base, own.saved_at)
            .where(own.operator_id == actor.operator_id)
            .order_by(own.kind, own.name, own.language)
        )
        return tuple(ContentDraft(*row) for row in rows)

    return database.read(work)


def drop_content_draft(database: Database, actor: Actor, key: FileKey) -> None:
    """Throws the actor's draft of a file away; nothing happens where there is none.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> None:
        require(actor, "playbooks.publish")
        unit.run(sa.delete(content_draft).where(_draft_of(actor, key)))

    database.write(work)


def forget_published(unit: Unit, actor: Actor, files: Sequence[NewFile]) -> None:
    """Drops the actor's drafts that say what has just been published; others stay."""
    for file in files:
        unit.run(
            sa.delete(content_draft).where(
                _draft_of(actor, file.key), content_draft.c.source == file.source
            )
        )


def _draft_of(actor: Actor, key: FileKey) -> sa.ColumnElement[bool]:
    kind, name, language = key
    return sa.and_(
        content_draft.c.operator_id == actor.operator_id,
        content_draft.c.kind == kind,
        content_draft.c.name == name,
        content_draft.c.language == language,
    )


_KEEP = sa.text(
    "INSERT INTO content_draft (operator_id, kind, name, language, source, base, saved_at)"
    " VALUES (:operator, :kind, :name, :language, :source, :base, :now)"
    " ON CONFLICT (operator_id, kind, name, language) DO UPDATE SET source = excluded.source,"
    " base = excluded.base, saved_at = excluded.saved_at"
).bindparams(sa.bindparam("now", type_=content_draft.c.saved_at.type))
