"""The live feed and the heart: others' changes are heard, silence is kept where it should be."""

from __future__ import annotations

import queue
import threading

import pytest

from db.drafts import save_draft
from db.heart import SeatHeart
from db.live import ALL, Feed
from db.queue import claim_next
from db.seats import beat, close_seat
from db.topics import QUEUE, SEATS
from tests.databases import Desk

WAIT = 10.0


def nothing(_error: object) -> None:
    """Trouble that this test does not look at."""


@pytest.fixture
def heard(desk: Desk):
    """The moves that a feed on a database of its own tells, after its first full refresh."""
    moves: queue.Queue[frozenset[str]] = queue.Queue()
    feed = Feed(desk.database, moves.put)
    feed.start()
    assert moves.get(timeout=WAIT) == ALL
    yield moves
    feed.stop()


def collect(moves: queue.Queue, wanted: set[str]) -> set[str]:
    got: set[str] = set()
    while not wanted <= got:
        got |= moves.get(timeout=WAIT)
    return got


def test_a_new_callback_and_a_claim_are_heard(desk: Desk, heard) -> None:
    desk.callback()
    assert QUEUE in collect(heard, {QUEUE})
    actor = desk.seat("ann").actor
    claim_next(desk.database, actor)
    assert {QUEUE, SEATS} <= collect(heard, {QUEUE, SEATS})


def test_heartbeats_and_drafts_tell_nobody(desk: Desk, heard) -> None:
    desk.callback()
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    # Words come in the order of their commits: what is heard before a word of our own is earlier.
    desk.database.write(lambda unit: unit.move("content"))
    collect(heard, {"content"})
    beat(desk.database, actor)
    save_draft(desk.database, actor, taken.call_id, {"note": "x"}, 1)
    desk.database.write(lambda unit: unit.move("cases"))
    assert collect(heard, {"cases"}) == {"cases"}
    close_seat(desk.database, actor)
    assert collect(heard, {f"seat:{actor.seat_id}"}) <= {QUEUE, SEATS, f"seat:{actor.seat_id}"}


def test_what_is_rolled_back_is_never_told(desk: Desk, heard) -> None:
    def broken(unit) -> None:
        unit.move("cases")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        desk.database.write(broken)
    desk.callback()
    assert "cases" not in collect(heard, {QUEUE})


def test_the_heart_beats_only_while_the_screen_answers(desk: Desk) -> None:
    actor = desk.seat("ann").actor
    beats: queue.Queue = queue.Queue()
    asked = threading.Event()

    def silent() -> bool:
        asked.set()
        return False

    heart = SeatHeart(desk.database, actor, alive=silent, on_beat=beats.put, on_trouble=nothing)
    heart.start()
    assert asked.wait(WAIT)
    heart.stop()
    assert beats.empty()
    heart = SeatHeart(
        desk.database, actor, alive=lambda: True, on_beat=beats.put, on_trouble=nothing
    )
    heart.start()
    assert beats.get(timeout=WAIT).state == "ok"
    heart.stop()
