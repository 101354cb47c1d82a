"""A change of releases: worked out beside the database, written if nothing moved meanwhile.

To read a whole set of files takes longer than anybody may hold the database, so a use case reads
the state, works out the sets that are to be, and writes them in one transaction that first makes
sure that the state is still the same. Planned releases are made anew with the change in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from db.engine import Database
from db.release_rows import Fresh, Slot, all_slots, file_sets, lock_releases, write_release
from db.topics import CONTENT
from db.transaction import Unit
from domain.content_set import (
    FileKey,
    FileSet,
    FileText,
    NewFile,
    Reread,
    Version,
    in_force,
    planned,
    rebased,
)
from domain.errors import RefusedError
from domain.permissions import Actor

_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Shelves:
    """The releases as they stand, seen from the instant of a change.

    Attributes:
        slots: every release, oldest first.
        current: the one that holds at that instant; none in an empty database.
        later: those planned for after it, in order.
        sets: the files of these, by release.
    """

    slots: tuple[Slot, ...]
    current: Slot | None
    later: tuple[Slot, ...]
    sets: Mapping[int, FileSet]

    @property
    def files(self) -> FileSet:
        """The files that hold at that instant."""
        return self.sets[self.current.id] if self.current else {}

    @property
    def latest(self) -> FileSet:
        """The files once every plan is in force."""
        return self.sets[self.later[-1].id] if self.later else self.files

    def same_as(self, slots: Sequence[Slot], now: datetime) -> bool:
        """Whether the releases, read again, still are these."""
        again = in_force(slots, now)
        return (
            len(slots) == len(self.slots)
            and (again and again.id) == (self.current and self.current.id)
            and [one.id for one in planned(slots, now)] == [one.id for one in self.later]
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A release to be made; `at` none means at once."""

    at: datetime | None
    files: FileSet
    note: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a use case wants written.

    Attributes:
        wanted: the releases in order, the change itself first; may be none.
        fresh: files that may not be stored yet.
        beside: what else belongs into the transaction; told the number of the first release, 0 for
            none.
    """

    wanted: tuple[Wanted, ...]
    fresh: Fresh
    beside: Callable[[Unit, int], None]


WorkOut = Callable[[Unit, Shelves], Callable[[], Change | None]]
"""Reads within a transaction what a change needs, and returns what works it out after it."""


def carry_out(
    database: Database,
    actor: Actor | None,
    at: datetime | None,
    work_out: WorkOut,
) -> Slot | None:
    """Makes releases and returns the first; none where there is nothing to make.

    Args:
        database: the database.
        actor: on whose behalf; nobody for the program.
        at: from when the change holds; none for at once.
        work_out: works the change out; asked again where others were faster.

    Raises:
        RefusedError: `content_busy` where others were faster each time.
    """
    for _ in range(_TRIES):
        shelves, work = database.read(lambda unit: _look(unit, at, work_out))
        change = work()
        if change is None:
            return None
        write = partial(_write, actor=actor, at=at, seen=shelves, change=change)
        done, made = database.write(write)
        if done:
            return made
    raise RefusedError("content_busy")


def read_shelves(unit: Unit, at: datetime | None) -> Shelves:
    """The releases as they stand, seen from an instant."""
    slots = all_slots(unit)
    now = at or unit.now
    current, later = in_force(slots, now), planned(slots, now)
    ids = [one.id for one in (*([current] if current else []), *later)]
    return Shelves(slots, current, later, file_sets(unit, ids))


def plans_after(
    shelves: Shelves, files: FileSet, over: FileSet | None = None
) -> tuple[Wanted, ...]:
    """The planned releases on the ground of another set.

    Args:
        shelves: as they stand.
        files: the set that holds from the change on.
        over: files that every plan takes over.
    """
    made: list[Wanted] = []
    before, after = shelves.files, files
    for slot in shelves.later:
        plan = shelves.sets[slot.id]
        after = {**rebased(plan, before, after), **(over or {})}
        before = plan
        made.append(Wanted(slot.in_force_from, after, slot.note))
    return tuple(made)


def read_together(
    wanted: Sequence[Wanted], files: Sequence[NewFile], reread: Reread | None
) -> tuple[tuple[Wanted, ...], Fresh]:
    """The wanted sets with every file in the form that it has among the others.

    Raises:
        RefusedError: `content_faulty` where the files of a set don't fit together.
    """
    fresh: dict[tuple[FileKey, str], NewFile] = {(file.key, file.digest): file for file in files}
    if reread is None:
        return tuple(wanted), fresh
    done: list[Wanted] = []
    for one in wanted:
        read = reread([FileText(*key, version.source) for key, version in one.files.items()])
        if read is None:
            raise RefusedError("content_faulty")
        fresh.update({(file.key, file.digest): file for file in read})
        new = {
            file.key: Version(file.digest, file.source, one.files[file.key].shipped)
            for file in read
        }
        done.append(Wanted(one.at, new, one.note))
    return tuple(done), fresh


def _look(
    unit: Unit, at: datetime | None, work_out: WorkOut
) -> tuple[Shelves, Callable[[], Change | None]]:
    shelves = read_shelves(unit, at)
    return shelves, work_out(unit, shelves)


def _write(
    unit: Unit, *, actor: Actor | None, at: datetime | None, seen: Shelves, change: Change
) -> tuple[bool, Slot | None]:
    lock_releases(unit)
    if not seen.same_as(all_slots(unit), at or unit.now):
        return False, None
    before = seen.files
    ids: list[int] = []
    for one in change.wanted:
        ids.append(
            write_release(
                unit, actor, one.files, change.fresh,
                before=before, at=one.at or unit.now, note=one.note,
            )
        )  # fmt: skip
        before = one.files
    first = ids[0] if ids else 0
    change.beside(unit, first)
    unit.move(CONTENT)
    return True, next((slot for slot in all_slots(unit) if slot.id == first), None)
