"""Explanations hold: what is said to clear at an instant has cleared then, and not before."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.finish import finish
from db.housekeeping import keep_house
from db.queue import claim, claim_next, release
from db.stops import add_stop
from db.tables import campaign
from db.why import why
from domain.decision import Decision
from domain.errors import RefusedError
from tests.databases import MONDAY_10, Desk

CLEARING = {
    "queue.block.not_due", "queue.block.owned", "queue.block.just_rung", "queue.block.stop",
    "hours.outside", "hours.no_calls_today", "hours.holiday", "hours.not_preferred",
}  # fmt: skip


def keys(desk: Desk, actor, callback_id: int) -> list[str]:
    return [block.said.key for block in why(desk.database, actor, callback_id).blocks]


@pytest.fixture
def crew(desk: Desk):
    bo = desk.operator("bo")
    return desk, desk.seat("ann").actor, bo


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    started=st.integers(0, 7 * 24 * 60),
    due_in=st.integers(-3 * 60, 4 * 24 * 60),
    owned=st.booleans(),
    rung=st.booleans(),
    stopped_for=st.none() | st.integers(1, 3 * 24 * 60),
    number=st.sampled_from(("+86138", "+1212555", "+4930")),
    named=st.booleans(),
    digits=st.integers(0, 9999),
)
def test_every_block_with_an_end_is_gone_at_that_instant_and_not_a_minute_before(
    crew, started, due_in, owned, rung, stopped_for, number, named, digits
):
    desk, ann, bo = crew
    now = MONDAY_10 + timedelta(minutes=started)
    desk.clock.now = now
    who = desk.person("王芳", number + f"{digits:04d}" + ("0000" if number == "+86138" else ""))
    made = desk.callback(
        who,
        due_at=now + timedelta(minutes=due_in),
        owner_id=bo.operator_id if owned else None,
        named_by_customer=named,
        promised=named,
    )
    if rung:
        other = desk.callback(who, campaign="birthday", named_by_customer=True)
        try:
            taken = claim(desk.database, ann, other)
        except RefusedError:
            pass  # even an hour that was named is outside the law there
        else:
            decision = Decision(str(uuid.uuid4()), "completed")
            finish(desk.database, ann, taken.call_id, taken.fence, decision)
    if stopped_for is not None:
        until = now + timedelta(minutes=stopped_for)
        stop = {"person_id": who, "phone_id": None, "reason": "house", "source": "test"}
        desk.database.write(lambda unit: add_stop(unit, None, expires_at=until, **stop))
    found = why(desk.database, ann, made)
    for block in found.blocks:
        assert block.clears_at is not None
        assert block.said.key in CLEARING
        desk.clock.now = block.clears_at - timedelta(seconds=1)
        assert block.said.key.split(".")[0] in {key.split(".")[0] for key in keys(desk, ann, made)}
        desk.clock.now = block.clears_at
        after = why(desk.database, ann, made)
        left = {other.said.key for other in after.blocks}
        if block.said.key.startswith("hours."):
            assert not any(key.startswith("hours.") for key in left)
        else:
            assert block.said.key not in left
        desk.clock.now = now
    if not found.blocks:
        assert found.callable_now
        assert found.clears_at is None
    else:
        assert found.clears_at is not None
        desk.clock.now = found.clears_at
        assert why(desk.database, ann, made).callable_now
        taken = claim(desk.database, ann, made)
        assert taken.callback_id == made
        release(desk.database, ann)
    desk.database.write(lambda unit: unit.run(sa.text("UPDATE callback SET state='cancelled'")))


def test_why_and_the_claim_agree_on_what_is_not_given(desk: Desk):
    desk.operator("bo")
    ann, bo = desk.seat("ann").actor, desk.seat("bo").actor
    avoided = desk.callback()
    taken = claim(desk.database, ann, avoided)
    finish(desk.database, ann, taken.call_id, taken.fence, Decision(str(uuid.uuid4()), "not-now"))
    taken = None
    desk.clock.advance(days=1)
    keep_house(desk.database, every=0)
    taken = claim(desk.database, ann, avoided)
    decision = Decision(str(uuid.uuid4()), "soft-refusal")
    finish(desk.database, ann, taken.call_id, taken.fence, decision)
    desk.clock.advance(days=7)
    keep_house(desk.database, every=0)
    assert keys(desk, ann, avoided) == ["queue.block.another_operator"]
    with pytest.raises(RefusedError) as error:
        claim(desk.database, ann, avoided)
    assert error.value.code == "another_operator"
    empty = claim_next(desk.database, ann).empty
    assert [said.key for said in empty.reasons] == ["queue.empty.held"]
    assert claim_next(desk.database, bo).taken.callback_id == avoided


def test_a_paused_campaign_is_refused_when_it_is_chosen_too(desk: Desk):
    made = desk.callback()
    ann = desk.seat("ann").actor
    desk.database.write(lambda unit: unit.run(sa.update(campaign).values(paused_at=unit.now)))
    assert keys(desk, ann, made) == ["queue.block.campaign_paused"]
    with pytest.raises(RefusedError) as error:
        claim(desk.database, ann, made)
    assert error.value.code == "campaign_paused"
    assert [said.key for said in claim_next(desk.database, ann).empty.reasons] == [
        "queue.empty.paused"
    ]


def test_the_queue_is_not_said_to_be_empty_while_somebody_is_only_held(desk: Desk):
    who = desk.person()
    first, second = desk.callback(who), desk.callback(who, campaign="birthday")
    ann = desk.seat("ann").actor
    taken = claim(desk.database, ann, first)
    finish(desk.database, ann, taken.call_id, taken.fence, Decision(str(uuid.uuid4()), "completed"))
    empty = claim_next(desk.database, ann).empty
    assert [said.key for said in empty.reasons] == ["queue.empty.held"]
    assert empty.next_at == desk.clock.now + timedelta(seconds=desk.database.timing.hold)
    desk.clock.now = empty.next_at
    assert claim_next(desk.database, ann).taken.callback_id == second


def test_a_colleagues_turn_is_said_and_when_it_ends(desk: Desk):
    bo = desk.operator("bo")
    made = desk.callback(owner_id=bo.operator_id, due_at=desk.clock.now)
    ann = desk.seat("ann").actor
    empty = claim_next(desk.database, ann).empty
    assert [said.key for said in empty.reasons] == ["queue.empty.others"]
    assert empty.next_at == desk.row(made)["grace_until"]
    desk.clock.now = empty.next_at
    assert claim_next(desk.database, ann).taken.callback_id == made


def test_opening_is_known_though_nobody_has_kept_house_since_yesterday(desk: Desk):
    made = desk.callback()
    ann = desk.seat("ann").actor
    desk.clock.advance(hours=10)
    opens = claim_next(desk.database, ann).empty.next_at
    assert opens == desk.clock.now + timedelta(hours=13)
    desk.clock.now = opens
    assert claim(desk.database, ann, made).callback_id == made


def test_more_stopped_customers_than_a_claim_tries_at_once_do_not_end_it(desk: Desk):
    person = desk.person("王芳", "+8613900000001")
    for _ in range(60):
        desk.callback(person)
    phone = desk.row(1)["phone_id"]
    free = desk.callback(due_at=desk.clock.now)
    stop = {"person_id": None, "phone_id": phone, "reason": "asked", "source": "test"}
    desk.database.write(lambda unit: add_stop(unit, None, **stop))
    assert claim_next(desk.database, desk.seat("ann").actor).taken.callback_id == free


def test_what_ended_a_callback_is_said_whatever_came_late(desk: Desk):
    made = desk.callback()
    ann = desk.seat("ann").actor
    taken = claim_next(desk.database, ann).taken
    again = claim_next(desk.database, desk.seat("ann", other="take_over").actor).taken
    seated = desk.seat("ann", other="take_over").actor
    again = claim_next(desk.database, seated).taken
    done = Decision(str(uuid.uuid4()), "completed")
    finish(desk.database, seated, again.call_id, again.fence, done)
    finish(desk.database, ann, taken.call_id, taken.fence, Decision(str(uuid.uuid4()), "busy"))
    (block,) = why(desk.database, ann, made).blocks
    assert block.said.params["kind"].key == "queue.event.finished"
