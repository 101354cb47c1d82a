"""The live feed: a seat hears which topics moved elsewhere, and asks again what it shows.

SQLite: `PRAGMA data_version` ten times a second on a connection of its own, then one read of the
topics. PostgreSQL: LISTEN on a direct connection in autocommit, with a probe and a safety poll, and
a full refresh after each reconnection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from db.driver import sqlite_module
from db.engine import Database
from db.topics import CASES, CHANNEL, CONTENT, QUEUE, SEATS

_POLL = 0.1
_SAFETY = 10.0
_THERE, _GONE = True, False
ALL = frozenset({QUEUE, SEATS, CASES, CONTENT})
"""What a feed says after a gap: anything may have moved."""


class Feed:
    """Listens in a thread of its own and tells which topics moved.

    Args:
        database: the database to listen to.
        on_move: called from the thread with the topics; must return at once.
        on_state: called from the thread with whether the feed is connected.
    """

    def __init__(
        self,
        database: Database,
        on_move: Callable[[frozenset[str]], None],
        on_state: Callable[[bool], None] = lambda _connected: None,
    ) -> None:
        self._database = database
        self._on_move = on_move
        self._on_state = on_state
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="db-feed", daemon=True)

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; it is gone within the longest wait of a listener (0.5 s)."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        listen = self._poll_file if self._database.embedded else self._listen
        driver = _driver_error(embedded=self._database.embedded)
        pause = 0.2
        while not self._stopping.is_set():
            try:
                listen()
            except driver:
                self._on_state(_GONE)
                self._stopping.wait(pause)
                pause = min(pause * 2, 5.0)
            else:
                pause = 0.2

    def _poll_file(self) -> None:
        file = self._database.place.file
        if file is None:
            return
        # Opened only where it is there: a feed must not leave an empty file behind.
        connection = sqlite_module().connect(
            f"{file.as_uri()}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            known = _topics(connection)
            version = _version(connection)
            self._on_state(_THERE)
            self._on_move(ALL)
            while not self._stopping.wait(_POLL):
                seen = _version(connection)
                if seen == version:
                    continue
                version = seen
                now = _topics(connection)
                moved = frozenset(name for name in now if now[name] != known.get(name))
                known = now
                if moved:
                    self._on_move(moved)
        finally:
            connection.close()

    def _listen(self) -> None:
        import psycopg  # noqa: PLC0415  only a server needs it

        url = self._database.place.url.replace("postgresql+psycopg://", "postgresql://", 1)
        with psycopg.connect(
            url, autocommit=True, connect_timeout=5, tcp_user_timeout=10_000, keepalives_idle=5,
            keepalives_interval=2, keepalives_count=2, application_name="callback-desk feed",
        ) as connection:  # fmt: skip
            connection.execute(f"LISTEN {CHANNEL}")
            self._on_state(_THERE)
            self._on_move(ALL)
            waited = 0.0
            while not self._stopping.is_set():
                moved = {notice.payload for notice in connection.notifies(timeout=0.5)}
                waited = 0.0 if moved else waited + 0.5
                if waited >= _SAFETY:
                    connection.execute("SELECT 1")
                    moved, waited = set(ALL), 0.0
                if moved:
                    self._on_move(frozenset(moved))


def _version(connection: Any) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _topics(connection: Any) -> dict[str, int]:
    return dict(connection.execute("SELECT name, version FROM topic").fetchall())


def _driver_error(*, embedded: bool) -> type[Exception]:
    if embedded:
        error: type[Exception] = sqlite_module().Error
        return error
    import psycopg  # noqa: PLC0415

    return psycopg.Error
