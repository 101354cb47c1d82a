"""The live feed: a seat hears which topics moved elsewhere, and asks again what it shows.

SQLite: `PRAGMA data_version` ten times a second on a connection of its own, then one read of the
topics. PostgreSQL: see `db.live_server`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

from db.driver import sqlite_module
from db.engine import Database
from db.topics import CASES, CONTENT, QUEUE, SEAT_TOPICS, SEATS, seat_topic

_POLL: Final = 0.1
_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0
_PATIENCE: Final = 1.0
ALL: Final = frozenset({QUEUE, SEATS, CASES, CONTENT})
"""What a feed says after a gap: anything may have moved."""


class Feed:
    """Listens in a thread of its own and tells which topics moved.

    Args:
        database: the database to listen to.
        on_move: called from the thread with the topics; must return at once.
        on_state: called from the thread with whether moves are heard, each time that changes.
        seat_id: whose own topic is told; without it those of all seats are.
    """

    def __init__(
        self,
        database: Database,
        on_move: Callable[[frozenset[str]], None],
        on_state: Callable[[bool], None] = lambda _heard: None,
        *,
        seat_id: int | None = None,
    ) -> None:
        self._database = database
        self._move = on_move
        self._on_state = on_state
        self._own = None if seat_id is None else seat_topic(seat_id)
        self._there: bool | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="db-feed", daemon=True)

    @property
    def stopping(self) -> threading.Event:
        """Set when it is to stop."""
        return self._stopping

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; one that waits for a server that is gone is left behind."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def moved(self, topics: Iterable[str]) -> None:
        """Tells those of the topics that this feed is for."""
        wanted = frozenset(
            topic
            for topic in topics
            if self._own is None or topic == self._own or not topic.startswith(SEAT_TOPICS)
        )
        if wanted and not self._stopping.is_set():
            self._move(wanted)

    def refresh(self) -> None:
        """Tells that anything may have moved; a seat's own topic among it."""
        self.moved(ALL if self._own is None else ALL | {self._own})

    def heard(self, *, there: bool) -> None:
        """Tells whether moves are heard now, where that has changed."""
        if there is not self._there and not self._stopping.is_set():
            self._there = there
            self._on_state(there)

    def watched(self) -> frozenset[str]:
        """The topics of which this feed tells; of seats' own ones only its own."""
        return ALL if self._own is None else ALL | {self._own}

    def _run(self) -> None:
        if not self._database.embedded:
            from db.live_server import ServerListener  # noqa: PLC0415 - only a server needs it

            ServerListener(self._database, self).run()
            return
        pause = _PAUSE
        while not self._stopping.is_set():
            try:
                self._poll_file()
            except sqlite_module().Error:
                self.heard(there=False)
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                pause = _PAUSE

    def _poll_file(self) -> None:
        file = self._database.place.file
        if file is None:
            return
        # Opened only where it is there: a feed must not leave an empty file behind.
        connection = sqlite_module().connect(
            f"{file.as_uri()}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            known = self._topics(connection)
            version = _version(connection)
            self.heard(there=True)
            self.refresh()
            while not self._stopping.wait(_POLL):
                seen = _version(connection)
                if seen == version:
                    continue
                version = seen
                now = self._topics(connection)
                self.moved(name for name in now if now[name] != known.get(name))
                known = now
        finally:
            connection.close()

    def _topics(self, connection: Any) -> dict[str, int]:
        if self._own is None:
            return dict(connection.execute("SELECT name, version FROM topic").fetchall())
        # Not those of all seats that ever were.
        names = json.dumps(sorted(self.watched()))
        query = "SELECT name, version FROM topic WHERE name IN (SELECT value FROM json_each(?))"
        return dict(connection.execute(query, (names,)).fetchall())


def _version(connection: Any) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
