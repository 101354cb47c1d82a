"""Saved choices of columns, found again by a file's header."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.tables import import_mapping
from db.transaction import Unit
from domain.permissions import Actor, require


def saved_mapping(database: Database, digest: str) -> Mapping[str, object] | None:
    """The saved choice of columns for files with a header of this digest."""
    columns = import_mapping.c
    found: Mapping[str, object] | None = database.read(
        lambda unit: unit.run(
            sa.select(columns.mapping).where(columns.header_digest == digest)
        ).scalar()
    )
    return found


def save_mapping(
    database: Database, actor: Actor, kind: str, digest: str, mapping: Mapping[str, object]
) -> None:
    """Keeps a choice of columns for the next file with the same header.

    Raises:
        RefusedError: `not_allowed`.
    """
    require(actor, "imports.run")

    def work(unit: Unit) -> None:
        columns = import_mapping.c
        unit.run(sa.delete(import_mapping).where(columns.header_digest == digest))
        unit.run(
            import_mapping.insert(),
            {"kind": kind, "header_digest": digest, "mapping": dict(mapping), "at": unit.now},
        )
        append_audit(unit, actor, "import_mapping", "mapping", None, fields=[kind])

    database.write(work)
