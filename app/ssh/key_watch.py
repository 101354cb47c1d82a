"""The watch over a seat's key: asked again every few seconds, and at once when the seat is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from db.operator_keys import Standing, standing
from domain.errors import StorageError

if TYPE_CHECKING:
    from db.engine import Database
    from domain.permissions import Actor

EVERY: Final = 4.0
"""Seconds between two looks: with the time to leave, a revoked key is out within five."""
_GRACE: Final = 1.0
"""Seconds after which a screen that does not leave is ended by force."""


class KeyWatch:
    """Looks after a key in a thread of its own until it is stopped.

    Args:
        database: the database.
        actor: who sits here.
        key_id: the key by which they came.
        on_end: called once from the thread when the key is no longer good.
        force: ends the process; called from the thread where `on_end` did not lead to `stop`.
    """

    def __init__(
        self,
        database: Database,
        actor: Actor,
        key_id: int,
        on_end: Callable[[Standing], object],
        force: Callable[[Standing], object],
    ) -> None:
        self._database = database
        self._actor = actor
        self._key_id = key_id
        self._on_end = on_end
        self._force = force
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="key-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def look_now(self) -> None:
        """Look at once: something was done to the seat."""
        self._woken.set()

    def stop(self) -> None:
        """End the thread, without waiting for a look that is on its way."""
        self._stopping.set()
        self._woken.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(EVERY)
            self._woken.clear()
            if self._stopping.is_set():
                return
            try:
                found = standing(self._database, self._key_id, self._actor)
            except StorageError:
                # Without the database nothing can be done at the seat, and it is asked again.
                continue
            if found != "good":
                self._end(found)
                return

    def _end(self, found: Standing) -> None:
        self._on_end(found)
        self._woken.wait(_GRACE)
        if not self._stopping.is_set():
            self._force(found)
