"""A simulated board: it hears the live feed, asks again as the screen does, and writes what it saw.

The first board is a lead's who also looks after calls whose seats have vanished.
"""

from __future__ import annotations

import random
import signal
import threading
import time
import uuid
from collections.abc import Callable
from typing import Final

import sqlalchemy as sa

from benchmarks.ledger import Ledger
from benchmarks.simulated import Task, die_late, opened
from db.board import FIGURES_REST, STATES_REST, figures_now, people_now, rest_after
from db.checks import list_checks, resolve_called, resolve_not_called
from db.engine import Database
from db.lead_claims import steal
from db.live import Feed
from db.seats import open_seat
from db.states import in_state
from db.tables import callback
from domain.decision import Decision
from domain.errors import RefusedError, StorageError
from domain.permissions import Actor

_LOOKS: Final = 2.0
"""Seconds between two looks of the lead at calls that wait for a word."""
_STEALS: Final = 0.15
"""Share of these looks at which a call is taken away instead."""


def watch(task: Task, *, mends: bool) -> None:
    """Watches until the task's end; the body of a process.

    Args:
        task: what to do, for a lead.
        mends: whether this lead looks after calls in check.
    """
    die_late(task)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    database = opened(task)
    try:
        with Ledger(task.folder / f"board.{task.seed}.jsonl") as ledger:
            try:
                Board(task, database, ledger, mends=mends).watch()
            except Exception as error:
                ledger.write("crash", text=f"{type(error).__name__}: {error}")
                raise
    finally:
        database.close()


class Board:
    """One board.

    Args:
        task: what to do.
        database: open, of this process alone.
        ledger: where it writes what it saw.
        mends: whether it looks after calls in check.
    """

    def __init__(self, task: Task, database: Database, ledger: Ledger, *, mends: bool) -> None:
        self._task = task
        self._database = database
        self._ledger = ledger
        self._states = threading.Event()
        self._live = threading.Event()
        self._since: dict[str, float] = {}
        self._chance = random.Random(task.seed)
        self._actor = open_seat(database, task.login, kind="looking").actor
        self._mends = mends
        self._measured_from = time.time() + task.warm

    def watch(self) -> None:
        """Asks whenever something moved, as the screen does; looks after calls beside it."""
        feed = Feed(self._database, lambda _topics: self._heard())
        feed.start()
        self._ledger.write("watching", at=self._measured_from)
        readings = [
            threading.Thread(target=self._read, args=reading, daemon=True)
            for reading in (
                (self._states, self._ask_people, STATES_REST),
                (self._live, self._ask_board, FIGURES_REST),
            )
        ]
        for reading in readings:
            reading.start()
        try:
            while (left := self._task.ends - time.time()) > 0:
                time.sleep(min(_LOOKS, left))
                if self._mends:
                    self._mend(self._actor)
        finally:
            for reading in readings:
                reading.join(_LOOKS)
            feed.stop()

    def _heard(self) -> None:
        self._states.set()
        self._live.set()

    def _read(self, moved: threading.Event, ask: Callable[[bool], None], least: float) -> None:
        free = 0.0
        while (now := time.time()) < self._task.ends:
            rested = not moved.is_set() and free < now
            if not moved.wait(min(1.0, self._task.ends - now)):
                continue
            time.sleep(max(0.0, free - time.time()))
            moved.clear()
            asked = time.time()
            try:
                ask(rested)
            except StorageError as error:
                self._ledger.write("trouble", code=error.code)
                moved.set()
            free = time.time() + rest_after(time.time() - asked, least)

    def _ask_board(self, _rested: bool) -> None:
        asked = time.time()
        figures_now(self._database, self._actor)
        if asked > self._measured_from:
            self._ledger.write("took", what="board", ms=(time.time() - asked) * 1000)

    def _ask_people(self, rested: bool) -> None:
        people = people_now(self._database, self._actor)
        at = time.time()
        for one in people.operators:
            if one.since is None:
                continue
            since = one.since.timestamp() - self._task.ahead
            if self._since.get(one.login) != since:
                self._since[one.login] = since
                seen = {"login": one.login, "since": since, "at": at, "rested": rested}
                self._ledger.write("seen", board=self._task.seed, **seen)

    def _mend(self, actor: Actor) -> None:
        """Does what a lead does: says whether a customer was rung, or takes a call away."""
        try:
            if self._chance.random() < _STEALS:
                self._steal(actor)
            else:
                self._say(actor)
        except RefusedError as error:
            self._ledger.write("refused", code=error.code)
        except StorageError as error:
            self._ledger.write("trouble", code=error.code)

    def _say(self, actor: Actor) -> None:
        waiting = list_checks(self._database, actor)
        if not waiting or self._chance.random() < 0.5:
            return
        one = self._chance.choice(waiting)
        if one.dialled_at is None:
            resolve_not_called(self._database, actor, one.callback_id)
        else:
            decision = Decision(self._uuid(), "no-answer")
            resolve_called(self._database, actor, one.callback_id, decision)

    def _steal(self, actor: Actor) -> None:
        claimed = self._database.read(
            lambda unit: (
                unit.run(sa.select(callback.c.id).where(in_state("claimed"))).scalars().all()
            )
        )
        if claimed:
            steal(self._database, actor, self._chance.choice(claimed), self._uuid())
            self._ledger.write("accident", what="stolen")

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
