"""Caps on the queue: who was rung often enough waits, is not dialled, and is told why."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.calls import show_call
from db.caps import attempts_of
from db.checks import resolve_not_called
from db.dialling import dial
from db.finish import finish
from db.housekeeping import keep_house
from db.matches import decide_same
from db.queue import claim, claim_next, release
from db.reopening import reopen
from db.seats import close_seat
from db.tables import callback, campaign, possible_match
from db.undo import undo
from db.why import why
from domain.caps import Counted
from domain.decision import Decision
from domain.errors import RefusedError
from tests.databases import MONDAY_10, Desk

SECOND = timedelta(seconds=1)
TUESDAY = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
"""Midnight in China after `MONDAY_10`."""


def ring(desk: Desk, ann, callback_id: int, outcome: str = "completed", **fields):
    taken = claim(desk.database, ann, callback_id)
    decision = Decision(str(uuid.uuid4()), outcome, **fields)
    finished = finish(desk.database, ann, taken.call_id, taken.fence, decision)
    desk.clock.advance(minutes=10)
    return finished


def ring_often(desk: Desk, ann, person: int, times: int = 3, **fields) -> None:
    for _ in range(times):
        ring(desk, ann, desk.callback(person, **fields))


@pytest.fixture
def ann(desk: Desk):
    return desk.seat("ann").actor


@pytest.fixture
def sales(desk: Desk) -> None:
    """All kinds of callback sell."""
    desk.database.write(lambda unit: unit.run(sa.update(campaign).values(purpose="sales")))


def test_the_third_call_of_a_day_lets_everything_else_wait_for_tomorrow(desk: Desk, ann):
    person = desk.person()
    due, later = desk.callback(person), desk.callback(person, due_at=MONDAY_10 + timedelta(hours=2))
    far = desk.callback(person, due_at=MONDAY_10 + timedelta(days=2))
    other = desk.callback()
    ring_often(desk, ann, person, 2)
    assert desk.row(due)["state"] == "due"
    third = desk.callback(person)
    ring(desk, ann, third)
    for one in (due, later):
        row = desk.row(one)
        assert (row["state"], row["ready_at"], row["not_before"]) == ("scheduled", TUESDAY, TUESDAY)
    assert desk.row(due)["due_at"] == MONDAY_10 - timedelta(hours=1)
    assert desk.row(far)["ready_at"] == MONDAY_10 + timedelta(days=2)
    assert desk.row(far)["not_before"] is None
    assert desk.row(other)["state"] == "due"
    assert desk.row(third)["last_outcome"] == "completed"


def test_why_names_the_cap_and_it_clears_at_that_very_second(desk: Desk, ann):
    person = desk.person()
    ring_often(desk, ann, person, 3)
    made = desk.callback(person)
    found = why(desk.database, ann, made)
    blocks = {block.said.key: block for block in found.blocks}
    assert blocks["caps.house"].clears_at == TUESDAY
    assert "queue.block.not_due" not in blocks
    assert found.clears_at == TUESDAY + timedelta(hours=9)
    desk.clock.now = TUESDAY - SECOND
    assert "caps.house" in {b.said.key for b in why(desk.database, ann, made).blocks}
    desk.clock.now = TUESDAY
    keep_house(desk.database, every=0)
    assert desk.row(made)["state"] == "due"
    assert "caps.house" not in {b.said.key for b in why(desk.database, ann, made).blocks}
    desk.clock.now = found.clears_at
    assert claim_next(desk.database, ann).taken.callback_id == made


def test_a_retry_is_planned_behind_the_cap(desk: Desk, ann):
    person = desk.person()
    ring_often(desk, ann, person, 2)
    made = desk.callback(person)
    finished = ring(desk, ann, made, "no-answer")
    assert finished.next_at >= TUESDAY
    assert desk.row(made)["ready_at"] == finished.next_at
    assert desk.row(made)["attempts"] == 1


def test_a_time_that_the_customer_named_beats_the_house(desk: Desk, ann):
    person = desk.person()
    ring_often(desk, ann, person, 2)
    at = MONDAY_10 + timedelta(hours=3)
    finished = ring(desk, ann, desk.callback(person), "callback-at", next_at=at)
    assert finished.next_at == at
    row = desk.row(finished.next_callback_id)
    assert (row["ready_at"], row["not_before"]) == (at, None)
    desk.clock.now = at
    taken = claim(desk.database, ann, finished.next_callback_id)
    shown = show_call(desk.database, ann, taken.call_id)
    dial(desk.database, ann, taken.call_id, shown.phone_id)


def test_the_law_holds_a_named_time_too(desk: Desk, ann, sales):
    person = desk.person("Léa", "+33612345678", zone="Europe/Paris")
    desk.clock.now = MONDAY_10 + timedelta(hours=8)
    _french(desk, person)
    ring_often(desk, ann, person, 3)
    at = desk.clock.now + timedelta(hours=1)
    owed = desk.callback(person, promised=True)
    finished = ring(desk, ann, owed, "callback-at", next_at=at)
    assert finished.next_at >= datetime(2026, 12, 22, 23, 0, tzinfo=UTC)


def test_a_refusal_in_france_stops_sales_for_sixty_days_and_nothing_else(desk: Desk, ann, sales):
    person = desk.person("Léa", "+33612345678", zone="Europe/Paris")
    desk.clock.now = MONDAY_10 + timedelta(hours=8)
    _french(desk, person)
    other = desk.callback(person)
    refused = desk.callback(person)
    finished = ring(desk, ann, refused, "soft-refusal")
    free = datetime(2027, 1, 22, 23, 0, tzinfo=UTC)
    assert desk.row(other)["ready_at"] == free
    assert finished.next_at >= free
    assert desk.row(refused)["last_outcome"] == "soft-refusal"
    desk.database.write(lambda unit: unit.run(sa.update(campaign).values(purpose="service")))
    assert desk.row(desk.callback(person))["state"] == "due"


def _french(desk: Desk, person: int) -> None:
    """The number lies in France."""
    desk.database.write(
        lambda unit: unit.run(
            sa.text(
                "UPDATE phone SET country = 'FR', zones = '[\"Europe/Paris\"]' WHERE id IN"
                " (SELECT phone_id FROM person_phone WHERE person_id = :person)"
            ),
            {"person": person},
        )
    )


def test_a_dial_looks_at_the_attempts_once_more(desk: Desk, ann):
    person = desk.person()
    ring_often(desk, ann, person, 3)
    made = desk.callback(person)
    desk.database.write(
        lambda unit: unit.run(
            sa.update(callback)
            .where(callback.c.id == made)
            .values(state="due", not_before=None, ready_at=MONDAY_10)
        )
    )
    taken = claim(desk.database, ann, made)
    shown = show_call(desk.database, ann, taken.call_id)
    with pytest.raises(RefusedError) as error:
        dial(desk.database, ann, taken.call_id, shown.phone_id)
    assert error.value.code == "rung_enough"
    assert error.value.params["why"].key == "caps.house"
    release(desk.database, ann)
    assert desk.row(made)["ready_at"] == TUESDAY
    assert claim_next(desk.database, ann).taken is None


def test_a_second_number_in_the_same_call_is_no_further_call(desk: Desk, ann):
    person = desk.person("王芳", "+8613800000001", "+8613800000002")
    ring_often(desk, ann, person, 2)
    made = desk.callback(person)
    taken = claim(desk.database, ann, made)
    shown = show_call(desk.database, ann, taken.call_id)
    for line in shown.card.phones:
        dial(desk.database, ann, taken.call_id, line.phone_id)
    attempts = desk.database.read(
        lambda unit: attempts_of(unit, desk.database.rulebook, [person])[person]
    )
    assert sum(one.dialled for one in attempts) == 4
    assert sum(one.first for one in attempts) == 3


def test_undo_takes_the_wait_back_and_the_next_finish_gives_it_again(desk: Desk, ann):
    person = desk.person()
    waiting = desk.callback(person)
    before = desk.row(waiting)
    ring_often(desk, ann, person, 2)
    taken = claim(desk.database, ann, desk.callback(person))
    decision = Decision(str(uuid.uuid4()), "completed")
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    assert desk.row(waiting)["ready_at"] == TUESDAY
    again = undo(desk.database, ann, decision.uuid, str(uuid.uuid4()))
    for column in ("state", "due_at", "ready_at", "not_before"):
        assert desk.row(waiting)[column] == before[column]
    decision = Decision(str(uuid.uuid4()), "completed")
    finish(desk.database, ann, again.call_id, again.fence, decision)
    assert desk.row(waiting)["ready_at"] == TUESDAY


def test_what_was_given_back_or_not_called_counts_nothing(desk: Desk, ann):
    person = desk.person()
    made = desk.callback(person)
    for _ in range(4):
        claim(desk.database, ann, made)
        release(desk.database, ann)
    for _ in range(4):
        actor = desk.seat("ann", other="take_over").actor
        claim(desk.database, actor, made)
        close_seat(desk.database, actor)
        resolve_not_called(desk.database, actor, made)
    assert desk.row(made)["state"] == "due"
    assert not desk.database.read(
        lambda unit: attempts_of(unit, desk.database.rulebook, [person]).get(person)
    )


def test_trouble_on_our_side_counts_nothing(desk: Desk, ann):
    person = desk.person()
    for _ in range(4):
        made = desk.callback(person)
        assert desk.row(made)["state"] == "due"
        ring(desk, ann, made, "technical-trouble")


def test_reopening_does_not_go_round_a_cap(desk: Desk, ann):
    person = desk.person()
    over = desk.callback(person)
    ring(desk, ann, over)
    ring_often(desk, ann, person, 2)
    assert reopen(desk.database, ann, over) == "scheduled"
    assert desk.row(over)["ready_at"] == TUESDAY


def test_two_records_of_one_customer_are_counted_together(desk: Desk, ann):
    one, other = desk.person(), desk.person()
    ring_often(desk, ann, one, 2)
    ring_often(desk, ann, other, 1)
    waiting = desk.callback(other)
    assert desk.row(waiting)["state"] == "due"
    pair = {
        "person_id": one, "other_id": other, "reason": "number_and_name", "state": "open",
        "found_at": MONDAY_10,
    }  # fmt: skip
    made = desk.database.write(
        lambda unit: unit.run(
            possible_match.insert().returning(possible_match.c.id), pair
        ).scalar_one()
    )
    decide_same(desk.database, desk.actor, made)
    assert desk.row(waiting)["ready_at"] == TUESDAY


def test_promises_and_steps_of_cases_are_owed(desk: Desk, ann):
    person = desk.person()
    ring_often(desk, ann, person, 3)
    owed = desk.callback(person, promised=True)
    case = desk.callback(person, regulator_case=True)
    assert [desk.row(one)["state"] for one in (owed, case)] == ["due", "due"]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(("completed", "no-answer", "busy", "soft-refusal", "not-now")),
            st.integers(1, 600),
            st.booleans(),
        ),
        min_size=6,
        max_size=14,
    )
)
def test_no_sequence_of_calls_ever_exceeds_a_cap(desk: Desk, ann, sales, steps):
    """Ringing whoever the queue gives, whenever it gives them, counted anew in the end."""
    desk.clock.now = max(desk.clock.now, MONDAY_10)
    person = desk.person()
    for outcome, minutes, dialled in steps:
        desk.callback(person)
        desk.clock.advance(minutes=minutes)
        keep_house(desk.database, every=0)
        taken = claim_next(desk.database, ann).taken
        if taken is None:
            continue
        if dialled:
            shown = show_call(desk.database, ann, taken.call_id)
            dial(desk.database, ann, taken.call_id, shown.phone_id)
        decision = Decision(str(uuid.uuid4()), outcome)
        finish(desk.database, ann, taken.call_id, taken.fence, decision)
        desk.clock.advance(minutes=6)
    attempts = desk.database.read(
        lambda unit: attempts_of(unit, desk.database.rulebook, [person]).get(person, ())
    )
    for cap in desk.database.rulebook.caps.caps:
        if cap.place != "*" or cap.counted is not Counted.CALLS:
            continue
        for one in attempts:
            day = (one.at + timedelta(hours=8)).date()
            counted = [
                other
                for other in attempts
                if other.first
                and 0 <= (day - (other.at + timedelta(hours=8)).date()).days < cap.days
            ]
            assert len(counted) <= cap.most
    desk.database.write(lambda unit: unit.run(sa.text("UPDATE callback SET state='cancelled'")))
