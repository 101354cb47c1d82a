"""Claiming: the right customer, legal now, nobody else's, one person in one hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.calls import show_call
from db.dialling import dial
from db.drafts import save_draft
from db.housekeeping import keep_house
from db.inbound import inbound
from db.parking import park, unpark
from db.queue import claim, claim_next, release
from db.stops import add_stop
from db.tables import call_hold, callback_event, campaign
from db.talking import hang_up
from domain.errors import RefusedError
from tests.databases import Desk


def sit(desk: Desk, login: str = "ann"):
    return desk.seat(login).actor


def code(error: pytest.ExceptionInfo[RefusedError]) -> str:
    return error.value.code


def test_the_most_urgent_and_longest_waiting_comes_first(desk: Desk):
    late = desk.callback(campaign="birthday")
    older = desk.callback(due_at=desk.clock.now - timedelta(hours=3))
    newer = desk.callback(due_at=desk.clock.now - timedelta(hours=2))
    promised = desk.callback(promised=True, due_at=desk.clock.now - timedelta(minutes=1))
    order = []
    for login in ("ann", "bo", "cy", "di"):
        if login != "ann":
            desk.operator(login)
        order.append(claim_next(desk.database, sit(desk, login)).taken.callback_id)
    assert order == [promised, older, newer, late]


def test_nothing_is_due_before_its_time(desk: Desk):
    actor = sit(desk)
    due_at = desk.clock.now + timedelta(minutes=30)
    made = desk.callback(due_at=due_at)
    nothing = claim_next(desk.database, actor)
    assert nothing.taken is None
    assert nothing.empty.next_at == due_at
    assert [said.key for said in nothing.empty.reasons] == ["queue.empty.scheduled"]
    desk.clock.advance(minutes=30)
    assert claim_next(desk.database, actor).taken.callback_id == made


def test_the_empty_queue_says_that_all_is_done(desk: Desk):
    empty = claim_next(desk.database, sit(desk)).empty
    assert [said.key for said in empty.reasons] == ["queue.empty.all_done"]
    assert empty.next_at is None


def test_outside_the_hours_nobody_is_given_and_the_opening_is_named(desk: Desk):
    made = desk.callback()
    actor = sit(desk)
    desk.clock.advance(hours=10)  # 20:00 in China: the day has ended
    keep_house(desk.database, every=0)
    nothing = claim_next(desk.database, actor)
    assert nothing.taken is None
    assert nothing.empty.next_at == desk.clock.now + timedelta(hours=13)
    with pytest.raises(RefusedError) as error:
        claim(desk.database, actor, made)
    assert code(error) == "outside_hours"
    desk.clock.advance(hours=13)
    keep_house(desk.database, every=0)
    assert claim_next(desk.database, actor).taken.callback_id == made


def test_a_stale_window_never_lets_a_claim_through(desk: Desk):
    desk.callback()
    actor = sit(desk)
    desk.clock.advance(hours=10)  # closed, and no housekeeping has run
    assert claim_next(desk.database, actor).taken is None


def test_callbacks_follow_when_the_calling_rules_change(desk: Desk):
    made = desk.callback()
    actor = sit(desk)
    before = desk.row(made)["window_id"]
    book = desk.database.rulebook
    desk.database.take_rulebook(replace(book, calling_release="other"))
    desk.clock.advance(days=1)
    keep_house(desk.database, every=0)
    other = desk.callback()
    assert desk.row(made)["window_id"] == desk.row(other)["window_id"] == before
    assert claim_next(desk.database, actor).taken.callback_id == made


def test_asking_again_gives_the_same_call(desk: Desk):
    desk.callback()
    desk.callback()
    actor = sit(desk)
    first = claim_next(desk.database, actor).taken
    again = claim_next(desk.database, actor).taken
    assert (again.call_id, again.fence, again.resumed) == (first.call_id, first.fence, True)


def test_one_person_is_in_one_hand_whatever_the_number(desk: Desk):
    desk.operator("bo")
    person = desk.person("王芳", "+8613800000001", "+8613800000002")
    desk.callback(person)
    desk.callback(person, campaign="birthday")
    ann, bo = sit(desk), sit(desk, "bo")
    assert claim_next(desk.database, ann).taken is not None
    assert claim_next(desk.database, bo).taken is None


def test_a_shared_number_is_in_one_hand_whoever_it_belongs_to(desk: Desk):
    desk.operator("bo")
    for name in ("王芳", "李伟"):
        desk.callback(desk.person(name, "+8613800000001"))
    ann, bo = sit(desk), sit(desk, "bo")
    first = claim_next(desk.database, ann).taken
    second = claim_next(desk.database, bo)
    assert first is not None
    assert second.taken is None


def test_another_number_of_a_family_in_use_is_refused_at_dialling(desk: Desk):
    desk.operator("bo")
    desk.callback(desk.person("王芳", "+8613800000001", "+8613800000009"))
    desk.callback(desk.person("李伟", "+8613800000002", "+8613800000009"))
    ann, bo = sit(desk), sit(desk, "bo")
    calls = [claim_next(desk.database, who).taken.call_id for who in (ann, bo)]
    shared = show_call(desk.database, ann, calls[0]).card.phones[1].phone_id
    dial(desk.database, ann, calls[0], shared)
    with pytest.raises(RefusedError) as error:
        dial(desk.database, bo, calls[1], shared)
    assert code(error) == "number_in_use"


def test_a_released_callback_waits_again_at_once_and_nobody_is_held(desk: Desk):
    desk.operator("bo")
    made = desk.callback()
    ann, bo = sit(desk), sit(desk, "bo")
    before = claim_next(desk.database, ann).taken
    assert release(desk.database, ann) == (made,)
    after = claim_next(desk.database, bo).taken
    assert after.callback_id == made
    assert after.fence > before.fence


def test_what_was_dialled_can_not_be_released_as_undialled(desk: Desk):
    desk.callback()
    actor = sit(desk)
    taken = claim_next(desk.database, actor).taken
    dial(
        desk.database, actor, taken.call_id, show_call(desk.database, actor, taken.call_id).phone_id
    )
    with pytest.raises(RefusedError) as error:
        release(desk.database, actor)
    assert code(error) == "already_dialled"


def test_nobody_releases_the_claim_of_another(desk: Desk):
    desk.operator("bo")
    made = desk.callback()
    ann, bo = sit(desk), sit(desk, "bo")
    claim_next(desk.database, ann)
    with pytest.raises(RefusedError) as error:
        release(desk.database, bo, callback_id=made)
    assert code(error) == "not_yours"


def test_an_owned_callback_is_its_owners_until_grace_ends(desk: Desk):
    bo = desk.operator("bo")
    made = desk.callback(owner_id=bo.operator_id, due_at=desk.clock.now)
    ann, seated_bo = sit(desk), sit(desk, "bo")
    assert claim_next(desk.database, ann).taken is None
    with pytest.raises(RefusedError) as error:
        claim(desk.database, ann, made)
    assert code(error) == "somebody_elses"
    minutes = desk.rows(
        sa.select(campaign.c.grace_minutes).where(campaign.c.code == "after-service-3day")
    )[0]["grace_minutes"]
    assert claim_next(desk.database, seated_bo).taken.callback_id == made
    release(desk.database, seated_bo)
    desk.clock.advance(minutes=minutes)
    keep_house(desk.database, every=0)
    assert claim_next(desk.database, ann).taken.callback_id == made
    assert desk.row(made)["owner_id"] == bo.operator_id


def test_my_own_comes_before_the_pool_on_a_tie_and_never_before_a_better_band(desk: Desk):
    actor = sit(desk)
    due_at = desk.clock.now - timedelta(minutes=5)
    pool = desk.callback(due_at=due_at)
    mine = desk.callback(due_at=due_at, owner_id=actor.operator_id)
    urgent = desk.callback(due_at=due_at, promised=True)
    assert claim_next(desk.database, actor).taken.callback_id == urgent
    release(desk.database, actor)
    desk.database.write(
        lambda unit: unit.run(sa.text(f"UPDATE callback SET state='done' WHERE id={urgent}"))
    )
    assert claim_next(desk.database, actor).taken.callback_id == mine
    assert mine > pool


@pytest.mark.parametrize("on", ["person", "number"])
def test_a_stop_set_after_the_import_holds_at_the_claim(desk: Desk, on: str):
    person = desk.person("王芳", "+8613800000001")
    made = desk.callback(person)
    phone = desk.row(made)["phone_id"]
    desk.database.write(
        lambda unit: add_stop(
            unit,
            None,
            person_id=person if on == "person" else None,
            phone_id=phone if on == "number" else None,
            reason="asked",
            source="test",
        )
    )
    assert claim_next(desk.database, sit(desk)).taken is None
    assert desk.row(made)["state"] == "cancelled"


def test_a_stop_set_during_the_call_holds_at_dialling(desk: Desk):
    person = desk.person()
    desk.callback(person)
    actor = sit(desk)
    taken = claim_next(desk.database, actor).taken
    desk.database.write(
        lambda unit: add_stop(
            unit, None, person_id=person, phone_id=None, reason="asked", source="test"
        )
    )
    shown = show_call(desk.database, actor, taken.call_id)
    with pytest.raises(RefusedError) as error:
        dial(desk.database, actor, taken.call_id, shown.phone_id)
    assert code(error) == "do_not_call_now"


def test_a_paused_campaign_is_not_handed_out(desk: Desk):
    desk.callback()
    desk.database.write(lambda unit: unit.run(sa.update(campaign).values(paused_at=desk.clock.now)))
    empty = claim_next(desk.database, sit(desk))
    assert empty.taken is None
    assert "queue.empty.paused" in [said.key for said in empty.empty.reasons]


def test_wrap_up_is_put_aside_for_another_customer_and_taken_up_again(desk: Desk):
    desk.callback()
    desk.callback()
    actor = sit(desk)
    first = claim_next(desk.database, actor).taken
    save_draft(desk.database, actor, first.call_id, {"note": "half"}, 1)
    park(desk.database, actor, first.call_id)
    second = claim_next(desk.database, actor).taken
    assert second.call_id != first.call_id
    with pytest.raises(RefusedError) as error:
        unpark(desk.database, actor, first.call_id)
    assert code(error) == "open_call"
    park(desk.database, actor, second.call_id)
    unpark(desk.database, actor, first.call_id)
    shown = show_call(desk.database, actor, first.call_id)
    assert (shown.phase, shown.draft, shown.fence) == ("open", {"note": "half"}, first.fence)


def test_a_customer_who_rings_back_brings_all_open_callbacks(desk: Desk):
    person = desk.person()
    due = desk.callback(person)
    later = desk.callback(person, campaign="birthday", due_at=desk.clock.now + timedelta(days=2))
    other = desk.callback(due_at=desk.clock.now - timedelta(hours=2))
    actor = sit(desk)
    outgoing = claim_next(desk.database, actor).taken
    assert outgoing.callback_id == other
    incoming = inbound(desk.database, actor, person)
    shown = show_call(desk.database, actor, incoming.call_id)
    assert shown.direction == "in"
    assert [line.id for line in shown.callbacks] == [due, later]
    assert show_call(desk.database, actor, outgoing.call_id).phase == "parked"


def test_a_customer_whose_wrap_up_was_put_aside_is_taken_up_again(desk: Desk):
    person = desk.person()
    desk.callback(person)
    desk.callback()
    actor = sit(desk)
    first = claim_next(desk.database, actor).taken
    park(desk.database, actor, first.call_id)
    second = claim_next(desk.database, actor).taken
    back = inbound(desk.database, actor, person)
    assert back.call_id == first.call_id
    assert show_call(desk.database, actor, second.call_id).phase == "parked"


def test_a_customer_with_nothing_open_gets_a_callback_to_settle(desk: Desk):
    actor = sit(desk)
    taken = inbound(desk.database, actor, desk.person())
    assert desk.row(taken.callback_id)["source"] == "inbound"


def test_a_customer_on_somebodys_line_can_not_be_taken_in_twice(desk: Desk):
    desk.operator("bo")
    person = desk.person()
    desk.callback(person)
    claim_next(desk.database, sit(desk))
    with pytest.raises(RefusedError) as error:
        inbound(desk.database, sit(desk, "bo"), person)
    assert code(error) == "person_with_somebody"
    assert error.value.params["name"] == "Ann"


def test_wrap_up_time_is_never_reset(desk: Desk):
    desk.callback()
    actor = sit(desk)
    taken = claim_next(desk.database, actor).taken
    ended = hang_up(desk.database, actor, taken.call_id)
    desk.clock.advance(minutes=3)
    assert hang_up(desk.database, actor, taken.call_id) == ended


def test_an_older_draft_never_overwrites_a_newer_one(desk: Desk):
    desk.callback()
    actor = sit(desk)
    call_id = claim_next(desk.database, actor).taken.call_id
    save_draft(desk.database, actor, call_id, {"note": "new"}, 5)
    assert save_draft(desk.database, actor, call_id, {"note": "old"}, 4).revision == 5
    assert show_call(desk.database, actor, call_id).draft == {"note": "new"}


def test_every_step_by_a_person_is_in_the_history(desk: Desk):
    made = desk.callback()
    actor = sit(desk)
    claim_next(desk.database, actor)
    release(desk.database, actor)
    kinds = [
        row["kind"]
        for row in desk.rows(
            sa.select(callback_event.c.kind)
            .where(callback_event.c.callback_id == made)
            .order_by(callback_event.c.id)
        )
    ]
    assert kinds == ["created", "claimed", "released"]
    assert desk.rows(sa.select(call_hold)) == []
