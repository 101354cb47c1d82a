"""Where a database lives: its URL, its file, and whether the file's disk can be trusted with it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from domain.errors import InputError, StorageError

_LIVE: Final = "live"
_SECRET: Final = re.compile(r"\b(password|sslpassword)=[^&]+")
_NETWORK: Final = frozenset(
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
        live: the address of the direct connection on which the live feed listens, without driver;
            empty for an embedded database.
    """

    url: str
    file: Path | None
    shown: str
    live: str = ""

    @property
    def embedded(self) -> bool:
        """Whether it is a file of SQLite's and no server."""
        return self.file is not None

    @property
    def name(self) -> str:
        """The name of the database on its server.

        Raises:
            InputError: `database_no_server` for a file.
        """
        if self.file is not None:
            raise InputError("database_no_server", database=self.shown)
        parts = urlsplit(self.url)
        return unquote(parts.path.strip("/")) or dict(parse_qsl(parts.query)).get("dbname", "")


def read_place(text: str) -> Place:
    """The place that a URL or a file path names.

    A server's URL may say `live=HOST` or `live=HOST:PORT` among its parameters: the same database
    without the pooler that the rest of the URL leads to. The live feed listens there.

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
        url, live = _lines_of(text)
        return Place(url.replace("postgresql", "postgresql+psycopg", 1), None, _shown(text), live)
    raise InputError("database_url", url=_shown(text))


def _lines_of(text: str) -> tuple[str, str]:
    """A server's address without what only we understand, and the one for the live feed."""
    parts = urlsplit(text)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    direct = [value for name, value in asked if name == _LIVE]
    if not direct:
        # As it was given: to put a question together anew may change how it is written.
        plain = "postgresql://" + text.split("://", 1)[1]
        return plain, plain
    rest = [(name, value) for name, value in asked if name != _LIVE]
    host, port = _host_and_port(direct[-1])
    who, at, _ = parts.netloc.rpartition("@")
    elsewhere = [(name, value) for name, value in rest if name not in ("host", "hostaddr", "port")]
    elsewhere += [("host", host)] + ([("port", port)] if port else [])
    return _address(parts.netloc, parts.path, rest), _address(who + at, parts.path, elsewhere)


def _address(netloc: str, path: str, asked: list[tuple[str, str]]) -> str:
    return f"postgresql://{netloc}{path}" + (f"?{urlencode(asked, safe='/')}" if asked else "")


def _host_and_port(address: str) -> tuple[str, str]:
    host, sign, port = address.rpartition(":")
    if sign and port.isdigit() and (":" not in host or host.endswith("]")):
        return host.strip("[]"), port
    return address.strip("[]"), ""


def _shown(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is not None:
        url = url.replace(f":{parts.password}@", ":…@", 1)
    return _SECRET.sub(r"\1=…", url)


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
