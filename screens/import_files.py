"""The files that a typed path may mean."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ENDINGS: Final = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls"})
"""Endings of files that may hold a table; any other file can still be typed in full."""
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class FileEntry:
    """An entry of a folder.

    Attributes:
        path: where it lies.
        is_folder: whether it is a folder.
        size: in bytes; 0 for a folder.
        changed: when it was written last, in seconds since 1970.
    """

    path: Path
    is_folder: bool
    size: int
    changed: float


def start_folder() -> Path:
    """The folder to begin with: where the program was started, else the home folder."""
    try:
        return Path.cwd()
    except FileNotFoundError:  # it was deleted meanwhile
        return Path.home()


def path_of(text: str) -> Path:
    """The path that a text means: `~` is the home folder; quotes of a dropped file are taken off.

    Args:
        text: as typed, pasted or dropped.
    """
    plain = text.strip()
    if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "'\"":
        plain = plain[1:-1]
    elif "\\ " in plain:
        plain = plain.replace("\\ ", " ")
    try:
        return Path(plain).expanduser()
    except RuntimeError:  # nobody of that name has a home folder
        return Path(plain)


def entries_of(text: str) -> tuple[FileEntry, ...]:
    """What lies in the folder of a typed path and begins with its last part.

    Folders come first, then files that may hold a table, the latest first. Hidden entries are only
    shown when the last part begins with a dot. A folder that can't be read has none.

    Args:
        text: as typed; ends with a slash where the folder itself is meant.
    """
    path = path_of(text)
    whole = text.rstrip().endswith(("/", os.sep)) or not text.strip()
    folder, start = (path, "") if whole else (path.parent, path.name)
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                made = _entry(entry, start.casefold())
                if made is not None:
                    found.append(made)
    except OSError:
        return ()
    found.sort(key=lambda one: (not one.is_folder, -one.changed if not one.is_folder else 0.0,
                                one.path.name.casefold()))  # fmt: skip
    return tuple(found[:MOST])


def _entry(entry: os.DirEntry[str], start: str) -> FileEntry | None:
    if not entry.name.casefold().startswith(start):
        return None
    if entry.name.startswith(".") and not start.startswith("."):
        return None
    try:
        is_folder = entry.is_dir()
        if not is_folder and Path(entry.name).suffix.casefold() not in ENDINGS:
            return None
        stat = entry.stat()
    except OSError:  # it has gone meanwhile, or may not be looked at
        return None
    return FileEntry(Path(entry.path), is_folder, 0 if is_folder else stat.st_size, stat.st_mtime)


def size_text(size: int) -> str:
    """A size as people read it: `149 kB`."""
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= step:
            return f"{size / step:.0f} {unit}" if size >= 10 * step else f"{size / step:.1f} {unit}"
    return f"{size} B"


def free_path(path: Path, tag: str) -> Path:
    """A path beside another one that no file has yet: `customers-rejected.csv`, `…-rejected-2.csv`.

    Args:
        path: the file beside which it lies.
        tag: what stands behind its name.
    """
    number = 1
    while True:
        tail = tag if number == 1 else f"{tag}-{number}"
        found = path.with_name(f"{path.stem}-{tail}{path.suffix}")
        if not found.exists():
            return found
        number += 1
