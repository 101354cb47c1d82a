"""A port for a server of the tests."""

from __future__ import annotations

import contextlib
import secrets
import socket

_FIRST = 20_000
_LAST = 32_000
"""Below the ports that systems give to outgoing connections: one stays ours while its server is
stopped."""


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    while True:
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
