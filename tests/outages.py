"""A seat that works on while its database comes and goes, and what it was told was saved."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from content.rulebook import load_shipped
from db import schema
from db.callbacks import NewCallback, create_callback
from db.drafts import save_draft
from db.engine import Database, Timing, open_database
from db.finish import finish
from db.heart import SeatHeart
from db.history import check_history
from db.live import Feed
from db.people import NewPerson, add_number, add_person
from db.queue import claim_next, release
from db.seats import open_seat
from db.tables import call_decision, draft
from db.transaction import Unit
from db.undo import undo
from domain.decision import Decision, NewNumber
from domain.errors import DeskError, RefusedError, StorageError
from tests.databases import Clock, Desk, desk_on, postgres_database
from tests.network import network
from tests.postgres import own_server

TIMING = Timing(beat=0.5, lease=120.0, deadline=1.5, hold=0.0)
"""Short deadlines, so that an outage of a few seconds is a long one; no seat is lost meanwhile."""
PATIENCE = 60.0


@dataclass
class Working:
    """A seat at work in a thread of its own.

    Attributes:
        saved: the decisions that it was told were saved.
        drafts: the last text of each call that it was told was kept.
        refused: codes of what it was told instead.
        troubles: what its heart told: a code, or none when it was over.
        states: what its feed told: whether it hears.
    """

    database: Database
    login: str
    saved: list[str] = field(default_factory=list)
    drafts: dict[int, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    troubles: list[str | None] = field(default_factory=list)
    states: list[bool] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def insist(self, work: Callable[[], object]) -> object:
        """Does something until the database takes it, as a screen does with what was typed."""
        while not self._stopping.is_set():
            try:
                return work()
            except StorageError as error:
                self.refused.add(error.code)
                self._stopping.wait(0.1)
        return None

    def run(self) -> None:
        seat = open_seat(self.database, self.login).actor
        heart = SeatHeart(
            self.database,
            seat,
            alive=lambda: True,
            on_beat=lambda _beat: None,
            on_trouble=lambda error: self.troubles.append(
                error.code if isinstance(error, DeskError) else None
            ),
        )
        feed = Feed(self.database, lambda _topics: None, self.states.append, seat_id=seat.seat_id)
        heart.start()
        feed.start()
        for number in range(1, 1_000_000):
            if self._stopping.is_set():
                break
            try:
                self._one_call(seat, number)
            except RefusedError as error:
                self.refused.add(error.code)
        heart.stop()
        feed.stop()

    def _one_call(self, seat, number: int) -> None:
        given = self.insist(lambda: claim_next(self.database, seat))
        taken = getattr(given, "taken", None)
        if taken is None:
            self._stopping.wait(0.05)
            return
        text = f"typed {number}"
        if self.insist(
            lambda: save_draft(self.database, seat, taken.call_id, {"note": text}, number)
        ):
            self.drafts[taken.call_id] = text
        if number % 5 == 0:
            self.drafts.pop(taken.call_id, None)
            self.insist(lambda: release(self.database, seat, call_id=taken.call_id))
            return
        self._decide(seat, taken.call_id, taken.fence, "no-answer" if number % 2 else "completed")
        # Customers must be left once the feed is back, too.
        self._stopping.wait(0.02)
        if number % 4 == 0 and self.saved:
            last, again = self.saved[-1], uuid.uuid4().hex
            back = self.insist(lambda: undo(self.database, seat, last, again))
            if back is not None:
                self.saved.append(again)
                self._decide(seat, back.call_id, back.fence, "completed")

    def _decide(self, seat, call_id: int, fence: int, outcome: str) -> None:
        decision = Decision(uuid.uuid4().hex, outcome)
        if self.insist(lambda: finish(self.database, seat, call_id, fence, decision)) is not None:
            self.saved.append(decision.uuid)
            self.drafts.pop(call_id, None)

    def wait_for(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, (self.refused, self.troubles, self.states)
            self._stopping.wait(0.05)

    def went_on(self) -> None:
        """Waits until five more decisions were saved."""
        before = len(self.saved)
        self.wait_for(lambda: len(self.saved) >= before + 5)

    def noticed(self) -> None:
        """Waits until its heart and its feed have said that the database is gone."""
        self.wait_for(lambda: bool(self.troubles) and self.troubles[-1] is not None)
        self.wait_for(lambda: bool(self.states) and not self.states[-1])

    def recovered(self) -> None:
        """Waits until its heart and its feed have said that it is back, and works on."""
        self.wait_for(lambda: bool(self.troubles) and self.troubles[-1] is None)
        self.wait_for(lambda: bool(self.states) and self.states[-1])
        self.went_on()

    def stop(self) -> None:
        self._stopping.set()


def fill(desk: Desk, customers: int) -> None:
    """Customers who are due, in one transaction, and a second operator."""
    desk.operator("bo")
    due = desk.clock.now - timedelta(hours=1)

    def work(unit: Unit) -> None:
        for number in range(customers):
            person = add_person(unit, NewPerson("王芳"))
            e164 = f"+86138{number:08d}"
            add_number(unit, person, NewNumber(e164, "", "CN", "mobile", ("Asia/Shanghai",)))
            new = NewCallback(person_id=person, due_at=due, campaign="after-service-3day")
            create_callback(unit, desk.database.rulebook, new)

    desk.database.write(work)


@contextmanager
def at_work(
    url: str, *logins: str, clock: Clock, timing: Timing = TIMING
) -> Iterator[list[Working]]:
    """Seats that work until the end of the block; each has a database of its own."""
    seats = []
    for login in logins:
        database = open_database(url, rulebook=load_shipped(), timing=timing)
        database.set_clock(clock)
        seats.append(Working(database, login))
    threads = [threading.Thread(target=seat.run, daemon=True) for seat in seats]
    for thread in threads:
        thread.start()
    try:
        yield seats
    finally:
        for seat in seats:
            seat.stop()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive(), "a seat hangs"
        for seat in seats:
            seat.database.close()


def nothing_lost(desk: Desk, seats: list[Working]) -> None:
    """Whatever was said to be saved is there once, and the history is whole."""
    found = desk.rows(sa.select(call_decision.c.uuid))
    stored = [row["uuid"] for row in found]
    assert len(stored) == len(set(stored))
    assert {one for seat in seats for one in seat.saved} <= set(stored)
    kept = {
        row["call_id"]: row["body"]["note"]
        for row in desk.rows(sa.select(draft.c.call_id, draft.c.body))
    }
    for seat in seats:
        for call_id, text in seat.drafts.items():
            assert kept[call_id] == text
    assert check_history(desk.database) == ()


def cut_for(seconds: float, timing: Timing, customers: int) -> list[Working]:
    """Cuts the network between two seats at work and their server, and proves what came of it.

    Args:
        seconds: how long it stays cut at least; in any case until the seats have noticed.
        timing: of the seats.
        customers: enough that the seats don't run out of them.
    """
    with (
        network() as cable,
        own_server(address=cable.address, namespace=cable.name) as server,
        postgres_database(server.url, "cut") as url,
    ):
        with closing(open_database(url)) as database:
            schema.create(database)
        with desk_on(url, timing) as desk:
            fill(desk, customers)
            with at_work(url, "ann", "bo", clock=desk.clock, timing=timing) as seats:
                for seat in seats:
                    seat.went_on()
                cable.cut()
                try:
                    began = time.monotonic()
                    for seat in seats:
                        seat.noticed()
                    threading.Event().wait(max(0.0, seconds - (time.monotonic() - began)))
                finally:
                    cable.mend()
                for seat in seats:
                    seat.recovered()
            nothing_lost(desk, seats)
    return seats


def _main() -> None:
    """A cut of half a minute with the deadlines of real seats; prints what they were told."""
    for seat in cut_for(30.0, Timing(hold=0.0, lease=120.0), 2000):
        print(seat.login, "saved", len(seat.saved), "refused", sorted(seat.refused))
        print("  heart:", seat.troubles, "feed:", seat.states)
    print("nothing lost, nothing doubled")


if __name__ == "__main__":
    _main()
