"""A simulated operator: a seat of its own that works the queue as a person would, only faster.

It claims, dials, types drafts, answers, finishes; sometimes nobody answers, a finish is taken back,
a call is put aside for a customer who rings back; the line drops, a second seat takes over, the
process is killed in the middle of something. Everything acknowledged is in its `Ledger`.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from benchmarks.ledger import Ledger, digest_of
from content.rulebook import load_shipped
from db.calls import show_call
from db.claiming import Taken
from db.dialling import dial
from db.drafts import save_draft
from db.engine import Database, Timing, open_database
from db.finish import Finished, finish
from db.heart import SeatHeart
from db.inbound import inbound
from db.parking import park, unpark
from db.queue import claim_next, release
from db.seats import Beat, close_seat, open_seat
from db.talking import hang_up
from db.undo import amend, undo
from domain.decision import Decision, GivenAnswer
from domain.errors import DeskError, RefusedError, StorageError
from domain.permissions import Actor
from tests.databases import CHINA

T = TypeVar("T")

_OUTCOMES: Final = {
    "completed": 45, "no-answer": 25, "busy": 8, "voicemail-no-message": 5, "callback-at": 8,
    "soft-refusal": 3, "hard-refusal": 2, "hung-up": 2, "wrong-number": 1, "not-now": 1,
}  # fmt: skip
_SPOKEN: Final = frozenset({"completed", "callback-at", "soft-refusal"})
_SEAT_GONE: Final = frozenset({"seat_closed", "no_seat", "seat_only_looks"})
_PATIENCE: Final = 60.0
"""Seconds for which an operator asks again whether an outcome was saved."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a simulated operator or board needs to know; small, so that it goes to a new process.

    Attributes:
        url: the database.
        login: who works.
        seed: of chance.
        ends: when work ends, by the machine's clock (seconds since 1970).
        ahead: seconds by which the desk's clock is ahead of the machine's.
        folder: where the book is kept.
        pace: the mean of a pause for thought, in seconds.
        harm: the share of calls that meet with an accident.
        people: numbers of customers who may ring back: the first and the last.
        beat: seconds between two beats of a seat; it is lost after five.
        warm: seconds in which a new process is not measured: what is done first costs more.
    """

    url: str
    login: str
    seed: int
    ends: float
    ahead: float
    folder: Path
    pace: float
    harm: float
    people: tuple[int, int]
    beat: float
    warm: float


def opened(task: Task) -> Database:
    """The database as this seat has it, with the desk's clock."""
    timing = Timing(beat=task.beat, lease=task.beat * 5, hold=2.0)
    database = open_database(
        task.url, rulebook=load_shipped(), timing=timing, machine=lambda: CHINA
    )
    ahead = timedelta(seconds=task.ahead)
    database.set_clock(lambda: datetime.now(UTC) + ahead)
    return database


def die_late(task: Task, grace: float = 30.0) -> None:
    """Ends this process by force some time after its work should have ended, or once it is alone.

    Nothing hangs, and nothing outlives whoever stopped the benchmark in the middle.
    """
    parent = os.getppid()

    def look() -> None:
        while time.time() < task.ends + grace and os.getppid() == parent:
            time.sleep(0.5)
        os._exit(3)

    threading.Thread(target=look, daemon=True).start()


def work(task: Task) -> None:
    """Works the queue until the task's end; the body of a process."""
    die_late(task)
    # Whoever stops the benchmark by a key stops its first process, which ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    database = opened(task)
    try:
        with Ledger(task.folder / f"{task.login}.{task.seed}.jsonl") as ledger:
            try:
                Operator(task, database, ledger).work()
            except Exception as error:
                ledger.write("crash", text=f"{type(error).__name__}: {error}")
                raise
    finally:
        database.close()


class Operator:
    """One simulated operator at one seat.

    Args:
        task: what to do.
        database: open, of this process alone.
        ledger: where everything acknowledged is written down.
    """

    def __init__(self, task: Task, database: Database, ledger: Ledger) -> None:
        self._task = task
        self._database = database
        self._ledger = ledger
        self._chance = random.Random(task.seed)
        self._measured_from = time.time() + task.warm
        self._seat_gone = threading.Event()
        self._heart: SeatHeart | None = None
        self._actor = self._sit()

    def work(self) -> None:
        """Works until the task's end, then closes the seat."""
        try:
            while time.time() < self._task.ends:
                try:
                    self._next()
                except RefusedError as error:
                    self._ledger.write("refused", code=error.code)
                    if error.code in _SEAT_GONE:
                        self._seat_gone.set()
                except StorageError as error:
                    self._ledger.write("trouble", code=error.code)
                    self._think(1.0)
                if self._seat_gone.is_set():
                    self._actor = self._sit()
        finally:
            if self._heart is not None:
                self._heart.stop()
        with contextlib.suppress(StorageError):
            close_seat(self._database, self._actor)

    def _sit(self) -> Actor:
        if self._heart is not None:
            self._heart.stop()
        self._seat_gone.clear()
        while True:
            try:
                opened_seat = open_seat(self._database, self._task.login, other="take_over")
            except StorageError as error:
                self._ledger.write("trouble", code=error.code)
                if time.time() > self._task.ends:
                    raise
                self._think(1.0)
            else:
                break
        self._heart = SeatHeart(
            self._database,
            opened_seat.actor,
            alive=lambda: True,
            on_beat=self._beaten,
            on_trouble=self._troubled,
        )
        self._heart.start()
        return opened_seat.actor

    def _beaten(self, learnt: Beat) -> None:
        if learnt.state != "ok":
            self._seat_gone.set()

    def _troubled(self, error: DeskError | None) -> None:
        if error is not None:
            self._ledger.write("trouble", code=f"heart {error.code}")

    def _think(self, times: float = 1.0) -> None:
        time.sleep(min(self._chance.expovariate(1 / (self._task.pace * times)), 5.0))

    def _timed(self, what: str, act: Callable[[], T]) -> T:
        began = time.perf_counter()
        found = act()
        if time.time() > self._measured_from:
            self._ledger.write("took", what=what, ms=(time.perf_counter() - began) * 1000)
        return found

    def _moved(self, what: str, act: Callable[[], T]) -> T:
        """Does what shows on a board; writes down between which instants it was committed."""
        began = time.time()
        found = self._timed(what, act)
        if began > self._measured_from:
            self._ledger.write("moved", login=self._task.login, began=began, done=time.time())
        return found

    def _next(self) -> None:
        claim = self._timed("claim", lambda: claim_next(self._database, self._actor))
        if claim.taken is None:
            self._ledger.write("idle")
            self._think()
            return
        self._call(claim.taken)

    def _call(self, taken: Taken) -> None:
        self._think(0.5)
        accident = self._chance.random()
        harm = self._task.harm
        if accident < 0.04:
            release(self._database, self._actor, call_id=taken.call_id)
            return
        shown = show_call(self._database, self._actor, taken.call_id)
        if shown.dialled_at is None and not self._dial(taken, shown.phone_id):
            return
        revision = shown.draft_revision
        for _ in range(self._chance.randint(1, 3)):
            revision += 1
            self._think(0.5)
            self._type(taken.call_id, revision)
        if harm and accident > 1 - harm:
            taken = self._accident(taken)
        elif accident > 0.96 - harm:
            taken = self._rung_back(taken)
        self._end(taken)

    def _dial(self, taken: Taken, phone_id: int | None) -> bool:
        if phone_id is None:
            release(self._database, self._actor, call_id=taken.call_id)
            return False
        try:
            self._moved("dial", lambda: dial(self._database, self._actor, taken.call_id, phone_id))
        except RefusedError as error:
            self._ledger.write("refused", code=error.code)
            if error.code not in _SEAT_GONE:
                release(self._database, self._actor, call_id=taken.call_id)
            return False
        return True

    def _type(self, call_id: int, revision: int) -> None:
        body = {"note": f"note {revision} of {self._task.login}"}
        stored = self._timed(
            "draft", lambda: save_draft(self._database, self._actor, call_id, body, revision)
        )
        self._ledger.write("draft", call=call_id, revision=stored.revision)

    def _end(self, taken: Taken) -> None:
        self._think()
        self._moved("hang up", lambda: hang_up(self._database, self._actor, taken.call_id))
        self._think(0.5)
        decision = self._decision()
        done = self._finish(taken, decision, shows=True)
        what = self._chance.random()
        if done is None or done.late:
            return
        if what < 0.04:
            again = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
            self._ledger.write("asked", uuid=again, call=taken.call_id)
            back = undo(self._database, self._actor, decision.uuid, again)
            self._ledger.write("undone", uuid=again, decision=decision.uuid)
            self._think(0.3)
            self._finish(back, self._decision())
        elif what < 0.06:
            self._amend(taken, decision)

    def _amend(self, taken: Taken, decision: Decision) -> None:
        other = self._decision()
        since = datetime.now(UTC) + timedelta(seconds=self._task.ahead, days=-1)
        self._ask(taken, other)
        done = amend(self._database, self._actor, decision.uuid, other, since=since)
        self._said(other, done)

    def _finish(self, taken: Taken, decision: Decision, *, shows: bool = False) -> Finished | None:
        """Finishes, and asks again under the same uuid until it is known what became of it."""
        self._ask(taken, decision)
        until = time.time() + _PATIENCE
        measured = self._moved if shows else self._timed
        while True:
            try:
                done = measured(
                    "finish",
                    lambda: finish(
                        self._database, self._actor, taken.call_id, taken.fence, decision
                    ),
                )
                break
            except StorageError as error:
                self._ledger.write("trouble", code=error.code)
                if time.time() > until:
                    return None
                time.sleep(0.2)
        self._said(decision, done)
        if self._chance.random() < 0.05:
            again = finish(self._database, self._actor, taken.call_id, taken.fence, decision)
            if again != done:
                self._ledger.write("crash", text=f"repeat of {decision.uuid} gave another result")
        return done

    def _ask(self, taken: Taken, decision: Decision) -> None:
        self._ledger.write("asked", uuid=decision.uuid, call=taken.call_id)

    def _said(self, decision: Decision, done: Finished) -> None:
        self._ledger.write(
            "said",
            uuid=decision.uuid,
            call=done.call_id,
            outcome=decision.outcome,
            late=done.late,
            digest=digest_of(decision),
        )

    def _decision(self) -> Decision:
        outcome = self._chance.choices([*_OUTCOMES], weights=[*_OUTCOMES.values()])[0]
        later = datetime.now(UTC) + timedelta(
            seconds=self._task.ahead, minutes=self._chance.randint(30, 3000)
        )
        answers: tuple[GivenAnswer, ...] = ()
        if outcome in _SPOKEN:
            answers = tuple(
                GivenAnswer(
                    "sales-index", "v", question, "answered", float(self._chance.randint(0, 10))
                )
                for question in ("handover", "explained", "again")
            )
        return Decision(
            str(uuid.UUID(int=self._chance.getrandbits(128), version=4)),
            outcome,
            next_at=later if outcome == "callback-at" else None,
            note="…",
            answers=answers,
        )

    def _accident(self, taken: Taken) -> Taken:
        """A kill, a line that drops, or a second seat; gives the call to be finished by then."""
        kind = self._chance.choice(("kill", "kill in finish", "line", "second seat"))
        self._ledger.write("accident", what=kind)
        if kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif kind == "kill in finish":
            wait = self._chance.random() * 0.02
            threading.Timer(wait, os.kill, (os.getpid(), signal.SIGKILL)).start()
            self._finish(taken, self._decision())
            time.sleep(1.0)
        elif kind == "line":
            close_seat(self._database, self._actor)
            self._actor = self._sit()
        else:
            before, self._actor = self._actor, self._sit()
            back = claim_next(self._database, self._actor).taken
            if self._chance.random() < 0.5:
                self._late(before, taken)
            return back or taken
        return claim_next(self._database, self._actor).taken or taken

    def _late(self, actor: Actor, taken: Taken) -> None:
        """The seat that was taken over sends its outcome all the same."""
        decision = self._decision()
        self._ask(taken, decision)
        self._said(decision, finish(self._database, actor, taken.call_id, taken.fence, decision))

    def _rung_back(self, taken: Taken) -> Taken:
        """Another customer rings: this call is put aside, that one finished, this one taken up."""
        park(self._database, self._actor, taken.call_id)
        who = self._chance.randint(*self._task.people)
        try:
            other = self._timed("inbound", lambda: inbound(self._database, self._actor, who))
        except RefusedError as error:
            self._ledger.write("refused", code=error.code)
        else:
            self._type(other.call_id, 1 if not other.resumed else 1000)
            if other.call_id != taken.call_id:
                self._finish(other, self._decision())
        unpark(self._database, self._actor, taken.call_id)
        return claim_next(self._database, self._actor).taken or taken
