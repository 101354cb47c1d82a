"""Setting caps aside: once, with a reason, and the law's only by an admin."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.calls import show_call
from db.cap_overrides import override_caps, overrides_in_force, revoke_override
from db.dialling import dial
from db.finish import finish
from db.housekeeping import keep_house
from db.queue import claim, claim_next, release
from db.stops import add_stop
from db.tables import audit, campaign, cap_override, phone
from db.undo import undo
from db.why import why
from domain.decision import Decision
from domain.errors import InputError, RefusedError
from tests.databases import Desk


def ring(desk: Desk, actor, callback_id: int, outcome: str = "completed") -> str:
    taken = claim(desk.database, actor, callback_id)
    decision = Decision(str(uuid.uuid4()), outcome)
    finish(desk.database, actor, taken.call_id, taken.fence, decision)
    desk.clock.advance(minutes=10)
    return decision.uuid


@pytest.fixture
def ann(desk: Desk):
    return desk.seat("ann").actor


def rung_often(desk: Desk, ann) -> int:
    person = desk.person()
    for _ in range(3):
        ring(desk, ann, desk.callback(person))
    return person


def said(desk: Desk, actor, made: int) -> set[str]:
    found = why(desk.database, actor, made)
    return {one.key for one in found.order} | {one.said.key for one in found.blocks}


def test_a_lead_sets_the_house_aside_once_and_why_says_so(desk: Desk, ann):
    lead = desk.operator("bo", "lead")
    made = desk.callback(rung_often(desk, ann))
    assert claim_next(desk.database, ann).taken is None
    done = override_caps(desk.database, lead, made, " she waits for the price ")
    assert (done.state, done.caps) == ("due", ("house-day",))
    assert "caps.set_aside" in said(desk, ann, made)
    assert "caps.house" not in said(desk, ann, made)
    (kept,) = desk.rows(sa.select(cap_override))
    assert (kept["reason"], kept["operator_id"]) == ("she waits for the price", lead.operator_id)
    (written,) = desk.rows(sa.select(audit).where(audit.c.action == "caps_overridden"))
    assert written["details"] == {"caps": ["house-day"], "override": kept["id"]}
    taken = claim_next(desk.database, ann).taken
    shown = show_call(desk.database, ann, taken.call_id)
    dial(desk.database, ann, taken.call_id, shown.phone_id)
    dial(desk.database, ann, taken.call_id, shown.phone_id)
    decision = Decision(str(uuid.uuid4()), "no-answer")
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    assert desk.row(made)["ready_at"].date() > desk.clock.now.date()
    assert "caps.set_aside" not in said(desk, ann, made)


def test_given_back_undialled_it_still_stands(desk: Desk, ann):
    made = desk.callback(rung_often(desk, ann))
    override_caps(desk.database, ann, made, "asked")
    claim(desk.database, ann, made)
    release(desk.database, ann)
    assert desk.row(made)["state"] == "due"


def test_a_retry_planned_behind_the_cap_may_be_made_at_once(desk: Desk, ann):
    person = desk.person()
    for _ in range(2):
        ring(desk, ann, desk.callback(person))
    made = desk.callback(person)
    ring(desk, ann, made, "busy")
    assert desk.row(made)["due_at"] > desk.clock.now + timedelta(hours=12)
    assert override_caps(desk.database, ann, made, "she rang from a busy line").state == "due"


def test_a_callback_for_later_keeps_its_own_time(desk: Desk, ann):
    person = rung_often(desk, ann)
    at = desk.clock.now + timedelta(hours=2)
    made = desk.callback(person, due_at=at)
    assert desk.row(made)["ready_at"] > at
    assert override_caps(desk.database, ann, made, "asked").ready_at == at


def test_the_end_of_an_undone_call_is_the_same_attempt(desk: Desk, ann):
    made = desk.callback(rung_often(desk, ann))
    override_caps(desk.database, ann, made, "asked")
    decided = ring(desk, ann, made)
    undo(desk.database, ann, decided, str(uuid.uuid4()))
    assert "caps.set_aside" in said(desk, ann, made)


def test_an_operator_may_not_and_a_lead_not_for_the_law(desk: Desk, ann):
    operator, lead = desk.operator("cy"), desk.operator("bo", "lead")
    desk.database.write(lambda unit: unit.run(sa.update(campaign).values(purpose="sales")))
    person = desk.person("Léa", "+33612345678", zone="Asia/Shanghai")
    desk.database.write(lambda unit: unit.run(sa.update(phone).values(country="FR")))
    desk.clock.advance(hours=4)
    made, other = desk.callback(person), desk.callback(person)
    ring(desk, ann, made, "soft-refusal")
    for actor in (operator, lead):
        with pytest.raises(RefusedError) as error:
            override_caps(desk.database, actor, other, "asked")
        assert error.value.code == "not_allowed"
    assert not desk.rows(sa.select(cap_override))
    assert override_caps(desk.database, ann, other, "a court order").caps == ("fr-sales-refusal",)


def test_what_is_not_held_by_a_cap_is_refused(desk: Desk, ann):
    free = desk.callback()
    with pytest.raises(RefusedError) as error:
        override_caps(desk.database, ann, free, "asked")
    assert error.value.code == "no_cap_holds"
    with pytest.raises(InputError):
        override_caps(desk.database, ann, free, "  ")
    claim(desk.database, ann, free)
    with pytest.raises(RefusedError) as error:
        override_caps(desk.database, ann, free, "asked")
    assert error.value.code == "taken"


def test_a_stop_is_not_set_aside_with_the_cap(desk: Desk, ann):
    person = rung_often(desk, ann)
    made = desk.callback(person)
    until = desk.clock.now + timedelta(days=3)
    stop = {"person_id": person, "phone_id": None, "reason": "house", "source": "test"}
    desk.database.write(lambda unit: add_stop(unit, None, expires_at=until, **stop))
    assert override_caps(desk.database, ann, made, "asked").ready_at == until


def test_an_override_ends_at_its_end_even_if_nobody_has_rung(desk: Desk, ann):
    made = desk.callback(rung_often(desk, ann))
    end = desk.clock.now + timedelta(minutes=30)
    with pytest.raises(InputError) as over:
        override_caps(desk.database, ann, made, "now", desk.clock.now)
    assert over.value.code == "override_over_already"
    override_caps(desk.database, ann, made, "she waits", end)
    (one,) = overrides_in_force(desk.database, ann)
    assert (one.callback_id, one.reason, one.until, one.name) == (made, "she waits", end, "Ann")
    assert "caps.set_aside_until" in said(desk, ann, made)
    desk.clock.now = end - timedelta(seconds=1)
    keep_house(desk.database, every=0)
    assert desk.row(made)["state"] == "due"
    desk.clock.now = end
    keep_house(desk.database, every=0)
    assert desk.row(made)["state"] == "scheduled"
    assert overrides_in_force(desk.database, ann) == ()
    assert claim_next(desk.database, ann).taken is None


def test_one_is_over_once_an_attempt_was_made(desk: Desk, ann):
    made = desk.callback(rung_often(desk, ann))
    override_caps(desk.database, ann, made, "she waits")
    assert len(overrides_in_force(desk.database, ann)) == 1
    ring(desk, ann, made, "no-answer")
    assert overrides_in_force(desk.database, ann) == ()


def test_a_lead_takes_the_house_s_back_and_only_an_admin_the_law_s(desk: Desk, ann):
    lead, bo = desk.operator("li", "lead"), desk.operator("bo")
    made = desk.callback(rung_often(desk, ann))
    override_caps(desk.database, lead, made, "she waits")
    (one,) = overrides_in_force(desk.database, lead)
    with pytest.raises(RefusedError):
        revoke_override(desk.database, bo, one.id)
    with pytest.raises(RefusedError):
        overrides_in_force(desk.database, bo)
    law = sa.update(cap_override).values(caps=["fr-sales-30-days"])
    desk.database.write(lambda unit: unit.run(law))
    with pytest.raises(RefusedError):
        revoke_override(desk.database, lead, one.id)
    revoke_override(desk.database, ann, one.id)
    assert desk.row(made)["state"] == "scheduled"
    assert "caps.set_aside" not in said(desk, ann, made)
    with pytest.raises(RefusedError) as gone:
        revoke_override(desk.database, ann, one.id)
    assert gone.value.code == "override_unknown"
    actions = {row["action"] for row in desk.rows(sa.select(audit))}
    assert "caps_override_ended" in actions
