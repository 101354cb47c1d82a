"""Releases of the scripts: publishing files, looking at what is in force, going back.

A release is a whole set of files, made once and never changed. The one in force is the one with
the latest beginning that has come. A call pins the release that it began with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.content_drafts import forget_published
from db.engine import Database
from db.events import append_audit
from db.release_plan import (
    Change,
    Shelves,
    Wanted,
    carry_out,
    plans_after,
    read_together,
)
from db.release_proposals import newest_shipped, settle_taken
from db.release_rows import Slot, all_slots, file_sets
from db.release_values import ContentFile, Release, as_release, is_file, named, read_files
from db.rules_held import RULES
from db.tables import content_file, release_file
from db.transaction import Unit
from domain.content_set import (
    FileKey,
    FileSet,
    LawChanged,
    NewFile,
    Reread,
    Version,
    in_force,
    planned,
    same_text,
)
from domain.errors import InputError, RefusedError
from domain.permissions import Actor, allowed, require
from domain.said import Said

__all__ = [
    "ContentFile",
    "Release",
    "publish",
    "release_files",
    "release_in_force",
    "releases",
    "roll_back",
    "withdraw",
]


def releases(database: Database, actor: Actor) -> tuple[Release, ...]:
    """Every release, the newest first.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[Release, ...]:
        require(actor, "playbooks.read")
        slots = all_slots(unit)
        return tuple(as_release(slot, slots, unit.now) for slot in reversed(slots))

    return database.read(work)


def release_in_force(database: Database, actor: Actor) -> Release | None:
    """The release that holds now; none in a database without one."""
    return next((one for one in releases(database, actor) if one.state == "in_force"), None)


def release_files(
    database: Database, actor: Actor, name: str | None = None
) -> tuple[ContentFile, ...]:
    """The files of a release, by kind, name and language; of the one in force unless named.

    Raises:
        RefusedError: `not_allowed`, `content_release_unknown`.
    """

    def work(unit: Unit) -> tuple[ContentFile, ...]:
        require(actor, "playbooks.read")
        slots = all_slots(unit)
        found = in_force(slots, unit.now) if name is None else named(slots, name)
        if found is None:
            return ()
        return read_files(
            unit,
            content_file.c.id.in_(
                sa.select(release_file.c.file_id).where(release_file.c.release_id == found.id)
            ),
        )

    return database.read(work)


def publish(
    database: Database,
    actor: Actor,
    files: Sequence[NewFile],
    *,
    base: Mapping[FileKey, str],
    at: datetime | None,
    note: str,
    reread: Reread | None = None,
    law: LawChanged | None = None,
) -> Release:
    """Makes a release of the files that hold at an instant with some of them changed.

    Planned releases take the change over. The actor's drafts of what is published are dropped.

    Args:
        database: the database.
        actor: a lead.
        files: the changed files.
        base: the digest that each changed file was edited from; nothing for a new file.
        at: from when it holds (UTC); none for at once.
        note: why.
        reread: reads a whole set together, so that files which bring in a changed one are changed
            with it.
        law: names changed rows of law, which only an admin publishes; others may take up what the
            program ships.

    Raises:
        RefusedError: `not_allowed`; `law_is_admins` (rows); `content_conflict` (file, who, when)
            where another lead published the file since; `content_unchanged`; `content_faulty` where
            the set does not fit together.
        InputError: `content_from_past`.
    """
    require(actor, "playbooks.publish")

    def work_out(unit: Unit, shelves: Shelves) -> Any:
        if at is not None and at <= unit.now:
            raise InputError("content_from_past", at=at)
        _refuse_conflicts(unit, shelves, files, base)
        shipped = newest_shipped(unit)
        if law is not None and not allowed(actor.role, "rules.law"):
            _refuse_law(shelves, files, shipped, law)
        over = _changed(shelves, files, shipped)

        def work() -> Change:
            if not over:
                raise RefusedError("content_unchanged")
            after = {**shelves.files, **over}
            wanted = (Wanted(at, after, note), *plans_after(shelves, after, over))
            done, fresh = read_together(wanted, files, reread)

            def beside(unit: Unit, release_id: int) -> None:
                forget_published(unit, actor, files)
                settle_taken(unit, actor, files)
                _note_down(unit, actor, "content_publish", release_id, list(over), at)

            return Change(done, fresh, beside)

        return work

    return _made(database, carry_out(database, actor, at, work_out))


def roll_back(
    database: Database, actor: Actor, name: str, *, note: str, reread: Reread | None = None
) -> Release:
    """Makes a release, in force at once, of the files of an earlier one.

    What is planned stays planned, on the ground of these files. Files that the program has brought
    since then stay too: its campaigns name them.

    Raises:
        RefusedError: `not_allowed`, `content_release_unknown`, `content_unchanged` where these
            files are in force, `content_faulty`.
    """
    require(actor, "playbooks.publish")

    def work_out(unit: Unit, shelves: Shelves) -> Any:
        target = named(shelves.slots, name)
        old = file_sets(unit, [target.id])[target.id]
        since = {key: one for key, one in shelves.files.items() if one.shipped and key not in old}
        files = {**old, **since}

        def work() -> Change:
            if files == shelves.files:
                raise RefusedError("content_unchanged")
            wanted = (Wanted(None, files, note), *plans_after(shelves, files))
            done, fresh = read_together(wanted, (), reread)

            def beside(unit: Unit, release_id: int) -> None:
                _note_down(unit, actor, "content_roll_back", release_id, [], None, back_to=name)

            return Change(done, fresh, beside)

        return work

    return _made(database, carry_out(database, actor, None, work_out))


def withdraw(
    database: Database, actor: Actor, name: str, *, note: str, reread: Reread | None = None
) -> Release:
    """Takes a planned release back: from its day on goes on what holds before it.

    Raises:
        RefusedError: `not_allowed`, `content_release_unknown`, `content_not_planned`,
            `content_faulty`.
    """
    require(actor, "playbooks.publish")
    slot = database.read(lambda unit: _planned(unit, name))
    at = slot.in_force_from

    def work_out(unit: Unit, shelves: Shelves) -> Any:
        _planned(unit, name)
        earlier = [one for one in shelves.slots if one.in_force_from < at]
        ground = in_force(earlier, at)
        files: FileSet = file_sets(unit, [ground.id])[ground.id] if ground else {}

        def work() -> Change:
            wanted = (Wanted(at, files, note), *plans_after(shelves, files))
            done, fresh = read_together(wanted, (), reread)

            def beside(unit: Unit, release_id: int) -> None:
                _note_down(unit, actor, "content_withdraw", release_id, [], at, back_to=name)

            return Change(done, fresh, beside)

        return work

    return _made(database, carry_out(database, actor, at, work_out))


def _changed(
    shelves: Shelves, files: Sequence[NewFile], shipped: Mapping[FileKey, Version]
) -> FileSet:
    over: dict[FileKey, Version] = {}
    for file in files:
        key = file.key
        version = Version(file.digest, file.source, shipped=False)
        if same_text(version, shipped.get(key)):
            version = replace(version, shipped=True)  # the program's own words again
        if not same_text(version, shelves.files.get(key)) or not same_text(
            version, shelves.latest.get(key)
        ):
            over[key] = version
    return over


def _refuse_law(
    shelves: Shelves,
    files: Sequence[NewFile],
    shipped: Mapping[FileKey, Version],
    law: LawChanged,
) -> None:
    ours = {key[1]: one.source for key, one in shipped.items() if key[0] == RULES}
    latest = {key[1]: one.source for key, one in shelves.latest.items() if key[0] == RULES}
    before = {**ours, **latest}
    after = {**before, **{file.name: file.source for file in files if file.kind == RULES}}
    rows = law(before, after)
    if rows and law({**after, **ours}, after):
        raise RefusedError("law_is_admins", rows=rows)


def _refuse_conflicts(
    unit: Unit, shelves: Shelves, files: Sequence[NewFile], base: Mapping[FileKey, str]
) -> None:
    for file in files:
        present = shelves.latest.get(file.key)
        begun_from = base.get(file.key, "")
        if (present.digest if present else "") == begun_from:
            continue
        known = _source_of(unit, file.key, begun_from)
        if present is None and known is not None:
            continue  # taken out by a newer program or with its plan: nobody's words are lost
        if present and present.source in (file.source, known):
            continue
        who, when = _author(unit, file.key, present)
        raise RefusedError(
            "content_conflict", file=f"{file.name} ({file.language})", who=who, at=when
        )


def _source_of(unit: Unit, key: FileKey, digest: str) -> str | None:
    """What a version says: with other parts brought in, the same words have another digest."""
    found: str | None = unit.run(
        sa.select(content_file.c.source).where(is_file(key), content_file.c.digest == digest)
    ).scalar()
    return found


def _author(unit: Unit, key: FileKey, present: Version | None) -> tuple[str | Said, datetime]:
    """Who put a version there, and when; the program where the file is gone or its own."""
    if present is not None:
        (file,) = read_files(unit, sa.and_(is_file(key), content_file.c.digest == present.digest))
        return file.by or Said("release.by_program"), file.at
    return Said("release.by_program"), unit.now


def _planned(unit: Unit, name: str) -> Slot:
    slots = all_slots(unit)
    found = named(slots, name)
    if found not in planned(slots, unit.now):
        raise RefusedError("content_not_planned", name=name)
    return found


def _note_down(
    unit: Unit,
    actor: Actor,
    action: str,
    release_id: int,
    keys: Sequence[FileKey],
    at: datetime | None,
    *,
    back_to: str | None = None,
) -> None:
    details: dict[str, Any] = {"files": ["/".join(key) for key in keys]}
    if at is not None:
        details["from"] = at.isoformat()
    if back_to is not None:
        details["release"] = back_to
    append_audit(unit, actor, action, "release", release_id, details=details)


def _made(database: Database, slot: Slot | None) -> Release:
    if slot is None:
        raise RuntimeError("a change that is asked for always makes a release")
    return database.read(lambda unit: as_release(slot, all_slots(unit), unit.now))
