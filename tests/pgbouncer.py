"""A pgbouncer in transaction mode between the tests and a PostgreSQL server."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.ports import free_port
from tests.postgres import _runner

_CONFIG = """\
[databases]
* = host={host} port={port} user=postgres

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 500
server_login_retry = 1
logfile = {folder}/log
pidfile = {folder}/pid
"""


def program() -> str:
    """The path of pgbouncer; the test is skipped where it is missing."""
    found = shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        pytest.skip("pgbouncer is not installed")
    return found


@contextmanager
def pooler(server: str, *, size: int = 4) -> Iterator[str]:
    """The URL of a pooler's `postgres` database that leads to a server.

    Args:
        server: a URL of the server.
        size: lines to the server for each database: fewer than there are clients.
    """
    binary, runner, own = program(), _runner(), free_port()
    parts = urlsplit(server)
    folder = Path(tempfile.mkdtemp(prefix="callback-desk-pool-"))
    config = folder / "pgbouncer.ini"
    config.write_text(
        _CONFIG.format(host=parts.hostname, port=parts.port, own=own, folder=folder, size=size)
    )
    if runner is not None:
        shutil.chown(folder, runner.pw_uid, runner.pw_gid)
    process = subprocess.Popen(
        [binary, "-q", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=None if runner is None else runner.pw_uid,
        group=None if runner is None else runner.pw_gid,
    )
    try:
        _wait_for(own, process)
        yield f"postgresql://postgres@127.0.0.1:{own}/postgres"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 20
    while True:
        assert process.poll() is None, "pgbouncer ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < end, "pgbouncer does not listen"
        time.sleep(0.02)
