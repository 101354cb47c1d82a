"""Ending a call: one transaction, once, with everything that was said; and taking it back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.calls import show_call
from db.checks import resume
from db.dialling import dial
from db.drafts import save_draft
from db.finish import finish
from db.housekeeping import keep_house
from db.inbound import inbound
from db.queue import claim, claim_next
from db.seats import close_seat, open_seat
from db.tables import (
    answer,
    call,
    call_decision,
    call_hold,
    call_leg,
    call_step,
    callback,
    complaint,
    contact,
    do_not_call,
    person,
    person_phone,
    phone,
    promise,
    score,
    wish,
)
from db.undo import amend, undo
from domain.decision import (
    Decision,
    GivenAnswer,
    GivenComplaint,
    GivenPromise,
    GivenScore,
    GivenUse,
    GivenWish,
    NewNumber,
    Settled,
)
from domain.errors import DeskError, InputError, RefusedError
from tests.databases import Desk


def new(outcome: str = "completed", **fields) -> Decision:
    return Decision(str(uuid.uuid4()), outcome, **fields)


def in_hand(desk: Desk, **fields):
    made = desk.callback(**fields)
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    assert taken.callback_id == made
    return actor, taken


def table(desk: Desk, what) -> list:
    return desk.rows(sa.select(what).order_by(what.c.id))


def full(**fields) -> Decision:
    return new(
        note="很满意",
        mood_start="yellow",
        mood_end="green",
        answers=(
            GivenAnswer("nps", "v", "recommend", "answered", number=9),
            GivenAnswer("feedback", "v", "like", "refused"),
        ),
        scores=(GivenScore("nps", 9, 1), GivenScore("sales_index", 870, 5)),
        uses=(GivenUse("step", "delivery-3day", "v", "opening", 1, "zh", "worked"),),
        promises=(
            GivenPromise("寄发票", fields.pop("due_at")),
            GivenPromise("再响", None, "再响时"),
        ),
        wishes=(GivenWish("免费保养", "shelved", possible=False, reason="权限"),),
        complaint=GivenComplaint("grumble", "等太久", department="售后"),
        flags=("praise",),
        **fields,
    )


def test_everything_said_is_saved_at_once(desk: Desk):
    actor, taken = in_hand(desk)
    due_at = desk.clock.now + timedelta(days=1)
    done = finish(desk.database, actor, taken.call_id, taken.fence, full(due_at=due_at))
    assert (done.state, done.late, done.next_at) == ("done", False, None)
    assert desk.row(taken.callback_id)["state"] == "done"
    assert [(row["status"], row["number"]) for row in table(desk, answer)] == [
        ("answered", 9.0),
        ("refused", None),
    ]
    assert {row["metric"]: row["value"] for row in table(desk, score)} == {
        "nps": 9.0,
        "sales_index": 870.0,
    }
    assert [(row["step"], row["result"]) for row in table(desk, call_step)] == [
        ("opening", "worked")
    ]
    dated, conditional = table(desk, promise)
    assert dated["due_at"] == due_at
    owed = desk.row(dated["callback_id"])
    assert (owed["due_at"], owed["band"], owed["owner_id"]) == (due_at, 0, actor.operator_id)
    assert (conditional["callback_id"], conditional["condition"]) == (None, "再响时")
    assert [(row["text"], row["state"]) for row in table(desk, wish)] == [("免费保养", "shelved")]
    assert table(desk, complaint)[0]["weight"] == "grumble"
    assert len(table(desk, contact)) == 1
    ended = table(desk, call)[0]
    assert (ended["phase"], ended["mood_end"], ended["note"]) == ("ended", "green", "很满意")


def test_the_same_decision_again_gives_the_first_result(desk: Desk):
    actor, taken = in_hand(desk)
    decision = full(due_at=desk.clock.now + timedelta(days=1))
    first = finish(desk.database, actor, taken.call_id, taken.fence, decision)
    again = finish(desk.database, actor, taken.call_id, taken.fence, decision)
    assert again == first
    assert len(table(desk, promise)) == 2
    assert len(table(desk, callback)) == 2


def test_another_content_under_the_same_uuid_is_an_error(desk: Desk):
    actor, taken = in_hand(desk)
    decision = new()
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    with pytest.raises(RefusedError) as error:
        finish(desk.database, actor, taken.call_id, taken.fence, Decision(decision.uuid, "busy"))
    assert error.value.code == "decision_reused"


def test_a_second_outcome_of_an_ended_call_is_refused(desk: Desk):
    actor, taken = in_hand(desk)
    finish(desk.database, actor, taken.call_id, taken.fence, new())
    with pytest.raises(RefusedError) as error:
        finish(desk.database, actor, taken.call_id, taken.fence, new())
    assert error.value.code == "call_over"


def test_no_answer_waits_three_hours_and_for_another_day_part(desk: Desk):
    actor, taken = in_hand(desk)
    done = finish(desk.database, actor, taken.call_id, taken.fence, new("no-answer"))
    row = desk.row(taken.callback_id)
    assert (row["state"], row["attempts"]) == ("scheduled", 1)
    assert done.next_at == row["due_at"] == desk.clock.now + timedelta(hours=3)  # 13:00 from 10:00
    assert done.next_callback_id == taken.callback_id


def test_an_agreed_time_makes_a_new_row_that_names_its_origin(desk: Desk):
    actor, taken = in_hand(desk)
    at = desk.clock.now + timedelta(days=1, hours=5)
    done = finish(desk.database, actor, taken.call_id, taken.fence, new("callback-at", next_at=at))
    made = desk.row(done.next_callback_id)
    assert made["origin_id"] == taken.callback_id
    assert (made["due_at"], made["band"], made["owner_id"]) == (at, 0, actor.operator_id)
    assert desk.row(taken.callback_id)["state"] == "done"
    owed = table(desk, promise)
    assert [(row["kind"], row["due_at"], row["callback_id"]) for row in owed] == [
        ("call", at, made["id"])
    ]


def test_a_promised_call_is_kept_by_ringing_in_time_and_late_after(desk: Desk):
    actor, taken = in_hand(desk)
    at = desk.clock.now + timedelta(hours=5)
    first = finish(desk.database, actor, taken.call_id, taken.fence, new("callback-at", next_at=at))
    desk.clock.now = at
    again = claim(desk.database, actor, first.next_callback_id)
    finish(desk.database, actor, again.call_id, again.fence, new("no-answer"))
    assert [row["state"] for row in table(desk, promise)] == ["kept"]
    retry = desk.row(first.next_callback_id)
    assert (retry["state"], retry["promised"]) == ("scheduled", False)
    assert retry["band"] == desk.row(taken.callback_id)["band"] > 0


def test_a_promised_call_that_comes_too_late_is_broken_and_then_late(desk: Desk):
    actor, taken = in_hand(desk)
    at = desk.clock.now + timedelta(hours=5)
    first = finish(desk.database, actor, taken.call_id, taken.fence, new("callback-at", next_at=at))
    desk.clock.now = at + timedelta(minutes=30)
    keep_house(desk.database, every=0)
    assert [row["state"] for row in table(desk, promise)] == ["broken"]
    assert desk.row(first.next_callback_id)["band"] == 0
    again = claim_next(desk.database, actor).taken
    assert again.callback_id == first.next_callback_id
    finish(desk.database, actor, again.call_id, again.fence, new())
    assert [row["state"] for row in table(desk, promise)] == ["late"]


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (new("nonsense"), "outcome_unknown"),
        (new("praise"), "outcome_no_ending"),
        (new("callback-at"), "outcome_needs_time"),
    ],
)
def test_an_outcome_that_can_not_stand_leaves_the_call_open(desk: Desk, decision, code):
    actor, taken = in_hand(desk)
    with pytest.raises(DeskError) as error:
        finish(desk.database, actor, taken.call_id, taken.fence, decision)
    assert error.value.code == code
    assert table(desk, call_decision) == []
    assert desk.row(taken.callback_id)["state"] == "claimed"


def test_a_promise_in_the_past_is_refused(desk: Desk):
    actor, taken = in_hand(desk)
    past = GivenPromise("x", desk.clock.now - timedelta(minutes=1))
    with pytest.raises(InputError) as error:
        finish(desk.database, actor, taken.call_id, taken.fence, new(promises=(past,)))
    assert error.value.code == "promise_past"


def test_a_wrong_number_leads_to_the_next_and_the_last_one_to_repair(desk: Desk):
    who = desk.person("王芳", "+8613800000001", "+8613800000002")
    made = desk.callback(who)
    waiting = desk.callback(who, campaign="birthday", due_at=desk.clock.now + timedelta(days=9))
    actor = desk.seat("ann").actor
    taken = claim(desk.database, actor, made)
    first = desk.row(made)["phone_id"]
    finish(desk.database, actor, taken.call_id, taken.fence, new("wrong-number"))
    second = desk.row(made)["phone_id"]
    assert second != first
    assert desk.row(waiting)["phone_id"] == second
    desk.clock.advance(hours=1)
    taken = claim(desk.database, actor, made)
    finish(desk.database, actor, taken.call_id, taken.fence, new("not-in-service"))
    assert desk.row(made)["state"] == desk.row(waiting)["state"] == "cancelled"
    links = desk.rows(sa.select(person_phone.c.until, person_phone.c.problem))
    assert sorted(str(row["problem"]) for row in links) == ["None", "wrong"]
    assert "dead" in {row["status"] for row in table(desk, phone)}


def test_a_new_number_is_tried_next(desk: Desk):
    actor, taken = in_hand(desk)
    number = NewNumber("+8613900000009", "", "CN", "mobile", ("Asia/Shanghai",))
    finish(
        desk.database, actor, taken.call_id, taken.fence, new("number-changed", new_number=number)
    )
    row = desk.row(taken.callback_id)
    e164 = desk.rows(sa.select(phone.c.e164).where(phone.c.id == row["phone_id"]))[0]["e164"]
    assert (row["state"] in ("due", "scheduled"), e164) == (True, "+8613900000009")


def test_do_not_call_stops_person_and_number_and_what_waits(desk: Desk):
    who = desk.person()
    waiting = desk.callback(who, campaign="birthday", due_at=desk.clock.now + timedelta(days=9))
    made = desk.callback(who)
    actor = desk.seat("ann").actor
    taken = claim(desk.database, actor, made)
    finish(desk.database, actor, taken.call_id, taken.fence, new("hard-refusal", note="别再打"))
    stops = table(desk, do_not_call)
    assert {(row["person_id"] is not None, row["phone_id"] is not None) for row in stops} == {
        (True, False),
        (False, True),
    }
    assert desk.row(waiting)["state"] == "cancelled"
    assert desk.row(made)["state"] == "done"


def test_the_person_stays_held_for_a_pause_after_the_call(desk: Desk):
    desk.operator("bo")
    who = desk.person()
    desk.callback(who)
    second = desk.callback(who, campaign="birthday")
    ann, bo = desk.seat("ann").actor, desk.seat("bo").actor
    taken = claim_next(desk.database, ann).taken
    finish(desk.database, ann, taken.call_id, taken.fence, new())
    assert claim_next(desk.database, bo).taken is None
    desk.clock.advance(seconds=desk.database.timing.hold)
    assert claim_next(desk.database, bo).taken.callback_id == second


def test_each_callback_of_an_inbound_call_gets_its_own_outcome(desk: Desk):
    who = desk.person()
    first = desk.callback(who)
    second = desk.callback(who, campaign="birthday")
    third = desk.callback(who, campaign="win-back", due_at=desk.clock.now + timedelta(days=3))
    actor = desk.seat("ann").actor
    taken = inbound(desk.database, actor, who)
    at = desk.clock.now + timedelta(days=2)
    decision = new(settled=(Settled(second, "callback-at", at),))
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    assert desk.row(first)["state"] == "done"
    assert desk.row(second)["state"] == "done"
    agreed = desk.rows(sa.select(callback.c.due_at).where(callback.c.origin_id == second))
    assert [row["due_at"] for row in agreed] == [at]
    assert desk.row(third)["state"] == "scheduled"


def test_a_stale_fence_is_stored_as_late_and_changes_neither_state_nor_time(desk: Desk):
    desk.operator("bo", role="lead")
    actor, taken = in_hand(desk)
    seat = desk.seat("ann", other="take_over")  # the first seat is taken over; its call waits
    resumed = claim_next(desk.database, seat.actor).taken
    assert resumed.fence > taken.fence
    before = desk.row(taken.callback_id)
    due_at = desk.clock.now + timedelta(days=1)
    done = finish(desk.database, actor, taken.call_id, taken.fence, full(due_at=due_at))
    assert done.late
    after = desk.row(taken.callback_id)
    assert {name: after[name] for name in ("state", "due_at", "attempts", "fence")} == {
        name: before[name] for name in ("state", "due_at", "attempts", "fence")
    }
    assert len(table(desk, promise)) == 2
    assert len(table(desk, answer)) == 2
    final = finish(desk.database, seat.actor, resumed.call_id, resumed.fence, new())
    assert not final.late


def test_a_late_do_not_call_takes_effect(desk: Desk):
    actor, taken = in_hand(desk)
    desk.seat("ann", other="take_over")
    claim_next(desk.database, desk.seat("ann", other="take_over").actor)
    done = finish(desk.database, actor, taken.call_id, taken.fence, new("hard-refusal", note="停"))
    assert done.late
    assert len(table(desk, do_not_call)) == 2


def test_a_finish_on_a_check_row_is_valid_and_resolves_it(desk: Desk):
    actor, taken = in_hand(desk)
    close_seat(desk.database, actor)
    assert desk.row(taken.callback_id)["state"] == "check"
    done = finish(desk.database, actor, taken.call_id, taken.fence, new())
    assert (done.late, done.state) == (False, "done")


def test_undo_takes_everything_back_and_opens_the_call_with_its_draft(desk: Desk):
    who = desk.person("王芳", "+8613800000001")
    made = desk.callback(who)
    other = desk.callback(who, campaign="birthday", due_at=desk.clock.now + timedelta(days=9))
    actor = desk.seat("ann").actor
    taken = claim(desk.database, actor, made)
    save_draft(desk.database, actor, taken.call_id, {"note": "别再打"}, 3)
    before = desk.row(made)
    decision = new("hard-refusal", note="别再打")
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    back = undo(desk.database, actor, decision.uuid, str(uuid.uuid4()))
    assert back.fence > taken.fence
    row = desk.row(made)
    assert row["state"] == "claimed"
    assert {name: row[name] for name in ("due_at", "attempts", "tries", "last_outcome")} == {
        name: before[name] for name in ("due_at", "attempts", "tries", "last_outcome")
    }
    assert desk.row(other)["state"] == "scheduled"
    assert all(stop["lifted_at"] is not None for stop in table(desk, do_not_call))
    shown = show_call(desk.database, actor, taken.call_id)
    assert (shown.phase, shown.draft) == ("open", {"note": "别再打"})
    finish(desk.database, actor, back.call_id, back.fence, new())
    assert desk.row(made)["state"] == "done"


def test_undo_cancels_the_agreed_call_and_withdraws_its_promise(desk: Desk):
    actor, taken = in_hand(desk)
    decision = new("callback-at", next_at=desk.clock.now + timedelta(days=1))
    done = finish(desk.database, actor, taken.call_id, taken.fence, decision)
    undo(desk.database, actor, decision.uuid, str(uuid.uuid4()))
    assert desk.row(done.next_callback_id)["state"] == "cancelled"
    assert [row["state"] for row in table(desk, promise)] == ["withdrawn"]


def test_undo_gives_the_untouched_next_claim_back(desk: Desk):
    actor, taken = in_hand(desk)
    decision = new("no-answer")
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    second = desk.callback()
    after = claim_next(desk.database, actor).taken
    assert after.callback_id == second
    undo(desk.database, actor, decision.uuid, str(uuid.uuid4()))
    row = desk.row(second)
    assert (row["state"], row["attempts"]) == ("due", 0)


@pytest.mark.parametrize("touch", ["dialled", "typed"])
def test_undo_is_refused_while_the_next_call_is_under_way(desk: Desk, touch: str):
    actor, taken = in_hand(desk)
    decision = new("no-answer")
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    desk.callback()
    after = claim_next(desk.database, actor).taken
    if touch == "dialled":
        number = show_call(desk.database, actor, after.call_id).phone_id
        dial(desk.database, actor, after.call_id, number)
    else:
        save_draft(desk.database, actor, after.call_id, {"note": "喂"}, 1)
    with pytest.raises(RefusedError) as error:
        undo(desk.database, actor, decision.uuid, str(uuid.uuid4()))
    assert error.value.code == "undo_call_open"


def test_undo_is_refused_once_somebody_has_acted_on_the_result(desk: Desk):
    bo = desk.operator("bo")
    actor, taken = in_hand(desk)
    decision = new("no-answer")
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    desk.clock.advance(hours=3)
    seated = desk.seat(bo.login).actor
    assert claim_next(desk.database, seated).taken.callback_id == taken.callback_id
    with pytest.raises(RefusedError) as error:
        undo(desk.database, actor, decision.uuid, str(uuid.uuid4()))
    assert error.value.code == "undo_acted_on"
    assert error.value.params["by"] == "Bo"


def test_undo_twice_with_the_same_uuid_is_one_undo(desk: Desk):
    actor, taken = in_hand(desk)
    decision, own = new("no-answer"), str(uuid.uuid4())
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    assert undo(desk.database, actor, decision.uuid, own).fence == (
        undo(desk.database, actor, decision.uuid, own).fence
    )
    with pytest.raises(RefusedError) as error:
        undo(desk.database, actor, decision.uuid, str(uuid.uuid4()))
    assert error.value.code == "undo_already"


def test_an_amendment_replaces_the_outcome_and_keeps_the_original(desk: Desk):
    actor, taken = in_hand(desk)
    decision = new(scores=(GivenScore("csat", 2, 1),))
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    fixed = new(scores=(GivenScore("csat", 5, 1),))
    start = desk.clock.now - timedelta(hours=1)
    done = amend(desk.database, actor, decision.uuid, fixed, since=start)
    assert done.state == "done"
    old, replacement = table(desk, call_decision)
    assert old["superseded_at"] is not None
    assert replacement["supersedes"] == old["id"]
    shown = show_call(desk.database, actor, taken.call_id)
    assert [past.scores for past in shown.card.history] == [(("csat", 5.0),)]
    assert shown.phase == "ended"
    assert amend(desk.database, actor, decision.uuid, fixed, since=start) == done


def test_yesterdays_outcome_can_not_be_amended(desk: Desk):
    actor, taken = in_hand(desk)
    decision = new()
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    with pytest.raises(RefusedError) as error:
        amend(
            desk.database, actor, decision.uuid, new("busy"),
            since=desk.clock.now + timedelta(seconds=1),
        )  # fmt: skip
    assert error.value.code == "amend_too_old"


def test_each_number_of_a_call_is_a_leg_with_its_result(desk: Desk):
    desk.callback(desk.person("王芳", "+8613800000001", "+8613800000002"))
    actor = desk.seat("ann").actor
    taken = claim_next(desk.database, actor).taken
    for line in show_call(desk.database, actor, taken.call_id).card.phones:
        dial(desk.database, actor, taken.call_id, line.phone_id)
    finish(desk.database, actor, taken.call_id, taken.fence, new("no-answer"))
    legs = table(desk, call_leg)
    assert len(legs) == 2
    assert all(leg["ended_at"] is not None for leg in legs)


def test_a_resumed_call_is_the_same_with_its_timer(desk: Desk):
    actor, taken = in_hand(desk)
    started = show_call(desk.database, actor, taken.call_id).started_at
    close_seat(desk.database, actor)
    desk.clock.advance(minutes=4)
    again = open_seat(desk.database, "ann")
    assert again.waiting == 1
    back = resume(desk.database, again.actor, taken.callback_id)
    shown = show_call(desk.database, again.actor, back.call_id)
    assert (back.call_id, shown.started_at) == (taken.call_id, started)
    assert back.fence == taken.fence + 1


def test_the_closed_person_is_named_so(desk: Desk):
    actor, taken = in_hand(desk)
    finish(desk.database, actor, taken.call_id, taken.fence, new("deceased", note="家人告知"))
    assert table(desk, person)[0]["closed_because"] == "deceased"
    assert table(desk, call_hold) != []
