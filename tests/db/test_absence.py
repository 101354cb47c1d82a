"""The work of those who are away: to the deputy or the pool in time, and back again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from db.absence import redistribute
from db.case_opening import NewCase
from db.cases import open_case
from db.housekeeping import keep_house
from db.leave import add_leave, cancel_leave, list_leaves
from db.promise_making import make_promise
from db.queue import claim_next
from db.roster import deputy_of, next_working, present_now, should_be_here
from db.roster_edit import set_days, set_pattern
from db.tables import audit, callback_event, complaint, promise, seat_message
from domain.decision import GivenPromise
from domain.errors import InputError, RefusedError
from domain.permissions import Actor
from domain.roster_pattern import read_pattern
from tests.databases import Desk

MONDAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def kept(desk: Desk) -> None:
    keep_house(desk.database, every=0)


def owned(desk: Desk, actor: Actor, **fields: object) -> int:
    return desk.callback(owner_id=actor.operator_id, **fields)


def told(desk: Desk, actor: Actor) -> list[tuple[str, dict[str, object]]]:
    rows = desk.rows(
        sa.select(seat_message.c.key, seat_message.c.params)
        .where(seat_message.c.operator_id == actor.operator_id)
        .order_by(seat_message.c.id)
    )
    return [(row["key"], dict(row["params"])) for row in rows]


def roster(desk: Desk, *actors: Actor, text: str = "mon-fri 09:00-18:00") -> None:
    ids = [actor.operator_id for actor in actors]
    pattern = read_pattern(text)
    set_pattern(desk.database, desk.actor, ids, pattern, MONDAY, MONDAY + timedelta(days=13))


def test_a_desk_without_roster_is_as_it_was(desk: Desk) -> None:
    bea = desk.operator("bea")
    one = owned(desk, bea, due_at=desk.clock.now, promised=True)
    kept(desk)
    assert desk.row(one)["assigned_to"] == bea.operator_id
    assert desk.row(one)["grace_until"] is not None
    assert not desk.rows(sa.select(callback_event).where(callback_event.c.kind == "redistributed"))


def test_what_falls_due_in_a_leave_goes_to_the_deputy_and_what_comes_later_stays(
    desk: Desk,
) -> None:
    bea, cyd = desk.operator("bea"), desk.operator("cyd")
    today = owned(desk, bea)
    promised = owned(desk, bea, due_at=desk.clock.now + 5 * HOUR, promised=True)
    later = owned(desk, bea, due_at=desk.clock.now + timedelta(days=3))
    add_leave(desk.database, desk.actor, "bea", MONDAY, date(2026, 11, 24), "holiday", deputy="cyd")
    kept(desk)
    for one in (today, promised):
        assert desk.row(one)["assigned_to"] == desk.row(one)["owner_id"] == cyd.operator_id
    # A promise is the deputy's alone until it is due, without the grace of other work.
    assert desk.row(promised)["grace_until"] == desk.row(promised)["due_at"]
    assert desk.row(today)["grace_until"] > desk.clock.now
    assert desk.row(later)["assigned_to"] == bea.operator_id
    assert told(desk, bea)[0][0] == "notice.leave_noted"
    assert [key for key, _ in told(desk, cyd)] == ["notice.deputy", "notice.deputy_work"]
    assert told(desk, cyd)[1][1] == {"name": "Bea", "n": 2, "promises": 0, "cases": 0}
    before = len(desk.rows(sa.select(callback_event)))
    desk.clock.advance(minutes=1)
    kept(desk)
    assert len(desk.rows(sa.select(callback_event))) == before


def test_a_cancelled_leave_brings_back_what_nobody_touched(desk: Desk) -> None:
    bea = desk.operator("bea")
    desk.operator("cyd")
    untouched, rung = owned(desk, bea), owned(desk, bea, due_at=desk.clock.now - 2 * HOUR)
    owner = bea.operator_id
    made = add_leave(desk.database, desk.actor, "bea", MONDAY, None, "sick", deputy="cyd")
    kept(desk)
    seat = desk.seat("cyd")
    taken = claim_next(desk.database, seat.actor).taken
    assert taken is not None
    assert taken.callback_id == rung
    back = cancel_leave(desk.database, desk.actor, made.id)
    assert (back.callbacks, back.touched) == (1, 1)
    assert desk.row(untouched)["assigned_to"] == desk.row(untouched)["owner_id"] == owner
    assert desk.row(untouched)["grace_until"] is not None
    assert desk.row(rung)["state"] == "claimed"
    assert list_leaves(desk.database, desk.actor) == ()
    actions = [row["action"] for row in desk.rows(sa.select(audit.c.action))]
    assert actions.count("leave_add") == actions.count("leave_cancel") == 1
    # The same day can be noted again.
    add_leave(desk.database, desk.actor, "bea", MONDAY, None, "holiday")


def test_a_deputy_who_is_away_too_hands_on_to_theirs_and_the_last_one_to_the_pool(
    desk: Desk,
) -> None:
    bea, _, dan = desk.operator("bea"), desk.operator("cyd"), desk.operator("dan")
    one = owned(desk, bea)
    add_leave(desk.database, desk.actor, "cyd", MONDAY, None, "sick", deputy="dan")
    add_leave(desk.database, desk.actor, "bea", MONDAY, None, "holiday", deputy="cyd")
    with pytest.raises(InputError, match="leave_deputy_cycle"):
        add_leave(desk.database, desk.actor, "dan", MONDAY, None, "sick", deputy="bea")
    assert (
        desk.database.read(lambda unit: deputy_of(unit, desk.database.rulebook, bea.operator_id))
        == dan.operator_id
    )
    kept(desk)
    assert desk.row(one)["assigned_to"] == dan.operator_id
    add_leave(desk.database, desk.actor, "dan", MONDAY, None, "family")
    kept(desk)
    row = desk.row(one)
    assert (row["assigned_to"], row["grace_until"]) == (None, None)


def test_sick_from_now_counts_from_now_and_is_ones_own_to_say(desk: Desk) -> None:
    bea = desk.operator("bea")
    roster(desk, bea)
    one = owned(desk, bea)
    with pytest.raises(RefusedError, match="not_allowed"):
        add_leave(desk.database, bea, "bea", None, None, "holiday")
    made = add_leave(desk.database, bea, "bea", None, None, "sick", from_now=True)
    assert made.from_at == desk.clock.now
    rulebook = desk.database.rulebook
    before = desk.clock.now - MINUTE

    def here(at: object) -> bool | None:
        return desk.database.read(
            lambda unit: should_be_here(unit, rulebook, bea.operator_id, at)  # type: ignore[arg-type]
        )

    assert here(before) is True
    assert here(desk.clock.now) is False
    back = desk.database.read(lambda unit: next_working(unit, rulebook, bea.operator_id))
    assert back is not None
    assert back.isoformat() == "2026-11-24T01:00:00+00:00"
    kept(desk)
    assert desk.row(one)["assigned_to"] is None
    cancel_leave(desk.database, bea, made.id)
    assert desk.row(one)["assigned_to"] == bea.operator_id


def test_a_promise_leaves_a_missing_person_five_minutes_before_it_is_due(desk: Desk) -> None:
    bea = desk.operator("bea")
    roster(desk, bea)
    due = desk.clock.now + 20 * MINUTE
    promised = owned(desk, bea, due_at=due, promised=True)
    plain = owned(desk, bea)
    kept(desk)
    desk.clock.now = due - 6 * MINUTE
    kept(desk)
    assert desk.row(promised)["assigned_to"] == bea.operator_id
    desk.clock.now = due - 5 * MINUTE
    kept(desk)
    assert desk.row(promised)["assigned_to"] is None
    assert desk.row(promised)["owner_id"] == bea.operator_id
    assert told(desk, bea) == [("notice.absence_pool", {"n": 1})]
    events = desk.rows(
        sa.select(callback_event.c.data).where(callback_event.c.kind == "redistributed")
    )
    assert [row["data"]["because"] for row in events] == ["missing"]
    row = desk.row(plain)
    assert row["assigned_to"] == bea.operator_id or row["grace_until"] is None


def test_who_sits_there_keeps_the_promise(desk: Desk) -> None:
    bea = desk.operator("bea")
    roster(desk, bea)
    desk.seat("bea")
    promised = owned(desk, bea, due_at=desk.clock.now + MINUTE, promised=True)
    kept(desk)
    assert desk.row(promised)["assigned_to"] == bea.operator_id


def test_after_the_shift_due_work_goes_to_the_pool(desk: Desk) -> None:
    bea = desk.operator("bea")
    roster(desk, bea, text="mon-fri 07:00-09:30")
    one = owned(desk, bea, due_at=desk.clock.now)
    later = owned(desk, bea, due_at=desk.clock.now + 3 * HOUR)
    kept(desk)
    assert desk.row(one)["assigned_to"] is None
    assert desk.row(later)["assigned_to"] == bea.operator_id


def test_promises_and_cases_go_along_and_come_back(desk: Desk) -> None:
    bea, cyd = desk.operator("bea"), desk.operator("cyd")
    person = desk.person()
    case_id = open_case(desk.database, bea, NewCase(person, "门关不上"))
    one = make_promise(
        desk.database, bea, person, GivenPromise("送零件", desk.clock.now + 2 * HOUR, None, "deed")
    )
    made = add_leave(desk.database, desk.actor, "bea", MONDAY, None, "sick", deputy="cyd")
    kept(desk)
    desk.clock.advance(minutes=1)
    kept(desk)

    def owners() -> tuple[int, int]:
        case_row = desk.rows(sa.select(complaint.c.owner_id).where(complaint.c.id == case_id))[0]
        promise_row = desk.rows(sa.select(promise.c.owner_id).where(promise.c.id == one))[0]
        return case_row["owner_id"], promise_row["owner_id"]

    assert owners() == (cyd.operator_id, cyd.operator_id)
    back = cancel_leave(desk.database, desk.actor, made.id)
    assert owners() == (bea.operator_id, bea.operator_id)
    assert (back.promises, back.cases) == (1, 1)
    assert told(desk, cyd)[-1][0] == "notice.deputy_over"
    assert "notice.deputy_back" in [key for key, _ in told(desk, cyd)]


def test_batches_end(desk: Desk) -> None:
    bea = desk.operator("bea")
    person = desk.person()
    for _ in range(5):
        owned(desk, bea, person_id=person)
    add_leave(desk.database, desk.actor, "bea", MONDAY, None, "sick")
    rulebook = desk.database.rulebook
    turns = 0
    while desk.database.write(lambda unit: redistribute(unit, rulebook, 2)):
        turns += 1
        assert turns < 10
    assert turns == 2


def test_presence_tells_the_missing_from_the_free(desk: Desk) -> None:
    people = {name: desk.operator(name) for name in ("bea", "cyd", "dan", "eve")}
    roster(desk, people["bea"], people["cyd"], people["dan"])
    set_days(desk.database, desk.actor, {(people["dan"].operator_id, MONDAY): ()})
    desk.seat("bea")
    desk.seat("eve")
    found = desk.database.read(lambda unit: present_now(unit, desk.database.rulebook))
    states = {one.login: one.state for one in found}
    assert states == {"ann": "out", "bea": "here", "cyd": "missing", "dan": "off", "eve": "here"}
    dan = next(one for one in found if one.login == "dan")
    assert dan.next_at is not None
    assert dan.next_at.isoformat() == "2026-11-24T01:00:00+00:00"
