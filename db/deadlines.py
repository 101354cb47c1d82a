"""The last deadline of a statement on a server: a line that says nothing any more is cut.

The server ends a statement that takes too long, and the kernel a line whose far end is gone. A
server that hangs, or a pooler that waits for its own server, answers the kernel and never the
program; only the program itself can end that.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import closing, suppress
from typing import Any, Final

_LOOKS: Final = 8
"""How often within a limit it is looked at: a cut comes at most an eighth too late."""


class Watch:
    """Cuts lines on which a statement has been under way for too long.

    Whoever waits for the statement gets the driver's error of a broken line.

    Args:
        limit: seconds after which a line is cut; longer than the server's own deadlines.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._since: dict[int, tuple[float, Any]] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, line: Any) -> None:
        """A statement goes out.

        Args:
            line: the driver's connection.
        """
        self._since[id(line)] = (time.monotonic(), line)
        if self._thread is None:
            self._start()

    def end(self, line: Any) -> None:
        """Its answer has come."""
        self._since.pop(id(line), None)

    def stop(self) -> None:
        """Ends the thread; nothing is watched any more."""
        self._stopping.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="db-watch", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stopping.wait(self._limit / _LOOKS):
            over = time.monotonic() - self._limit
            for key, (since, line) in list(self._since.items()):
                if since < over and self._since.pop(key, None) is not None:
                    _cut(line)


def _cut(line: Any) -> None:
    # A line that was closed meanwhile has no number any more, and a driver of its own error.
    with suppress(Exception):
        number = os.dup(line.fileno())
        with closing(socket.socket(fileno=number)) as twin:
            twin.shutdown(socket.SHUT_RDWR)
