"""The rows behind releases: whole sets of files are read, new ones written, none ever changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db.many import insert_many
from db.tables import content_file, content_release, operator, release_file
from db.transaction import Unit
from domain.content_set import FileKey, FileSet, NewFile, Version, differing
from domain.permissions import Actor

_LOCK: Final = 7_201_123  # PostgreSQL's advisory lock for new releases


@dataclass(frozen=True, slots=True)
class Slot:
    """A release without its files; instants in UTC; `by` is nobody for the program's own."""

    id: int
    name: str
    created_at: datetime
    in_force_from: datetime
    by: str | None
    note: str
    changed: int


Fresh = Mapping[tuple[FileKey, str], NewFile]
"""Files that may not be stored yet, by key and digest."""


def lock_releases(unit: Unit) -> None:
    """Lets one transaction at a time make releases."""
    if not unit.embedded:  # an embedded database has one writer anyway
        unit.run(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def all_slots(unit: Unit) -> tuple[Slot, ...]:
    """Every release, oldest first."""
    rows = unit.run(
        sa.select(content_release, operator.c.name.label("by"))
        .join(operator, operator.c.id == content_release.c.operator_id, isouter=True)
        .order_by(content_release.c.id)
    ).mappings()
    return tuple(
        Slot(
            id=row["id"],
            name=row["name"],
            created_at=row["created_at"],
            in_force_from=row["in_force_from"],
            by=row["by"],
            note=row["note"] or "",
            changed=row["changed"],
        )
        for row in rows
    )


def file_sets(unit: Unit, releases: Collection[int]) -> dict[int, dict[FileKey, Version]]:
    """The sets of some releases; versions that several of them hold are read once."""
    sets: dict[int, dict[FileKey, Version]] = {one: {} for one in releases}
    held = unit.run(
        sa.select(release_file.c.release_id, release_file.c.file_id).where(
            release_file.c.release_id.in_(releases)
        )
    ).all()
    wanted = sa.select(release_file.c.file_id).where(release_file.c.release_id.in_(releases))
    rows = unit.run(
        sa.select(
            content_file.c.id,
            content_file.c.kind,
            content_file.c.name,
            content_file.c.language,
            content_file.c.digest,
            content_file.c.source,
            content_file.c.shipped,
        ).where(content_file.c.id.in_(wanted))
    )
    versions = {
        row.id: ((row.kind, row.name, row.language), Version(row.digest, row.source, row.shipped))
        for row in rows
    }
    for release_id, file_id in held:
        key, version = versions[file_id]
        sets[release_id][key] = version
    return {one: dict(sorted(found.items())) for one, found in sets.items()}


def write_release(
    unit: Unit,
    actor: Actor | None,
    files: FileSet,
    fresh: Fresh,
    *,
    before: FileSet,
    at: datetime,
    note: str,
) -> int:
    """Makes a release of a set and returns its number.

    Args:
        unit: the transaction, which holds the lock of `lock_releases`.
        actor: who makes it; nobody for the program.
        files: the whole set.
        fresh: what is to be stored of it, where it is not stored yet.
        before: the set that holds before it.
        at: from when it holds (UTC).
        note: why.
    """
    ids = store_files(unit, actor, files, fresh)
    count = unit.run(sa.select(sa.func.count()).select_from(content_release)).scalar_one()
    release_id: int = unit.run(
        content_release.insert().returning(content_release.c.id),
        {
            "name": f"{unit.now:%Y-%m-%d}.{count + 1}",
            "created_at": unit.now,
            "in_force_from": at,
            "operator_id": actor.operator_id if actor else None,
            "note": note,
            "changed": len(differing(before, files)),
        },
    ).scalar_one()
    unit.run(
        release_file.insert(),
        [{"release_id": release_id, "file_id": file_id} for file_id in ids.values()],
    )
    return release_id


def store_files(
    unit: Unit, actor: Actor | None, files: FileSet, fresh: Fresh
) -> dict[FileKey, int]:
    """The row numbers of versions; those that are not stored yet are stored.

    What somebody here wrote first and the program ships by now is the program's from now on.
    """
    known = _stored(unit, files)
    _hand_over(unit, [known[key] for key in known if files[key].shipped])
    missing = [key for key in files if key not in known]
    rows = [_row(unit, actor, fresh[key, files[key].digest], files[key]) for key in missing]
    made = insert_many(unit, content_file, rows)
    known.update(zip(missing, made, strict=True))
    return {key: known[key] for key in files}


def _stored(unit: Unit, files: FileSet) -> dict[FileKey, int]:
    digests = sorted({version.digest for version in files.values()})
    rows = unit.run(
        sa.select(
            content_file.c.id,
            content_file.c.kind,
            content_file.c.name,
            content_file.c.language,
            content_file.c.digest,
        ).where(content_file.c.digest.in_(digests))
    )
    known: dict[FileKey, int] = {}
    for row in rows:
        key = (row.kind, row.name, row.language)
        if key in files and files[key].digest == row.digest:
            known[key] = row.id
    return known


def _hand_over(unit: Unit, ids: Sequence[int]) -> None:
    if ids:
        unit.run(
            sa.update(content_file)
            .where(content_file.c.id.in_(ids), content_file.c.shipped.is_(False))
            .values(shipped=True, operator_id=None)
        )


def _row(unit: Unit, actor: Actor | None, file: NewFile, version: Version) -> dict[str, Any]:
    return {
        "kind": file.kind,
        "name": file.name,
        "language": file.language,
        "digest": file.digest,
        "source": file.source,
        "parsed": dict(file.parsed),
        "shipped": version.shipped,
        "created_at": unit.now,
        "operator_id": actor.operator_id if actor and not version.shipped else None,
    }
