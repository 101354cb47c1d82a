"""The deal-out of a morning: shown first, done exactly so, taken back where nobody touched it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from db.deal_out import DealWish, carry_deal_out, plan_deal, set_weight, weights_of
from db.lead_undo import undo_action
from db.leave import add_leave
from db.queue import claim
from db.roster_edit import set_pattern
from db.tables import audit, seat_message
from domain.deal_out import DealMode, DealWhy
from domain.errors import InputError, RefusedError
from domain.roster_pattern import read_pattern
from tests.databases import Desk

MONDAY = date(2026, 11, 23)


def shares(desk: Desk, wish: DealWish) -> dict[str, tuple[int, int]]:
    plan = plan_deal(desk.database, desk.actor, wish)
    return {one.login: (one.gets, one.keeps) for one in plan.hands}


def test_it_is_shared_among_those_who_are_here_or_should_be(desk: Desk) -> None:
    bea, cyd, _ = desk.operator("bea"), desk.operator("cyd"), desk.operator("dan")
    eve = desk.operator("eve")
    desk.seat("bea")
    people = [cyd.operator_id, eve.operator_id]
    set_pattern(desk.database, desk.actor, people, read_pattern("mon-fri 9-18"), MONDAY, MONDAY)
    add_leave(desk.database, desk.actor, "eve", MONDAY, None, "sick")
    for _ in range(5):
        desk.callback()
    desk.callback(due_at=desk.clock.now + timedelta(days=2))
    desk.callback(due_at=desk.clock.now + timedelta(hours=5))
    # `dan` has neither seat nor roster, `eve` is sick, the lead has no shift.
    desk.seat("ann")
    assert shares(desk, DealWish()) == {"bea": (3, 0), "cyd": (3, 0)}
    assert shares(desk, DealWish(among=(bea.operator_id,))) == {"bea": (6, 0)}


def test_it_is_done_as_shown_and_what_changed_since_is_said(desk: Desk) -> None:
    bea = desk.operator("bea")
    seat = desk.seat("bea")
    desk.operator("cyd")
    desk.seat("cyd")
    ids = [desk.callback() for _ in range(4)]
    plan = plan_deal(desk.database, desk.actor, DealWish())
    wanted = {one.callback_id: one.to for one in plan.run.planned}
    assert sorted(wanted) == ids
    claim(desk.database, seat.actor, ids[0])
    uuid = uuid4().hex
    done = carry_deal_out(desk.database, desk.actor, plan, uuid)
    assert (done.moved, [one.callback_id for one in done.left]) == (3, [ids[0]])
    for one in ids[1:]:
        assert desk.row(one)["assigned_to"] == desk.row(one)["owner_id"] == wanted[one]
    assert carry_deal_out(desk.database, desk.actor, plan, uuid) == done
    told = desk.rows(sa.select(seat_message.c.operator_id, seat_message.c.key))
    assert bea.operator_id in {row["operator_id"] for row in told}
    undone = undo_action(desk.database, desk.actor, done.action_id, uuid4().hex)
    assert undone.restored == 3
    assert [desk.row(one)["assigned_to"] for one in ids[1:]] == [None] * 3


def test_undo_leaves_what_somebody_has_rung(desk: Desk) -> None:
    desk.operator("bea")
    seat = desk.seat("bea")
    ids = [desk.callback() for _ in range(2)]
    plan = plan_deal(desk.database, desk.actor, DealWish())
    done = carry_deal_out(desk.database, desk.actor, plan, uuid4().hex)
    claim(desk.database, seat.actor, ids[0])
    undone = undo_action(desk.database, desk.actor, done.action_id, uuid4().hex)
    assert (undone.restored, [one.callback_id for one in undone.left]) == (1, [ids[0]])
    assert desk.row(ids[0])["state"] == "claimed"


def test_owners_keep_theirs_and_the_rest_evens_it_out(desk: Desk) -> None:
    bea = desk.operator("bea")
    desk.seat("bea")
    desk.operator("cyd")
    desk.seat("cyd")
    for _ in range(3):
        desk.callback(owner_id=bea.operator_id)
        desk.callback()
    assert shares(desk, DealWish(DealMode.KEEP)) == {"bea": (0, 3), "cyd": (3, 0)}
    assert shares(desk, DealWish(DealMode.EQUAL, pool=True)) == {"bea": (2, 0), "cyd": (1, 0)}


def test_weights_are_set_by_a_lead_and_counted(desk: Desk) -> None:
    bea = desk.operator("bea")
    desk.seat("bea")
    cyd = desk.operator("cyd")
    desk.seat("cyd")
    set_weight(desk.database, desk.actor, "cyd", 50)
    assert weights_of(desk.database, desk.actor)[cyd.operator_id] == 50
    assert weights_of(desk.database, desk.actor)[bea.operator_id] == 100
    for _ in range(6):
        desk.callback()
    assert shares(desk, DealWish(DealMode.WEIGHT)) == {"bea": (4, 0), "cyd": (2, 0)}
    with pytest.raises(InputError, match="deal_weight_bad"):
        set_weight(desk.database, desk.actor, "cyd", 501)
    with pytest.raises(RefusedError, match="not_allowed"):
        set_weight(desk.database, bea, "cyd", 100)
    assert [row["action"] for row in desk.rows(sa.select(audit.c.action))].count("deal_weight") == 1


def test_a_customer_goes_to_who_speaks_their_language_and_never_to_who_is_to_be_avoided(
    desk: Desk,
) -> None:
    bea = desk.operator("bea")
    desk.seat("bea")
    desk.operator("cyd")
    desk.seat("cyd")
    from db.operators import add  # noqa: PLC0415 - one operator with a language of her own

    add(desk.database, desk.actor, login="dan", name="Dan", speaks=["yue"])
    desk.seat("dan")
    spoken = desk.callback(desk.person(language="yue"))
    avoided = desk.callback(avoid_operator_id=bea.operator_id)
    plan = plan_deal(desk.database, desk.actor, DealWish())
    names = {one.callback_id: plan.run.people[one.to or 0] for one in plan.run.planned}
    assert names[spoken] == "Dan"
    assert plan.whys[spoken] is DealWhy.LANGUAGE
    assert names[avoided] != "Bea"


def test_nobody_here_and_nobody_allowed(desk: Desk) -> None:
    bea = desk.operator("bea")
    desk.callback()
    with pytest.raises(InputError, match="deal_nobody"):
        plan_deal(desk.database, desk.actor, DealWish())
    with pytest.raises(RefusedError, match="not_allowed"):
        plan_deal(desk.database, bea, DealWish())
