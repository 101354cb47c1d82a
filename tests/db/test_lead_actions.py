"""What a lead does to callbacks: shown first, done exactly so, told, recorded, taken back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from db.calls import show_call
from db.checks import resolve_called, resolve_not_called
from db.dialling import dial
from db.finish import finish
from db.housekeeping import keep_house
from db.lead_actions import Done, carry_out
from db.lead_claims import steal
from db.lead_plan import DryRun, preview
from db.lead_record import last_action, list_actions
from db.lead_selection import Selection
from db.lead_undo import undo_action
from db.queue import claim, claim_next
from db.seats import close_seat
from db.tables import (
    audit,
    call,
    callback_event,
    lead_action_item,
    operator,
    promise,
    seat_message,
)
from domain.decision import Decision, GivenPromise
from domain.errors import InputError, RefusedError
from domain.lead import Deed, DeedKind
from domain.permissions import Actor
from tests.databases import Desk


def some_uuid() -> str:
    return str(uuid.uuid4())


def look(desk: Desk, deed: Deed, *ids: int, actor: Actor | None = None, **wanted) -> DryRun:
    return preview(desk.database, actor or desk.actor, deed, Selection(ids=ids, **wanted))


def do(desk: Desk, deed: Deed, *ids: int, reason: str | None = None, **wanted) -> Done:
    run = look(desk, deed, *ids, **wanted)
    return carry_out(desk.database, desk.actor, run, some_uuid(), reason)


def to(*people: Actor) -> Deed:
    return Deed(DeedKind.REASSIGN, to=tuple(one.operator_id for one in people))


POOL = Deed(DeedKind.REASSIGN)
RELEASE = Deed(DeedKind.RELEASE)


def notices(desk: Desk, who: Actor) -> list[tuple[str, dict]]:
    rows = desk.rows(
        sa.select(seat_message.c.key, seat_message.c.params)
        .where(seat_message.c.operator_id == who.operator_id)
        .order_by(seat_message.c.id)
    )
    return [(row["key"], row["params"]) for row in rows]


def kinds(desk: Desk, callback_id: int) -> list[str]:
    rows = desk.rows(
        sa.select(callback_event.c.kind)
        .where(callback_event.c.callback_id == callback_id)
        .order_by(callback_event.c.id)
    )
    return [row["kind"] for row in rows]


def skipped(run: DryRun) -> list[str]:
    return [one.why.key.removeprefix("lead.skip.") for one in run.left]


def test_an_operators_work_goes_to_another_with_one_notice_for_each(desk: Desk) -> None:
    bo, cy = desk.operator("bo"), desk.operator("cy")
    ids = [desk.callback() for _ in range(3)]
    do(desk, to(bo), *ids)
    done = do(desk, to(cy), operator_id=bo.operator_id, reason="Bo is ill")
    assert done.moved == 3
    assert all(desk.row(one)["assigned_to"] == cy.operator_id for one in ids)
    assert all(desk.row(one)["owner_id"] == cy.operator_id for one in ids)
    assert notices(desk, bo) == [
        ("notice.given", {"n": 3}), ("notice.taken", {"n": 3, "why": "Bo is ill"}),
    ]  # fmt: skip
    assert notices(desk, cy) == [("notice.given", {"n": 3, "why": "Bo is ill"})]
    assert kinds(desk, ids[0])[-2:] == ["reassigned", "reassigned"]
    written = desk.rows(sa.select(audit).where(audit.c.action == "lead_reassign"))
    assert len(written) == 6
    assert claim_next(desk.database, desk.seat("cy").actor).taken is not None


def test_only_what_is_due_before_an_hour_goes(desk: Desk) -> None:
    bo, cy = desk.operator("bo"), desk.operator("cy")
    soon = desk.callback(due_at=desk.clock.now + timedelta(hours=1))
    late = desk.callback(due_at=desk.clock.now + timedelta(hours=7))
    do(desk, to(bo), soon, late)
    until = desk.clock.now + timedelta(hours=6)
    run = look(desk, to(cy), operator_id=bo.operator_id, due_before=until)
    assert [one.callback_id for one in run.planned] == [soon]
    assert run.shares == (("Cy", 1),)


def test_a_team_gets_equal_shares_and_keeps_what_it_has(desk: Desk) -> None:
    bo, cy = desk.operator("bo"), desk.operator("cy")
    ids = [desk.callback() for _ in range(7)]
    do(desk, to(cy), ids[0])
    run = look(desk, to(bo, cy), *ids)
    assert skipped(run) == ["same"]
    assert dict(run.shares) == {"Bo": 4, "Cy": 2} or dict(run.shares) == {"Bo": 3, "Cy": 3}
    carry_out(desk.database, desk.actor, run, some_uuid())
    shares = [desk.row(one)["assigned_to"] for one in ids]
    assert sorted((shares.count(bo.operator_id), shares.count(cy.operator_id))) == [3, 4]


def test_a_filter_by_team_finds_the_work_of_its_members(desk: Desk) -> None:
    bo, cy = desk.operator("bo"), desk.operator("cy")
    desk.database.write(
        lambda unit: unit.run(
            sa.update(operator).where(operator.c.id == bo.operator_id).values(team="B")
        )
    )
    mine, other = desk.callback(), desk.callback()
    do(desk, to(bo), mine)
    do(desk, to(cy), other)
    assert [one.callback_id for one in look(desk, POOL, team="B").planned] == [mine]


def test_what_is_in_hand_in_check_or_over_is_left_with_the_reason(desk: Desk) -> None:
    bo, cy = desk.operator("bo"), desk.operator("cy")
    taken = desk.callback()
    sitting = desk.seat("bo").actor
    claim(desk.database, sitting, taken)
    free, over = desk.callback(), desk.callback()
    do(desk, Deed(DeedKind.CANCEL), over, reason="twice")
    run = look(desk, to(cy), taken, free, over)
    assert skipped(run) == ["in_hand", "over"]
    assert run.left[0].why.params["name"] == bo.name
    assert carry_out(desk.database, desk.actor, run, some_uuid()).moved == 1


def test_what_changed_since_the_dry_run_stays_and_is_said(desk: Desk) -> None:
    bo, cy = desk.operator("bo"), desk.operator("cy")
    claimed, banded, free = desk.callback(), desk.callback(), desk.callback()
    run = look(desk, to(cy), claimed, banded, free)
    claim(desk.database, desk.seat("bo").actor, claimed)
    do(desk, Deed(DeedKind.BAND, band=3), banded)
    done = carry_out(desk.database, desk.actor, run, some_uuid())
    assert done.moved == 1
    assert [one.why.key for one in done.left] == ["lead.skip.in_hand", "lead.skip.changed"]
    assert desk.row(free)["assigned_to"] == cy.operator_id
    assert desk.row(claimed)["claimed_by"] == bo.operator_id


def test_a_repeat_gives_the_first_result_and_another_content_is_refused(desk: Desk) -> None:
    bo, cy = desk.operator("bo"), desk.operator("cy")
    ids = [desk.callback() for _ in range(2)]
    run, own = look(desk, to(bo), *ids), some_uuid()
    first = carry_out(desk.database, desk.actor, run, own)
    assert carry_out(desk.database, desk.actor, run, own) == first
    assert len(notices(desk, bo)) == 1
    with pytest.raises(RefusedError, match="lead_action_reused"):
        carry_out(desk.database, desk.actor, look(desk, to(cy), *ids), own)


def test_many_go_in_batches_under_one_action(desk: Desk) -> None:
    bo = desk.operator("bo")
    ids = [desk.callback() for _ in range(45)]
    done = do(desk, to(bo), *ids)
    assert done.moved == 45
    assert notices(desk, bo) == [("notice.given", {"n": 45})]
    (listed,) = list_actions(desk.database, desk.actor)
    assert (listed.kind, listed.count, listed.id) == ("reassign", 45, done.action_id)
    undone = undo_action(desk.database, desk.actor, done.action_id, some_uuid())
    assert undone.restored == 45
    assert all(desk.row(one)["assigned_to"] is None for one in ids)


def test_the_next_one_comes_before_all_others(desk: Desk) -> None:
    bo = desk.operator("bo")
    sitting = desk.seat("bo").actor
    urgent = desk.callback(promised=True, owner_id=bo.operator_id)
    wished = desk.callback(campaign="birthday")
    do(desk, Deed(DeedKind.NEXT_FOR, to=(bo.operator_id,)), wished)
    assert notices(desk, bo) == [("notice.next.one", {"callback": wished})]
    taken = claim_next(desk.database, sitting).taken
    assert taken is not None
    assert taken.callback_id == wished
    assert desk.row(wished)["next_for"] is None
    assert desk.row(urgent)["state"] == "due"


def test_what_can_not_be_rung_now_can_not_be_the_next_one(desk: Desk) -> None:
    bo = desk.operator("bo")
    first = Deed(DeedKind.NEXT_FOR, to=(bo.operator_id,))
    later = desk.callback(due_at=desk.clock.now + timedelta(hours=1))
    assert skipped(look(desk, first, later)) == ["not_due"]
    abroad = desk.callback(desk.person("Mary", "+12125550123"))
    assert skipped(look(desk, first, abroad)) == ["closed"]
    with pytest.raises(InputError, match="lead_one_next"):
        look(desk, first, later, abroad)


def test_a_claim_that_was_not_dialled_is_given_back_and_its_outcome_comes_late(desk: Desk) -> None:
    bo = desk.operator("bo")
    sitting = desk.seat("bo").actor
    one = desk.callback()
    taken = claim(desk.database, sitting, one)
    do(desk, RELEASE, one)
    row = desk.row(one)
    assert (row["state"], row["call_id"], row["fence"]) == ("due", None, taken.fence + 1)
    assert notices(desk, bo) == [("notice.freed.one", {"callback": one})]
    late = finish(
        desk.database, sitting, taken.call_id, taken.fence, Decision(some_uuid(), "completed")
    )
    assert late.late
    assert desk.row(one)["state"] == "due"


def test_a_claim_that_was_dialled_is_not_given_back(desk: Desk) -> None:
    desk.operator("bo")
    sitting = desk.seat("bo").actor
    one = desk.callback()
    taken = claim(desk.database, sitting, one)
    run = look(desk, RELEASE, one)
    number = show_call(desk.database, sitting, taken.call_id).phone_id
    assert number is not None
    dial(desk.database, sitting, taken.call_id, number)
    assert skipped(look(desk, RELEASE, one)) == ["dialled"]
    done = carry_out(desk.database, desk.actor, run, some_uuid())
    assert [left.why.key for left in done.left] == ["lead.skip.dialled"]
    assert desk.row(one)["state"] == "claimed"


def test_personal_work_is_given_to_everybody(desk: Desk) -> None:
    bo = desk.operator("bo")
    one = desk.callback(owner_id=bo.operator_id)
    do(desk, RELEASE, one)
    assert desk.row(one)["assigned_to"] is None
    assert notices(desk, bo) == [("notice.taken.one", {"callback": one})]
    assert skipped(look(desk, RELEASE, one)) == ["pool"]


def test_a_band_is_changed_but_not_that_of_a_promise(desk: Desk) -> None:
    plain, owed = desk.callback(), desk.callback(promised=True)
    run = look(desk, Deed(DeedKind.BAND, band=2), plain, owed)
    assert skipped(run) == ["owed_band"]
    carry_out(desk.database, desk.actor, run, some_uuid())
    assert desk.row(plain)["band"] == 2
    for band in (0, 1, 10):
        with pytest.raises(InputError, match="lead_band"):
            look(desk, Deed(DeedKind.BAND, band=band), plain)


def test_another_time_is_checked_against_hours_promises_and_stops(desk: Desk) -> None:
    bo = desk.operator("bo")
    free = desk.callback(owner_id=bo.operator_id)
    owed = desk.callback(promised=True)
    night = desk.clock.now + timedelta(hours=15)
    run = look(desk, Deed(DeedKind.RESCHEDULE, at=night), free, owed)
    assert skipped(run) == ["owed"]
    assert [one.note.key for one in run.planned if one.note] == ["lead.note.later"]
    carry_out(desk.database, desk.actor, run, some_uuid())
    row = desk.row(free)
    assert (row["state"], row["due_at"], row["ready_at"]) == ("scheduled", night, night)
    assert row["grace_until"] > night
    assert notices(desk, bo) == [
        ("notice.replanned.one", {"callback": free, "at": night.isoformat()})
    ]


def test_a_cancellation_needs_a_reason_and_leaves_promises_alone(desk: Desk) -> None:
    plain, owed = desk.callback(), desk.callback(promised=True)
    run = look(desk, Deed(DeedKind.CANCEL), plain, owed)
    assert skipped(run) == ["owed"]
    with pytest.raises(InputError, match="lead_reason_missing"):
        carry_out(desk.database, desk.actor, run, some_uuid())
    carry_out(desk.database, desk.actor, run, some_uuid(), "came in person")
    assert desk.row(plain)["state"] == "cancelled"
    assert kinds(desk, plain)[-1] == "called_off"


def test_operators_may_do_none_of_it(desk: Desk) -> None:
    bo = desk.operator("bo")
    one = desk.callback()
    run = look(desk, to(bo), one)
    for deed in (to(bo), RELEASE, Deed(DeedKind.CANCEL), Deed(DeedKind.BAND, band=2)):
        with pytest.raises(RefusedError, match="not_allowed"):
            look(desk, deed, one, actor=bo)
    with pytest.raises(RefusedError, match="not_allowed"):
        carry_out(desk.database, bo, run, some_uuid())
    with pytest.raises(RefusedError, match="not_allowed"):
        steal(desk.database, bo, one, some_uuid())
    with pytest.raises(RefusedError, match="not_allowed"):
        undo_action(desk.database, bo, 1, some_uuid())


def test_an_undo_leaves_what_somebody_has_rung_since(desk: Desk) -> None:
    bo, cy = desk.operator("bo"), desk.operator("cy")
    ids = [desk.callback(owner_id=bo.operator_id) for _ in range(3)]
    done = do(desk, to(cy), *ids)
    sitting = desk.seat("cy").actor
    taken = claim(desk.database, sitting, ids[1])
    finish(desk.database, sitting, taken.call_id, taken.fence, Decision(some_uuid(), "completed"))
    own = some_uuid()
    undone = undo_action(desk.database, desk.actor, done.action_id, own)
    assert undone.restored == 2
    assert [(one.callback_id, one.why.key) for one in undone.left] == [
        (ids[1], "lead.left.touched")
    ]
    assert desk.row(ids[0])["assigned_to"] == bo.operator_id
    assert desk.row(ids[0])["owner_id"] == bo.operator_id
    assert undo_action(desk.database, desk.actor, done.action_id, own) == undone
    with pytest.raises(RefusedError, match="lead_undone_already"):
        undo_action(desk.database, desk.actor, done.action_id, some_uuid())
    assert notices(desk, cy)[-1] == ("notice.put_back", {"n": 2})


def test_time_alone_does_not_stand_in_the_way_of_an_undo(desk: Desk) -> None:
    bo, cy = desk.operator("bo"), desk.operator("cy")
    one = desk.callback(due_at=desk.clock.now + timedelta(minutes=5), owner_id=bo.operator_id)
    done = do(desk, to(cy), one)
    desk.clock.advance(days=1)
    keep_house(desk.database, every=0)
    assert desk.row(one)["assigned_to"] is None
    undone = undo_action(desk.database, desk.actor, done.action_id, some_uuid())
    assert (undone.restored, undone.left) == (1, ())
    assert desk.row(one)["assigned_to"] == bo.operator_id
    assert desk.row(one)["state"] == "due"


def test_the_last_action_of_ones_own_is_found(desk: Desk) -> None:
    bo = desk.operator("bo")
    assert last_action(desk.database, desk.actor) is None
    first = do(desk, to(bo), desk.callback())
    second = do(desk, to(bo), desk.callback())
    found = last_action(desk.database, desk.actor)
    assert found is not None
    assert found.id == second.action_id
    undo_action(desk.database, desk.actor, second.action_id, some_uuid())
    found = last_action(desk.database, desk.actor)
    assert found is not None
    assert found.id == first.action_id
    desk.clock.advance(days=2)
    assert last_action(desk.database, desk.actor) is None


def test_a_promise_goes_with_its_callback_and_comes_back(desk: Desk) -> None:
    bo, cy = desk.operator("bo"), desk.operator("cy")
    sitting = desk.seat("bo").actor
    taken = claim(desk.database, sitting, desk.callback())
    later = desk.clock.now + timedelta(hours=3)
    decision = Decision(some_uuid(), "completed", promises=(GivenPromise("…", later),))
    finish(desk.database, sitting, taken.call_id, taken.fence, decision)
    (owed,) = desk.rows(sa.select(promise))
    done = do(desk, to(cy), owed["callback_id"])
    assert desk.rows(sa.select(promise))[0]["owner_id"] == cy.operator_id
    undo_action(desk.database, desk.actor, done.action_id, some_uuid())
    assert desk.rows(sa.select(promise))[0]["owner_id"] == bo.operator_id


def test_a_stuck_call_is_stolen_and_what_is_said_of_it_comes_late(desk: Desk) -> None:
    bo = desk.operator("bo")
    sitting = desk.seat("bo").actor
    one = desk.callback()
    taken = claim(desk.database, sitting, one)
    own = some_uuid()
    stolen = steal(desk.database, desk.actor, one, own, "hangs")
    assert (stolen.state, stolen.call_id) == ("check", taken.call_id)
    assert stolen.fence > taken.fence
    assert steal(desk.database, desk.actor, one, own, "hangs") == stolen
    assert desk.row(one)["claimed_by"] == desk.actor.operator_id
    assert show_call(desk.database, sitting, taken.call_id).read_only
    assert notices(desk, bo) == [
        ("notice.stolen", {"callback": one, "call": taken.call_id, "why": "hangs"})
    ]
    late = finish(
        desk.database, sitting, taken.call_id, taken.fence, Decision(some_uuid(), "completed")
    )
    assert late.late
    assert desk.row(one)["state"] == "check"
    (kept,) = desk.rows(sa.select(lead_action_item))
    assert kept["before"]["whose"] == bo.operator_id


def test_a_lead_at_a_free_seat_goes_on_with_a_stolen_call(desk: Desk) -> None:
    desk.operator("bo")
    one = desk.callback()
    taken = claim(desk.database, desk.seat("bo").actor, one)
    lead = desk.seat("ann").actor
    stolen = steal(desk.database, lead, one, some_uuid())
    assert stolen.state == "claimed"
    done = finish(
        desk.database, lead, taken.call_id, stolen.fence, Decision(some_uuid(), "completed")
    )
    assert not done.late
    with pytest.raises(RefusedError, match="lead_not_in_hand"):
        steal(desk.database, lead, one, some_uuid())
    assert [row["phase"] for row in desk.rows(sa.select(call))] == ["ended"]


@pytest.mark.parametrize("called", [True, False])
def test_who_had_a_call_that_a_lead_settles_is_told(desk: Desk, called: bool) -> None:
    bo = desk.operator("bo")
    sitting = desk.seat("bo").actor
    one = desk.callback()
    claim(desk.database, sitting, one)
    close_seat(desk.database, sitting)
    if called:
        resolve_called(desk.database, desk.actor, one, Decision(some_uuid(), "completed"))
    else:
        resolve_not_called(desk.database, desk.actor, one)
    key = "notice.check.called" if called else "notice.check.not_called"
    assert notices(desk, bo) == [(key, {"callback": one})]
