"""A program's shipped files come into a database: the first ones, and those of a newer program.

What nobody here has edited is replaced in a new release; beside an edited file the shipped one is
kept as a proposal. A database remembers every shipped set that it has seen, so that an older
program at another seat brings nothing back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from db.engine import Database
from db.events import append_audit
from db.release_plan import Change, Shelves, Wanted, carry_out, read_shelves, read_together
from db.release_proposals import close, newest_shipped, open_proposals, propose
from db.release_rows import Fresh, all_slots, store_files
from db.release_values import ContentFile, Release, as_release, is_file, read_files
from db.tables import content_file, desk_fact
from db.topics import CONTENT
from db.transaction import Unit
from domain.content_set import (
    FileKey,
    FileSet,
    NewFile,
    Reread,
    Version,
    adopted,
    same_text,
)
from domain.errors import RefusedError
from domain.permissions import Actor, require

_FACT: Final = "shipped_scripts"
_MOST: Final = 100
"""So many shipped sets are remembered: more than programs that work side by side."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A shipped version that waits for a lead's word, and ours; none where the file is new."""

    ours: ContentFile | None
    shipped: ContentFile


def knows_shipped(database: Database, digest: str) -> bool:
    """Whether the shipped files that a digest stands for have come into this database before."""
    return digest in database.read(_known)


def adopt_shipped(
    database: Database,
    files: Sequence[NewFile],
    digest: str,
    *,
    reread: Reread | None = None,
    note: Callable[[FileSet], str] | None = None,
) -> Release | None:
    """Brings shipped files into a database; returns the release that it makes, if it makes one.

    Where newer files don't fit together with the edited ones, nothing is replaced and each of them
    is a proposal.

    Args:
        database: the database.
        files: everything that this program ships.
        digest: stands for these files; remembered, so that they come once.
        reread: reads a whole set together.
        note: says of the newest shipped files so far what a person must know of these ones.

    Raises:
        RefusedError: `content_busy` where others were faster each time.
    """

    def work_out(unit: Unit, shelves: Shelves) -> Callable[[], Change | None]:
        known = digest in _known(unit)
        seen = newest_shipped(unit)

        def work() -> Change | None:
            if known:
                return None
            told = note(seen) if note is not None else ""
            return _adoption(shelves, seen, files, digest, reread, told)

        return work

    slot = carry_out(database, None, None, work_out)
    if slot is None:
        return None
    return database.read(lambda unit: as_release(slot, all_slots(unit), unit.now))


def proposals(database: Database, actor: Actor) -> tuple[Proposal, ...]:
    """The shipped versions that nobody has decided on, each beside the edited one.

    Raises:
        RefusedError: `not_allowed`.
    """

    def work(unit: Unit) -> tuple[Proposal, ...]:
        require(actor, "playbooks.read")
        files = read_shelves(unit, None).latest
        found = []
        for one in open_proposals(unit):
            ours = files.get(one.key)
            if ours is not None and ours.source == one.source:
                continue
            mine = (
                read_files(unit, sa.and_(is_file(one.key), content_file.c.digest == ours.digest))
                if ours is not None
                else ()
            )
            (theirs,) = read_files(unit, content_file.c.id == one.file_id)
            found.append(Proposal(mine[0] if mine else None, theirs))
        return tuple(found)

    return database.read(work)


def settle_proposal(database: Database, actor: Actor, key: FileKey) -> None:
    """Keeps the edited version of a file: its proposal is decided on.

    Raises:
        RefusedError: `not_allowed`, `content_no_proposal`.
    """

    def work(unit: Unit) -> None:
        require(actor, "playbooks.publish")
        found = [one.id for one in open_proposals(unit) if one.key == key]
        if not found:
            raise RefusedError("content_no_proposal", file=f"{key[1]} ({key[2]})")
        close(unit, actor, found)
        append_audit(
            unit, actor, "content_keep_own", "proposal", found[0], details={"file": "/".join(key)}
        )
        unit.move(CONTENT)

    database.write(work)


def _adoption(
    shelves: Shelves,
    seen: FileSet,
    files: Sequence[NewFile],
    digest: str,
    reread: Reread | None,
    note: str,
) -> Change:
    shipped = {file.key: Version(file.digest, file.source, shipped=True) for file in files}
    sets = [shelves.files, *(shelves.sets[slot.id] for slot in shelves.later)]
    after = [adopted(one, shipped) for one in sets]
    newer = {key: one for key, one in shipped.items() if not same_text(one, seen.get(key))}
    proposed = {key: one for key, one in newer.items() if _edited(key, after)}
    dates = [None, *(slot.in_force_from for slot in shelves.later)]
    notes = [note, *(slot.note for slot in shelves.later)]
    wanted = tuple(Wanted(*one) for one in zip(dates, after, notes, strict=True))
    fresh: Fresh = {(file.key, file.digest): file for file in files}
    if any(not version.shipped for one in after for version in one.values()):
        try:
            wanted, fresh = read_together(wanted, files, reread)
        except RefusedError:
            # The edited files name what is no more: a person has to bring them together.
            wanted = ()
            proposed = newer
    if [one.files for one in wanted] == sets:
        wanted = ()

    def beside(unit: Unit, release_id: int) -> None:
        gone = [one.id for one in open_proposals(unit) if not _edited(one.key, after)]
        close(unit, None, gone)
        propose(unit, store_files(unit, None, proposed, fresh))
        _remember(unit, digest)
        append_audit(
            unit, None, "content_adopt", "release", release_id or None, details={"shipped": digest}
        )

    return Change(wanted, fresh, beside)


def _edited(key: FileKey, sets: Sequence[FileSet]) -> bool:
    return any(key in one and not one[key].shipped for one in sets)


def _known(unit: Unit) -> list[str]:
    value = unit.run(sa.select(desk_fact.c.value).where(desk_fact.c.name == _FACT)).scalar()
    return str(value).split() if value else []


def _remember(unit: Unit, digest: str) -> None:
    kept = "\n".join([*_known(unit), digest][-_MOST:])
    unit.run(_SET_FACT, {"name": _FACT, "value": kept})


_SET_FACT = sa.text(
    "INSERT INTO desk_fact (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
