"""Seats: hearts, losses, a second seat, an outage of all at once, and who resolves a check."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.calls import show_call
from db.checks import list_checks, resolve_called, resolve_not_called
from db.drafts import save_draft
from db.finish import finish
from db.housekeeping import keep_house
from db.queue import claim_next
from db.seats import beat, close_seat, open_seat
from db.tables import call_hold, seat
from domain.decision import Decision
from domain.errors import RefusedError
from tests.databases import Desk


def called(outcome: str = "completed") -> Decision:
    return Decision(str(uuid.uuid4()), outcome)


def claimed(desk: Desk, login: str = "ann"):
    made = desk.callback()
    actor = desk.seat(login).actor
    return made, actor, claim_next(desk.database, actor).taken


def beats_for(desk: Desk, actor, seconds: float) -> None:
    """Beats on time for a span."""
    step = desk.database.timing.beat
    for _ in range(int(seconds // step) + 1):
        desk.clock.advance(seconds=step)
        beat(desk.database, actor)


def test_a_silent_seat_is_lost_and_its_call_waits_for_a_persons_word(desk: Desk):
    desk.operator("bo")
    made, _, _ = claimed(desk)
    watcher = desk.seat("bo").actor
    beats_for(desk, watcher, 60)
    keep_house(
        desk.database, seat_id=watcher.seat_id, steady=beat(desk.database, watcher).steady, every=0
    )
    assert desk.row(made)["state"] == "check"
    assert claim_next(desk.database, watcher).taken is None


def test_a_beating_seat_is_never_lost(desk: Desk):
    desk.operator("bo")
    made, actor, _ = claimed(desk)
    watcher = desk.seat("bo").actor
    for _ in range(12):
        desk.clock.advance(seconds=10)
        for one in (actor, watcher):
            learnt = beat(desk.database, one)
        keep_house(desk.database, seat_id=watcher.seat_id, steady=learnt.steady, every=0)
    assert desk.row(made)["state"] == "claimed"


def test_after_an_outage_of_all_seats_no_call_turns_into_a_check(desk: Desk):
    desk.operator("bo")
    made, actor, _ = claimed(desk)
    watcher = desk.seat("bo").actor
    beats_for(desk, watcher, 120)
    beat(desk.database, actor)
    desk.clock.advance(minutes=30)  # nobody could beat: the server was away
    learnt = beat(desk.database, watcher)
    assert not learnt.steady
    keep_house(desk.database, seat_id=watcher.seat_id, steady=learnt.steady, every=0)
    assert desk.row(made)["state"] == "claimed"
    assert beat(desk.database, actor).state == "ok"


@pytest.mark.parametrize("outage", [15, 38, 44, 50])
def test_an_outage_shorter_or_longer_than_a_lease_loses_nobody(desk: Desk, outage: int):
    desk.operator("bo")
    made, actor, _ = claimed(desk)
    watcher = desk.seat("bo").actor
    beats_for(desk, watcher, 120)
    beat(desk.database, actor)
    desk.clock.advance(seconds=9)
    beat(desk.database, watcher)  # the call's own seat beat nine seconds before the line broke
    desk.clock.advance(seconds=outage)
    learnt = beat(desk.database, watcher)
    keep_house(desk.database, seat_id=watcher.seat_id, steady=learnt.steady, every=0)
    assert desk.row(made)["state"] == "claimed"


def test_a_seat_that_slept_between_its_beat_and_its_house_declares_nobody_lost(desk: Desk):
    desk.operator("bo")
    made, _, _ = claimed(desk)
    watcher = desk.seat("bo").actor
    beats_for(desk, watcher, 40)
    desk.clock.advance(minutes=30)
    keep_house(desk.database, seat_id=watcher.seat_id, steady=True, every=0)
    assert desk.row(made)["state"] == "claimed"


def test_what_was_typed_in_a_call_that_was_not_made_is_shown_to_the_next(desk: Desk):
    desk.operator("bo")
    made, actor, taken = claimed(desk)
    save_draft(desk.database, actor, taken.call_id, {"note": "wants a quote"}, 1)
    close_seat(desk.database, actor)
    resolve_not_called(desk.database, desk.actor, made)
    save_draft(desk.database, actor, taken.call_id, {"note": "wants a quote by Friday"}, 2)
    bo = desk.seat("bo").actor
    again = claim_next(desk.database, bo).taken
    (left,) = show_call(desk.database, bo, again.call_id).left_drafts
    assert (left.call_id, left.operator, left.body) == (
        taken.call_id, "Ann", {"note": "wants a quote by Friday"},
    )  # fmt: skip
    finish(desk.database, actor, taken.call_id, taken.fence, called("busy"))
    assert show_call(desk.database, bo, again.call_id).left_drafts == ()


def test_nobody_types_into_a_call_that_was_never_theirs(desk: Desk):
    desk.operator("bo")
    _, _, taken = claimed(desk)
    with pytest.raises(RefusedError) as error:
        save_draft(desk.database, desk.seat("bo").actor, taken.call_id, {"note": "x"}, 9)
    assert error.value.code == "not_yours"


def test_a_clock_that_jumps_back_begins_a_new_run_of_beats(desk: Desk):
    actor = desk.seat("ann").actor
    beats_for(desk, actor, 60)
    assert beat(desk.database, actor).steady
    desk.clock.advance(minutes=-30)
    assert not beat(desk.database, actor).steady


def test_a_lost_seat_hears_it_registers_anew_and_resumes(desk: Desk):
    desk.operator("bo")
    made, actor, taken = claimed(desk)
    save_draft(desk.database, actor, taken.call_id, {"note": "kept"}, 1)
    watcher = desk.seat("bo").actor
    beats_for(desk, watcher, 60)
    keep_house(desk.database, seat_id=watcher.seat_id, steady=True, every=0)
    assert beat(desk.database, actor).state == "lost"
    again = open_seat(desk.database, "ann").actor
    back = claim_next(desk.database, again).taken
    assert (back.call_id, back.callback_id, back.resumed) == (taken.call_id, made, True)
    assert show_call(desk.database, again, back.call_id).draft == {"note": "kept"}


def test_a_second_seat_is_asked_and_may_only_look(desk: Desk):
    made, actor, _ = claimed(desk)
    with pytest.raises(RefusedError) as error:
        open_seat(desk.database, "ann")
    assert error.value.code == "second_seat"
    looking = open_seat(desk.database, "ann", other="look")
    assert looking.kind == "looking"
    with pytest.raises(RefusedError) as error:
        claim_next(desk.database, looking.actor)
    assert error.value.code == "seat_only_looks"
    assert desk.row(made)["claimed_seat"] == actor.seat_id


def test_a_second_seat_that_takes_over_gets_the_call_and_the_first_is_told(desk: Desk):
    made, actor, taken = claimed(desk)
    over = open_seat(desk.database, "ann", other="take_over")
    assert over.taken_over == 1
    assert beat(desk.database, actor).state == "taken"
    back = claim_next(desk.database, over.actor).taken
    assert (back.callback_id, back.fence) == (made, taken.fence + 1)
    kept = save_draft(desk.database, actor, taken.call_id, {"note": "still typing"}, 9)
    assert kept.read_only
    assert show_call(desk.database, over.actor, back.call_id).draft == {"note": "still typing"}


def test_a_seat_whose_row_is_silent_does_not_stand_in_the_way(desk: Desk):
    made, _, _ = claimed(desk)
    desk.clock.advance(seconds=desk.database.timing.lease)
    again = open_seat(desk.database, "ann")
    assert again.waiting == 1
    assert claim_next(desk.database, again.actor).taken.callback_id == made


def test_closing_a_seat_puts_open_and_parked_calls_to_check(desk: Desk):
    made, actor, _ = claimed(desk)
    close_seat(desk.database, actor)
    assert desk.row(made)["state"] == "check"
    with pytest.raises(RefusedError) as error:
        claim_next(desk.database, actor)
    assert error.value.code == "seat_closed"


def test_a_headless_claim_ends_by_itself(desk: Desk):
    made = desk.callback()
    headless = open_seat(desk.database, "ann", kind="headless", lease=timedelta(minutes=15)).actor
    taken = claim_next(desk.database, headless).taken
    same = open_seat(desk.database, "ann", kind="headless").actor
    assert same.seat_id == headless.seat_id
    assert claim_next(desk.database, same).taken.fence == taken.fence
    desk.clock.advance(minutes=14, seconds=59)
    keep_house(desk.database, every=0)
    assert desk.row(made)["state"] == "claimed"
    desk.clock.advance(seconds=1)
    keep_house(desk.database, every=0)
    assert desk.row(made)["state"] == "check"


def test_was_not_called_puts_it_back_and_frees_the_person(desk: Desk):
    made, actor, taken = claimed(desk)
    close_seat(desk.database, actor)
    assert resolve_not_called(desk.database, actor, made) == "due"
    assert desk.rows(sa.select(call_hold)) == []
    row = desk.row(made)
    assert (row["state"], row["attempts"]) == ("due", 0)
    assert row["fence"] > taken.fence
    late = finish(desk.database, actor, taken.call_id, taken.fence, called())
    assert late.late
    assert desk.row(made)["state"] == "due"


def test_was_called_gives_it_the_outcome(desk: Desk):
    made, actor, taken = claimed(desk)
    close_seat(desk.database, actor)
    decision = called("no-answer")
    done = resolve_called(desk.database, actor, made, decision)
    assert (done.state, desk.row(made)["attempts"]) == ("scheduled", 1)
    assert resolve_called(desk.database, actor, made, decision) == done
    assert finish(desk.database, actor, taken.call_id, taken.fence, called()).late


@pytest.mark.parametrize(("role", "may"), [("operator", False), ("lead", True)])
def test_who_may_say_what_happened_to_anothers_call(desk: Desk, role: str, may: bool):
    desk.operator("bo")
    other = desk.operator("cy", role=role)
    made, actor, _ = claimed(desk, "bo")
    close_seat(desk.database, actor)
    if may:
        assert resolve_not_called(desk.database, other, made) == "due"
    else:
        with pytest.raises(RefusedError) as error:
            resolve_not_called(desk.database, other, made)
        assert error.value.code == "not_yours"
        assert desk.row(made)["state"] == "check"


def test_checks_are_listed_with_who_had_them(desk: Desk):
    desk.operator("bo")
    made, actor, _ = claimed(desk, "bo")
    close_seat(desk.database, actor)
    (line,) = list_checks(desk.database, desk.actor)
    assert (line.callback_id, line.operator, line.mine) == (made, "Bo", False)


def test_only_one_seat_takes_the_turn_of_housekeeping(desk: Desk):
    first = desk.seat("ann").actor
    assert keep_house(desk.database, seat_id=first.seat_id) is not None
    assert keep_house(desk.database, seat_id=first.seat_id) is None
    desk.clock.advance(seconds=1)
    assert keep_house(desk.database, seat_id=first.seat_id) is not None


def test_a_seat_that_was_closed_stays_closed(desk: Desk):
    actor = desk.seat("ann").actor
    close_seat(desk.database, actor)
    close_seat(desk.database, actor)
    assert beat(desk.database, actor).state == "closed"
    assert [row["ended"] for row in desk.rows(sa.select(seat.c.ended))] == ["closed"]
