"""The live feed on a server: LISTEN on a direct line, and a look at the versions where none hears.

The line is a connection of its own in autocommit: to the address that the URL's `live` names, else
to the database's own. Whether it hears is tried out, for through a pooler nothing
ever arrives: what the database's other connections say must come in. Without a line that
hears, the versions of the topics are read once a second.

A line that hears is doubted when it is silent. Every ten seconds the versions are compared, which
costs one look at a few rows; after half a minute without a word it says a word itself, which has
to come back and which proves the lines of all other seats too. So a quiet desk costs one word in
half a minute, whatever the number of its seats.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Protocol

import sqlalchemy as sa

from db.server import line_options
from db.topics import CHANNEL, PROBE, rows_of, topic_of
from domain.errors import StorageError

if TYPE_CHECKING:
    from threading import Event

    from db.engine import Database
    from db.transaction import Unit

WAIT: Final = 0.5
"""Seconds that a listener waits at most before it looks whether it is to stop."""
SAFETY: Final = 10.0
"""Seconds after which the versions are compared although the line hears."""
SILENCE: Final = 30.0
"""Seconds without a word after which the line has to prove itself."""
ANSWER: Final = 5.0
"""Seconds within which a word to oneself must have come back."""
LOOK: Final = 1.0
"""Seconds between two looks at the versions while no line hears."""
_AGAIN: Final[tuple[float, ...]] = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds until a line is tried again, by how often it failed."""
_DEAF: Final[tuple[float, ...]] = (5.0, 60.0, 600.0)
"""The same for one that was made and heard nothing: somebody has to change its address."""

_VERSIONS: Final = sa.text("SELECT name, version FROM topic WHERE name = ANY(:names)")
_SAY: Final = sa.text("SELECT pg_notify(:channel, :word)")


class Listener(Protocol):
    """To whom a listener tells what it hears: the feed."""

    @property
    def stopping(self) -> Event:
        """Set when the feed is to stop."""

    def moved(self, topics: Iterable[str], /) -> None:
        """Topics moved."""

    def refresh(self) -> None:
        """Anything may have moved."""

    def heard(self, *, there: bool) -> None:
        """Whether moves are heard now."""

    def watched(self) -> frozenset[str]:
        """The topics that matter."""


class DeafError(Exception):
    """A line on which nothing arrives."""


class ServerListener:
    """Keeps a line that hears, or looks by itself until there is one.

    Args:
        database: the database; its own connections say the word that a new line must hear.
        feed: is told.
        clock: seconds that only grow.
    """

    def __init__(
        self, database: Database, feed: Listener, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._feed = feed
        self._clock = clock
        self._known: dict[str, int] | None = None
        self._rows = rows_of(sorted(feed.watched()))

    def run(self) -> None:
        """Listens until the feed is to stop."""
        import psycopg  # noqa: PLC0415 - loaded with the engine

        failed = 0
        while not self._feed.stopping.is_set():
            began, pauses = self._clock(), _AGAIN
            try:
                self._listen()
            except (psycopg.Error, StorageError):
                pass
            except DeafError:
                pauses = _DEAF
            if self._clock() - began > SILENCE:
                failed = 0
            self._look_until(self._clock() + pauses[min(failed, len(pauses) - 1)])
            failed += 1

    def _listen(self) -> None:
        with direct_line(self._database) as line:
            listen(self._database, line, self._feed.stopping)
            self._compare(_versions_by(line, self._rows), fresh=True)
            self._feed.heard(there=True)
            self._attend(line)

    def _attend(self, line: Any) -> None:
        looked = spoke = self._clock()
        asked: float | None = None
        while not self._feed.stopping.is_set():
            # Without a number to stop after, the first word would wait for the time to run out.
            words = {notice.payload for notice in line.notifies(timeout=WAIT, stop_after=1)}
            now = self._clock()
            if words:
                spoke, asked = now, None
                self._feed.moved(words - {PROBE})
            if asked is not None and now - asked > ANSWER:
                raise DeafError
            if asked is None and now - spoke > SILENCE:
                asked = now
                line.execute("SELECT pg_notify(%s, %s)", (CHANNEL, PROBE))
            if now - looked > SAFETY:
                looked = now
                self._compare(_versions_by(line, self._rows))

    def _look_until(self, end: float) -> None:
        """Looks at the versions by the database's own connections; tells when they are gone."""
        while not self._feed.stopping.is_set():
            try:
                self._compare(self._database.read(self._read_versions))
            except StorageError:
                self._feed.heard(there=False)
                self._known = None
            else:
                self._feed.heard(there=True)
            left = end - self._clock()
            if left <= 0:
                return
            self._feed.stopping.wait(min(LOOK, left))

    def _read_versions(self, unit: Unit) -> dict[str, int]:
        found = unit.run(_VERSIONS, {"names": self._rows})
        return {row[0]: row[1] for row in found}

    def _compare(self, now: dict[str, int], *, fresh: bool = False) -> None:
        """Tells what moved since the last look; all of it after a gap."""
        before, self._known = self._known, now
        if before is None or fresh:
            self._feed.refresh()
        else:
            self._feed.moved({topic_of(row) for row in now if now[row] != before.get(row)})


def direct_line(database: Database) -> Any:
    """A connection of the driver's own to where the live feed listens, in autocommit."""
    import psycopg  # noqa: PLC0415 - loaded with the engine

    return psycopg.connect(
        database.place.live,
        autocommit=True,
        prepare_threshold=None,
        application_name="callback-desk feed",
        **line_options(database.timing),
    )


def listen(database: Database, line: Any, stopping: Event | None = None) -> None:
    """Has a line listen, and makes sure that it hears what the database's other lines say.

    Raises:
        DeafError: it does not: it leads to a pooler, or to another database.
        StorageError: the database can't be reached.
    """
    # A pooler makes up the number of the process. Asked first: to listen through it would leave
    # one of its own lines listening for ever.
    if line.execute("SELECT pg_backend_pid()").fetchone()[0] != line.info.backend_pid:
        raise DeafError
    line.execute(f"LISTEN {CHANNEL}")
    database.read(lambda unit: unit.run(_SAY, {"channel": CHANNEL, "word": PROBE}).all())
    end = time.monotonic() + ANSWER
    while time.monotonic() < end and not (stopping is not None and stopping.is_set()):
        for notice in line.notifies(timeout=WAIT, stop_after=1):
            if notice.payload == PROBE:
                return
    raise DeafError


def hears(database: Database) -> bool:
    """Whether a seat on this machine can listen, or has to look at the versions by itself.

    Raises:
        StorageError: the database itself can't be reached.
    """
    import psycopg  # noqa: PLC0415 - loaded with the engine

    with suppress(psycopg.Error, DeafError), direct_line(database) as line:
        listen(database, line)
        return True
    return False


def _versions_by(line: Any, rows: list[str]) -> dict[str, int]:
    found = line.execute("SELECT name, version FROM topic WHERE name = ANY(%s)", (rows,))
    return dict(found.fetchall())
