"""Two things at once: seats that open together, a seat lost under a claim, double key presses."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from db import queue as queue_module
from db import seats as seats_module
from db.calls import show_call
from db.checks import resolve_not_called
from db.dialling import dial
from db.finish import finish
from db.inbound import inbound
from db.parking import unpark
from db.queue import claim, claim_next, release
from db.seats import close_seat, open_seat
from db.tables import call, callback, callback_event, seat
from domain.decision import Decision
from domain.errors import RefusedError
from tests.databases import Desk

WAIT = 0.4


def together(*works: Callable[[], Any]) -> list[Any]:
    """Runs works at once and returns what each returned or the code that it was refused with."""
    start = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int) -> None:
        start.wait()
        try:
            results[place] = works[place]()
        except RefusedError as error:
            results[place] = error.code

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_seats_that_open_at_once_are_not_both_working(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    meeting = threading.Barrier(2)
    insert = seats_module._insert

    def slow(*args: Any) -> int:
        # Whoever is alone here goes on after a moment; two would meet.
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(WAIT)
        return insert(*args)

    monkeypatch.setattr(seats_module, "_insert", slow)
    results = together(*[lambda: open_seat(desk.database, "ann")] * 2)
    assert results.count("second_seat") == 1
    living = desk.rows(sa.select(seat).where(seat.c.closed_at.is_(None)))
    assert len(living) == 1


def test_a_seat_that_is_closed_during_its_claim_leaves_a_check_and_no_orphan(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    made = desk.callback()
    ann = desk.seat("ann").actor
    closing = threading.Thread(target=close_seat, args=(desk.database, ann))
    pick = queue_module.pick

    def slow(*args: Any) -> int | None:
        closing.start()
        closing.join(WAIT)
        return pick(*args)

    monkeypatch.setattr(queue_module, "pick", slow)
    claim_next(desk.database, ann)
    closing.join()
    assert desk.row(made)["state"] == "check"


def test_two_choices_of_one_operator_at_once_open_one_call(desk: Desk):
    made = [desk.callback() for _ in range(4)]
    ann = desk.seat("ann").actor
    results = together(*[lambda one=one: claim(desk.database, ann, one) for one in made])
    assert results.count("open_call") == 3
    assert len(desk.rows(sa.select(call))) == 1


def test_a_chosen_callback_and_a_ring_in_at_once_leave_one_open_call(desk: Desk):
    who = desk.person()
    desk.callback(who)
    made = desk.callback()
    ann = desk.seat("ann").actor
    together(
        lambda: claim(desk.database, ann, made),
        lambda: inbound(desk.database, ann, who),
        lambda: claim_next(desk.database, ann),
    )
    rows = desk.rows(sa.select(call).where(call.c.phase == "open"))
    assert len(rows) == 1


def test_a_finish_and_the_loss_of_its_seat_at_once_both_end(desk: Desk):
    for _ in range(8):
        made = desk.callback()
        ann = desk.seat("ann", other="take_over").actor
        taken = claim(desk.database, ann, made)
        decision = Decision(str(uuid.uuid4()), "no-answer")
        done, _ = together(
            lambda ann=ann, taken=taken, decision=decision: finish(
                desk.database, ann, taken.call_id, taken.fence, decision
            ),
            lambda ann=ann: close_seat(desk.database, ann),
        )
        assert (done.late, desk.row(made)["state"]) == (False, "scheduled")


def test_a_check_is_resolved_once_by_whoever_comes_first(desk: Desk):
    lead = desk.operator("cy", role="lead")
    made = desk.callback()
    ann = desk.seat("ann").actor
    claim_next(desk.database, ann)
    close_seat(desk.database, ann)
    results = together(*[lambda: resolve_not_called(desk.database, lead, made)] * 3)
    assert sorted(results) == ["due", "not_in_check", "not_in_check"]
    kinds = desk.rows(
        sa.select(callback_event.c.kind).where(callback_event.c.kind == "was_not_called")
    )
    assert len(kinds) == 1


def test_a_closed_seat_neither_dials_nor_takes_up(desk: Desk):
    made = desk.callback()
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    number = show_call(desk.database, ann, taken.call_id).phone_id
    close_seat(desk.database, ann)
    for work in (
        lambda: dial(desk.database, ann, taken.call_id, number),
        lambda: unpark(desk.database, ann, taken.call_id),
    ):
        with pytest.raises(RefusedError) as error:
            work()
        assert error.value.code == "seat_closed"
    assert desk.row(made)["state"] == "check"


def test_a_seat_whose_call_was_taken_over_does_not_dial(desk: Desk):
    desk.callback()
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    number = show_call(desk.database, ann, taken.call_id).phone_id
    over = desk.seat("ann", other="take_over").actor
    claim_next(desk.database, over)
    with pytest.raises(RefusedError) as error:
        dial(desk.database, ann, taken.call_id, number)
    assert error.value.code == "seat_closed"
    dial(desk.database, over, taken.call_id, number)


def test_a_command_does_not_take_a_call_from_its_operators_desk(desk: Desk):
    made = desk.callback()
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    command = desk.seat("ann", kind="headless").actor
    with pytest.raises(RefusedError) as error:
        claim_next(desk.database, command)
    assert error.value.code == "open_call"
    assert desk.row(made)["fence"] == taken.fence
    close_seat(desk.database, ann)
    assert claim_next(desk.database, command).taken.callback_id == made


def test_a_desk_takes_up_what_its_operators_command_claimed(desk: Desk):
    made = desk.callback()
    command = desk.seat("ann", kind="headless").actor
    before = claim_next(desk.database, command).taken
    after = claim_next(desk.database, desk.seat("ann").actor).taken
    assert (after.callback_id, after.fence) == (made, before.fence + 1)


def test_a_callback_released_by_its_id_is_not_taken_from_the_next(desk: Desk):
    desk.operator("bo")
    made = desk.callback()
    ann, bo = desk.seat("ann").actor, desk.seat("bo").actor
    claim(desk.database, ann, made)
    release(desk.database, ann)
    claim(desk.database, bo, made)
    with pytest.raises(RefusedError) as error:
        release(desk.database, ann, callback_id=made)
    assert error.value.code == "not_yours"
    assert desk.rows(sa.select(callback.c.state))[0]["state"] == "claimed"
