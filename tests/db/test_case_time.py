"""What time does to cases: missed limits move their calls, and a call that was lost comes again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.case_file import case_file
from db.case_timers import pause_timer, start_timer
from db.cases import NewCase, note_case, open_case
from db.housekeeping import keep_house
from db.people import add_number
from db.stops import add_stop
from db.tables import callback, case_entry, case_timer, complaint, person_phone
from db.transitions import lock_callback, move
from db.why import why
from domain.case_next import NextKind
from domain.decision import NewNumber
from tests.databases import Desk


@pytest.fixture
def ann(desk: Desk):
    return desk.seat("ann").actor


def opened(desk: Desk, actor, **fields: object) -> int:
    fields.setdefault("person_id", desk.person())
    return open_case(desk.database, actor, NewCase(description="刹车响", **fields))


def open_call(desk: Desk, actor, case_id: int):
    (call,) = [one for one in case_file(desk.database, actor, case_id).callbacks if one.open]
    return call


def said(desk: Desk, actor, callback_id: int) -> list[str]:
    return [one.key for one in why(desk.database, actor, callback_id).order]


def test_a_missed_limit_moves_the_calls_of_its_case_and_why_tells_it(desk: Desk, ann) -> None:
    case_id = opened(desk, ann)
    keep_house(desk.database, every=0)
    assert open_call(desk, ann, case_id).band == 3
    desk.clock.advance(hours=16)
    keep_house(desk.database, every=0)
    call = open_call(desk, ann, case_id)
    assert call.band == 1
    assert {"rules.band.overdue_case", "case_db.why.overdue"} <= set(said(desk, ann, call.id))
    note_case(desk.database, ann, case_id, "写了信", told=True)
    assert open_call(desk, ann, case_id).band == 3
    assert "case_db.why.overdue" not in said(desk, ann, call.id)


def test_what_stands_is_not_missed(desk: Desk, ann) -> None:
    case_id = opened(desk, ann)
    for one in case_file(desk.database, ann, case_id).timers:
        pause_timer(desk.database, ann, one.limit.id, "等客户")
    desk.clock.advance(days=4)
    keep_house(desk.database, every=0)
    assert open_call(desk, ann, case_id).band == 3


def test_a_regulator_case_is_in_the_first_band_and_stays_there(desk: Desk, ann) -> None:
    case_id = opened(desk, ann, level="regulator")
    desk.clock.advance(days=30)
    keep_house(desk.database, every=0)
    call = open_call(desk, ann, case_id)
    assert call.band == 0
    assert "rules.band.regulator" in said(desk, ann, call.id)


def test_a_case_that_nobody_can_be_rung_about_says_so_and_is_looked_at_again(desk: Desk, ann):
    who = desk.person()
    case_id = opened(desk, ann, person_id=who)
    desk.database.write(
        lambda unit: add_stop(
            unit, ann, person_id=who, phone_id=None, reason="asked", source="desk"
        )
    )
    keep_house(desk.database, every=0)
    file = case_file(desk.database, ann, case_id)
    assert not [one for one in file.callbacks if one.open]
    assert (file.next_action.kind, file.next_action.reachable) == (NextKind.TIMER, False)


def test_a_call_that_is_lost_comes_again(desk: Desk, ann) -> None:
    case_id = opened(desk, ann)
    lost = open_call(desk, ann, case_id).id
    desk.database.write(
        lambda unit: move(unit, lock_callback(unit, lost), "exhausted", "finished", actor=ann)
    )
    keep_house(desk.database, every=0)
    call = open_call(desk, ann, case_id)
    assert call.id != lost
    assert desk.clock.now <= call.due_at <= desk.clock.now + timedelta(hours=48)


def test_nobody_is_rung_again_at_the_minute_because_a_limit_was_missed(desk: Desk, ann) -> None:
    case_id = opened(desk, ann)
    start_timer(desk.database, ann, case_id, "telecom-cn", "repair-fault-town")
    desk.clock.advance(days=5)
    keep_house(desk.database, every=0)
    lost = open_call(desk, ann, case_id).id
    desk.database.write(
        lambda unit: move(unit, lock_callback(unit, lost), "done", "finished", actor=ann)
    )
    keep_house(desk.database, every=0)
    call = open_call(desk, ann, case_id)
    assert (call.band, call.owner) == (1, "Ann")
    assert call.due_at == desk.clock.now + timedelta(hours=2)


def test_a_number_that_comes_later_brings_the_call(desk: Desk, ann) -> None:
    who = desk.person()
    desk.database.write(lambda unit: unit.run(sa.delete(person_phone)))
    case_id = opened(desk, ann, person_id=who)
    assert case_file(desk.database, ann, case_id).callbacks == ()
    number = NewNumber("+8613500000001", "", "CN", "mobile", ("Asia/Shanghai",))
    desk.database.write(lambda unit: add_number(unit, who, number))
    desk.clock.advance(hours=25)
    keep_house(desk.database, every=0)
    assert open_call(desk, ann, case_id).due_at <= desk.clock.now + timedelta(hours=48)


def test_a_case_of_an_earlier_program_is_taken_in(desk: Desk, ann) -> None:
    who = desk.person()
    row = {
        "weight": "complaint", "person_id": who, "received_at": desk.clock.now, "channel": "phone",
        "level": "local", "description": "旧", "status": "open", "details": {},
        "created_at": desk.clock.now, "updated_at": desk.clock.now, "look_at": desk.clock.now,
    }  # fmt: skip
    desk.database.write(lambda unit: unit.run(complaint.insert(), row))
    keep_house(desk.database, every=0)
    (case,) = desk.rows(sa.select(complaint))
    assert case["owner_id"] == ann.operator_id
    assert len(desk.rows(sa.select(case_timer))) == 2
    assert next(one["kind"] for one in desk.rows(sa.select(case_entry))) == "opened"
    assert len(desk.rows(sa.select(callback))) == 1
    keep_house(desk.database, every=0)
    assert len(desk.rows(sa.select(case_timer))) == 2


def test_a_turn_that_finds_nothing_new_leaves_the_version_alone(desk: Desk, ann) -> None:
    case_id = opened(desk, ann)
    before = case_file(desk.database, ann, case_id).head.version
    desk.clock.advance(days=2)
    keep_house(desk.database, every=0)
    assert case_file(desk.database, ann, case_id).head.version == before
