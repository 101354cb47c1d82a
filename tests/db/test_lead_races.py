"""A lead's deed beside somebody else's work at the same moment, and the law of its undo."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.calls import show_call
from db.dialling import dial
from db.finish import finish
from db.housekeeping import keep_house
from db.lead_actions import Done, carry_out
from db.lead_claims import Stolen, steal
from db.lead_plan import preview
from db.lead_selection import Selection
from db.lead_undo import Undone, undo_action
from db.lead_writing import MOVED
from db.queue import claim, claim_next
from db.tables import callback_event, lead_action, lead_action_item, promise, seat_message
from domain.decision import Decision
from domain.lead import Deed, DeedKind
from domain.permissions import Actor
from tests.databases import Desk, copy_template, desk_on
from tests.db.test_races import together

CANCEL = Deed(DeedKind.CANCEL)


def some_uuid() -> str:
    return str(uuid.uuid4())


def to(who: Actor) -> Deed:
    return Deed(DeedKind.REASSIGN, to=(who.operator_id,))


def deed_of(desk: Desk, deed: Deed, *ids: int) -> Callable[[], Done]:
    run, own = preview(desk.database, desk.actor, deed, Selection(ids=ids)), some_uuid()
    return lambda: carry_out(desk.database, desk.actor, run, own, "because")


@pytest.mark.parametrize("turn", range(3))
def test_a_claim_against_a_reassignment(desk: Desk, turn: int) -> None:
    bo = desk.operator("bo")
    one = desk.callback()
    sitting = desk.seat("ann").actor
    works: list[Callable[[], object]] = [
        deed_of(desk, to(bo), one),
        lambda: claim_next(desk.database, sitting),
    ]
    done, _claimed = together(*works[:: -1 if turn % 2 else 1])[:: -1 if turn % 2 else 1]
    row = desk.row(one)
    if row["state"] == "claimed":
        assert row["claimed_by"] == desk.actor.operator_id
    else:
        assert row["assigned_to"] == bo.operator_id
    moved = row["assigned_to"] == bo.operator_id
    assert (done.moved, len(done.left)) == ((1, 0) if moved else (0, 1))


@pytest.mark.parametrize("turn", range(3))
def test_a_finish_against_a_steal(desk: Desk, turn: int) -> None:
    desk.operator("bo")
    one = desk.callback()
    sitting = desk.seat("bo").actor
    taken = claim(desk.database, sitting, one)
    decision, own = Decision(some_uuid(), "completed"), some_uuid()
    works: list[Callable[[], object]] = [
        lambda: finish(desk.database, sitting, taken.call_id, taken.fence, decision),
        lambda: steal(desk.database, desk.actor, one, own),
    ]
    ended, stolen = together(*works[:: -1 if turn % 2 else 1])[:: -1 if turn % 2 else 1]
    if isinstance(stolen, Stolen):
        assert ended.late
        assert desk.row(one)["state"] == "check"
    else:
        assert stolen == "lead_not_in_hand"
        assert not ended.late
        assert desk.row(one)["state"] == "done"


def test_a_dial_against_giving_back(desk: Desk) -> None:
    desk.operator("bo")
    one = desk.callback()
    sitting = desk.seat("bo").actor
    taken = claim(desk.database, sitting, one)
    number = show_call(desk.database, sitting, taken.call_id).phone_id
    assert number is not None
    freed, rung = together(
        deed_of(desk, Deed(DeedKind.RELEASE), one),
        lambda: dial(desk.database, sitting, taken.call_id, number),
    )
    if freed.moved:
        assert rung in ("call_over", "not_yours")
        assert desk.row(one)["state"] == "due"
    else:
        assert [left.why.key for left in freed.left] == ["lead.skip.dialled"]
        assert desk.row(one)["state"] == "claimed"


def test_the_same_uuid_twice_at_once_is_one_action(desk: Desk) -> None:
    bo = desk.operator("bo")
    ids = [desk.callback() for _ in range(30)]
    work = deed_of(desk, to(bo), *ids)
    first, second = together(work, work)
    assert first == second
    assert first.moved == 30
    assert len(desk.rows(sa.select(lead_action))) == 1
    assert len(desk.rows(sa.select(lead_action_item))) == 30
    assert len(desk.rows(sa.select(seat_message))) == 1
    events = sa.select(callback_event).where(callback_event.c.kind == "reassigned")
    assert len(desk.rows(events)) == 30


def test_two_undos_at_once_put_back_once(desk: Desk) -> None:
    bo = desk.operator("bo")
    one = desk.callback()
    done = deed_of(desk, to(bo), one)()
    results = together(
        *[lambda: undo_action(desk.database, desk.actor, done.action_id, some_uuid())] * 2
    )
    assert sum(isinstance(each, Undone) for each in results) == 1
    assert "lead_undone_already" in results
    assert desk.row(one)["assigned_to"] is None


DEEDS = st.one_of(
    st.tuples(st.just(DeedKind.REASSIGN), st.sampled_from(((), (2,), (2, 3)))),
    st.tuples(st.just(DeedKind.RELEASE), st.none()),
    st.tuples(st.just(DeedKind.BAND), st.integers(2, 9)),
    st.tuples(st.just(DeedKind.RESCHEDULE), st.integers(-3, 200)),
    st.tuples(st.just(DeedKind.CANCEL), st.none()),
    st.tuples(st.just(DeedKind.NEXT_FOR), st.sampled_from((2, 3))),
)
ROWS = st.lists(
    st.tuples(
        st.integers(-5, 50), st.booleans(), st.sampled_from((None, 2, 3)), st.booleans()
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(what=DEEDS, rows=ROWS, touched=st.sets(st.integers(0, 5)), minutes=st.sampled_from((0, 90)))
def test_an_undo_restores_every_column_unless_somebody_touched_it(
    sqlite_template: Path, what, rows, touched: set[int], minutes: int
) -> None:
    kind, detail = what
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        desk = stack.enter_context(desk_on(copy_template(sqlite_template, folder)))
        people = [desk.operator(login) for login in ("bo", "cy")]
        assert [one.operator_id for one in people] == [2, 3]
        ids = [
            desk.callback(
                due_at=desk.clock.now + timedelta(hours=hours), promised=promised,
                owner_id=owner, campaign="birthday" if late else "after-service-3day",
            )
            for hours, promised, owner, late in rows
        ]  # fmt: skip
        if kind is DeedKind.NEXT_FOR:
            ids = ids[:1]
        deed = Deed(
            kind,
            to=detail if kind is DeedKind.REASSIGN else (),
            band=detail if kind is DeedKind.BAND else None,
            at=desk.clock.now + timedelta(hours=detail) if kind is DeedKind.RESCHEDULE else None,
        )
        if kind is DeedKind.NEXT_FOR:
            deed = Deed(kind, to=(detail,))
        run = preview(desk.database, desk.actor, deed, Selection(ids=tuple(ids)))
        assert len(run.planned) + len(run.left) == len(ids)
        before = {one: dict(desk.row(one)) for one in ids}
        owed = desk.rows(sa.select(promise))
        if not run.planned:
            return
        done = carry_out(desk.database, desk.actor, run, some_uuid(), "because")
        assert done.moved == len(run.planned)
        unmoved = [one.callback_id for one in run.left]
        assert {one: dict(desk.row(one)) for one in unmoved} == {
            one: before[one] for one in unmoved
        }
        others = [
            one.callback_id
            for place, one in enumerate(run.planned)
            if place in touched
            and desk.row(one.callback_id)["state"] in ("scheduled", "due")
            and desk.row(one.callback_id)["band"] >= 2
            and not desk.row(one.callback_id)["promised"]
        ]
        for one in others:
            band = 2 + (desk.row(one)["band"] - 1) % 8
            deed_of(desk, Deed(DeedKind.BAND, band=band), one)()
        kept = {one: dict(desk.row(one)) for one in others}
        desk.clock.advance(minutes=minutes)
        keep_house(desk.database, every=0)
        undone = undo_action(desk.database, desk.actor, done.action_id, some_uuid())
        assert {one.callback_id for one in undone.left} == set(others)
        assert undone.restored == done.moved - len(others)
        for one in run.planned:
            row = desk.row(one.callback_id)
            if one.callback_id in others:
                assert row["band"] == kept[one.callback_id]["band"]
                continue
            then = before[one.callback_id]
            for name in MOVED:
                if name != "state":
                    assert row[name] == then[name], name
            assert row["state"] == ("due" if row["ready_at"] <= desk.clock.now else "scheduled")
        assert desk.rows(sa.select(promise)) == owed
