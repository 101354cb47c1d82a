"""A seat's heart: it beats from a thread, only while the screen answers, and keeps house.

It beats before it keeps house, so that a seat which slept never declares others lost first.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from db.engine import Database
from db.housekeeping import keep_house
from db.seats import Beat, beat
from domain.errors import DeskError
from domain.permissions import Actor

_HOUSE = 1.0
_PATIENCE = 1.0


class SeatHeart:
    """Beats for a seat until it is stopped.

    Args:
        database: the database.
        actor: who sits there.
        alive: says whether the screen's loop answers; without an answer the heart is still.
        on_beat: called from the thread with what each beat learnt.
        on_trouble: called from the thread when the database can't be written, and with none once
            it can again.
        chores: what else this seat does for the desk, a little at a time; called from the thread
            after each turn of housekeeping.
    """

    def __init__(
        self,
        database: Database,
        actor: Actor,
        *,
        alive: Callable[[], bool],
        on_beat: Callable[[Beat], None],
        on_trouble: Callable[[DeskError | None], None],
        chores: Callable[[], object] | None = None,
    ) -> None:
        self._database = database
        self._actor = actor
        self._alive = alive
        self._on_beat = on_beat
        self._on_trouble = on_trouble
        self._chores = chores
        self._stopping = threading.Event()
        self._troubled = False
        self._thread = threading.Thread(target=self._run, name="seat-heart", daemon=True)

    def start(self) -> None:
        """Begins to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; one that waits for a database that is gone is left behind."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        interval = self._database.timing.beat
        house = min(_HOUSE, interval)
        # By the clock and not by rounds: keeping house may take longer than a round.
        beaten, steady = -math.inf, False
        # Who has just sat down has beaten; the first moments belong to the screen.
        while not self._stopping.wait(house):
            try:
                if time.monotonic() - beaten >= interval and self._alive():
                    learnt = beat(self._database, self._actor)
                    steady, beaten = learnt.steady, time.monotonic()
                    self._on_beat(learnt)
                if time.monotonic() - beaten < interval:
                    keep_house(
                        self._database, seat_id=self._actor.seat_id, steady=steady, every=house
                    )
                    if self._chores is not None:
                        self._chores()
            except DeskError as error:
                self._troubled, steady = True, False
                self._on_trouble(error)
            else:
                if self._troubled:
                    self._troubled = False
                    self._on_trouble(None)
