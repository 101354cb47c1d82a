"""What an ending means for numbers, other callbacks, promises and whose turn is next."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from db import operators
from db.calls import show_call
from db.checks import resolve_called
from db.customer_numbers import remove_number
from db.customer_stops import lift_do_not_call
from db.dialling import dial, end_leg
from db.finish import finish
from db.housekeeping import keep_house
from db.inbound import inbound
from db.queue import claim, claim_next
from db.seats import close_seat
from db.stops import add_stop
from db.tables import (
    asset,
    call,
    callback,
    calling_window,
    campaign,
    do_not_call,
    operator,
    person_asset,
    phone,
    promise,
)
from db.undo import undo
from domain.decision import Decision, GivenPromise, NewNumber, Settled
from domain.errors import InputError, RefusedError
from tests.databases import Desk

LINES = ("+8613800000001", "+8613800000002")


def new(outcome: str = "completed", **fields) -> Decision:
    return Decision(str(uuid.uuid4()), outcome, **fields)


def begin(desk: Desk, *numbers: str, **fields):
    made = desk.callback(desk.person("王芳", *numbers), **fields)
    ann = desk.seat("ann").actor
    return made, ann, claim(desk.database, ann, made)


def end(desk: Desk, actor, taken, outcome: str = "completed", **fields):
    decision = new(outcome, **fields)
    return finish(desk.database, actor, taken.call_id, taken.fence, decision)


def phones(desk: Desk, actor, taken) -> dict[str, int]:
    lines = show_call(desk.database, actor, taken.call_id).card.phones
    return {line.e164: line.phone_id for line in lines}


def test_a_wrong_second_number_leaves_the_first_which_nobody_answered(desk: Desk):
    made, ann, taken = begin(desk, *LINES)
    ids = phones(desk, ann, taken)
    leg = dial(desk.database, ann, taken.call_id, ids[LINES[0]])
    end_leg(desk.database, ann, taken.call_id, leg.id, "no-answer")
    dial(desk.database, ann, taken.call_id, ids[LINES[1]])
    done = end(desk, ann, taken, "wrong-number")
    row = desk.row(made)
    assert (row["state"], row["phone_id"], row["last_outcome"]) == (
        "scheduled", ids[LINES[0]], "wrong-number",
    )  # fmt: skip
    assert done.next_at == desk.clock.now + timedelta(hours=3)


def test_a_wrong_second_number_after_one_without_a_result_is_no_matter_for_repair(desk: Desk):
    made, ann, taken = begin(desk, *LINES)
    ids = phones(desk, ann, taken)
    for line in LINES:
        dial(desk.database, ann, taken.call_id, ids[line])
    end(desk, ann, taken, "not-in-service")
    row = desk.row(made)
    assert (row["state"], row["phone_id"]) == ("due", ids[LINES[0]])


def test_a_changed_number_with_no_other_known_is_to_be_repaired(desk: Desk):
    made, ann, taken = begin(desk, LINES[0])
    assert end(desk, ann, taken, "number-changed").state == "cancelled"
    assert desk.row(made)["state"] == "cancelled"


def test_another_numbers_clock_decides_once_it_is_the_one_to_try(desk: Desk):
    made, ann, taken = begin(desk, LINES[0], "+12125550123")
    done = end(desk, ann, taken, "wrong-number")
    row = desk.row(made)
    (zones,) = [
        one["zones"]
        for one in desk.rows(sa.select(calling_window))
        if one["id"] == row["window_id"]
    ]
    assert zones == "America/New_York"
    assert done.next_at == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 9:00 in New York
    assert row["state"] == done.state == "scheduled"


def test_a_number_that_was_taken_away_during_the_call_is_not_waited_for(desk: Desk):
    made, ann, taken = begin(desk, *LINES)
    ids = phones(desk, ann, taken)
    person_id = desk.row(made)["person_id"]
    remove_number(desk.database, ann, person_id, ids[LINES[0]])
    end(desk, ann, taken, "no-answer")
    assert desk.row(made)["phone_id"] == ids[LINES[1]]


def test_a_dead_number_is_out_of_use_for_everybody_who_shares_it(desk: Desk):
    made, ann, taken = begin(desk, LINES[0])
    partner = desk.person("李伟", *LINES)
    waiting = desk.callback(partner)
    end(desk, ann, taken, "not-in-service")
    assert desk.row(made)["state"] == "cancelled"
    e164 = sa.select(phone.c.e164).where(phone.c.id == desk.row(waiting)["phone_id"])
    assert desk.rows(e164)[0]["e164"] == LINES[1]


def test_the_state_that_is_told_is_the_state_that_is(desk: Desk):
    made, ann, taken = begin(desk, *LINES)
    done = end(desk, ann, taken, "wrong-number")
    assert done.state == desk.row(made)["state"] == "due"


def test_what_a_call_leaves_open_ends_with_a_refusal_too(desk: Desk):
    who = desk.person()
    first, second = desk.callback(who), desk.callback(who, campaign="birthday")
    ann = desk.seat("ann").actor
    end(desk, ann, inbound(desk.database, ann, who), "hard-refusal")
    assert (desk.row(first)["state"], desk.row(second)["state"]) == ("done", "cancelled")


def test_what_a_call_leaves_open_follows_to_the_new_number(desk: Desk):
    who = desk.person("王芳", LINES[0])
    desk.callback(who)
    second = desk.callback(who, campaign="birthday")
    ann = desk.seat("ann").actor
    number = NewNumber(LINES[1], "", "CN", "mobile", ("Asia/Shanghai",))
    end(desk, ann, inbound(desk.database, ann, who), "number-changed", new_number=number)
    e164 = sa.select(phone.c.e164).where(phone.c.id == desk.row(second)["phone_id"])
    assert desk.rows(e164)[0]["e164"] == LINES[1]
    assert desk.row(second)["state"] == "due"


@pytest.mark.parametrize("late", [False, True])
def test_a_refusal_of_a_further_callback_stops_the_person(desk: Desk, late: bool):
    who = desk.person()
    desk.callback(who)
    second = desk.callback(who, campaign="birthday")
    ann = desk.seat("ann").actor
    taken = inbound(desk.database, ann, who)
    if late:
        claim_next(desk.database, desk.seat("ann", other="take_over").actor)
    done = end(desk, ann, taken, settled=(Settled(second, "hard-refusal"),))
    assert done.late is late
    assert len(desk.rows(sa.select(do_not_call))) == 2


def test_each_callback_ends_the_link_to_its_own_asset(desk: Desk):
    who = desk.person()

    def cars(unit) -> list[int]:
        ids = []
        for plate in ("粤B1", "粤B2"):
            values = {"kind": "car", "plate": plate, "created_at": unit.now, "updated_at": unit.now}
            made = unit.run(asset.insert().returning(asset.c.id), values).scalar_one()
            link = {"person_id": who, "asset_id": made, "role": "owner", "position": 0}
            unit.run(person_asset.insert(), {**link, "since": unit.now})
            ids.append(made)
        return ids

    kept, sold = desk.database.write(cars)
    desk.callback(who, asset_id=kept)
    second = desk.callback(who, campaign="birthday", asset_id=sold)
    ann = desk.seat("ann").actor
    settled = (Settled(second, "ownership-changed"),)
    end(desk, ann, inbound(desk.database, ann, who), note="卖了", settled=settled)
    ended = {row["asset_id"]: row["until"] for row in desk.rows(sa.select(person_asset))}
    assert (ended[kept], ended[sold]) == (None, desk.clock.now)


def owned(desk: Desk, who: int, *plates: str) -> list[int]:
    def work(unit) -> list[int]:
        ids = []
        for plate in plates:
            values = {"kind": "car", "plate": plate, "created_at": unit.now, "updated_at": unit.now}
            made = unit.run(asset.insert().returning(asset.c.id), values).scalar_one()
            link = {"person_id": who, "asset_id": made, "role": "owner", "position": 0}
            unit.run(person_asset.insert(), {**link, "since": unit.now})
            ids.append(made)
        return ids

    return desk.database.write(work)


def test_what_waits_about_a_sold_car_is_cancelled_and_an_undo_brings_it_back(desk: Desk):
    who = desk.person()
    sold, kept = owned(desk, who, "粤B1", "粤B2")
    first = desk.callback(who, asset_id=sold)
    about = desk.callback(who, campaign="maintenance-due", asset_id=sold)
    promised = desk.callback(who, campaign="maintenance-due", asset_id=sold, promised=True)
    other = desk.callback(who, campaign="maintenance-due", asset_id=kept)
    ann = desk.seat("ann").actor
    sale = new("ownership-changed", note="Li Lei has it")
    taken = claim(desk.database, ann, first)
    finish(desk.database, ann, taken.call_id, taken.fence, sale)
    states = [desk.row(one)["state"] for one in (first, about, promised, other)]
    assert states == ["done", "cancelled", "due", "due"]
    undo(desk.database, ann, sale.uuid, str(uuid.uuid4()))
    assert desk.row(about)["state"] == "due"
    assert {row["until"] for row in desk.rows(sa.select(person_asset))} == {None}


@pytest.mark.parametrize(("plates", "ended"), [(("粤B1",), 1), (("粤B1", "粤B2"), 0)])
def test_of_several_cars_none_ends_unless_the_call_is_about_it(desk: Desk, plates, ended):
    who = desk.person()
    owned(desk, who, *plates)
    ann = desk.seat("ann").actor
    taken = claim(desk.database, ann, desk.callback(who, campaign="birthday"))
    end(desk, ann, taken, "ownership-changed", note="sold")
    untils = [row["until"] for row in desk.rows(sa.select(person_asset))]
    assert len([one for one in untils if one is not None]) == ended


def test_a_further_ending_that_needs_a_note_asks_for_it(desk: Desk):
    who = desk.person()
    desk.callback(who)
    second = desk.callback(who, campaign="birthday")
    ann = desk.seat("ann").actor
    taken = inbound(desk.database, ann, who)
    with pytest.raises(InputError) as error:
        end(desk, ann, taken, settled=(Settled(second, "ownership-changed"),))
    assert error.value.code == "outcome_needs_note"


def test_every_agreed_call_is_in_the_ledger_and_what_was_left_open_stays_owed(desk: Desk):
    who = desk.person()
    first = desk.callback(who)
    second = desk.callback(who, campaign="birthday")
    ann = desk.seat("ann").actor
    at = desk.clock.now + timedelta(days=1)
    settled = (Settled(second, "callback-at", at),)
    end(desk, ann, inbound(desk.database, ann, who), "callback-at", next_at=at, settled=settled)
    agreed = [row["callback_id"] for row in desk.rows(sa.select(promise).order_by(promise.c.id))]
    assert [desk.row(one)["origin_id"] for one in agreed] == [first, second]
    taken = inbound(desk.database, ann, who)
    end(desk, ann, taken, settled=())
    states = {row["callback_id"]: row["state"] for row in desk.rows(sa.select(promise))}
    settled_one = desk.row(taken.callback_id)["id"]
    other = next(one for one in agreed if one != settled_one)
    assert (states[settled_one], states[other]) == ("kept", "open")
    assert (desk.row(other)["promised"], desk.row(other)["band"]) == (True, 0)


def test_trouble_on_our_line_neither_keeps_a_promise_nor_loses_its_place(desk: Desk):
    _, ann, taken = begin(desk)
    at = desk.clock.now + timedelta(hours=3)
    agreed = end(desk, ann, taken, "callback-at", next_at=at).next_callback_id
    desk.clock.now = at
    end(desk, ann, claim(desk.database, ann, agreed), "technical-trouble")
    row = desk.row(agreed)
    assert (row["promised"], row["band"], row["attempts"]) == (True, 0, 1)
    assert [one["state"] for one in desk.rows(sa.select(promise))] == ["open"]


def test_a_retry_of_a_promised_call_keeps_house_hours(desk: Desk):
    _, ann, taken = begin(desk)
    at = desk.clock.now + timedelta(hours=8, minutes=30)  # 18:30 in China
    agreed = end(desk, ann, taken, "callback-at", next_at=at).next_callback_id
    desk.clock.now = at
    keep_house(desk.database, every=0)
    done = end(desk, ann, claim(desk.database, ann, agreed), "voicemail-message")
    assert done.next_at.hour == 1  # 21:30 would be too late: 9:00 the next morning


def test_an_hour_of_our_own_choosing_gives_way_to_the_house(desk: Desk):
    made, ann, taken = begin(desk)
    night = desk.clock.now + timedelta(hours=13)
    assert end(desk, ann, taken, "busy", next_at=night).next_at == night + timedelta(hours=10)
    assert desk.row(made)["promised"] is False


def test_a_time_with_an_ending_that_takes_none_is_refused(desk: Desk):
    made, ann, taken = begin(desk)
    with pytest.raises(InputError) as error:
        end(desk, ann, taken, next_at=desk.clock.now + timedelta(hours=3))
    assert error.value.code == "outcome_takes_no_time"
    assert desk.row(made)["state"] == "claimed"


def test_the_agreed_call_goes_to_the_number_on_which_it_was_agreed(desk: Desk):
    _, ann, taken = begin(desk, *LINES)
    ids = phones(desk, ann, taken)
    for line in LINES:
        dial(desk.database, ann, taken.call_id, ids[line])
    at = desk.clock.now + timedelta(hours=3)
    agreed = end(desk, ann, taken, "callback-at", next_at=at).next_callback_id
    assert desk.row(agreed)["phone_id"] == ids[LINES[1]]


def test_what_was_agreed_in_anothers_call_is_theirs_though_a_lead_wrote_it_down(desk: Desk):
    bo = desk.operator("bo")
    lead = desk.operator("cy", role="lead")
    made = desk.callback()
    seated = desk.seat("bo").actor
    claim_next(desk.database, seated)
    close_seat(desk.database, seated)
    at = desk.clock.now + timedelta(hours=3)
    done = resolve_called(desk.database, lead, made, new("callback-at", next_at=at))
    assert desk.row(done.next_callback_id)["owner_id"] == bo.operator_id
    assert desk.rows(sa.select(promise.c.owner_id))[0]["owner_id"] == bo.operator_id


@pytest.mark.parametrize("alone", [True, False])
def test_the_next_try_is_for_another_operator_where_there_is_one(desk: Desk, alone: bool):
    if not alone:
        desk.operator("bo")
    made, ann, taken = begin(desk)
    end(desk, ann, taken, "soft-refusal")
    desk.clock.advance(days=7)
    keep_house(desk.database, every=0)
    given = claim_next(desk.database, ann).taken
    assert (given.callback_id if given else None) == (made if alone else None)
    if not alone:
        assert claim_next(desk.database, desk.seat("bo").actor).taken.callback_id == made


def test_a_late_outcome_is_kept_though_its_promise_is_past_by_now(desk: Desk):
    _, ann, taken = begin(desk)
    seat = desk.seat("ann", other="take_over").actor
    again = claim_next(desk.database, seat).taken
    end(desk, seat, again, "completed", note="richtig", mood_end="green")
    desk.clock.advance(hours=2)
    past = GivenPromise("寄发票", desk.clock.now - timedelta(hours=1))
    done = end(desk, ann, taken, note="spät", mood_end="red", promises=(past,))
    assert done.late
    owed = desk.rows(sa.select(promise))[0]
    assert desk.row(owed["callback_id"])["state"] == "due"
    ended = desk.rows(sa.select(call))[0]
    assert (ended["note"], ended["mood_end"]) == ("richtig", "green")


def test_a_promise_to_somebody_without_a_number_stands_in_the_ledger(desk: Desk):
    made, ann, taken = begin(desk, LINES[0])
    owed = GivenPromise("寄发票", desk.clock.now + timedelta(days=1))
    done = end(desk, ann, taken, "not-in-service", promises=(owed,))
    assert (done.state, done.made_callbacks) == ("cancelled", ())
    assert [(row["state"], row["callback_id"]) for row in desk.rows(sa.select(promise))] == [
        ("open", None)
    ]
    assert desk.row(made)["state"] == "cancelled"


def test_a_strangers_number_is_never_marked(desk: Desk):
    stranger = desk.callback()
    _, ann, taken = begin(desk)
    with pytest.raises(RefusedError) as error:
        end(desk, ann, taken, "wrong-number", phone_id=desk.row(stranger)["phone_id"])
    assert error.value.code == "number_not_theirs"


def test_a_desk_of_one_may_say_what_became_of_a_call_of_somebody_who_left(desk: Desk):
    gone = desk.operator("bo")
    desk.operator("cy")
    made = desk.callback()
    seated = desk.seat("bo").actor
    claim_next(desk.database, seated)
    close_seat(desk.database, seated)
    cy = desk.seat("cy").actor
    with pytest.raises(RefusedError) as error:
        resolve_called(desk.database, cy, made, new())
    assert error.value.code == "not_yours"
    left = sa.update(operator).where(operator.c.id.in_((gone.operator_id, desk.actor.operator_id)))
    desk.database.write(lambda unit: unit.run(left.values(active=False)))
    assert resolve_called(desk.database, cy, made, new()).state == "done"


def test_the_attempts_of_a_retry_count_towards_the_cap_once(desk: Desk):
    made, ann, taken = begin(desk, campaign="birthday")
    end(desk, ann, taken, "no-answer")
    desk.clock.now = desk.row(made)["ready_at"]
    keep_house(desk.database, every=0)
    done = end(desk, ann, claim(desk.database, ann, made), "no-answer")
    cap = desk.rows(sa.select(campaign.c.attempt_cap).where(campaign.c.code == "birthday"))
    assert (done.state, desk.row(made)["attempts"]) == ("exhausted", cap[0]["attempt_cap"])
    assert desk.rows(sa.select(callback).where(callback.c.origin_id == made)) == []


def stop(desk: Desk, **fields) -> int:
    fields = {"person_id": None, "phone_id": None, "reason": "asked", "source": "test", **fields}
    return desk.database.write(lambda unit: add_stop(unit, None, **fields))


def test_no_next_call_is_agreed_with_somebody_who_may_not_be_called(desk: Desk):
    made, ann, taken = begin(desk)
    stop(desk, person_id=desk.row(made)["person_id"])
    at = desk.clock.now + timedelta(days=1)
    with pytest.raises(RefusedError) as error:
        end(desk, ann, taken, "callback-at", next_at=at)
    assert error.value.code == "agreed_call_stopped"
    assert desk.row(made)["state"] == "claimed"
    owed = GivenPromise("寄发票", at)
    assert end(desk, ann, taken, promises=(owed,)).made_callbacks == ()
    assert [row["state"] for row in desk.rows(sa.select(promise))] == ["open"]


def test_a_stop_that_ends_before_the_agreed_time_does_not_forbid_it(desk: Desk):
    made, ann, taken = begin(desk)
    at = desk.clock.now + timedelta(days=1)
    stop(desk, person_id=desk.row(made)["person_id"], expires_at=at)
    assert end(desk, ann, taken, "callback-at", next_at=at).next_at == at


def test_a_stop_on_one_number_leaves_the_others_of_a_person(desk: Desk):
    made = desk.callback(desk.person("王芳", *LINES))
    first = desk.row(made)["phone_id"]
    stop(desk, phone_id=first)
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    assert (taken.callback_id, desk.row(made)["phone_id"] == first) == (made, False)
    at = desk.clock.now + timedelta(days=1)
    agreed = end(desk, ann, taken, "callback-at", next_at=at, phone_id=first).next_callback_id
    assert desk.row(agreed)["phone_id"] != first


def test_a_stop_for_a_while_lets_the_callback_wait_for_its_end(desk: Desk):
    made = desk.callback()
    until = desk.clock.now + timedelta(days=5)
    stop(desk, person_id=desk.row(made)["person_id"], expires_at=until)
    ann = desk.seat("ann").actor
    assert claim_next(desk.database, ann).taken is None
    row = desk.row(made)
    assert (row["state"], row["not_before"], row["ready_at"]) == ("scheduled", until, until)
    desk.clock.now = until
    assert claim_next(desk.database, ann).taken.callback_id == made


def test_a_stop_for_a_while_that_is_lifted_gives_the_time_back(desk: Desk):
    made = desk.callback()
    until = desk.clock.now + timedelta(days=5)
    which = stop(desk, person_id=desk.row(made)["person_id"], expires_at=until)
    ann = desk.seat("ann").actor
    claim_next(desk.database, ann)
    lift_do_not_call(desk.database, desk.actor, which)
    assert claim_next(desk.database, ann).taken.callback_id == made


def test_whoever_wants_no_calls_is_owed_none(desk: Desk):
    who = desk.person()
    ann = desk.seat("ann").actor
    taken = claim(desk.database, ann, desk.callback(who))
    end(desk, ann, taken, "callback-at", next_at=desk.clock.now + timedelta(days=1))
    taken = claim(desk.database, ann, _due_later(desk, who))
    refusal = new("hard-refusal", note="停")
    finish(desk.database, ann, taken.call_id, taken.fence, refusal)
    assert [row["state"] for row in desk.rows(sa.select(promise))] == ["withdrawn"]
    undo(desk.database, ann, refusal.uuid, str(uuid.uuid4()))
    assert [row["state"] for row in desk.rows(sa.select(promise))] == ["open"]


def _due_later(desk: Desk, who: int) -> int:
    desk.clock.advance(minutes=5)
    return desk.callback(who, campaign="birthday")


def test_each_number_tried_is_marked_by_its_own_result(desk: Desk):
    made, ann, taken = begin(desk, *LINES)
    ids = phones(desk, ann, taken)
    for line, result in zip(LINES, ("not-in-service", "no-answer"), strict=True):
        leg = dial(desk.database, ann, taken.call_id, ids[line])
        end_leg(desk.database, ann, taken.call_id, leg.id, result)
    decision = new("no-answer")
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    status = {row["e164"]: row["status"] for row in desk.rows(sa.select(phone))}
    assert status == {LINES[0]: "dead", LINES[1]: "ok"}
    assert desk.row(made)["phone_id"] == ids[LINES[1]]
    undo(desk.database, ann, decision.uuid, str(uuid.uuid4()))
    assert {row["status"] for row in desk.rows(sa.select(phone))} == {"ok"}


def test_a_result_that_no_rule_knows_is_refused_at_once(desk: Desk):
    _, ann, taken = begin(desk, LINES[0])
    leg = dial(desk.database, ann, taken.call_id, phones(desk, ann, taken)[LINES[0]])
    with pytest.raises(InputError) as error:
        end_leg(desk.database, ann, taken.call_id, leg.id, "nonsense")
    assert error.value.code == "outcome_unknown"


def test_a_language_barrier_goes_to_a_colleague_who_speaks_it(desk: Desk):
    mona = operators.add(
        desk.database, desk.actor, login="mona", name="Mona", speaks=("普通话", "粤语")
    )
    desk.operator("zoe")
    actor = desk.seat("ann").actor
    made = desk.callback(desk.person("陈先生", language="粤语"))
    taken = claim(desk.database, actor, made)
    finish(desk.database, actor, taken.call_id, taken.fence, new("language-barrier", note="粤语"))
    row = desk.row(made)
    assert (row["assigned_to"], row["avoid_operator_id"]) == (mona.id, actor.operator_id)
    assert row["grace_until"] is not None


@pytest.mark.parametrize("language", [None, "Esperanto"])
def test_a_language_that_nobody_speaks_goes_to_anybody_else(desk: Desk, language: str | None):
    desk.operator("zoe")
    actor = desk.seat("ann").actor
    made = desk.callback(desk.person("Ludoviko", language=language))
    taken = claim(desk.database, actor, made)
    finish(desk.database, actor, taken.call_id, taken.fence, new("language-barrier", note="?"))
    row = desk.row(made)
    assert (row["assigned_to"], row["avoid_operator_id"]) == (None, actor.operator_id)
