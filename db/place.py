"""Where a database lives: its URL, its file, and whether the file's disk can be trusted with it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from domain.errors import InputError, StorageError

_NETWORK = frozenset(
    {"9p", "afs", "afpfs", "ceph", "cifs", "davfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs"}
    | {"fuse.sshfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "webdav"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """A database's place.

    Attributes:
        url: the address for SQLAlchemy, with driver.
        file: the file of an embedded database; none on a server.
        shown: the address without its password.
    """

    url: str
    file: Path | None
    shown: str

    @property
    def embedded(self) -> bool:
        """Whether it is a file of SQLite's and no server."""
        return self.file is not None


def read_place(text: str) -> Place:
    """The place that a URL or a file path names.

    Raises:
        InputError: `database_url` when it is neither a path, `sqlite:///…` nor `postgresql://…`.
    """
    scheme = text.split("://", 1)[0] if "://" in text else ""
    if scheme in ("", "sqlite"):
        path = text.removeprefix("sqlite:///") if scheme else text
        if not path or path == ":memory:" or path.startswith("sqlite://"):
            raise InputError("database_url", url=text)
        file = Path(path).expanduser().absolute()
        return Place(f"sqlite:///{file}", file, str(file))
    if scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        parts = urlsplit(text)
        if not parts.path.strip("/") and not parts.query:
            raise InputError("database_url", url=_shown(text))
        return Place("postgresql+psycopg://" + text.split("://", 1)[1], None, _shown(text))
    raise InputError("database_url", url=_shown(text))


def _shown(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(f":{parts.password}@", ":…@", 1)


def refuse_network_disk(file: Path) -> None:
    """Refuses a file on a network file system, where SQLite's locks can't be trusted.

    Raises:
        StorageError: `database_on_network_disk` with the file and the kind of its file system.
    """
    kind = file_system(file)
    if kind in _NETWORK:
        raise StorageError("database_on_network_disk", file=str(file), kind=kind)


def file_system(file: Path) -> str | None:
    """The kind of file system that a file lies or will lie on; none where it can't be told."""
    if sys.platform == "linux":
        table = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
        mounts = [(line.split()[1], line.split()[2]) for line in table.splitlines()]
    elif sys.platform == "darwin":
        answer = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False)
        mounts = [
            (line.split(" on ", 1)[1].rsplit(" (", 1)[0], line.rsplit(" (", 1)[1].split(",")[0])
            for line in answer.stdout.splitlines()
            if " on " in line and " (" in line
        ]
    else:
        return None
    where = file.resolve()
    best: tuple[int, str | None] = (-1, None)
    for point, kind in mounts:
        folder = Path(point.replace("\\040", " "))
        if where.is_relative_to(folder) and len(folder.parts) > best[0]:
            best = (len(folder.parts), kind)
    return best[1]
